/* SPDX-License-Identifier: GPL-2.0-or-later
 * A run while it lasts and when it is done: what run.c fills in, and manifest.c, summary.c and limits.c report on. */
#ifndef ANALYSIS_H
#define ANALYSIS_H

#include "base/capture_clocks.h"
#include "base/coverage.h"
#include "base/device.h"
#include "capture/inputs.h"
#include "device/pictures.h"
#include "frame/stream.h"
#include "options.h"
#include "packet/packet.h"
#include "result/output.h"

/* Rows of all devices. */
struct reports_total {
    uint64_t devices, rows, without_device, untimed, unmarked, kinds[S7_KIND_COUNT];
};

/* What the times of a device say of its clock, or what is odd about a picture. */
struct finding {
    char *device_id, *text;
    bool counted; /* rows is there */
    uint64_t rows;
};

/* Records that a result was put together from: those of one shard. */
struct shard_total {
    struct shard shard;
    uint32_t first_input, inputs; /* number of the first of the captures, how many there are */
    uint64_t streams, payload_bytes, frame_bytes, leftover_bytes;
};

struct analysis {
    const struct options *options;
    struct inputs inputs;
    struct output *output; /* NULL when no files are written */
    struct devices *devices;
    GPtrArray *with_rows;               /* devices that have rows, by id; set when all is read */
    struct streams *streams;            /* while it is read */
    struct stream_totals streams_total; /* when it is */
    GPtrArray *others;                  /* of struct other_total, by name; the same */
    struct pictures *pictures;          /* NULL when no files are written */
    struct reports_total reports;       /* as all that follows: when the second step is done */
    struct pictures_totals pictures_total;
    GArray *findings;                      /* of struct finding, by device */
    uint64_t devices_refused;              /* see devices_refused(); when all is read */
    GArray *shards;                        /* of struct shard_total; NULL = the captures were read at once */
    GPtrArray *damage;                     /* of records and parts, of char *; the same */
    uint32_t part, parts;                  /* of the devices; parts 0 or 1: all */
    uint64_t packets;                      /* read, and passed by the filter */
    uint64_t on_port;                      /* of these: on the chosen ports */
    uint64_t results[PACKET_RESULT_COUNT]; /* by what packets_parse() said */
    struct fragment_counts fragments;      /* of IP datagrams */
    GArray *unread;                        /* of struct packets_unread */
    struct packets_mislabelled mislabelled;
    struct capture_clocks *clocks; /* of several captures; NULL: there is one clock alone */
    uint64_t waited;               /* inputs, see merge_waited() */
    bool has_times;
    int64_t first, last;       /* capture time */
    struct coverage *coverage; /* NULL = nobody asks for it */
    uint64_t bad_records;      /* that could not be read again: an error of ours */
    bool stdout_failed;
    bool stopped; /* a signal came while it was read */
};

/* Makes the empty lists of one that is put together from pieces. */
void analysis_prepare(struct analysis *analysis);
/* What the second step found, out of its devices and pictures. */
void analysis_note_results(struct analysis *analysis);
/* Frees what was noted. */
void analysis_clear(struct analysis *analysis);

/* Packets that could not be opened, whatever was in them. */
uint64_t analysis_unopened(const struct analysis *analysis);
/* Whether there were packets and not one of them could be looked at. */
bool analysis_saw_nothing(const struct analysis *analysis);

#endif
