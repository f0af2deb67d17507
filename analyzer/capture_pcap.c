/* SPDX-License-Identifier: GPL-2.0-or-later
 * Classic pcap, read by libpcap. */
#include "capture_reader.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE ((size_t)256 * 1024)
#define NANOSECONDS INT64_C(1000000000)

struct pcap_state {
    pcap_t *pcap;
    FILE *stream; /* owned by pcap */
    char *buffer; /* of stream */
    int link_type;
};

static const char *format_name(const uint8_t *head)
{
    /* By the last byte of the magic number, which is the first one in the other byte order. */
    switch (head[0] == 0xa1 ? head[3] : head[0]) {
    case 0x4d:
        return "pcap (nanoseconds)";
    case 0x34:
        return "pcap (modified)";
    default:
        return "pcap";
    }
}

/* Puts back what was read already, so that pipes work too. */
static FILE *open_stream(const struct capture_source *source, char *buffer)
{
    FILE *stream = fdopen(source->descriptor, "rb");
    if (!stream) {
        close(source->descriptor);
        return NULL;
    }
    setvbuf(stream, buffer, _IOFBF, BUFFER_SIZE);
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
    char *buffer = g_malloc(BUFFER_SIZE);
    FILE *stream = open_stream(source, buffer);
    if (!stream) {
        *why = g_strdup(g_strerror(errno));
        g_free(buffer);
        return NULL;
    }
    char message[PCAP_ERRBUF_SIZE] = "";
    pcap_t *pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, message);
    if (!pcap) {
        *why = g_strdup(message);
        fclose(stream);
        g_free(buffer);
        return NULL;
    }
    struct pcap_state *state = g_new0(struct pcap_state, 1);
    state->pcap = pcap;
    state->stream = stream;
    state->buffer = buffer;
    state->link_type = *link_type = pcap_datalink(pcap);
    *format = format_name(source->head);
    return state;
}

static enum reading next_packet(void *reader, struct record *record, char **why)
{
    struct pcap_state *state = reader;
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

static int64_t position(const void *reader)
{
    const struct pcap_state *state = reader;
    return (int64_t)ftello(state->stream);
}

static void close_pcap(void *reader)
{
    struct pcap_state *state = reader;
    pcap_close(state->pcap); /* closes the stream */
    g_free(state->buffer);
    g_free(state);
}

const struct capture_reader capture_pcap = {open_pcap, next_packet, position, close_pcap};
