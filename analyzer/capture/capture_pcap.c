/* SPDX-License-Identifier: GPL-2.0-or-later
 * Classic pcap. libpcap opens the file and reads its header; the records are taken from large blocks of the file, since
 * libpcap's way of reading them costs more than all that is done with most packets. The rare "modified" form, with
 * longer record headers, is left to libpcap. */
#include "capture/capture_reader.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_SIZE  ((size_t)256 * 1024)
#define NANOSECONDS INT64_C(1000000000)
/* Seconds, fraction, bytes captured, bytes on the wire. */
#define RECORD_HEADER ((size_t)16)
/* No link layer that this program reads has larger packets; libpcap's own limit for them. */
#define CAPTURED_MAX ((size_t)262144)
#define BUFFER_SIZE  (BLOCK_SIZE + 2 * RECORD_HEADER + CAPTURED_MAX)
/* Of packets behind damage: the times of two neighbours are not farther apart. */
#define NEIGHBOURS_S INT64_C(2592000)

struct pcap_state {
    pcap_t *pcap;
    FILE *stream; /* owned by pcap */
    bool pipe; /* the stream keeps nothing back: what has come is read from its descriptor, without waiting for more */
    int error; /* errno, if it could not be read */
    int link_type;
    bool swapped;      /* the file has the other byte order */
    bool nanoseconds;  /* the fraction of a time is one of nanoseconds */
    uint32_t seconds;  /* time of the packet before, if there was one */
    bool any;          /* there was one */
    uint8_t *block;    /* BUFFER_SIZE bytes; NULL: the records are left to libpcap */
    size_t start, end; /* of the bytes in block that were not taken yet */
};

/* The last byte of the magic number, which is the first one in the other byte order. */
enum { MAGIC_NANOSECONDS = 0x4d, MAGIC_MODIFIED = 0x34 };

static uint8_t magic(const uint8_t *head)
{
    return head[0] == 0xa1 ? head[3] : head[0];
}

static const char *format_name(const uint8_t *head)
{
    switch (magic(head)) {
    case MAGIC_NANOSECONDS:
        return "pcap (nanoseconds)";
    case MAGIC_MODIFIED:
        return "pcap (modified)";
    default:
        return "pcap";
    }
}

/* Puts back what was read already, so that pipes work too. */
static FILE *open_stream(const struct capture_source *source)
{
    FILE *stream = fdopen(source->descriptor, "rb");
    if (!stream) {
        close(source->descriptor);
        return NULL;
    }
    if (!source->regular)
        setvbuf(stream, NULL, _IONBF, 0);
    for (size_t left = source->regular ? 0 : source->head_length; left > 0; left--) {
        if (ungetc(source->head[left - 1], stream) == EOF) {
            fclose(stream);
            errno = ESPIPE;
            return NULL;
        }
    }
    return stream;
}

static void *open_pcap(const struct capture_source *source, const char **format, int *link_type, char **why)
{
    FILE *stream = open_stream(source);
    if (!stream) {
        *why = g_strdup(g_strerror(errno));
        return NULL;
    }
    char message[PCAP_ERRBUF_SIZE] = "";
    pcap_t *pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, message);
    if (!pcap) {
        *why = g_strdup(message);
        fclose(stream);
        return NULL;
    }
    struct pcap_state *state = g_new0(struct pcap_state, 1);
    state->pcap = pcap;
    state->stream = stream;
    state->pipe = !source->regular;
    state->swapped = pcap_is_swapped(pcap) != 0;
    state->nanoseconds = magic(source->head) == MAGIC_NANOSECONDS;
    state->block = magic(source->head) == MAGIC_MODIFIED ? NULL : g_malloc(BUFFER_SIZE);
    state->link_type = *link_type = pcap_datalink(pcap);
    *format = format_name(source->head);
    return state;
}

static uint32_t word(const struct pcap_state *state, const uint8_t *from)
{
    uint32_t value;
    memcpy(&value, from, sizeof value);
    return state->swapped ? GUINT32_SWAP_LE_BE(value) : value;
}

/* Reads into the block behind what it has; returns how many bytes, 0 at the end. Of a pipe it takes what is there, so
 * that the packets of a capture that still runs are seen as they come. */
static size_t read_some(struct pcap_state *state)
{
    uint8_t *to = state->block + state->end;
    if (!state->pipe) {
        size_t got = fread(to, 1, BLOCK_SIZE, state->stream);
        state->error = got == 0 && ferror(state->stream) ? errno : 0;
        return got;
    }
    ssize_t got;
    while ((got = read(fileno(state->stream), to, BLOCK_SIZE)) < 0 && errno == EINTR)
        ;
    state->error = got < 0 ? errno : 0;
    return got < 0 ? 0 : (size_t)got;
}

/* Makes wanted bytes stand behind each other at start; false if the file has no more. */
static bool fetch(struct pcap_state *state, size_t wanted)
{
    size_t left = state->end - state->start;
    if (left >= wanted)
        return true;
    memmove(state->block, state->block + state->start, left);
    state->start = 0;
    state->end = left;
    while (state->end < wanted) {
        size_t got = read_some(state);
        if (got == 0)
            return false;
        state->end += got;
    }
    return true;
}

/* The file has no more bytes than stand in the block. */
static enum reading at_end(struct pcap_state *state, char **why)
{
    if (state->error == 0)
        return state->start == state->end ? READING_END : READING_CUT;
    *why = g_strdup(g_strerror(state->error));
    return READING_FAILED;
}

/* Whether the bytes look like the header of a record that was captured near the time of the packet before. */
static bool is_plausible(const struct pcap_state *state, const uint8_t *header, uint32_t near)
{
    uint32_t captured = word(state, header + 8), original = word(state, header + 12);
    int64_t apart = (int64_t)word(state, header) - (int64_t)near;
    return captured > 0 && captured <= CAPTURED_MAX && captured <= original && original <= CAPTURED_MAX &&
           word(state, header + 4) < (state->nanoseconds ? NANOSECONDS : NANOSECONDS / 1000) &&
           apart >= -NEIGHBOURS_S && apart <= NEIGHBOURS_S;
}

/* Goes to the next place from which on two records, or one and the end of the file, follow each other. False if there
 * is none. */
static bool find_next(struct pcap_state *state)
{
    while (fetch(state, RECORD_HEADER + 1)) {
        const uint8_t *header = state->block + ++state->start;
        if (!is_plausible(state, header, state->any ? state->seconds : word(state, header)))
            continue;
        size_t length = RECORD_HEADER + word(state, header + 8);
        bool more = fetch(state, length + RECORD_HEADER);
        header = state->block + state->start;
        if (more ? is_plausible(state, header + length, word(state, header)) : state->end - state->start == length)
            return true;
    }
    return false;
}

/* A record that cannot be right: reading goes on behind it if another can be found there. */
static enum reading pass_damage(struct pcap_state *state, enum reading damage, char **why)
{
    if (!find_next(state))
        return damage;
    if (!*why)
        *why = g_strdup("its length is given as more than the file has");
    return READING_SKIPPED;
}

/* Takes the record at start, all of which stands in the block. */
static inline void take_record(struct pcap_state *state, struct record *record, uint32_t captured)
{
    const uint8_t *header = state->block + state->start;
    state->seconds = word(state, header);
    state->any = true;
    record->origin.time =
        (int64_t)state->seconds * NANOSECONDS + (int64_t)word(state, header + 4) * (state->nanoseconds ? 1 : 1000);
    record->captured = captured;
    record->original = word(state, header + 12);
    record->data = header + RECORD_HEADER;
    record->link_type = state->link_type;
    state->start += RECORD_HEADER + captured;
}

static enum reading next_record(struct pcap_state *state, struct record *record, char **why)
{
    if (!fetch(state, RECORD_HEADER))
        return at_end(state, why);
    uint32_t captured = word(state, state->block + state->start + 8);
    if (captured > CAPTURED_MAX) {
        *why = g_strdup_printf("its length is given as %u bytes, more than the %zu that a packet can have", captured,
                               CAPTURED_MAX);
        return pass_damage(state, READING_DAMAGED, why);
    }
    if (!fetch(state, RECORD_HEADER + captured)) {
        enum reading end = at_end(state, why);
        return end == READING_CUT ? pass_damage(state, end, why) : end;
    }
    take_record(state, record, captured);
    return READING_PACKET;
}

/* Inline: the compiler then knows what the caller says of the state. */
static inline __attribute__((always_inline)) size_t take_some(struct pcap_state *state, struct record *records,
                                                              size_t max)
{
    size_t count = 0;
    while (count < max && state->end - state->start >= RECORD_HEADER) {
        uint32_t captured = word(state, state->block + state->start + 8);
        if (captured > CAPTURED_MAX || captured > state->end - state->start - RECORD_HEADER)
            break;
        take_record(state, &records[count++], captured);
    }
    return count;
}

static size_t some_records(void *reader, struct record *records, size_t max)
{
    struct pcap_state state = *(struct pcap_state *)reader;
    size_t count = 0;
    if (!state.block)
        return 0;
    if (state.swapped || state.nanoseconds) {
        count = take_some(&state, records, max);
    } else { /* most files */
        state.swapped = state.nanoseconds = false;
        count = take_some(&state, records, max);
    }
    *(struct pcap_state *)reader = state;
    return count;
}

/* A record of the "modified" form. */
static enum reading next_modified(struct pcap_state *state, struct record *record, char **why)
{
    struct pcap_pkthdr *header;
    const u_char *data;
    int result = pcap_next_ex(state->pcap, &header, &data);
    if (result == 1) {
        /* Seconds have 32 bits and no sign, but libpcap gives them one (from 2038 on). It was asked for nanoseconds:
         * they stand where microseconds usually do. */
        record->origin.time = (int64_t)(uint32_t)header->ts.tv_sec * NANOSECONDS + (int64_t)header->ts.tv_usec;
        record->data = data;
        record->captured = header->caplen;
        record->original = header->len;
        record->link_type = state->link_type;
        return READING_PACKET;
    }
    if (result == PCAP_ERROR_BREAK)
        return READING_END;
    if (!ferror(state->stream) && feof(state->stream))
        return READING_CUT;
    *why = g_strdup(pcap_geterr(state->pcap));
    return ferror(state->stream) ? READING_FAILED : READING_DAMAGED;
}

static enum reading next_packet(void *reader, struct record *record, char **why)
{
    struct pcap_state *state = reader;
    return state->block ? next_record(state, record, why) : next_modified(state, record, why);
}

static int64_t position(const void *reader)
{
    const struct pcap_state *state = reader;
    return (int64_t)ftello(state->stream) - (int64_t)(state->end - state->start);
}

static void close_pcap(void *reader)
{
    struct pcap_state *state = reader;
    pcap_close(state->pcap); /* closes the stream */
    g_free(state->block);
    g_free(state);
}

const struct capture_reader capture_pcap = {open_pcap, next_packet, some_records, position, close_pcap};
