/* SPDX-License-Identifier: GPL-2.0-or-later
 * Puts fragments of IPv4 and IPv6 together, within a time and within limits of memory. */
#include "packet/fragment.h"

#include "packet/layers.h"

#include <string.h>

#define DATAGRAM_MAX 65535
/* How long a datagram that was put together is remembered, to know fragments that were captured twice. */
#define REMEMBERED (INT64_C(1) * 1000000000)
/* Memory of a piece besides its bytes, of a datagram besides its pieces. Rough. */
#define PIECE_COST    (sizeof(struct interval) + sizeof(struct origin) + 32)
#define DATAGRAM_COST (sizeof(struct datagram) + 256)

struct datagram {
    struct endpoint source, destination;
    struct layer *layers;
    size_t layer_count;
    uint32_t id;
    uint8_t protocol; /* part of the key with IPv4; IPv6 knows it from the first fragment */
    bool protocol_known;
    guint hash;

    GList link; /* in one of the queues */
    int64_t time;
    struct interval_set *pieces;
    GArray *origins;   /* of the pieces */
    uint32_t end;      /* behind the last byte, as far as it is known */
    bool end_known;    /* a last fragment was seen */
    uint32_t farthest; /* behind the last byte seen */
    uint64_t conflict_bytes;
    size_t cost;

    uint8_t *whole; /* what was put together before, NULL if nothing was */
    uint32_t whole_length;
    GArray *whole_origins;
};

struct fragments {
    struct fragment_limits limits;
    struct fragment_counts counts;
    bool (*give_up)(const struct fragment_whole *whole, void *user);
    void *user;
    GHashTable *table;
    GQueue waiting;    /* the oldest first */
    GQueue remembered; /* whole ones without new pieces */
    size_t cost;
    uint64_t seed;
};

static guint datagram_hash(gconstpointer key)
{
    return ((const struct datagram *)key)->hash;
}

static gboolean datagram_equal(gconstpointer left, gconstpointer right)
{
    const struct datagram *a = left;
    const struct datagram *b = right;
    return a->id == b->id && (a->source.version == 6 || a->protocol == b->protocol) &&
           memcmp(&a->source, &b->source, sizeof a->source) == 0 &&
           memcmp(&a->destination, &b->destination, sizeof a->destination) == 0 &&
           path_same_way(a->layers, a->layer_count, b->layers, b->layer_count);
}

/* The seed differs in each run: a capture cannot be made to collide. */
static guint hash_key(const struct datagram *datagram, uint64_t seed)
{
    struct layer ends = {.kind = LAYER_4IN4, .version = datagram->source.version};
    memcpy(ends.source, datagram->source.address, sizeof ends.source);
    memcpy(ends.destination, datagram->destination.address, sizeof ends.destination);
    uint64_t hash = path_hash(&ends, 1, seed) + path_hash(datagram->layers, datagram->layer_count, seed);
    hash = (hash ^ datagram->id) * UINT64_C(0x94d049bb133111eb);
    return (guint)(hash ^ hash >> 32);
}

struct fragments *fragments_new(const struct fragment_limits *limits,
                                bool (*give_up)(const struct fragment_whole *whole, void *user), void *user)
{
    struct fragments *fragments = g_new0(struct fragments, 1);
    if (limits)
        fragments->limits = *limits;
    struct fragment_limits *own = &fragments->limits;
    own->timeout_ns = own->timeout_ns ? own->timeout_ns : FRAGMENT_TIMEOUT;
    own->datagrams = own->datagrams ? own->datagrams : FRAGMENT_DATAGRAMS;
    own->bytes = own->bytes ? own->bytes : FRAGMENT_BYTES;
    own->ranges = own->ranges ? own->ranges : FRAGMENT_RANGES;
    fragments->give_up = give_up;
    fragments->user = user;
    fragments->table = g_hash_table_new(datagram_hash, datagram_equal);
    fragments->seed = (uint64_t)g_random_int() << 32 | g_random_int();
    return fragments;
}

const struct fragment_counts *fragments_counts(const struct fragments *fragments)
{
    return &fragments->counts;
}

static GQueue *queue_of(struct fragments *fragments, const struct datagram *datagram)
{
    return interval_count(datagram->pieces) > 0 ? &fragments->waiting : &fragments->remembered;
}

static void set_cost(struct fragments *fragments, struct datagram *datagram)
{
    fragments->cost -= datagram->cost;
    datagram->cost = DATAGRAM_COST + interval_bytes(datagram->pieces) + interval_count(datagram->pieces) * PIECE_COST +
                     datagram->origins->len * sizeof(struct origin) + datagram->whole_length;
    fragments->cost += datagram->cost;
}

/* Out of the table, the queue and memory. */
static void forget(struct fragments *fragments, struct datagram *datagram)
{
    g_hash_table_remove(fragments->table, datagram);
    g_queue_unlink(queue_of(fragments, datagram), &datagram->link);
    fragments->cost -= datagram->cost;
    interval_set_free(datagram->pieces);
    g_array_unref(datagram->origins);
    if (datagram->whole_origins)
        g_array_unref(datagram->whole_origins);
    g_free(datagram->whole);
    g_free(datagram->layers);
    g_free(datagram);
}

/* Copies what there is from the start to the first hole; NULL if that is nothing. */
static uint8_t *join(const struct datagram *datagram, uint32_t *length)
{
    const struct interval *piece;
    uint32_t end = 0;
    for (size_t i = 0; (piece = interval_at(datagram->pieces, i)) && piece->start == end; i++)
        end = (uint32_t)piece->end;
    *length = end;
    if (end == 0)
        return NULL;
    uint8_t *data = g_malloc(end);
    for (size_t i = 0; (piece = interval_at(datagram->pieces, i)) && piece->start < end; i++)
        memcpy(data + piece->start, piece->data, (size_t)(piece->end - piece->start));
    return data;
}

static struct fragment_whole describe(const struct datagram *datagram, const uint8_t *data, uint32_t length,
                                      const GArray *origins)
{
    return (struct fragment_whole){.source = &datagram->source,
                                   .destination = &datagram->destination,
                                   .layers = datagram->layers,
                                   .layer_count = datagram->layer_count,
                                   .id = datagram->id,
                                   .protocol = datagram->protocol,
                                   .data = data,
                                   .length = length,
                                   .end = datagram->end_known ? datagram->end : datagram->farthest,
                                   .end_known = datagram->end_known,
                                   .conflict_bytes = datagram->conflict_bytes,
                                   .origins = (const struct origin *)(const void *)origins->data,
                                   .origin_count = origins->len};
}

/* Whether everything that waits was in the datagram that was put together before. */
static bool is_repeated(const struct datagram *datagram)
{
    const struct interval *piece;
    for (size_t i = 0; (piece = interval_at(datagram->pieces, i)); i++)
        if (piece->end > datagram->whole_length ||
            memcmp(datagram->whole + piece->start, piece->data, (size_t)(piece->end - piece->start)) != 0)
            return false;
    return datagram->whole != NULL;
}

/* Ends a datagram that stayed incomplete. */
static void abandon(struct fragments *fragments, struct datagram *datagram, uint64_t *cause)
{
    struct fragment_counts *counts = &fragments->counts;
    uint64_t bytes = interval_bytes(datagram->pieces);
    if (interval_count(datagram->pieces) == 0) {
        forget(fragments, datagram);
        return;
    }
    if (is_repeated(datagram)) {
        counts->duplicate_bytes += bytes;
        forget(fragments, datagram);
        return;
    }
    const struct origin *first = &g_array_index(datagram->origins, struct origin, 0);
    if (counts->incomplete++ == 0)
        counts->first_incomplete = *first;
    if (cause)
        ++*cause;
    uint32_t length;
    uint8_t *data = join(datagram, &length);
    if (data && datagram->protocol_known && fragments->give_up) {
        struct fragment_whole whole = describe(datagram, data, length, datagram->origins);
        if (fragments->give_up(&whole, fragments->user)) {
            counts->partial++;
            bytes -= length;
        }
    }
    g_free(data);
    counts->incomplete_bytes += bytes;
    forget(fragments, datagram);
}

static struct datagram *oldest(const GQueue *queue)
{
    return queue->head ? queue->head->data : NULL;
}

void fragments_expire(struct fragments *fragments, int64_t now)
{
    struct datagram *datagram;
    while ((datagram = oldest(&fragments->remembered)) && now - datagram->time > REMEMBERED)
        forget(fragments, datagram);
    while ((datagram = oldest(&fragments->waiting)) && now - datagram->time > fragments->limits.timeout_ns)
        abandon(fragments, datagram, &fragments->counts.timed_out);
}

/* Keeps to the limits; the datagram at hand goes last, and only alone. */
static void limit(struct fragments *fragments, const struct datagram *current)
{
    while (fragments->cost > fragments->limits.bytes ||
           g_hash_table_size(fragments->table) > fragments->limits.datagrams) {
        struct datagram *datagram = oldest(&fragments->remembered);
        if (!datagram || datagram == current)
            datagram = oldest(&fragments->waiting);
        if (!datagram || datagram == current)
            return;
        abandon(fragments, datagram,
                fragments->cost > fragments->limits.bytes ? &fragments->counts.bytes_reached
                                                          : &fragments->counts.limits_reached);
    }
}

/* The datagram of a fragment, new if need be. */
static struct datagram *find(struct fragments *fragments, const struct fragment_piece *piece,
                             const struct fragment_whole *place, int64_t now)
{
    struct datagram key = {.source = *place->source, .destination = *place->destination};
    key.layers = g_memdup2(place->layers, place->layer_count * sizeof *place->layers);
    key.layer_count = place->layer_count;
    key.id = piece->id;
    key.protocol = piece->protocol;
    key.source.port = key.destination.port = 0;
    key.hash = hash_key(&key, fragments->seed);
    struct datagram *datagram = g_hash_table_lookup(fragments->table, &key);
    if (datagram) {
        g_free(key.layers);
        return datagram;
    }
    datagram = g_new(struct datagram, 1);
    *datagram = key;
    datagram->protocol_known = key.source.version == 4;
    datagram->pieces = interval_set_new();
    datagram->origins = g_array_new(FALSE, FALSE, sizeof(struct origin));
    datagram->link.data = datagram;
    datagram->time = now;
    g_hash_table_add(fragments->table, datagram);
    g_queue_push_tail_link(&fragments->remembered, &datagram->link);
    return datagram;
}

/* Whether the fragment's place is possible, whatever was seen of the datagram. */
static bool is_possible(const struct fragment_piece *piece, const struct rest *rest)
{
    return rest->wire > 0 && rest->wire <= DATAGRAM_MAX && piece->offset + rest->wire <= DATAGRAM_MAX &&
           (!piece->more || rest->wire % 8 == 0);
}

/* Whether it agrees with what is known about the datagram's end. */
static bool fits_end(const struct datagram *datagram, const struct fragment_piece *piece, uint32_t end)
{
    if (datagram->end_known)
        return piece->more ? end <= datagram->end : end == datagram->end;
    return piece->more || end >= datagram->farthest;
}

static void insert(struct fragments *fragments, struct datagram *datagram, const struct fragment_piece *piece,
                   const struct rest *rest, const struct origin *origins, uint32_t origin_count)
{
    struct fragment_counts *counts = &fragments->counts;
    const struct origin *last = &origins[origin_count - 1];
    struct interval_result result =
        interval_insert(datagram->pieces, piece->offset, rest->data, rest->captured, last, NULL);
    counts->duplicate_bytes += result.overlapped;
    if (result.added > 0)
        g_array_append_vals(datagram->origins, origins, origin_count);
    if (result.differing == 0)
        return;
    counts->conflict_bytes += result.differing;
    datagram->conflict_bytes += result.differing;
    if (counts->conflicts++ == 0)
        counts->first_conflict = *last;
}

static void complete(struct fragments *fragments, struct datagram *datagram, struct fragment_whole *whole, int64_t now)
{
    g_queue_unlink(&fragments->waiting, &datagram->link);
    g_free(datagram->whole);
    if (datagram->whole_origins)
        g_array_unref(datagram->whole_origins);
    datagram->whole = join(datagram, &datagram->whole_length);
    datagram->whole_origins = datagram->origins;
    *whole = describe(datagram, datagram->whole, datagram->whole_length, datagram->whole_origins);
    datagram->origins = g_array_new(FALSE, FALSE, sizeof(struct origin));
    interval_drop(datagram->pieces, interval_count(datagram->pieces));
    datagram->end_known = false;
    datagram->end = datagram->farthest = 0;
    datagram->conflict_bytes = 0;
    datagram->protocol_known = datagram->source.version == 4;
    datagram->time = now;
    g_queue_push_tail_link(&fragments->remembered, &datagram->link);
    fragments->counts.datagrams++;
}

static enum fragment_result refuse(struct fragments *fragments, const struct origin *origin)
{
    if (fragments->counts.refused++ == 0)
        fragments->counts.first_refused = *origin;
    return FRAGMENT_REFUSED;
}

enum fragment_result fragments_add(struct fragments *fragments, const struct fragment_piece *piece,
                                   const struct rest *rest, const struct origin *origins, uint32_t origin_count,
                                   struct fragment_whole *whole)
{
    const struct origin *last = &origins[origin_count - 1];
    fragments->counts.fragments++;
    if (!is_possible(piece, rest))
        return refuse(fragments, last);
    struct datagram *datagram = find(fragments, piece, whole, last->time);
    uint32_t end = piece->offset + rest->wire;
    if (!fits_end(datagram, piece, end))
        return refuse(fragments, last);

    GQueue *before = queue_of(fragments, datagram);
    insert(fragments, datagram, piece, rest, origins, origin_count);
    if (queue_of(fragments, datagram) != before) {
        g_queue_unlink(before, &datagram->link);
        g_queue_push_tail_link(&fragments->waiting, &datagram->link);
        datagram->time = last->time;
    }
    datagram->farthest = MAX(datagram->farthest, end);
    if (!piece->more) {
        datagram->end_known = true;
        datagram->end = end;
    }
    if (piece->offset == 0 && !datagram->protocol_known) {
        datagram->protocol = piece->protocol;
        datagram->protocol_known = true;
    }
    bool done = datagram->end_known && interval_bytes(datagram->pieces) == datagram->end;
    if (done)
        complete(fragments, datagram, whole, last->time);
    set_cost(fragments, datagram);
    limit(fragments, datagram);
    if (!done && interval_count(datagram->pieces) > fragments->limits.ranges)
        abandon(fragments, datagram, &fragments->counts.limits_reached);
    return done ? FRAGMENT_COMPLETE : FRAGMENT_WAITS;
}

void fragments_finish(struct fragments *fragments)
{
    struct datagram *datagram;
    while ((datagram = oldest(&fragments->waiting)))
        abandon(fragments, datagram, NULL);
    while ((datagram = oldest(&fragments->remembered)))
        forget(fragments, datagram);
}

void fragments_free(struct fragments *fragments)
{
    if (!fragments)
        return;
    fragments->give_up = NULL;
    fragments_finish(fragments);
    g_hash_table_destroy(fragments->table);
    g_free(fragments);
}
