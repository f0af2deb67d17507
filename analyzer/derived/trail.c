/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where a device was, for drawing, in bounded memory. */
#include "derived/trail.h"

#include <string.h>

/* The first cells: about a metre. */
#define CELL 100

void trail_init(struct trail *trail, const struct trail_options *options)
{
    memset(trail, 0, sizeof *trail);
    trail->options = *options;
    trail->cell = CELL;
    trail->mark_step = 1;
}

static int32_t cell_of(int32_t degrees, int32_t cell)
{
    return degrees / cell - (degrees % cell < 0);
}

static const struct trail_strand *find_strand(const struct trail *trail, uint32_t id)
{
    for (unsigned i = 0; i < TRAIL_STRANDS; i++)
        if (trail->strands[i].fixes > 0 && trail->strands[i].id == id)
            return &trail->strands[i];
    return NULL;
}

static unsigned slot_of(const struct trail_edge *edge)
{
    uint64_t hash = 0;
    const uint32_t words[] = {(uint32_t)edge->from_north, (uint32_t)edge->from_east, (uint32_t)edge->to_north,
                              (uint32_t)edge->to_east, edge->strand};
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
        hash = (hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15) >> 7 ^ hash << 9;
    return (unsigned)(hash % (2 * (uint64_t)TRAIL_EDGES));
}

static bool is_same(const struct trail_edge *a, const struct trail_edge *b)
{
    return a->from_north == b->from_north && a->from_east == b->from_east && a->to_north == b->to_north &&
           a->to_east == b->to_east && a->strand == b->strand;
}

/* Adds it if it is not there; there must be room. */
static void put_edge(struct trail *trail, const struct trail_edge *edge)
{
    unsigned slot = slot_of(edge);
    for (; trail->slots[slot] != 0; slot = (slot + 1) % (2 * TRAIL_EDGES))
        if (is_same(&trail->edges[trail->slots[slot] - 1], edge))
            return;
    trail->edges[trail->count++] = *edge;
    trail->slots[slot] = (uint16_t)trail->count;
}

/* Forgets edges of strands that are no more; then, if most are left, cells become twice as large. */
static void make_room(struct trail *trail)
{
    unsigned count = 0;
    for (unsigned i = 0; i < trail->count; i++)
        if (find_strand(trail, trail->edges[i].strand))
            trail->edges[count++] = trail->edges[i];
    int32_t factor = count > TRAIL_EDGES / 2 ? 2 : 1;
    memset(trail->slots, 0, sizeof trail->slots);
    trail->cell *= factor;
    trail->count = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct trail_edge old = trail->edges[i];
        const struct trail_edge edge = {cell_of(old.from_north, factor), cell_of(old.from_east, factor),
                                        cell_of(old.to_north, factor), cell_of(old.to_east, factor), old.strand};
        bool dot = old.from_north == old.to_north && old.from_east == old.to_east;
        if (dot || edge.from_north != edge.to_north || edge.from_east != edge.to_east)
            put_edge(trail, &edge);
    }
}

static double way(struct position from, struct position to)
{
    const struct distance_point a = distance_point(from), b = distance_point(to);
    return distance_between(&a, &b);
}

/* How far it is beyond what can be reached; 0 or less: not at all. */
static double excess(const struct trail *trail, const struct trail_strand *strand, const struct trail_fix *fix)
{
    int64_t seconds = fix->second - strand->last.second;
    double reach = trail->options.speed / 3.6 * (double)(seconds < 0 ? -seconds : seconds);
    return way(strand->last.position, fix->position) - MAX(reach, trail->options.near);
}

/* The strand that leads there: the one that it is nearest to, else a new one. NULL: there is no room for it. */
static struct trail_strand *choose_strand(struct trail *trail, const struct trail_fix *fix)
{
    struct trail_strand *least = &trail->strands[0], *best = NULL;
    double nearest = 0;
    for (unsigned i = 0; i < TRAIL_STRANDS; i++) {
        struct trail_strand *strand = &trail->strands[i];
        if (strand->fixes < least->fixes)
            least = strand;
        if (strand->fixes == 0 || excess(trail, strand, fix) > 0)
            continue;
        double distance = way(strand->last.position, fix->position);
        if (!best || distance < nearest) {
            best = strand;
            nearest = distance;
        }
    }
    if (best)
        return best;
    if (least->fixes >= TRAIL_STRAND_MIN)
        return NULL;
    trail->skipped += least->fixes;
    *least = (struct trail_strand){.id = ++trail->strand_count};
    return least;
}

static void mark(struct trail *trail, const struct trail_fix *fix)
{
    if ((fix->order - 1) % trail->mark_step != 0)
        return;
    if (trail->mark_count == TRAIL_MARKS) {
        trail->mark_count = TRAIL_MARKS / 2;
        trail->mark_step *= 2;
        for (unsigned i = 0; i < TRAIL_MARKS / 2; i++)
            trail->marks[i] = trail->marks[2 * i];
        if ((fix->order - 1) % trail->mark_step != 0)
            return;
    }
    trail->marks[trail->mark_count++] = *fix;
}

void trail_add(struct trail *trail, const struct trail_fix *fix)
{
    struct trail_strand *strand = choose_strand(trail, fix);
    struct trail_fix own = *fix;
    own.order = ++trail->fixes;
    own.strand = strand ? strand->id : 0;
    mark(trail, &own);
    if (!strand) {
        trail->skipped++;
        return;
    }
    while (trail->count == TRAIL_EDGES)
        make_room(trail);
    int64_t seconds = fix->second - strand->last.second;
    bool joined = strand->fixes > 0 && (seconds < 0 ? -seconds : seconds) <= trail->options.silence;
    const struct position from = joined ? strand->last.position : fix->position, to = fix->position;
    const struct trail_edge edge = {cell_of(from.latitude, trail->cell), cell_of(from.longitude, trail->cell),
                                    cell_of(to.latitude, trail->cell), cell_of(to.longitude, trail->cell), strand->id};
    if (strand->fixes++ == 0)
        strand->first = own;
    strand->last = own;
    if (!joined || edge.from_north != edge.to_north || edge.from_east != edge.to_east)
        put_edge(trail, &edge);
}

int trail_strand(const struct trail *trail, uint32_t id)
{
    const struct trail_strand *strand = find_strand(trail, id);
    bool any = false;
    int number = 0;
    if (!strand)
        return -1;
    for (unsigned i = 0; i < TRAIL_STRANDS; i++)
        any |= trail->strands[i].fixes >= TRAIL_STRAND_MIN;
    if (any && strand->fixes < TRAIL_STRAND_MIN)
        return -1;
    for (unsigned i = 0; i < TRAIL_STRANDS; i++) {
        const struct trail_strand *other = &trail->strands[i];
        if (other->fixes > (any ? TRAIL_STRAND_MIN - 1 : 0) && other->first.order < strand->first.order)
            number++;
    }
    return number;
}

uint64_t trail_left_out(const struct trail *trail)
{
    uint64_t left_out = trail->skipped;
    for (unsigned i = 0; i < TRAIL_STRANDS; i++)
        if (trail_strand(trail, trail->strands[i].id) < 0)
            left_out += trail->strands[i].fixes;
    return left_out;
}
