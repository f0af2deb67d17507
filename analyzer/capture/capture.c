/* SPDX-License-Identifier: GPL-2.0-or-later
 * A capture file as a sequence of link-layer records: chooses the reader by the file's first bytes, numbers and filters
 * what it gives, words the damage. */
#include "capture/capture_reader.h"

#include "capture/compressed.h"
#include "capture/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct capture {
    const struct capture_reader *reader;
    void *state;
    struct filter *filter;
    char *format;
    size_t compression; /* index into compressions */
    char *damage;
    unsigned places; /* of damage */
    bool cut;        /* the compressed data ends too early, which its reader does not see */
    bool ended;
    uint32_t file;
    int64_t time; /* of the packet before */
    uint64_t packets;
    int64_t size; /* bytes, negative if not a regular file */
};

/* Compressed files by their first bytes. */
static const struct {
    uint8_t magic[CAPTURE_HEAD];
    size_t length;
    const char *name;
    bool readable; /* by libwiretap */
    bool single;   /* but no more than the first of several compressed pieces behind each other */
} compressions[] = {
    {{0x1f, 0x8b}, 2, "gzip", true, false},
    {{0x28, 0xb5, 0x2f, 0xfd}, 4, "zstd", true, true},
    {{0x04, 0x22, 0x4d, 0x18}, 4, "lz4", true, true},
    {{0x02, 0x21, 0x4c, 0x18}, 4, "lz4 (legacy form)", false, false},
    {{0x42, 0x5a, 0x68}, 3, "bzip2", false, false},
    {{0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00}, 6, "xz", false, false},
    {{0x1f, 0x9d}, 2, "compress", false, false},
    {{0x50, 0x4b, 0x03, 0x04}, 4, "zip", false, false},
    {{0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c}, 6, "7-Zip", false, false},
    {{0x52, 0x61, 0x72, 0x21}, 4, "rar", false, false},
    {{0x4c, 0x5a, 0x49, 0x50}, 4, "lzip", false, false},
    {{0x89, 0x4c, 0x5a, 0x4f}, 4, "lzop", false, false},
    {{0xff, 0x06, 0x00, 0x00, 0x73, 0x4e}, 6, "snappy", false, false},
};
#define COMPRESSION_NONE G_N_ELEMENTS(compressions)

GQuark capture_error_quark(void)
{
    return g_quark_from_static_string("capture-error");
}

/* Both byte orders of the three magic numbers that libpcap reads. */
static bool is_classic(const struct capture_source *source)
{
    static const uint8_t magic[][4] = {
        {0xa1, 0xb2, 0xc3, 0xd4}, {0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0x3c, 0x4d},
        {0x4d, 0x3c, 0xb2, 0xa1}, {0xa1, 0xb2, 0xcd, 0x34}, {0x34, 0xcd, 0xb2, 0xa1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(magic); i++) {
        if (source->head_length >= sizeof magic[i] && memcmp(source->head, magic[i], sizeof magic[i]) == 0)
            return true;
    }
    return false;
}

static size_t find_compression(const struct capture_source *source)
{
    size_t i = 0;
    while (i < COMPRESSION_NONE && (source->head_length < compressions[i].length ||
                                    memcmp(source->head, compressions[i].magic, compressions[i].length) != 0))
        i++;
    return i;
}

static bool read_head(struct capture_source *source)
{
    while (source->head_length < CAPTURE_HEAD) {
        uint8_t *to = source->head + source->head_length;
        size_t wanted = CAPTURE_HEAD - source->head_length;
        ssize_t got;
        if (source->regular)
            got = pread(source->descriptor, to, wanted,
                        lseek(source->descriptor, 0, SEEK_CUR) + (off_t)source->head_length);
        else
            got = read(source->descriptor, to, wanted);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        source->head_length += (size_t)got;
    }
    return true;
}

/* Opens the file and looks at its first bytes. False with *why set (the caller frees it). */
static bool open_source(struct capture_source *source, int64_t *size, char **why)
{
    bool from_stdin = strcmp(source->path, "-") == 0;
    /* A copy, so that closing the capture does not close standard input. */
    source->descriptor =
        from_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(source->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat status;
    bool good = source->descriptor >= 0 && fstat(source->descriptor, &status) == 0;
    source->regular = good && S_ISREG(status.st_mode);
    *size = source->regular ? (int64_t)status.st_size : -1;
    good = good && read_head(source);
    if (!good)
        *why = g_strdup(g_strerror(errno));
    else if (source->head_length == 0)
        *why = g_strdup("the file is empty");
    if (*why && source->descriptor >= 0)
        close(source->descriptor);
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

static bool start(struct capture *capture, const char *path, int *link_type, char **why)
{
    struct capture_source source = {.path = path};
    if (!open_source(&source, &capture->size, why))
        return false;
    size_t compression = capture->compression = find_compression(&source);
    source.compressed = compression != COMPRESSION_NONE;
    if (source.compressed && !compressions[compression].readable) {
        *why = g_strdup_printf("compressed with %s, which cannot be read here: unpack it first",
                               compressions[compression].name);
        close(source.descriptor);
        return false;
    }
    capture->cut = source.regular && source.compressed && compressions[compression].single &&
                   !compressed_is_whole(source.descriptor);
    const char *format = NULL;
    capture->reader = is_classic(&source) ? &capture_pcap : &capture_wiretap;
    capture->state = capture->reader->open(&source, &format, link_type, why);
    if (!capture->state) {
        if (source.compressed) {
            char *inner = *why;
            *why = g_strdup_printf("compressed with %s: %s", compressions[compression].name, inner);
            g_free(inner);
        }
        return false;
    }
    capture->format = full_format(format, compression);
    return true;
}

struct capture *capture_open(const char *path, uint32_t file, const char *filter, GError **error)
{
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    struct capture *capture = g_new0(struct capture, 1);
    capture->file = file;
    int link_type = -1;
    g_autofree char *why = NULL;
    if (!start(capture, path, &link_type, &why)) {
        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_FILE, "%s: %s", name, why);
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

/* Of more places than this it is only said that there are more. */
#define PLACES_MAX 8

/* Takes text. */
static void add_damage(struct capture *capture, char *text)
{
    char *before = capture->damage;
    if (!before)
        capture->damage = g_steal_pointer(&text);
    else if (capture->places < PLACES_MAX)
        capture->damage = g_strconcat(before, "; ", text, NULL);
    else if (capture->places == PLACES_MAX)
        capture->damage = g_strconcat(before, "; and in more places", NULL);
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

enum capture_result capture_next(struct capture *capture, struct record *record)
{
    while (!capture->ended) {
        char *why = NULL;
        enum reading reading = capture->reader->next(capture->state, record, &why);
        if (reading == READING_END && capture->cut)
            reading = READING_CUT;
        if (reading == READING_END)
            break;
        if (reading > READING_END || reading == READING_SKIPPED)
            set_damage(capture, reading, why);
        g_free(why);
        if (reading > READING_END)
            break;
        capture->packets++;
        if (reading == READING_UNTIMED)
            record->origin.time = capture->time;
        else if (reading == READING_PACKET)
            capture->time = record->origin.time;
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
    if (capture->reader->some && !capture->filter)
        count = capture->reader->some(capture->state, records, max);
    if (count == 0) {
        *result = capture_next(capture, records);
        return *result == CAPTURE_RECORD ? 1 : 0;
    }
    for (size_t i = 0; i < count; i++) {
        records[i].origin.number = ++capture->packets;
        records[i].origin.file = capture->file;
    }
    *result = CAPTURE_RECORD;
    return count;
}

const char *capture_format(const struct capture *capture)
{
    return capture->format;
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
    int64_t position = capture->reader->position(capture->state);
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
    filter_free(capture->filter);
    g_free(capture->format);
    g_free(capture->damage);
    g_free(capture);
}
