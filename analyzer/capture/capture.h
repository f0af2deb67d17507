/* SPDX-License-Identifier: GPL-2.0-or-later
 * A capture file as a sequence of link-layer records.
 * Takes a path (or standard input) of any format that libpcap or libwiretap knows, compressed with gzip, zstd or lz4 or
 * not; gives records and, at the end, what was read and what was damaged. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include "base/origin.h"

/* One captured packet. data is valid until the next call of capture_next(). */
struct record {
    struct origin origin;
    const uint8_t *data;
    uint32_t captured; /* bytes at data */
    uint32_t original; /* bytes on the wire */
    int link_type;     /* a LINKTYPE_ number as libpcap has it (DLT_); -1 if there is none */
};

enum capture_result {
    CAPTURE_RECORD, /* a record was read */
    CAPTURE_END,    /* the file ends where it should */
    CAPTURE_DAMAGED /* it ends, or nothing more can be read, and capture_damage() says what is missing */
};

/* Errors of capture_open(): the input cannot be read, is no capture by any of its bytes, or the filter expression is
 * wrong (the user's mistake). */
enum capture_error { CAPTURE_ERROR_FILE, CAPTURE_ERROR_UNKNOWN, CAPTURE_ERROR_FILTER };
#define CAPTURE_ERROR (capture_error_quark())
GQuark capture_error_quark(void);

struct capture;
struct filter_kept;

/* Opens a capture. "-" is standard input. Returns NULL and sets error if it cannot be read at all: no such file, no
 * capture, empty. The error text names the file. filter: libpcap expression or NULL. A file with a header and no
 * packets is fine. */
struct capture *capture_open(const char *path, uint32_t file, const char *filter, GError **error);
/* The next packet that passes the filter. Every record of the file has its number as Wireshark counts them, those left
 * out by the filter and those that are no packets too. A packet without a time (a simple packet block of pcapng) has
 * that of the packet before it, 0 if there is none. */
enum capture_result capture_next(struct capture *capture, struct record *record);
/* The next packets, at least one and max at most; their data is valid until the next call of either. Returns how many
 * there are; 0: *result says why. */
size_t capture_some(struct capture *capture, struct record *records, size_t max, enum capture_result *result);
/* "pcap", "pcap (nanoseconds)", "pcapng", "pcapng (gzip)", ... */
const char *capture_format(const struct capture *capture);
/* How many captures stood behind each other in the file so far: each after the first has a header of its own. */
unsigned capture_count(const struct capture *capture);
/* Packets without a time that were read so far. */
uint64_t capture_untimed(const struct capture *capture);
/* What the filter kept back, see filter.h; NULL without one. */
const struct filter_kept *capture_kept(const struct capture *capture);
/* "USB_LINUX (189)"; the caller frees it. */
char *capture_link_name(int link_type);
/* NULL if none; names the packets: "cut short in packet 17". What is damaged and passed over counts as one packet. */
const char *capture_damage(const struct capture *capture);
/* Records read so far, those left out too: the number of the last one. */
uint64_t capture_packets(const struct capture *capture);
/* 0 to 1, negative if unknown (a pipe). */
double capture_progress(const struct capture *capture);
/* NULL is allowed. */
void capture_close(struct capture *capture);

#endif
