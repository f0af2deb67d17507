/* SPDX-License-Identifier: GPL-2.0-or-later
 * A run while it lasts and when it is done: what run.c fills in, and manifest.c, summary.c and limits.c report on. */
#ifndef ANALYSIS_H
#define ANALYSIS_H

#include "base/capture_clocks.h"
#include "base/device.h"
#include "capture/inputs.h"
#include "device/pictures.h"
#include "frame/stream.h"
#include "options.h"
#include "packet/packet.h"
#include "result/output.h"

struct analysis {
    const struct options *options;
    struct inputs inputs;
    struct output *output; /* NULL when no files are written */
    struct devices *devices;
    GPtrArray *with_rows; /* devices that have rows, by id; set when all is read */
    struct streams *streams;
    struct pictures *pictures;             /* NULL when no files are written */
    uint64_t packets;                      /* read, and passed by the filter */
    uint64_t on_port;                      /* of these: on the chosen ports */
    uint64_t results[PACKET_RESULT_COUNT]; /* by what packets_parse() said */
    struct fragment_counts fragments;      /* of IP datagrams */
    GArray *unread;                        /* of struct packets_unread */
    struct packets_mislabelled mislabelled;
    struct capture_clocks *clocks; /* of several captures; NULL: there is one clock alone */
    uint64_t waited;               /* inputs, see merge_waited() */
    bool has_times;
    int64_t first, last;  /* capture time */
    uint64_t bad_records; /* that could not be read again: an error of ours */
    bool stdout_failed;
    bool stopped; /* a signal came while it was read */
};

/* Packets that could not be opened, whatever was in them. */
uint64_t analysis_unopened(const struct analysis *analysis);
/* Whether there were packets and not one of them could be looked at. */
bool analysis_saw_nothing(const struct analysis *analysis);

#endif
