/* SPDX-License-Identifier: GPL-2.0-or-later
 * One run: reads the inputs through all stages and writes the results.
 * Takes checked options, gives the exit status. */
#ifndef ANALYSIS_H
#define ANALYSIS_H

#include "capture/inputs.h"
#include "device/timeline.h"
#include "frame/stream.h"
#include "options.h"
#include "packet/packet.h"
#include "result/output.h"

/* A run while it lasts and when it is done; what manifest.c and summary.c report on. */
struct analysis {
    const struct options *options;
    struct inputs inputs;
    struct output *output; /* NULL when no files are written */
    struct timeline *timeline;
    struct streams *streams;
    struct pictures *pictures;             /* NULL when no files are written */
    uint64_t packets;                      /* read, and passed by the filter */
    uint64_t on_port;                      /* of these: on the chosen ports */
    uint64_t results[PACKET_RESULT_COUNT]; /* by what packets_parse() said */
    struct fragment_counts fragments;      /* of IP datagrams */
    GArray *unread;                        /* of struct packets_unread */
    struct packets_mislabelled mislabelled;
    uint64_t waited; /* inputs, see merge_waited() */
    bool has_times;
    int64_t first, last; /* capture time */
};

/* Packets that could not be opened, whatever was in them. */
uint64_t analysis_unopened(const struct analysis *analysis);
/* Whether there were packets and not one of them could be looked at. */
bool analysis_saw_nothing(const struct analysis *analysis);

enum exit_status analysis_run(const struct options *options);

/* A limit by its name in the manifest. */
struct analysis_limit {
    const char *name;
    uint64_t limit, reached;
};
#define ANALYSIS_LIMITS 13
void analysis_limits(const struct analysis *analysis, struct analysis_limit limits[ANALYSIS_LIMITS]);

#endif
