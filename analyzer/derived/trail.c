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

static const struct trail_strand *find_strand(const struct trail *trail, uint32_t id)
{
    for (unsigned i = 0; i < TRAIL_STRANDS; i++)
        if (trail->strands[i].fixes > 0 && trail->strands[i].id == id)
            return &trail->strands[i];
    return NULL;
}

/* The cell that a position is in, on both axes. */
static struct position cell_of(const struct trail *trail, struct position at)
{
    return (struct position){at.latitude / trail->cell - (at.latitude % trail->cell < 0),
                             at.longitude / trail->cell - (at.longitude % trail->cell < 0)};
}

static bool is_same(struct position a, struct position b)
{
    return a.latitude == b.latitude && a.longitude == b.longitude;
}

static bool is_same_cell(const struct trail *trail, struct position a, struct position b)
{
    return is_same(cell_of(trail, a), cell_of(trail, b));
}

static unsigned slot_of(const struct trail *trail, const struct trail_edge *edge)
{
    const struct position from = cell_of(trail, edge->from), to = cell_of(trail, edge->to);
    const uint32_t words[] = {(uint32_t)from.latitude, (uint32_t)from.longitude, (uint32_t)to.latitude,
                              (uint32_t)to.longitude, edge->strand};
    uint64_t hash = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        hash = (hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return (unsigned)(hash % (2 * (uint64_t)TRAIL_EDGES));
}

/* Adds it if there is none between these cells; there must be room. Returns where what follows it begins. */
static struct position put_edge(struct trail *trail, const struct trail_edge *edge)
{
    unsigned slot = slot_of(trail, edge);
    for (; trail->slots[slot] != 0; slot = (slot + 1) % (2 * TRAIL_EDGES)) {
        const struct trail_edge *other = &trail->edges[trail->slots[slot] - 1];
        if (other->strand == edge->strand && is_same_cell(trail, other->from, edge->from) &&
            is_same_cell(trail, other->to, edge->to))
            return other->to;
    }
    trail->edges[trail->count++] = *edge;
    trail->slots[slot] = (uint16_t)trail->count;
    return edge->to;
}

/* Ends of edges that are no more, and what lines go on from in their place. */
struct moved {
    int64_t key;
    struct position to;
};

static int64_t key_of(struct position at)
{
    return (int64_t)at.latitude * (INT64_C(1) << 32) + at.longitude;
}

static struct position follow(GHashTable *moves, struct position at)
{
    const int64_t key = key_of(at);
    const struct moved *moved = g_hash_table_lookup(moves, &key);
    return moved ? moved->to : at;
}

/* The edges anew, by the cells as they are now. An edge within one cell goes. */
static void put_again(struct trail *trail, unsigned count, GHashTable *moves, struct moved *all)
{
    memset(trail->slots, 0, sizeof trail->slots);
    trail->count = 0;
    for (unsigned i = 0; i < count; i++) {
        struct trail_edge edge = trail->edges[i];
        const struct position to = edge.to;
        bool dot = is_same(edge.from, to);
        edge.from = follow(moves, edge.from);
        all[i] = (struct moved){key_of(to), edge.from};
        if (dot)
            edge.to = edge.from;
        if (dot || !is_same_cell(trail, edge.from, to))
            all[i].to = put_edge(trail, &edge);
        if (!is_same(all[i].to, to))
            g_hash_table_insert(moves, &all[i].key, &all[i]);
    }
}

/* Forgets edges of strands that are no more; if most are left, cells become twice as large. */
static void make_room(struct trail *trail)
{
    unsigned count = 0;
    for (unsigned i = 0; i < trail->count; i++)
        if (find_strand(trail, trail->edges[i].strand))
            trail->edges[count++] = trail->edges[i];
    if (count > TRAIL_EDGES / 2)
        trail->cell *= 2;
    g_autoptr(GHashTable) moves = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autofree struct moved *all = g_new(struct moved, TRAIL_EDGES);
    put_again(trail, count, moves, all);
    for (unsigned i = 0; i < TRAIL_STRANDS; i++)
        trail->strands[i].drawn = follow(moves, trail->strands[i].drawn);
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
            trail->marks[i] = trail->marks[(size_t)2 * i];
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
    const struct trail_edge edge = {joined ? strand->drawn : fix->position, fix->position, strand->id};
    if (strand->fixes++ == 0)
        strand->first = own;
    strand->last = own;
    if (joined && is_same_cell(trail, edge.from, edge.to))
        return;
    strand->drawn = put_edge(trail, &edge);
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
