/* SPDX-License-Identifier: GPL-2.0-or-later
 * Every format but classic pcap, read by libwiretap: pcapng, compressed files, formats of other analyzers.
 * Link types are mapped to the numbers of libpcap; what has none gets -1. */
#include "capture/capture_reader.h"

#include "capture/feed.h"
#include "capture/fine_time.h"
#include "capture/mend.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <wireshark.h>
#include <wiretap/pcap-encap.h>
#include <wiretap/wtap.h>
#include <ws_version.h>
#include <wsutil/wslog.h>

/* What differs between Wireshark 4.0 and 4.6: since 4.6 the data of a record is part of it. */
#define WIRESHARK_AT_LEAST(minor) (WIRESHARK_VERSION_MAJOR > 4 || WIRESHARK_VERSION_MINOR >= (minor))

struct wiretap_record {
    wtap_rec header;
#if !WIRESHARK_AT_LEAST(6)
    Buffer data;
#endif
};

#define RECORD_SPACE 2048

#if WIRESHARK_AT_LEAST(6)
static void record_init(struct wiretap_record *record)
{
    wtap_rec_init(&record->header, RECORD_SPACE);
}

static bool record_read(wtap *file, struct wiretap_record *record, int *error, char **info, int64_t *offset)
{
    wtap_rec_reset(&record->header);
    return wtap_read(file, &record->header, error, info, offset);
}

static const uint8_t *record_data(struct wiretap_record *record)
{
    return ws_buffer_start_ptr(&record->header.data);
}

static void record_clear(struct wiretap_record *record)
{
    wtap_rec_cleanup(&record->header);
}
#else
static void record_init(struct wiretap_record *record)
{
    wtap_rec_init(&record->header);
    ws_buffer_init(&record->data, RECORD_SPACE);
}

static bool record_read(wtap *file, struct wiretap_record *record, int *error, char **info, int64_t *offset)
{
    gint64 start = 0;
    wtap_rec_reset(&record->header);
    bool good = wtap_read(file, &record->header, &record->data, error, info, &start);
    *offset = (int64_t)start;
    return good;
}

static const uint8_t *record_data(struct wiretap_record *record)
{
    return ws_buffer_start_ptr(&record->data);
}

static void record_clear(struct wiretap_record *record)
{
    wtap_rec_cleanup(&record->header);
    ws_buffer_free(&record->data);
}
#endif
/* A record that libwiretap cannot make sense of, but can pass over: since 4.6. */
#ifndef WTAP_ERR_REC_MALFORMED
#define WTAP_ERR_REC_MALFORMED (-1000)
#endif

#define NANOSECONDS INT64_C(1000000000)
#define ENCAP_MAX   256 /* more than there are */

struct wiretap_state {
    wtap *file;
    struct wiretap_record record;
    struct feed *feed;      /* NULL if libwiretap reads the file itself */
    struct fine_time *fine; /* pcapng only, else NULL */
    /* A record that was read already, when the file was opened or read on; else READING_END. */
    enum reading pending;
    struct record first;
    /* A pcapng file that can be read on behind damage, else NULL and -1. */
    struct mend *mend;
    int descriptor;
    int64_t last;    /* offset of the block read last */
    int64_t shift;   /* what libwiretap reads stands so much farther in the file */
    unsigned mended; /* places */
};

/* A file that is damaged in more places is left there. */
#define MENDED_MAX 1000

/* Formats that carry packets of networks, by libwiretap's names. It knows many more: of logs, of pictures, of text in
 * which it sees packets with some good will. */
static const struct {
    const char *name;
    const char *ours; /* NULL: the same */
    bool guessed;     /* no magic number: a file is of that format only if a packet can be read from it */
} formats[] = {
    {"pcapng", NULL, false},
    {"pcap", NULL, false},
    {"nsecpcap", "pcap (nanoseconds)", false},
    {"modpcap", "pcap (modified)", false},
    {"aixpcap", "pcap (AIX)", false},
    {"nokiapcap", "pcap (Nokia)", false},
    {"rh6_1pcap", "pcap (Red Hat 6.1)", false},
    {"suse6_3pcap", "pcap (SuSE 6.3)", false},
    {"snoop", NULL, false},
    {"shomiti", NULL, false},
    {"erf", NULL, true},
    {"netmon1", NULL, false},
    {"netmon2", NULL, false},
    {"netxray1", NULL, false},
    {"netxray2", NULL, false},
    {"ngwsniffer_1_1", NULL, false},
    {"ngwsniffer_2_0", NULL, false},
    {"ngsniffer", NULL, false},
    {"ngsniffer_comp", NULL, false},
    {"lanalyzer", NULL, true},
    {"iptrace_1", NULL, false},
    {"iptrace_2", NULL, false},
    {"nettl", NULL, false},
    {"radcom", NULL, false},
    {"visual", NULL, false},
    {"5views", NULL, false},
    {"niobserver", NULL, false},
    {"peekclassic56", NULL, true},
    {"peekclassic7", NULL, true},
    {"peektagged", NULL, false},
    {"capsa", NULL, false},
    {"commview-ncf", NULL, true},
    {"commview-ncfx", NULL, true},
};

static int link_types[ENCAP_MAX];

/* libwiretap exports the map from link types to its own numbers; this turns it round. */
static void map_link_types(void)
{
    for (int i = 0; i < ENCAP_MAX; i++)
        link_types[i] = -1;
    for (int link_type = 0; link_type < 1024; link_type++) {
        int encap = wtap_pcap_encap_to_wtap_encap(link_type);
        if (encap > WTAP_ENCAP_UNKNOWN && encap < ENCAP_MAX && link_types[encap] < 0 &&
            !wtap_encap_requires_phdr(encap))
            link_types[encap] = link_type;
    }
    /* Those of which libwiretap takes a header off; below it they are as the others. */
    static const struct {
        int encap, link_type;
    } bare[] = {
        {WTAP_ENCAP_RAW_IP, 12}, /* as libpcap has it for live and saved captures */
        {WTAP_ENCAP_PPP, 9},
        {WTAP_ENCAP_PPP_WITH_PHDR, 9},
        {WTAP_ENCAP_CHDLC_WITH_PHDR, 104},
        {WTAP_ENCAP_FRELAY_WITH_PHDR, 107},
        {WTAP_ENCAP_IEEE_802_11_WITH_RADIO, 105},
        {WTAP_ENCAP_NETTL_ETHERNET, 1},
        {WTAP_ENCAP_NETTL_RAW_IP, 12},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bare); i++)
        link_types[bare[i].encap] = bare[i].link_type;
}

static void init_once(void)
{
    static gsize done;
    if (g_once_init_enter(&done)) {
        ws_log_set_level(LOG_LEVEL_ERROR); /* what is wrong with a file is said here, once */
        wtap_init(FALSE);
        map_link_types();
        g_once_init_leave(&done, 1);
    }
}

/* Types of ERF records (Endace, ERF Types Reference Guide) that hold what other formats have as a link type. */
static int erf_link_type(uint8_t type)
{
    switch (type & 0x7f) {
    case 2:  /* Ethernet */
    case 11: /* with colour */
    case 16: /* with colour, hardware filtered */
    case 20: /* with colour and hash */
        return 1;
    case 22: /* IPv4 */
    case 23: /* IPv6 */
        return 12;
    default:
        return -1;
    }
}

static int link_type_of(const wtap_rec *header)
{
    int encap = header->rec_header.packet_header.pkt_encap;
    if (encap == WTAP_ENCAP_ERF)
        return erf_link_type(header->rec_header.packet_header.pseudo_header.erf.phdr.type);
    return encap >= 0 && encap < ENCAP_MAX ? link_types[encap] : -1;
}

static const char *describe(int error)
{
    switch (error) {
    case WTAP_ERR_FILE_UNKNOWN_FORMAT:
        return "not a capture file";
    case WTAP_ERR_SHORT_READ:
        return "cut short in its header";
    case WTAP_ERR_DECOMPRESS:
        return "its compressed data is damaged";
    case WTAP_ERR_CANT_SEEK:
    case WTAP_ERR_RANDOM_OPEN_PIPE:
        return "this format cannot be read from a pipe";
    case WTAP_ERR_BAD_FILE:
    case WTAP_ERR_UNSUPPORTED:
    case WTAP_ERR_DECOMPRESSION_NOT_SUPPORTED:
        return NULL; /* libwiretap says more */
    default:
        return error > 0 ? g_strerror(error) : wtap_strerror(error);
    }
}

/* Takes info. */
static char *explain(int error, char *info)
{
    const char *what = describe(error);
    if (!what && !info)
        what = wtap_strerror(error);
    char *text = what && info ? g_strdup_printf("%s (%s)", what, info) : g_strdup(what ? what : info);
    g_free(info);
    return text;
}

/* Index into formats; G_N_ELEMENTS(formats) if it is none of them. */
static size_t find_format(wtap *file)
{
    const char *name = wtap_file_type_subtype_name(wtap_file_type_subtype(file));
    size_t i = 0;
    while (i < G_N_ELEMENTS(formats) && g_strcmp0(name, formats[i].name) != 0)
        i++;
    return i;
}

static void close_wiretap(void *reader)
{
    struct wiretap_state *state = reader;
    if (state->file)
        wtap_close(state->file);
    feed_stop(state->feed);
    record_clear(&state->record);
    fine_time_free(state->fine);
    mend_free(state->mend);
    if (state->descriptor >= 0)
        close(state->descriptor);
    g_free(state);
}

/* What a read error means. Takes info. */
static enum reading failure(int error, char *info, char **why)
{
    if (error == 0 || error == WTAP_ERR_SHORT_READ || error == WTAP_ERR_REC_MALFORMED) {
        g_free(info);
        return error == 0 ? READING_END : error == WTAP_ERR_SHORT_READ ? READING_CUT : READING_OTHER;
    }
    *why = explain(error, info);
    return error > 0 ? READING_FAILED : READING_DAMAGED;
}

/* Interfaces that were described since the last packet. */
static void note_interfaces(struct wiretap_state *state)
{
    wtap_block_t block;
    while ((block = wtap_get_next_interface_description(state->file)) != NULL) {
        const wtapng_if_descr_mandatory_t *interface = wtap_block_get_mandatory_data(block);
        fine_time_interface(state->fine, interface->time_units_per_second);
    }
}

static enum reading read_record(struct wiretap_state *state, struct record *record, char **why)
{
    int error = 0;
    char *info = NULL;
    int64_t offset = 0;
    if (!record_read(state->file, &state->record, &error, &info, &offset))
        return failure(error, info, why);
    const wtap_rec *header = &state->record.header;
    offset += state->shift;
    state->last = offset;
    if (state->fine)
        note_interfaces(state);
    if (header->rec_type != REC_TYPE_PACKET)
        return READING_OTHER;
    record->data = record_data(&state->record);
    record->captured = header->rec_header.packet_header.caplen;
    record->original = header->rec_header.packet_header.len;
    record->link_type = link_type_of(header);
    if (!(header->presence_flags & WTAP_HAS_TS))
        return READING_UNTIMED;
    int64_t fraction = header->ts.nsecs;
    if (state->fine && !fine_time_fraction(state->fine, header->section_number,
                                           header->rec_header.packet_header.interface_id, offset, &fraction)) {
        *why = g_strdup("its time is finer than nanoseconds, which cannot be read from a pipe or a compressed file");
        return READING_DAMAGED;
    }
    /* Any number may stand in a file: kept to what a time in nanoseconds can hold. */
    record->origin.time = CLAMP((int64_t)header->ts.secs, 0, (int64_t)UINT32_MAX) * NANOSECONDS + fraction;
    return READING_PACKET;
}

/* Opens the file and sets format; says why not. */
static bool open_file(struct wiretap_state *state, const struct capture_source *source, const char **format, char **why)
{
    if (!source->regular && !(state->feed = feed_start(source->descriptor, source->head, source->head_length))) {
        *why = g_strdup(g_strerror(errno));
        return false;
    }
    int error = 0;
    char *info = NULL;
    const char *path = state->feed ? feed_path(state->feed) : source->path;
    state->file = wtap_open_offline(path, WTAP_TYPE_AUTO, &error, &info, FALSE);
    if (state->feed)
        feed_opened(state->feed);
    if (!state->file) {
        *why = explain(error, info);
        return false;
    }
    size_t i = find_format(state->file);
    bool known = i < G_N_ELEMENTS(formats);
    if (known && formats[i].guessed) {
        state->pending = read_record(state, &state->first, why);
        known = state->pending < READING_END;
        g_clear_pointer(why, g_free);
    }
    if (known)
        *format = formats[i].ours ? formats[i].ours : formats[i].name;
    else
        *why = g_strdup("not a capture file");
    return known;
}

static void *open_wiretap(const struct capture_source *source, const char **format, int *link_type, char **why)
{
    init_once();
    struct wiretap_state *state = g_new0(struct wiretap_state, 1);
    record_init(&state->record);
    state->pending = READING_END;
    state->descriptor = -1;
    *link_type = -1;
    bool open = open_file(state, source, format, why);
    if (open && strcmp(*format, "pcapng") == 0) {
        bool plain = source->regular && !source->compressed;
        state->fine = fine_time_new(plain ? dup(source->descriptor) : -1);
        state->descriptor = plain ? dup(source->descriptor) : -1;
        state->mend = state->descriptor >= 0 ? mend_new(state->descriptor) : NULL;
    }
    if (source->regular)
        close(source->descriptor);
    if (!open) {
        close_wiretap(state);
        return NULL;
    }
    return state;
}

/* Opens what there is behind the damage as a file of its own: libwiretap cannot be told to go on elsewhere. Returns
 * false if nothing is left. Since 4.4 it looks at the head of the first block and refuses a file where that is damaged,
 * too: then there is no file, and the next call goes on behind that. */
static bool read_on(struct wiretap_state *state)
{
    const GByteArray *head;
    int64_t from = mend_find(state->mend, state->last, &head);
    int descriptor = from >= 0 ? dup(state->descriptor) : -1;
    if (descriptor < 0)
        return false;
    if (state->file)
        wtap_close(state->file);
    feed_stop(state->feed);
    fine_time_free(state->fine);
    state->file = NULL;
    state->fine = fine_time_new(dup(state->descriptor));
    state->last = from - 1;
    state->shift = from - (int64_t)head->len;
    lseek(descriptor, (off_t)from, SEEK_SET);
    state->feed = feed_start(descriptor, head->data, head->len);
    if (!state->feed)
        return false;
    int error;
    char *info = NULL;
    state->file = wtap_open_offline(feed_path(state->feed), WTAP_TYPE_AUTO, &error, &info, FALSE);
    feed_opened(state->feed);
    g_free(info);
    if (!state->file)
        state->last = from;
    return true;
}

static bool is_damage(enum reading reading)
{
    return reading == READING_DAMAGED || reading == READING_CUT;
}

/* Behind what is damaged, or several such blocks. Without success the damage is as before. */
static enum reading mend(struct wiretap_state *state, enum reading damage, char **why)
{
    enum reading next = damage;
    g_autofree char *more = NULL;
    while (is_damage(next) && state->mended++ < MENDED_MAX && read_on(state)) {
        g_clear_pointer(&more, g_free);
        next = state->file ? read_record(state, &state->first, &more) : READING_DAMAGED;
    }
    if (next > READING_END)
        return damage;
    if (!*why)
        *why = g_strdup("a block is longer than the file");
    state->pending = next;
    return READING_SKIPPED;
}

static enum reading next_packet(void *reader, struct record *record, char **why)
{
    struct wiretap_state *state = reader;
    enum reading reading = state->pending;
    if (reading != READING_END) {
        *record = state->first;
        state->pending = READING_END;
        return reading;
    }
    reading = read_record(state, record, why);
    return is_damage(reading) && state->mend ? mend(state, reading, why) : reading;
}

static int64_t position(const void *reader)
{
    const struct wiretap_state *state = reader;
    return state->file ? (int64_t)wtap_read_so_far(state->file) + state->shift : -1;
}

const struct capture_reader capture_wiretap = {open_wiretap, next_packet, NULL, position, close_wiretap};
