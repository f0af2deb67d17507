/* SPDX-License-Identifier: GPL-2.0-or-later
 * A capture file as a sequence of link-layer records: chooses the reader by the file's first bytes, and again where
 * another capture begins in it; numbers and filters what it gives, words the damage. */
#include "capture/capture_reader.h"

#include "capture/compressed.h"
#include "capture/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct capture {
    const struct capture_reader *reader;
    void *state;
    struct bytes_source *source; /* NULL if libwiretap reads the file */
    unsigned captures;           /* behind each other, so far */
    struct filter *filter;
    char *format;
    size_t compression; /* index into compressions */
    char *damage;
    unsigned places; /* of damage */
    bool cut;        /* the compressed data ends too early, which libwiretap does not see */
    bool ended;
    uint64_t untimed;
    uint32_t file;
    int64_t time; /* of the packet before */
    uint64_t packets;
    int64_t size; /* bytes, negative if not a regular file */
};

/* Compressed files by their first bytes. */
static const struct {
    const char *name;
    size_t length;
    uint8_t magic[6];
    bool readable;
    bool single;  /* but no more than the first of several compressed pieces behind each other */
    bool archive; /* of any files: in a folder it is passed over */
} compressions[] = {
    {"gzip", 2, {0x1f, 0x8b}, true, false, false},
    {"zstd", 4, {0x28, 0xb5, 0x2f, 0xfd}, true, true, false},
    {"lz4", 4, {0x04, 0x22, 0x4d, 0x18}, true, true, false},
    {"lz4 (legacy form)", 4, {0x02, 0x21, 0x4c, 0x18}, false, false, false},
    {"bzip2", 3, {0x42, 0x5a, 0x68}, false, false, false},
    {"xz", 6, {0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00}, false, false, false},
    {"compress", 2, {0x1f, 0x9d}, false, false, false},
    {"zip", 4, {0x50, 0x4b, 0x03, 0x04}, false, false, true},
    {"7-Zip", 6, {0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c}, false, false, true},
    {"rar", 4, {0x52, 0x61, 0x72, 0x21}, false, false, true},
    {"lzip", 4, {0x4c, 0x5a, 0x49, 0x50}, false, false, false},
    {"lzop", 4, {0x89, 0x4c, 0x5a, 0x4f}, false, false, false},
    {"snappy", 6, {0xff, 0x06, 0x00, 0x00, 0x73, 0x4e}, false, false, false},
};
#define COMPRESSION_NONE G_N_ELEMENTS(compressions)
#define COMPRESSION_GZIP ((size_t)0) /* unpacked here; the others that are readable by libwiretap */

GQuark capture_error_quark(void)
{
    return g_quark_from_static_string("capture-error");
}

static size_t find_compression(const struct bytes_source *source)
{
    size_t i = 0;
    while (i < COMPRESSION_NONE &&
           (bytes_left(source) < compressions[i].length ||
            memcmp(source->data + source->start, compressions[i].magic, compressions[i].length) != 0))
        i++;
    return i;
}

/* Opens the file and looks at its first bytes. False with *why set (the caller frees it). */
static bool open_source(struct capture *capture, const char *path, char **why)
{
    bool from_stdin = strcmp(path, "-") == 0;
    /* A copy, so that closing the capture does not close standard input. */
    int descriptor = from_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        *why = g_strdup(g_strerror(errno));
        if (descriptor >= 0)
            close(descriptor);
        return false;
    }
    bool regular = S_ISREG(status.st_mode);
    capture->size = regular ? (int64_t)status.st_size : -1;
    capture->source = bytes_open(descriptor, !regular);
    bytes_fetch(capture->source, PCAPNG_HEADER);
    if (capture->source->error != 0)
        *why = g_strdup(g_strerror(capture->source->error));
    else if (bytes_left(capture->source) == 0)
        *why = g_strdup("the file is empty");
    return !*why;
}

/* "pcap" and "gzip" to "pcap (gzip)", "pcap (nanoseconds)" to "pcap (nanoseconds, gzip)". */
static char *full_format(const char *format, size_t compression)
{
    if (compression == COMPRESSION_NONE)
        return g_strdup(format);
    size_t length = strlen(format);
    if (format[length - 1] != ')')
        return g_strdup_printf("%s (%s)", format, compressions[compression].name);
    return g_strdup_printf("%.*s, %s)", (int)length - 1, format, compressions[compression].name);
}

/* A reader for the header that stands at the start of the source; NULL if none of ours is for it. */
static const struct capture_reader *find_reader(const struct bytes_source *source)
{
    static const uint8_t classic[][4] = {
        {0xa1, 0xb2, 0xc3, 0xd4}, {0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0x3c, 0x4d},
        {0x4d, 0x3c, 0xb2, 0xa1}, {0xa1, 0xb2, 0xcd, 0x34}, {0x34, 0xcd, 0xb2, 0xa1},
    };
    static const uint8_t section[] = {0x0a, 0x0d, 0x0d, 0x0a};
    const uint8_t *data = source->data + source->start;
    if (bytes_left(source) < 4)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(classic); i++)
        if (memcmp(data, classic[i], 4) == 0)
            return &capture_pcap;
    bool ours = bytes_left(source) < PCAPNG_HEADER || pcapng_is_header(data, bytes_left(source));
    return memcmp(data, section, 4) == 0 && ours ? &capture_pcapng : NULL;
}

/* By libwiretap, which wants a path: what comes from a pipe is first written to a file. */
static bool start_wiretap(struct capture *capture, const char *path, const char **format, int *link_type, char **why)
{
    g_autofree char *spilled = NULL;
    int descriptor = -1;
    if (capture->size < 0) {
        descriptor = bytes_spill(capture->source);
        if (descriptor < 0) {
            *why = g_strdup(g_strerror(errno));
            return false;
        }
        spilled = g_strdup_printf("/dev/fd/%d", descriptor);
        path = spilled;
    } else if (strcmp(path, "-") == 0) {
        path = "/dev/stdin";
    }
    size_t compression = capture->compression;
    int whole = descriptor >= 0 ? descriptor : capture->source->descriptor;
    capture->cut = compression != COMPRESSION_NONE && compressions[compression].single && !compressed_is_whole(whole);
    bytes_close(capture->source);
    capture->source = NULL;
    capture->reader = &capture_wiretap;
    capture->state = wiretap_open(path, format, link_type, why);
    if (descriptor >= 0)
        close(descriptor);
    return capture->state != NULL;
}

static bool start_reader(struct capture *capture, const char *path, const char **format, int *link_type, char **why)
{
    size_t compression = capture->compression = find_compression(capture->source);
    if (compression != COMPRESSION_NONE && !compressions[compression].readable) {
        *why = g_strdup_printf("compressed with %s, which cannot be read here: unpack it first",
                               compressions[compression].name);
        return false;
    }
    if (compression == COMPRESSION_GZIP) {
        bytes_unpack(capture->source);
        bytes_fetch(capture->source, PCAPNG_HEADER);
        if (capture->source->damage && bytes_left(capture->source) < 4) {
            *why = g_strdup(capture->source->damage);
            return false;
        }
    }
    capture->reader = find_reader(capture->source);
    if (!capture->reader)
        return start_wiretap(capture, path, format, link_type, why);
    capture->captures = 1;
    capture->state = capture->reader->open(capture->source, format, link_type, why);
    return capture->state != NULL;
}

static bool start(struct capture *capture, const char *path, int *link_type, char **why)
{
    const char *format = NULL;
    capture->compression = COMPRESSION_NONE;
    if (!open_source(capture, path, why))
        return false;
    if (!start_reader(capture, path, &format, link_type, why)) {
        if (capture->compression != COMPRESSION_NONE && compressions[capture->compression].readable) {
            char *inner = *why;
            *why = g_strdup_printf("compressed with %s: %s", compressions[capture->compression].name, inner);
            g_free(inner);
        }
        return false;
    }
    capture->format = full_format(format, capture->compression);
    return true;
}

/* Another capture begins behind the one that was read. */
static enum reading start_next(struct capture *capture, char **why)
{
    const char *format;
    int link_type;
    capture->reader->close(capture->state);
    capture->reader = find_reader(capture->source);
    capture->state = capture->reader->open(capture->source, &format, &link_type, why);
    if (!capture->state)
        return READING_DAMAGED;
    capture->captures++;
    return READING_HEADER;
}

struct capture *capture_open(const char *path, uint32_t file, const char *filter, GError **error)
{
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    struct capture *capture = g_new0(struct capture, 1);
    capture->file = file;
    int link_type = -1;
    g_autofree char *why = NULL;
    if (!start(capture, path, &link_type, &why)) {
        bool archive = capture->compression != COMPRESSION_NONE && compressions[capture->compression].archive;
        bool unknown = archive || (g_str_has_suffix(why, CAPTURE_UNKNOWN) && capture->compression == COMPRESSION_NONE);
        g_set_error(error, CAPTURE_ERROR, unknown ? CAPTURE_ERROR_UNKNOWN : CAPTURE_ERROR_FILE, "%s: %s", name, why);
        capture_close(capture);
        return NULL;
    }
    if (!filter)
        return capture;
    capture->filter = filter_new(filter);
    if (!filter_check(capture->filter, link_type, &why)) {
        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_FILTER, "%s: filter '%s': %s", name, filter, why);
        capture_close(capture);
        return NULL;
    }
    return capture;
}

/* Of more places than this it is only said that there are more, and reading stops behind the last. */
#define PLACES_SAID 8
#define PLACES_MAX  1000

/* Takes text. */
static void add_damage(struct capture *capture, char *text)
{
    char *before = capture->damage;
    if (!before)
        capture->damage = g_steal_pointer(&text);
    else if (capture->places < PLACES_SAID)
        capture->damage = g_strconcat(before, "; ", text, NULL);
    else if (capture->places == PLACES_SAID)
        capture->damage = g_strconcat(before, "; and in more places", NULL);
    else if (capture->places + 1 == PLACES_MAX)
        capture->damage = g_strdup_printf("%s; reading stopped behind packet %" PRIu64 ", the %dth place", before,
                                          capture->packets + 1, PLACES_MAX);
    if (before != capture->damage)
        g_free(before);
    g_free(text);
    capture->places++;
}

static void set_damage(struct capture *capture, enum reading reading, const char *why)
{
    uint64_t number = capture->packets + 1;
    char *text;
    if (reading == READING_FAILED)
        text = g_strdup_printf("cannot be read from packet %" PRIu64 " on: %s", number, why);
    else if (reading == READING_CUT)
        text = g_strdup_printf("cut short in packet %" PRIu64, number);
    else if (reading == READING_NOTED)
        text = g_strdup_printf("damaged before packet %" PRIu64 ": %s", number, why);
    else
        text = g_strdup_printf("damaged in packet %" PRIu64 ": %s", number, why);
    if (reading == READING_DAMAGED && capture->compression != COMPRESSION_NONE &&
        compressions[capture->compression].single) {
        char *damage = g_strdup_printf("%s; of several %s frames only the first can be read here: unpack it first",
                                       text, compressions[capture->compression].name);
        g_free(text);
        text = damage;
    }
    add_damage(capture, text);
}

/* The next record that is not left out. */
static enum reading read_record(struct capture *capture, struct record *record, char **why)
{
    enum reading reading = capture->reader->next(capture->state, record, why);
    if (reading == READING_HEADER)
        reading = start_next(capture, why);
    if (reading == READING_END && capture->cut)
        reading = READING_CUT;
    return reading;
}

enum capture_result capture_next(struct capture *capture, struct record *record)
{
    while (!capture->ended && capture->places < PLACES_MAX) {
        g_autofree char *why = NULL;
        enum reading reading = read_record(capture, record, &why);
        if (reading == READING_HEADER)
            continue;
        if (reading == READING_END)
            break;
        if (reading > READING_END || why)
            set_damage(capture, reading, why);
        if (reading > READING_END)
            break;
        if (reading == READING_NOTED)
            continue;
        capture->packets++;
        record->origin.untimed = reading == READING_UNTIMED;
        if (reading == READING_UNTIMED) {
            record->origin.time = capture->time;
            capture->untimed++;
        } else if (reading == READING_PACKET) {
            capture->time = record->origin.time;
        }
        if (reading == READING_OTHER || reading == READING_SKIPPED ||
            (capture->filter && !filter_passes(capture->filter, record)))
            continue;
        record->origin.number = capture->packets;
        record->origin.file = capture->file;
        return CAPTURE_RECORD;
    }
    capture->ended = true;
    return capture->damage ? CAPTURE_DAMAGED : CAPTURE_END;
}

size_t capture_some(struct capture *capture, struct record *records, size_t max, enum capture_result *result)
{
    size_t count = 0;
    if (capture->reader->some && !capture->filter && capture->places < PLACES_MAX)
        count = capture->reader->some(capture->state, records, max);
    if (count == 0) {
        *result = capture_next(capture, records);
        return *result == CAPTURE_RECORD ? 1 : 0;
    }
    for (size_t i = 0; i < count; i++) {
        records[i].origin.number = ++capture->packets;
        records[i].origin.file = capture->file;
        records[i].origin.untimed = false;
    }
    capture->time = records[count - 1].origin.time;
    *result = CAPTURE_RECORD;
    return count;
}

const char *capture_format(const struct capture *capture)
{
    return capture->format;
}

unsigned capture_count(const struct capture *capture)
{
    return capture->captures;
}

uint64_t capture_untimed(const struct capture *capture)
{
    return capture->untimed;
}

const struct filter_kept *capture_kept(const struct capture *capture)
{
    return capture->filter ? filter_kept(capture->filter) : NULL;
}

char *capture_link_name(int link_type)
{
    const char *name = link_type >= 0 ? pcap_datalink_val_to_name(link_type) : wiretap_link_name(link_type);
    if (link_type < 0)
        return g_strdup(name ? name : "unknown");
    return name ? g_strdup_printf("%s (%d)", name, link_type) : g_strdup_printf("%d", link_type);
}

const char *capture_damage(const struct capture *capture)
{
    return capture->damage;
}

uint64_t capture_packets(const struct capture *capture)
{
    return capture->packets;
}

double capture_progress(const struct capture *capture)
{
    if (capture->size <= 0)
        return -1;
    int64_t position = capture->source ? capture->source->read : capture->reader->position(capture->state);
    if (position < 0)
        return -1;
    double share = (double)position / (double)capture->size;
    return share > 1 ? 1 : share;
}

void capture_close(struct capture *capture)
{
    if (!capture)
        return;
    if (capture->state)
        capture->reader->close(capture->state);
    bytes_close(capture->source);
    filter_free(capture->filter);
    g_free(capture->format);
    g_free(capture->damage);
    g_free(capture);
}
