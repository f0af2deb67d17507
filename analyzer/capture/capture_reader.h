/* SPDX-License-Identifier: GPL-2.0-or-later
 * Between capture.c and the readers of the formats: what a reader is given and what it gives.
 * capture.c opens the file, looks at its first bytes and chooses; it numbers the packets, filters, and words the
 * damage. */
#ifndef CAPTURE_READER_H
#define CAPTURE_READER_H

#include "capture/bytes.h"
#include "capture/capture.h"

/* What reading a record came to. */
enum reading {
    READING_PACKET,  /* *why, if it is set: something about it is damaged; the caller frees it */
    READING_UNTIMED, /* a packet without a time; origin.time is not set. *why likewise */
    READING_OTHER,   /* a record that is no packet (a system call, a log entry, ...) */
    READING_NOTED,   /* something damaged that was no packet, *why says what; the next call goes on behind it */
    READING_SKIPPED, /* something damaged was passed over, *why says what; the next call goes on behind it */
    READING_HEADER,  /* another capture begins behind this one: its reader goes on */
    READING_END,
    READING_CUT,     /* the file ends within a record */
    READING_DAMAGED, /* *why says how */
    READING_FAILED   /* the file cannot be read; likewise */
};

/* A reader that takes the bytes itself. */
struct capture_reader {
    /* The header of the file stands at source->start. Sets *format (never freed by the caller), and *link_type to the
     * one that all packets have or to -1. Returns NULL and sets *why (the caller frees it) if it cannot be read. The
     * caller keeps the source open until close(). */
    void *(*open)(struct bytes_source *source, const char **format, int *link_type, char **why);
    /* Sets time, data, lengths and link type of the record. */
    enum reading (*next)(void *state, struct record *record, char **why);
    /* The same for packets that are in memory already, max at most, in as little time as can be. Returns how many; 0
     * says nothing: next() tells. The data of all is there until the next call of either. NULL: there are none. */
    size_t (*some)(void *state, struct record *records, size_t max);
    /* Bytes of the file read so far, negative if unknown. NULL: those of the source. */
    int64_t (*position)(const void *state);
    void (*close)(void *state);
};

extern const struct capture_reader capture_pcap, capture_pcapng;

/* The other formats, by their file's path. As above; the state is for capture_wiretap. */
extern const struct capture_reader capture_wiretap;
void *wiretap_open(const char *path, const char **format, int *link_type, char **why);
const char *wiretap_link_name(int link_type);
/* Link types that libpcap has no number for are this less libwiretap's number. */
#define LINK_TYPE_ENCAP (-2)
/* Why a file is none of those that are read. */
#define CAPTURE_UNKNOWN "not a capture file"

/* Whether the header of a classic pcap file, or that of a section of pcapng, stands there. */
bool pcap_is_header(const uint8_t *data, size_t length);
bool pcapng_is_header(const uint8_t *data, size_t length);
/* The bytes by which both are recognised. */
#define PCAP_HEADER   ((size_t)24)
#define PCAPNG_HEADER ((size_t)12)

/* Sets a time of seconds and nanoseconds since 1970. False if it is before 1824 or after 2116: differences between such
 * could not be told. */
bool capture_set_time(int64_t seconds, uint64_t nanoseconds, int64_t *time);
#define CAPTURE_NO_TIME "its time is before 1824 or after 2116"

/* Numbers of link types in files (LINKTYPE_) as libpcap gives them (DLT_). */
int capture_link_type(uint32_t number);

/* The file has no more bytes than stand in the source: what that means. */
enum reading capture_at_end(const struct bytes_source *source, char **why);

#endif
