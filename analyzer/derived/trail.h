/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where a device was, for drawing, in bounded memory: each way between two cells of a grid once. When there are too
 * many, cells become twice as large. Places that no vehicle reaches from each other in the time between are on
 * different strands, which no line joins; nor does a line cross a silence. */
#ifndef TRAIL_H
#define TRAIL_H

#include "base/distance.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define TRAIL_EDGES   6144
#define TRAIL_STRANDS 4
/* A strand of fewer fixes is not drawn: a single wrong one would press all others into a point. */
#define TRAIL_STRAND_MIN 2
/* Fixes that are marked on the way: at least half of them, if there are so many. */
#define TRAIL_MARKS 128

/* A current fix. */
struct trail_fix {
    struct position position;
    int64_t second;
    uint64_t row;
    float speed;     /* km/h; negative: not sent */
    int16_t course;  /* degrees; negative: not sent */
    uint64_t order;  /* by the trail: among all fixes, from 1 */
    uint32_t strand; /* by the trail: id of its strand */
};

/* From and to the same one: a place that no line leads to. */
struct trail_edge {
    struct position from, to;
    uint32_t strand;
};

struct trail_strand {
    uint32_t id;
    uint64_t fixes; /* 0: unused */
    struct trail_fix first, last;
    struct position drawn; /* as far as it is drawn */
};

struct trail_options {
    int64_t silence; /* s: no line over a longer one */
    double speed;    /* km/h: faster is no way */
    double near;     /* m: but a way up to this is one, whatever the time */
};

struct trail {
    struct trail_options options;
    uint64_t fixes, skipped; /* on no strand that there is room for */
    int32_t cell;            /* 1e-7 degrees */
    unsigned count;
    struct trail_edge edges[TRAIL_EDGES];
    uint16_t slots[2 * TRAIL_EDGES]; /* of a hash table: 1 + number of an edge */
    struct trail_strand strands[TRAIL_STRANDS];
    uint32_t strand_count; /* that there were */
    unsigned mark_count;
    uint64_t mark_step; /* of so many fixes one is marked */
    struct trail_fix marks[TRAIL_MARKS];
};

void trail_init(struct trail *trail, const struct trail_options *options);
void trail_add(struct trail *trail, const struct trail_fix *fix);
/* Number, from 0, of the strand with that id; negative: it is not drawn. A strand is that has enough fixes; all are
 * when none has. */
int trail_strand(const struct trail *trail, uint32_t id);
/* Fixes that are not drawn, as they are on none that is. */
uint64_t trail_left_out(const struct trail *trail);

/* Something else that is shown at its place. */
struct trail_sign {
    struct position position;
    char *title; /* plain text */
};
/* Draws it with graticule, scale and north, which is up. There must be a fix. */
void trail_draw(const struct trail *trail, const struct trail_sign *signs, unsigned count, GString *out);

#endif
