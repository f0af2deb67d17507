/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which captures are read, in which order: files and folders of the command line, by the time of their first packet.
 * Takes paths, gives a numbered list; what cannot be read is listed apart. */
#ifndef INPUTS_H
#define INPUTS_H

#include "capture/capture.h"
#include "capture/filter.h"

/* Interfaces of an input whose clocks are told apart. */
#define INPUT_CLOCKS 64

struct input {
    char *path;      /* to open it */
    char *name;      /* for the manifest: the file's own name, inside a named folder the path from there on */
    uint32_t number; /* from 1 */
    bool has_first;
    int64_t first; /* capture time of its first packet */
    char *format;
    bool once;     /* a pipe or standard input: can be read only once */
    char *sha256;  /* NULL until input_hash(); stays NULL if once */
    uint64_t size; /* bytes; 0 if once */
    uint64_t packets;
    bool has_times;
    int64_t first_time, last_time; /* earliest and latest capture time that was read */
    char *damage;                  /* NULL if none */
    uint64_t untimed;              /* packets without a time */
    struct filter_kept kept;       /* by the filter */
    struct input_state {           /* of the file, when it was looked at first */
        uint64_t device, file, size;
        int64_t changed; /* nanoseconds */
    } state;
    unsigned clock, interfaces; /* of several inputs: its first clock (base/capture_clocks.h), one for each interface */
    bool altered;               /* the file was another afterwards, or not as it was: said once */
    struct capture *capture;    /* once: open, with its first record; else NULL */
    struct record record;
    enum capture_result result;
};

/* An input that is not read. */
struct passed {
    char *path, *name, *why;
};

struct inputs {
    GArray *list;       /* of struct input, in order of their numbers */
    GArray *unreadable; /* of struct passed: named, but cannot be read */
    GArray *passed;     /* of struct passed: in a folder, no capture */
};

/* Looks at every path. False and error if the filter is wrong. */
bool inputs_collect(struct inputs *inputs, char *const *paths, const char *filter, GError **error);
/* Notes as damage if the file is another, or not as it was, since it was looked at last; the hash is then no longer
 * known. Returns whether it is as it was. */
bool input_check(struct input *input);
/* Adds to the damage, which may be NULL. */
void input_damaged(struct input *input, const char *what);
/* Computes the hash where it is not known. A file that is written to all the while has none: size and hash are of one
 * state. */
void input_hash(struct input *input);
void inputs_clear(struct inputs *inputs);
/* Adds an input to one of the lists of those that are not read. Takes a copy. */
void inputs_pass(GArray *list, const char *path, const char *name, const char *why);

#endif
