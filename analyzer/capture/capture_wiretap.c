/* SPDX-License-Identifier: GPL-2.0-or-later
 * Formats of other analyzers, and files compressed with zstd or lz4, read by libwiretap.
 * Link types are mapped to the numbers of libpcap; what has none gets LINK_TYPE_ENCAP minus libwiretap's number. */
#include "capture/capture_reader.h"

#include <string.h>

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

#define ENCAP_MAX 256 /* more than there are */

struct wiretap_state {
    wtap *file;
    struct wiretap_record record;
    /* A record that was read already, when the file was opened; else READING_END. */
    enum reading pending;
    struct record first;
};

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
    {"pppd", "pppd record", true},
    {"commview-ncf", NULL, true},
    {"commview-ncfx", NULL, true},
};

static int link_types[ENCAP_MAX];

/* libwiretap exports the map from link types to its own numbers; this turns it round. */
static void map_link_types(void)
{
    for (int i = 0; i < ENCAP_MAX; i++)
        link_types[i] = LINK_TYPE_ENCAP - i;
    for (int link_type = 0; link_type < 1024; link_type++) {
        int encap = wtap_pcap_encap_to_wtap_encap(link_type);
        if (encap > WTAP_ENCAP_UNKNOWN && encap < ENCAP_MAX && link_types[encap] < 0 && link_type != 100 &&
            link_type != 101 && !wtap_encap_requires_phdr(encap))
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
        return LINK_TYPE_ENCAP - WTAP_ENCAP_ERF;
    }
}

static int link_type_of(const wtap_rec *header)
{
    int encap = header->rec_header.packet_header.pkt_encap;
    if (encap == WTAP_ENCAP_ERF)
        return erf_link_type(header->rec_header.packet_header.pseudo_header.erf.phdr.type);
    return encap >= 0 && encap < ENCAP_MAX ? link_types[encap] : LINK_TYPE_ENCAP;
}

static const char *describe(int error)
{
    switch (error) {
    case WTAP_ERR_FILE_UNKNOWN_FORMAT:
        return CAPTURE_UNKNOWN;
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
    record_clear(&state->record);
    g_free(state);
}

/* What a read error means. Takes info. */
static enum reading failure(int error, char *info, char **why)
{
    if (error == 0 || error == WTAP_ERR_SHORT_READ) {
        g_free(info);
        return error == 0 ? READING_END : READING_CUT;
    }
    *why = explain(error, info);
    if (error == WTAP_ERR_REC_MALFORMED) /* reading can go on behind it */
        return READING_SKIPPED;
    return error > 0 ? READING_FAILED : READING_DAMAGED;
}

static enum reading read_record(struct wiretap_state *state, struct record *record, char **why)
{
    int error = 0;
    char *info = NULL;
    int64_t offset = 0;
    if (!record_read(state->file, &state->record, &error, &info, &offset))
        return failure(error, info, why);
    const wtap_rec *header = &state->record.header;
    if (header->rec_type != REC_TYPE_PACKET)
        return READING_OTHER;
    record->data = record_data(&state->record);
    record->captured = header->rec_header.packet_header.caplen;
    record->original = header->rec_header.packet_header.len;
    record->link_type = link_type_of(header);
    if (!(header->presence_flags & WTAP_HAS_TS))
        return READING_UNTIMED;
    if (!capture_set_time(header->ts.secs, (uint64_t)header->ts.nsecs, &record->origin.time)) {
        *why = g_strdup(CAPTURE_NO_TIME);
        return READING_UNTIMED;
    }
    return READING_PACKET;
}

/* Opens the file and sets format; says why not. */
static bool open_file(struct wiretap_state *state, const char *path, const char **format, char **why)
{
    int error = 0;
    char *info = NULL;
    state->file = wtap_open_offline(path, WTAP_TYPE_AUTO, &error, &info, FALSE);
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
        *why = g_strdup(CAPTURE_UNKNOWN);
    return known;
}

void *wiretap_open(const char *path, const char **format, int *link_type, char **why)
{
    init_once();
    struct wiretap_state *state = g_new0(struct wiretap_state, 1);
    record_init(&state->record);
    state->pending = READING_END;
    *link_type = -1;
    if (open_file(state, path, format, why))
        return state;
    close_wiretap(state);
    return NULL;
}

static enum reading next_packet(void *reader, struct record *record, char **why)
{
    struct wiretap_state *state = reader;
    enum reading reading = state->pending;
    if (reading == READING_END)
        return read_record(state, record, why);
    *record = state->first;
    state->pending = READING_END;
    return reading;
}

/* By libwiretap's own number, for what libpcap has none for. */
const char *wiretap_link_name(int link_type)
{
    return wtap_encap_description(LINK_TYPE_ENCAP - link_type);
}

static int64_t position(const void *reader)
{
    const struct wiretap_state *state = reader;
    return (int64_t)wtap_read_so_far(state->file);
}

const struct capture_reader capture_wiretap = {NULL, next_packet, NULL, position, close_wiretap};
