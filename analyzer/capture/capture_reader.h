/* SPDX-License-Identifier: GPL-2.0-or-later
 * Between capture.c and the readers of the formats: what a reader is given and what it gives.
 * capture.c opens the file, looks at its first bytes and chooses; it numbers the packets, filters, and words the
 * damage. */
#ifndef CAPTURE_READER_H
#define CAPTURE_READER_H

#include "capture/capture.h"

/* First bytes of the file that capture.c looks at. Where the file cannot be rewound, they are read already. */
#define CAPTURE_HEAD 8

struct capture_source {
    const char *path; /* "-" is standard input */
    int descriptor;   /* for reading, at the start of the capture unless head is read; the reader takes it */
    bool regular;     /* a file that can be read anywhere: nothing was read yet */
    uint8_t head[CAPTURE_HEAD];
    size_t head_length; /* less than CAPTURE_HEAD in a shorter file */
    bool compressed;
};

/* What reading a record came to. */
enum reading {
    READING_PACKET,
    READING_UNTIMED, /* a packet without a time; origin.time is not set */
    READING_OTHER,   /* a record that is no packet (a system call, a log entry, ...) */
    READING_SKIPPED, /* something damaged was passed over, *why says what; the next call goes on behind it */
    READING_END,
    READING_CUT,     /* the file ends within a record */
    READING_DAMAGED, /* *why says how; the caller frees it */
    READING_FAILED   /* the file cannot be read; likewise */
};

struct capture_reader {
    /* Takes source->descriptor in any case. Sets *format (never freed by the caller), and *link_type to the one that
     * all packets have or to -1. Returns NULL and sets *why (the caller frees it) if it cannot be read. */
    void *(*open)(const struct capture_source *source, const char **format, int *link_type, char **why);
    /* Sets time, data, lengths and link type of the record. */
    enum reading (*next)(void *state, struct record *record, char **why);
    /* The same for packets that are in memory already, max at most, in as little time as can be. Returns how many; 0
     * says nothing: next() tells. The data of all is there until the next call of either. NULL: there are none. */
    size_t (*some)(void *state, struct record *records, size_t max);
    /* Bytes of the file read so far, negative if unknown. */
    int64_t (*position)(const void *state);
    void (*close)(void *state);
};

extern const struct capture_reader capture_pcap, capture_wiretap;

#endif
