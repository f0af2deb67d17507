/* SPDX-License-Identifier: GPL-2.0-or-later
 * A capture file as a sequence of link-layer records, read by libpcap. */
#include "capture.h"

#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE ((size_t)256 * 1024)
#define NANOSECONDS INT64_C(1000000000)

struct capture {
    pcap_t *pcap;
    FILE *stream; /* owned by pcap */
    char *buffer; /* of stream */
    const char *format;
    char *damage;
    struct bpf_program program;
    bool filtered; /* program is compiled */
    bool classic;  /* not pcapng */
    int link_type;
    uint32_t file;
    uint64_t packets;
    int64_t size; /* bytes, negative if not a regular file */
};

/* The formats of which libpcap reads the packets, by the first four bytes of the file. */
static const struct {
    uint8_t magic[4];
    const char *name;
} formats[] = {
    {{0xa1, 0xb2, 0xc3, 0xd4}, "pcap"},
    {{0xd4, 0xc3, 0xb2, 0xa1}, "pcap"},
    {{0xa1, 0xb2, 0x3c, 0x4d}, "pcap (nanoseconds)"},
    {{0x4d, 0x3c, 0xb2, 0xa1}, "pcap (nanoseconds)"},
    {{0xa1, 0xb2, 0xcd, 0x34}, "pcap (modified)"},
    {{0x34, 0xcd, 0xb2, 0xa1}, "pcap (modified)"},
    {{0x0a, 0x0d, 0x0d, 0x0a}, "pcapng"},
};

GQuark capture_error_quark(void)
{
    return g_quark_from_static_string("capture-error");
}

static FILE *open_stream(const char *path)
{
    if (strcmp(path, "-") != 0)
        return fopen(path, "rbe");
    /* A copy, so that closing the capture does not close standard input. */
    int descriptor = dup(STDIN_FILENO);
    if (descriptor < 0)
        return NULL;
    FILE *stream = fdopen(descriptor, "rb");
    if (!stream)
        close(descriptor);
    return stream;
}

/* Looks at the first bytes and puts them back, so that pipes work too. Returns the format; NULL if there is no such
 * format, with *why set. */
static const char *recognise(FILE *stream, const char **why)
{
    uint8_t magic[4];
    errno = 0;
    size_t length = fread(magic, 1, sizeof magic, stream);
    if (ferror(stream)) {
        *why = g_strerror(errno);
        return NULL;
    }
    if (length == 0) {
        *why = "the file is empty";
        return NULL;
    }
    *why = "not a capture file";
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (length < sizeof magic || memcmp(magic, formats[i].magic, sizeof magic) != 0)
            continue;
        while (length > 0) {
            if (ungetc(magic[--length], stream) == EOF) {
                *why = "cannot be read from a pipe";
                return NULL;
            }
        }
        return formats[i].name;
    }
    return NULL;
}

static bool compile_filter(struct capture *capture, const char *path, const char *filter, GError **error)
{
    if (!filter)
        return true;
    if (pcap_compile(capture->pcap, &capture->program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_FILTER, "%s: filter '%s': %s", path, filter,
                    pcap_geterr(capture->pcap));
        return false;
    }
    capture->filtered = true;
    return true;
}

static int64_t regular_size(FILE *stream)
{
    struct stat status;
    if (fstat(fileno(stream), &status) != 0 || !S_ISREG(status.st_mode))
        return -1;
    return (int64_t)status.st_size;
}

struct capture *capture_open(const char *path, uint32_t file, const char *filter, GError **error)
{
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    FILE *stream = open_stream(path);
    if (!stream) {
        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_FILE, "%s: %s", name, g_strerror(errno));
        return NULL;
    }
    char *buffer = g_malloc(BUFFER_SIZE);
    setvbuf(stream, buffer, _IOFBF, BUFFER_SIZE);

    char message[PCAP_ERRBUF_SIZE] = "";
    const char *why = message;
    const char *format = recognise(stream, &why);
    pcap_t *pcap = NULL;
    if (format) {
        why = message;
        pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, message);
    }
    if (!pcap) {
        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_FILE, "%s: %s", name, why);
        fclose(stream);
        g_free(buffer);
        return NULL;
    }

    struct capture *capture = g_new0(struct capture, 1);
    capture->pcap = pcap;
    capture->stream = stream;
    capture->buffer = buffer;
    capture->format = format;
    capture->classic = strcmp(format, "pcapng") != 0;
    capture->link_type = pcap_datalink(pcap);
    capture->file = file;
    capture->size = regular_size(stream);
    if (!compile_filter(capture, name, filter, error)) {
        capture_close(capture);
        return NULL;
    }
    return capture;
}

static void set_damage(struct capture *capture)
{
    uint64_t number = capture->packets + 1;
    if (ferror(capture->stream))
        capture->damage =
            g_strdup_printf("cannot be read from packet %" PRIu64 " on: %s", number, pcap_geterr(capture->pcap));
    else if (feof(capture->stream))
        capture->damage = g_strdup_printf("cut short in packet %" PRIu64, number);
    else
        capture->damage = g_strdup_printf("damaged in packet %" PRIu64 ": %s", number, pcap_geterr(capture->pcap));
}

/* Seconds since 1970. Those of a classic file have 32 bits and no sign, but libpcap gives them one (from 2038 on);
 * those of pcapng may be any number, and are kept to what a time in nanoseconds can hold. */
static int64_t seconds(const struct capture *capture, const struct pcap_pkthdr *header)
{
    if (capture->classic)
        return (uint32_t)header->ts.tv_sec;
    return CLAMP((int64_t)header->ts.tv_sec, 0, (int64_t)UINT32_MAX);
}

enum capture_result capture_next(struct capture *capture, struct record *record)
{
    struct pcap_pkthdr *header;
    const u_char *data;
    int result;

    if (capture->damage)
        return CAPTURE_DAMAGED;
    while ((result = pcap_next_ex(capture->pcap, &header, &data)) == 1) {
        capture->packets++;
        if (capture->filtered && pcap_offline_filter(&capture->program, header, data) == 0)
            continue;
        /* libpcap was asked for nanoseconds: they stand where microseconds usually do. */
        record->origin.time = seconds(capture, header) * NANOSECONDS + (int64_t)header->ts.tv_usec;
        record->origin.number = capture->packets;
        record->origin.file = capture->file;
        record->data = data;
        record->captured = header->caplen;
        record->original = header->len;
        record->link_type = capture->link_type;
        return CAPTURE_RECORD;
    }
    if (result == PCAP_ERROR_BREAK)
        return CAPTURE_END;
    set_damage(capture);
    return CAPTURE_DAMAGED;
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
    off_t position = ftello(capture->stream);
    if (position < 0)
        return -1;
    double share = (double)position / (double)capture->size;
    return share > 1 ? 1 : share;
}

void capture_close(struct capture *capture)
{
    if (!capture)
        return;
    if (capture->filtered)
        pcap_freecode(&capture->program);
    pcap_close(capture->pcap); /* closes the stream */
    g_free(capture->buffer);
    g_free(capture->damage);
    g_free(capture);
}
