/* SPDX-License-Identifier: GPL-2.0-or-later
 * How far the clocks of captures are apart: by packets that two of them saw, else by TCP, whose acknowledgements come
 * behind what they acknowledge. Facts of the same key are brought together, then what they say of each two clocks. */
#include "conversation/witness.h"

#include <string.h>

/* Facts of one key that are compared with each other. */
#define TOGETHER 8

/* The lowest bits of a key. */
enum kind { KIND_SAID, KIND_HEARD, KIND_SAME, KIND_BITS = 3 };

struct fact {
    uint64_t key;
    int64_t time;
    uint32_t sender;
    uint16_t id;
    uint16_t clock;
};

/* What a key says of two clocks: b is ahead of a by so much, by no more, or by no less. */
enum saying { SAYING_SAME, SAYING_MOST, SAYING_LEAST };

struct sample {
    uint16_t a, b; /* clocks, a < b */
    uint8_t saying;
    uint16_t id;
    uint32_t sender;
    int64_t value; /* ns */
};

struct witness {
    GArray *facts, *samples;
    uint64_t seed;
};

struct witness *witness_new(void)
{
    struct witness *witness = g_new(struct witness, 1);
    witness->facts = g_array_new(FALSE, FALSE, sizeof(struct fact));
    witness->samples = g_array_new(FALSE, FALSE, sizeof(struct sample));
    witness->seed = (uint64_t)g_random_int() << 32 | g_random_int();
    return witness;
}

void witness_free(struct witness *witness)
{
    g_array_unref(witness->facts);
    g_array_unref(witness->samples);
    g_free(witness);
}

size_t witness_facts(const struct witness *witness)
{
    return witness->facts->len;
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint64_t mix_bytes(uint64_t hash, const uint8_t *bytes, size_t length)
{
    uint64_t word = 0;
    for (size_t at = 0; at < length; at += sizeof word, word = 0) {
        memcpy(&word, bytes + at, MIN(sizeof word, length - at));
        hash = mix(hash, word);
    }
    return hash;
}

static uint64_t hash_end(const struct endpoint *end, uint64_t seed)
{
    return mix(mix_bytes(seed, end->address, sizeof end->address), end->port);
}

static void add_fact(struct witness *witness, enum kind kind, uint64_t hash, const struct packet *packet,
                     uint64_t sender)
{
    const struct fact fact = {.key = (hash & ~(uint64_t)KIND_BITS) | kind,
                              .time = packet->origin.time,
                              .sender = (uint32_t)sender,
                              .id = packet->ip_id,
                              .clock = packet->origin.clock};
    if (witness->facts->len < WITNESS_FACTS)
        g_array_append_val(witness->facts, fact);
}

/* The same packet wherever it is captured. Without an identification it may also be one that was sent again. */
static void take_copy(struct witness *witness, const struct packet *packet, uint64_t source, uint64_t destination)
{
    uint64_t hash = mix(mix(source, destination), (uint64_t)packet->transport << 32 | packet->ip_id);
    hash = mix(hash, (uint64_t)packet->sequence << 32 | packet->acknowledgement);
    hash = mix(hash, (uint64_t)packet->checksum << 40 | (uint64_t)packet->tcp_flags << 32 |
                         (packet->payload_length + packet->payload_missing));
    hash = mix_bytes(hash, packet->payload, MIN(packet->payload_length, 64));
    add_fact(witness, KIND_SAME, hash, packet, source);
}

void witness_take(struct witness *witness, const struct packet *packet)
{
    uint64_t source = hash_end(&packet->source, witness->seed);
    uint64_t destination = hash_end(&packet->destination, witness->seed);
    bool tcp = packet->transport == TRANSPORT_TCP;
    uint32_t said = packet->payload_length + packet->payload_missing;
    if (packet->origin.untimed)
        return;
    if (tcp) {
        said += (packet->tcp_flags & TCP_SYN) != 0;
        said += (packet->tcp_flags & TCP_FIN) != 0;
    }
    if (said > 0 && packet->has_ip_id && packet->ip_id != 0)
        take_copy(witness, packet, source, destination);
    if (tcp && said > 0)
        add_fact(witness, KIND_SAID, mix(mix(source, destination), packet->sequence + said), packet, source);
    if (tcp && (packet->tcp_flags & (TCP_ACK | TCP_RST)) == TCP_ACK && packet->acknowledgement != 0)
        add_fact(witness, KIND_HEARD, mix(mix(destination, source), packet->acknowledgement), packet, source);
}

static gint compare_facts(gconstpointer left, gconstpointer right)
{
    const struct fact *a = left, *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    if (a->clock != b->clock)
        return a->clock < b->clock ? -1 : 1;
    return (a->time > b->time) - (a->time < b->time);
}

static gint compare_samples(gconstpointer left, gconstpointer right)
{
    const struct sample *x = left, *y = right;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    if (x->b != y->b)
        return x->b < y->b ? -1 : 1;
    if (x->saying != y->saying)
        return x->saying < y->saying ? -1 : 1;
    return (x->value > y->value) - (x->value < y->value);
}

/* later less earlier is what the clock of later is ahead, at most. */
static void add_sample(struct witness *witness, enum saying saying, const struct fact *earlier,
                       const struct fact *later)
{
    struct sample sample = {.a = earlier->clock,
                            .b = later->clock,
                            .saying = (uint8_t)saying,
                            .id = earlier->id,
                            .sender = earlier->sender,
                            .value = later->time - earlier->time};
    if (earlier->clock > later->clock) {
        sample.a = later->clock;
        sample.b = earlier->clock;
        sample.value = -sample.value;
        sample.saying = (uint8_t)(saying == SAYING_MOST ? SAYING_LEAST : saying);
    }
    g_array_append_val(witness->samples, sample);
}

/* The first fact of each clock among those of one key. Of a packet that one clock saw twice nobody knows which of the
 * two another one saw. */
static unsigned first_facts(const struct fact *facts, size_t count, const struct fact *firsts[TOGETHER])
{
    unsigned found = 0;
    bool copies = (facts[0].key & KIND_BITS) == KIND_SAME;
    for (size_t i = 0; i < count && found < TOGETHER; i++) {
        bool again = i > 0 && facts[i].clock == facts[i - 1].clock;
        bool twice = i + 1 < count && facts[i].clock == facts[i + 1].clock;
        if (!again && !(copies && twice))
            firsts[found++] = &facts[i];
    }
    return found;
}

static size_t same_keys(const struct fact *facts, size_t count)
{
    size_t length = 1;
    while (length < count && facts[length].key == facts[0].key)
        length++;
    return length;
}

static void compare_copies(struct witness *witness, const struct fact *facts, size_t count)
{
    const struct fact *firsts[TOGETHER];
    unsigned found = first_facts(facts, count, firsts);
    for (unsigned i = 1; i < found; i++)
        add_sample(witness, SAYING_SAME, firsts[0], firsts[i]);
}

static void compare_answers(struct witness *witness, const struct fact *said, size_t said_count,
                            const struct fact *heard, size_t heard_count)
{
    const struct fact *earlier[TOGETHER], *later[TOGETHER];
    unsigned earlier_count = first_facts(said, said_count, earlier);
    unsigned later_count = first_facts(heard, heard_count, later);
    for (unsigned i = 0; i < earlier_count; i++)
        for (unsigned j = 0; j < later_count; j++)
            if (earlier[i]->clock != later[j]->clock)
                add_sample(witness, SAYING_MOST, earlier[i], later[j]);
}

/* Brings facts together. */
static void find_samples(struct witness *witness)
{
    g_array_sort(witness->facts, compare_facts);
    const struct fact *facts = (const struct fact *)(const void *)witness->facts->data;
    size_t count = witness->facts->len;
    for (size_t at = 0, length; at < count; at += length) {
        length = same_keys(facts + at, count - at);
        unsigned kind = facts[at].key & KIND_BITS;
        size_t next = at + length;
        if (kind == KIND_SAME)
            compare_copies(witness, facts + at, length);
        else if (kind == KIND_SAID && next < count && facts[next].key == facts[at].key + KIND_HEARD)
            compare_answers(witness, facts + at, length, facts + next, same_keys(facts + next, count - next));
    }
    g_array_sort(witness->samples, compare_samples);
}

/* Has one sender two different identifications among these? One that always writes the same says nothing by it. */
static bool has_counter(const struct sample *samples, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = i < TOGETHER ? 0 : i - TOGETHER; j < i; j++)
            if (samples[i].sender == samples[j].sender && samples[i].id != samples[j].id)
                return true;
    return false;
}

/* Most packets that both clocks saw, two of one sender at least, are the same time apart. */
static bool judge_copies(const struct sample *samples, size_t count, int64_t *ahead)
{
    size_t best = 0, best_start = 0;
    for (size_t start = 0, end = 0; end < count; end++) {
        while (samples[end].value - samples[start].value > WITNESS_NEAR)
            start++;
        if (end - start + 1 > best) {
            best = end - start + 1;
            best_start = start;
        }
    }
    if (best < 2 || best * 2 <= count || !has_counter(samples + best_start, best))
        return false;
    *ahead = samples[best_start + best / 2].value;
    if (*ahead <= WITNESS_NEAR && *ahead >= -WITNESS_NEAR)
        *ahead = 0;
    return true;
}

/* How many of the limits a value breaks: most are upper ones, least lower ones, both ascending. */
struct limits {
    const struct sample *most, *least;
    size_t most_count, least_count;
};

/* How many of them are below the value. */
static size_t below(const struct sample *samples, size_t count, int64_t value)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (samples[middle].value < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t broken(const struct limits *limits, int64_t value)
{
    return below(limits->most, limits->most_count, value) + limits->least_count -
           below(limits->least, limits->least_count, value + 1);
}

/* No acknowledgement comes before what it acknowledges: but for one in ten, as bytes may have been captured only when
 * they were sent again. Both sides must have acknowledged something, and 0 be wrong twice. */
static bool judge_answers(const struct limits *limits, int64_t *ahead)
{
    size_t count = limits->most_count + limits->least_count, zero = broken(limits, 0);
    *ahead = 0;
    if (zero * 10 <= count)
        return count > 0;
    if (zero < 2 || limits->most_count == 0 || limits->least_count == 0)
        return false;
    int64_t best = 0;
    size_t least = zero;
    for (size_t i = 0; i < limits->most_count; i++) {
        size_t breaks = broken(limits, limits->most[i].value);
        if (breaks < least) {
            least = breaks;
            best = limits->most[i].value;
        }
    }
    if (least * 10 > count)
        return false;
    size_t lower = below(limits->least, limits->least_count, best + 1);
    *ahead = lower > 0 ? best - (best - limits->least[lower - 1].value) / 2 : best;
    return true;
}

/* The first clock of the group, and by how much this one is ahead of it. */
static unsigned find_root(unsigned *parents, int64_t *aheads, unsigned clock, int64_t *ahead)
{
    *ahead = 0;
    while (parents[clock] != clock) {
        unsigned parent = parents[clock];
        aheads[clock] += aheads[parent]; /* the way becomes shorter: its root is 0 ahead of itself */
        parents[clock] = parents[parent];
        *ahead += aheads[clock];
        clock = parents[clock];
    }
    return clock;
}

/* The lower root stays. */
static void join(unsigned *parents, int64_t *aheads, const struct sample *pair, int64_t ahead)
{
    int64_t a_ahead, b_ahead;
    unsigned a = find_root(parents, aheads, pair->a, &a_ahead), b = find_root(parents, aheads, pair->b, &b_ahead);
    int64_t root = a_ahead + ahead - b_ahead; /* b's root ahead of a's */
    if (a == b)
        return;
    parents[MAX(a, b)] = MIN(a, b);
    aheads[MAX(a, b)] = a < b ? root : -root;
}

static bool judge_pair(const struct sample *samples, size_t count, int64_t *ahead)
{
    size_t same = 0, most = 0;
    while (same < count && samples[same].saying == SAYING_SAME)
        same++;
    while (same + most < count && samples[same + most].saying == SAYING_MOST)
        most++;
    const struct limits limits = {samples + same, samples + same + most, most, count - same - most};
    return judge_copies(samples, same, ahead) || judge_answers(&limits, ahead);
}

void witness_judge(struct witness *witness, struct capture_clocks *clocks)
{
    find_samples(witness);
    unsigned *parents = g_new(unsigned, clocks->count);
    int64_t *aheads = g_new0(int64_t, clocks->count);
    bool *joined = g_new0(bool, clocks->count);
    const struct sample *samples = (const struct sample *)(const void *)witness->samples->data;
    size_t count = witness->samples->len;
    for (unsigned i = 0; i < clocks->count; i++)
        parents[i] = i;
    for (size_t at = 0, length; at < count; at += length) {
        int64_t ahead;
        length = 1;
        while (at + length < count && samples[at + length].a == samples[at].a &&
               samples[at + length].b == samples[at].b)
            length++;
        if (!judge_pair(samples + at, length, &ahead))
            continue;
        join(parents, aheads, &samples[at], ahead);
        joined[samples[at].a] = joined[samples[at].b] = true;
    }
    for (unsigned i = 0; i < clocks->count; i++) {
        struct capture_clock *clock = &clocks->list[i];
        unsigned root = find_root(parents, aheads, i, &clock->ahead);
        clock->group = joined[i] ? root + 1 : 0;
        clocks->apart |= clock->ahead != 0;
    }
    g_free(parents);
    g_free(aheads);
    g_free(joined);
}
