/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which conversation a packet belongs to. One look into a hash table a packet at most; time-outs are found at the heads
 * of queues, never by a walk over the table. What is known of the next packets' conversations is fetched ahead. */
#include "conversation/conversation.h"

#include "conversation/choice.h"
#include "conversation/damaged.h"
#include "conversation/key.h"
#include "conversation/ports.h"
#include "conversation/prefetch.h"
#include "conversation/sequence.h"
#include "conversation/twins.h"
#include "digits.h"

#include <string.h>

#define CLOSE_DEFAULT (120 * NANOSECONDS)
#define IDLE_DEFAULT  (7200 * NANOSECONDS)
/* A longer silence is a clock that was set. */
#define SILENCE_MAX (INT64_C(12) * 3600 * NANOSECONDS)

/* A conversation goes to the end of its queue when it was put there so long ago, not for each packet: that would touch
 * its neighbours in the queue too. */
#define MOVE_AFTER (300 * NANOSECONDS)

/* A power of two. */
#define RECENT_SLOTS 65536

struct conversations {
    struct conversation_options options;
    GHashTable *table;
    GQueue udp, tcp; /* the conversation that was silent longest is first, but for MOVE_AFTER */
    GQueue opening;  /* TCP that began without a SYN a short time ago */
    GQueue closing;  /* TCP after RST or both FINs, the first of them first */
    struct tcp_shared tcp_shared;
    /* The one looked up last for each value of the lower bits of the hash: saves most of the ways into the table. */
    struct entry *recent[RECENT_SLOTS];
    int64_t next_check; /* no head of a queue times out before this steady time; INT64_MIN: one may */
    uint64_t count;
    struct steady clock;
    struct twins twins;
    int64_t now; /* steady time of the packet at hand */
    uint64_t seed;
    size_t aside_bytes; /* of packets that were put aside */
    struct ports ports; /* the chosen ones */
};

struct conversations *conversations_new(const struct conversation_options *options)
{
    struct conversations *conversations = g_new0(struct conversations, 1);
    conversations->options = *options;
    struct conversation_options *own = &conversations->options;
    own->close_ns = own->close_ns ? own->close_ns : CLOSE_DEFAULT;
    own->idle_ns = own->idle_ns ? own->idle_ns : IDLE_DEFAULT;
    own->open_max = own->open_max ? own->open_max : CONVERSATIONS_OPEN_MAX;
    own->tcp.bytes = own->tcp.bytes ? own->tcp.bytes : TCP_LIMIT_BYTES;
    own->tcp.ranges = own->tcp.ranges ? own->tcp.ranges : TCP_LIMIT_RANGES;
    own->tcp.total = own->tcp.total ? own->tcp.total : TCP_LIMIT_TOTAL;
    conversations->tcp_shared = (struct tcp_shared){.limits = own->tcp, .overlap = own->overlap, .sink = own->sink};
    conversations->table = g_hash_table_new(pair_hash, pair_equal);
    conversations->seed = (uint64_t)g_random_int() << 32 | g_random_int();
    ports_choose(&conversations->ports, options->ports);
    return conversations;
}

static void stop_opening(struct conversations *conversations, struct entry *entry)
{
    if (entry->is_opening)
        g_queue_unlink(&conversations->opening, &entry->opening);
    entry->is_opening = false;
}

/* The packet is of the conversation as far as its times and ways go. */
static void note_packet(const struct conversations *conversations, struct entry *entry, unsigned direction,
                        const struct packet *packet)
{
    struct conversation *conversation = &entry->conversation;
    const struct capture_clocks *clocks = conversations->options.clocks;
    int64_t time = packet->origin.time;
    if (clocks) {
        time += capture_clocks_ahead(clocks, &packet->origin);
        conversation->clocks[direction] = packet->origin.clock;
    }
    conversation->packets += MAX(packet->fragment_count, 1);
    conversation->last = packet->origin;
    entry->files[direction] = packet->origin.file;
    if (time >= conversation->end)
        conversation->end = time;
    else
        conversation->start = MIN(conversation->start, time);
}

/* Nothing went on with its numbers: it is counted where it came in, and closes and moves nothing. */
static void take_stray(struct entry *entry, const struct packet *packet)
{
    entry->conversation.packets += MAX(packet->fragment_count, 1);
    entry->conversation.last = packet->origin;
    tcp_stray(&entry->tcp, direction_of(entry, packet), packet);
}

/* Ends a conversation that is out of the table already. */
static void end_entry(struct conversations *conversations, struct entry *entry, const char *reason)
{
    struct conversation *conversation = &entry->conversation;
    for (struct aside *aside; (aside = aside_take(&entry->asides)) != NULL;) {
        take_stray(entry, &aside->packet);
        aside_free(aside, &conversations->aside_bytes);
    }
    stop_opening(conversations, entry);
    if (!conversation->end_reason)
        conversation->end_reason = entry->replaced ? "reuse" : reason;
    for (unsigned direction = 0; direction < 2; direction++) {
        if (conversation->transport == TRANSPORT_TCP)
            tcp_finish(&entry->tcp, direction);
        conversations->options.sink->end(context_of(entry), direction);
    }
    conversations->options.sink->closed(context_of(entry));
    carrier_free(entry->carrier);
    g_free(entry->layers);
    g_aligned_free(entry);
}

/* The first of those with this key, NULL if there is none. */
static struct entry *look_up(struct conversations *conversations, const struct pair *pair)
{
    struct entry **recent = &conversations->recent[pair->hash % RECENT_SLOTS];
    if (*recent && (*recent)->hash == pair->hash && pair_equal(&(*recent)->pair, pair))
        return (*recent)->first;
    struct pair *found = g_hash_table_lookup(conversations->table, pair);
    if (!found)
        return NULL;
    *recent = (struct entry *)(void *)((char *)found - offsetof(struct entry, pair));
    return *recent;
}

static void set_first(struct entry *first)
{
    for (struct entry *entry = first; entry; entry = entry->next)
        entry->first = first;
}

static void take_out(struct conversations *conversations, struct entry *entry)
{
    struct entry **recent = &conversations->recent[entry->hash % RECENT_SLOTS];
    struct entry *before = entry->first;
    if (*recent == entry)
        *recent = NULL;
    if (before == entry) {
        g_hash_table_remove(conversations->table, &entry->pair);
        if (entry->next)
            g_hash_table_add(conversations->table, &entry->next->pair);
        set_first(entry->next);
        return;
    }
    while (before->next != entry)
        before = before->next;
    before->next = entry->next;
}

static void close_entry(struct conversations *conversations, struct entry *entry, const char *reason)
{
    conversations->next_check = INT64_MIN;
    take_out(conversations, entry);
    g_queue_delete_link(entry->queue, entry->link);
    end_entry(conversations, entry, reason);
}

/* The steady time at which a TCP conversation is over, if nothing more is heard of it. */
static int64_t over_at(const struct conversations *conversations, const struct entry *entry)
{
    int64_t idle = entry->heard + conversations->options.idle_ns;
    return entry->conversation.end_reason ? MIN(idle, entry->over + conversations->options.close_ns) : idle;
}

/* What began without a SYN waited long enough for what may be before it. */
static void expire_opening(struct conversations *conversations, int64_t now)
{
    GList *head;
    while ((head = conversations->opening.head)) {
        struct entry *entry = head->data;
        if (now - entry->opened <= TCP_OPENING_TIME)
            return;
        stop_opening(conversations, entry);
        tcp_open(&entry->tcp);
    }
}

static bool is_over(const struct conversations *conversations, const struct entry *entry, int64_t now)
{
    return entry->conversation.transport == TRANSPORT_TCP && now > over_at(conversations, entry);
}

/* Ends what timed out. Each queue is nearly in order of time, so only its head is looked at, and not before the heads
 * that were seen last can time out. */
static void end_timed_out(struct conversations *conversations, int64_t now)
{
    if (now <= conversations->next_check)
        return;
    GQueue *queues[] = {&conversations->closing, &conversations->tcp};
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < G_N_ELEMENTS(queues); i++) {
        GList *head;
        while ((head = g_queue_peek_head_link(queues[i])) && is_over(conversations, head->data, now))
            close_entry(conversations, head->data, "idle");
        if (head)
            next = MIN(next, over_at(conversations, head->data));
    }
    conversations->next_check = next;
}

/* Joins those with the same key, of which the one that was silent longest leaves if they are too many. */
static void put_in(struct conversations *conversations, struct entry *entry)
{
    struct entry *first = look_up(conversations, &entry->pair);
    struct entry *silent = first;
    unsigned count = 0;
    for (struct entry *other = first; other; other = other->next, count++)
        if (other->heard < silent->heard)
            silent = other;
    if (count >= CONVERSATIONS_BESIDE_MAX)
        close_entry(conversations, silent, "limit");
    first = look_up(conversations, &entry->pair);
    if (first) {
        entry->next = first->next;
        first->next = entry;
        entry->first = first;
    } else {
        entry->first = entry;
        g_hash_table_add(conversations->table, &entry->pair);
    }
}

static struct entry *open_entry(struct conversations *conversations, const struct packet *packet, guint hash)
{
    GQueue *queue = packet->transport == TRANSPORT_TCP ? &conversations->tcp : &conversations->udp;
    GQueue *oldest = queue == &conversations->tcp && conversations->closing.head ? &conversations->closing : queue;
    if (queue->length + (oldest == queue ? 0 : oldest->length) >= conversations->options.open_max)
        close_entry(conversations, oldest->head->data, "limit");

    const struct sink *sink = conversations->options.sink;
    struct entry *entry = g_aligned_alloc0(1, CONTEXT + sink->context_size, CACHE_LINE);
    struct conversation *conversation = &entry->conversation;
    conversation->number = ++conversations->count;
    conversation->opened = conversations->clock.number;
    conversation->endpoints[0] = packet->source;
    conversation->endpoints[1] = packet->destination;
    conversation->transport = packet->transport;
    conversation->start = conversation->end =
        packet->origin.time + capture_clocks_ahead(conversations->options.clocks, &packet->origin);
    conversation->tcp = &entry->tcp;
    conversation->clock = &conversations->clock;
    entry->tcp.shared = &conversations->tcp_shared;
    entry->tcp.context = context_of(entry);
    entry->tcp.last = &conversation->last;
    conversation->tunnel = "";
    if (packet->layer_count > 0)
        entry->layers = g_memdup2(packet->layers, packet->layer_count * sizeof *packet->layers);
    entry->pair = (struct pair){.ends = {&conversation->endpoints[0], &conversation->endpoints[1]},
                                .layers = entry->layers,
                                .layer_count = packet->layer_count,
                                .hash = hash,
                                .transport = packet->transport};
    entry->ends[0] = twins_end(&packet->source);
    entry->ends[1] = twins_end(&packet->destination);
    entry->hash = hash;
    entry->layer_count = packet->layer_count;
    entry->link = g_list_alloc();
    entry->link->data = entry;
    entry->queue = queue;
    entry->moved = entry->heard = conversations->now;
    g_queue_push_tail_link(queue, entry->link);
    conversations->next_check = INT64_MIN;
    put_in(conversations, entry);
    sink->opened(conversation, context_of(entry), sink->user);
    return entry;
}

static void move(struct conversations *conversations, struct entry *entry, GQueue *queue)
{
    conversations->next_check = INT64_MIN;
    g_queue_unlink(entry->queue, entry->link);
    g_queue_push_tail_link(queue, entry->link);
    entry->queue = queue;
}

/* An end counts only in the window: what is far from the numbers of its direction was never sent by that side. */
static bool is_end(const struct entry *entry, unsigned direction, const struct packet *packet)
{
    const struct tcp *tcp = &entry->tcp;
    if (packet->tcp_flags & TCP_RST)
        return sequence_in_window(tcp, direction, packet);
    return tcp->directions[0].finished && tcp->directions[1].finished;
}

/* Does it go on behind a reset or both ends? Who sends what was not sent before, or the sender of the reset anything
 * else, did not take it for the end. */
static bool goes_on(const struct entry *entry, unsigned direction, const struct packet *packet, uint64_t end)
{
    if (packet->tcp_flags & TCP_RST)
        return false;
    bool reset = strcmp(entry->conversation.end_reason, "rst") == 0;
    bool more = packet->payload_length > 0 && entry->tcp.directions[direction].end > end;
    return more || (reset && direction == entry->ended_by);
}

static void take_tcp(struct conversations *conversations, struct entry *entry, unsigned direction,
                     const struct packet *packet)
{
    struct conversation *conversation = &entry->conversation;
    uint64_t end = entry->tcp.directions[direction].end;
    tcp_segment(&entry->tcp, direction, packet);
    if (entry->tcp.directions[direction].opening && !entry->is_opening) {
        entry->is_opening = true;
        entry->opened = conversations->now;
        entry->opening.data = entry;
        g_queue_push_tail_link(&conversations->opening, &entry->opening);
    }
    if (conversation->end_reason) {
        if (goes_on(entry, direction, packet, end)) {
            conversation->end_reason = NULL;
            move(conversations, entry, &conversations->tcp);
        }
        return;
    }
    if (!(packet->tcp_flags & (TCP_RST | TCP_FIN)) || !is_end(entry, direction, packet))
        return;
    conversation->end_reason = packet->tcp_flags & TCP_RST ? "rst" : "fin";
    entry->ended_by = (uint8_t)direction;
    entry->over = conversations->now;
    move(conversations, entry, &conversations->closing);
}

/* The packet came through a tunnel, or one before it did. */
static __attribute__((noinline)) void note_carrier(struct entry *entry, unsigned direction, const struct packet *packet)
{
    bool first = entry->carrier == NULL;
    carrier_note(&entry->carrier, direction, packet);
    entry->conversation.tunnel = carrier_text(entry->carrier);
    if (!first)
        return;
    for (struct entry *other = entry->first; other; other = other->next)
        if (other != entry && other->carrier)
            carrier_beside(entry->carrier, other->carrier);
}

/* Did the packet come in another conversation before? */
static inline bool is_twin(struct conversations *conversations, struct entry *entry, unsigned direction,
                           const struct packet *packet, uint64_t key)
{
    const struct sink *sink = conversations->options.sink;
    uint32_t device = packet->ip_id == 0 && sink->device ? sink->device(context_of(entry)) : 0;
    enum twins_answer answer = twins_find(&conversations->twins, key, entry->conversation.number, packet,
                                          entry->ends[direction], entry->ends[!direction], device);
    if (answer == TWINS_IF_IT_NAMES_ITS_DEVICE)
        return sink->owner && sink->owner(context_of(entry), packet) != OWNER_UNKNOWN;
    return answer == TWINS_YES;
}

/* The packet is of the conversation: all that is so for TCP and UDP alike. key: its twins_key(). Did it come in another
 * one? */
static inline bool note_taken(struct conversations *conversations, struct entry *entry, unsigned direction,
                              const struct packet *packet, uint64_t key)
{
    if (packet->layer_count > 0 || entry->carrier)
        note_carrier(entry, direction, packet);
    note_packet(conversations, entry, direction, packet);
    entry->replaced = false;
    entry->heard = MAX(entry->heard, conversations->now);
    if (entry->heard - entry->moved >= MOVE_AFTER && entry->queue != &conversations->closing) {
        entry->moved = entry->heard;
        move(conversations, entry, entry->queue);
    }
    return key != 0 && is_twin(conversations, entry, direction, packet, key);
}

static inline void hand_on(struct conversations *conversations, struct entry *entry, unsigned direction,
                           const struct packet *packet)
{
    if (packet->transport == TRANSPORT_TCP)
        take_tcp(conversations, entry, direction, packet);
    else
        conversations->options.sink->datagram(context_of(entry), direction, packet);
}

/* Its bytes may wait: what it is goes with them. */
static __attribute__((noinline)) void hand_on_twin(struct conversations *conversations, struct entry *entry,
                                                   unsigned direction, const struct packet *packet)
{
    struct packet twin = *packet;
    twin.origin.twin = true;
    hand_on(conversations, entry, direction, &twin);
}

static void take_good(struct conversations *conversations, struct entry *entry, unsigned direction,
                      const struct packet *packet, uint64_t key)
{
    if (note_taken(conversations, entry, direction, packet, key))
        hand_on_twin(conversations, entry, direction, packet);
    else
        hand_on(conversations, entry, direction, packet);
}

/* The same packet, with what its checksum says. */
static __attribute__((noinline)) void take_damaged(struct conversations *conversations, struct entry *entry,
                                                   unsigned direction, const struct packet *packet, uint64_t key)
{
    struct packet damaged = *packet;
    damaged.origin.damaged = true;
    take_good(conversations, entry, direction, &damaged, key);
}

/* It goes on where TCP stands: fast_tcp_is_next(). */
static void fast_take_next(struct conversations *conversations, struct entry *entry, unsigned direction,
                           const struct packet *packet, uint64_t key)
{
    if (note_taken(conversations, entry, direction, packet, key))
        hand_on_twin(conversations, entry, direction, packet);
    else
        fast_tcp_next(&entry->tcp, direction, packet);
}

static void take_into(struct conversations *conversations, struct entry *entry, unsigned direction,
                      const struct packet *packet, uint64_t key)
{
    if (damaged_is(entry, direction, packet))
        take_damaged(conversations, entry, direction, packet, key);
    else
        take_good(conversations, entry, direction, packet, key);
}

/* Is the packet one of this conversation, with nothing around either? Nearly all are. Then its direction is known. */
static inline bool fast_is_of(const struct entry *entry, guint hash, const struct packet *packet, unsigned *direction)
{
    const struct conversation *conversation = &entry->conversation;
    const struct endpoint *ends = conversation->endpoints;
    if (entry->hash != hash || conversation->transport != packet->transport ||
        (entry->layer_count | packet->layer_count) != 0)
        return false;
    *direction = 0;
    if (same_end(&packet->source, &ends[0]))
        return same_end(&packet->destination, &ends[1]);
    *direction = 1;
    return same_end(&packet->source, &ends[1]) && same_end(&packet->destination, &ends[0]);
}

static inline bool fast_is_sure(const struct conversations *conversations, const struct entry *entry,
                                unsigned direction, const struct packet *packet)
{
    if (packet->transport == TRANSPORT_TCP)
        return !entry->conversation.end_reason && fast_tcp_is_next(&entry->tcp, direction, packet) &&
               conversations->now - entry->heard <= conversations->options.idle_ns;
    return entry->first->next == NULL && entry->files[direction] == packet->origin.file;
}

/* The packets that were put aside beside the conversations with the same key and belong to the new one. */
static void gather(struct conversations *conversations, struct entry *entry)
{
    for (struct entry *other = entry->first; other; other = other->next) {
        struct asides kept = {0};
        for (struct aside *aside; (aside = aside_take(&other->asides)) != NULL;) {
            unsigned direction = direction_of(entry, &aside->packet);
            if (sequence_distance(&entry->tcp, direction, &aside->packet) != SEQUENCE_CONTRADICTS) {
                take_into(conversations, entry, direction, &aside->packet, twins_key(&aside->packet));
                aside_free(aside, &conversations->aside_bytes);
            } else {
                aside_keep(&kept, aside);
            }
        }
        other->asides = kept;
    }
}

/* A new conversation begins with a packet that was put aside. */
static struct entry *open_aside(struct conversations *conversations, struct entry *beside, struct aside *aside)
{
    const struct packet *packet = &aside->packet;
    unsigned direction = direction_of(beside, packet);
    bool silent = origin_is_before(&beside->conversation.last, &packet->origin);
    bool same_way = choice_same_way(beside, direction, packet) >= 0;
    guint hash = beside->hash;
    struct asides others = beside->asides;
    beside->asides = (struct asides){0};
    beside->replaced = true;
    if (silent && same_way && (packet->tcp_flags & TCP_SYN))
        close_entry(conversations, beside, "reuse");
    struct entry *entry = open_entry(conversations, packet, hash);
    entry->asides = others;
    take_into(conversations, entry, 0, packet, twins_key(packet));
    aside_free(aside, &conversations->aside_bytes);
    gather(conversations, entry);
    return entry;
}

/* A new conversation, if the packet goes on with one that was put aside, and does so better than with an open one. */
static struct entry *find_aside(struct conversations *conversations, struct entry *first, const struct packet *packet,
                                uint64_t distance)
{
    if (packet->transport != TRANSPORT_TCP || conversations->aside_bytes == 0 || distance == 0)
        return NULL;
    for (struct entry *beside = first; beside; beside = beside->next) {
        struct aside *aside = aside_find(&beside->asides, packet, distance);
        if (aside)
            return open_aside(conversations, beside, aside);
    }
    return NULL;
}

/* The numbers of the packet contradict all conversations with its key. NULL: it waits for another that goes on with
 * them. */
static struct entry *find_denied(struct conversations *conversations, struct entry *denied, const struct packet *packet)
{
    if (denied->conversation.end_reason && (packet->tcp_flags & TCP_SYN))
        return open_entry(conversations, packet, denied->hash);
    if (!aside_put(&denied->asides, &conversations->aside_bytes, packet))
        take_stray(denied, packet);
    return NULL;
}

/* Two hours in which nothing was captured at all may be a clock that was set: it was where the numbers go on. Beyond
 * half a day nobody takes them for silence. */
static bool was_silent(const struct conversations *conversations, const struct entry *entry,
                       const struct packet *packet)
{
    int64_t step;
    return packet->transport == TRANSPORT_TCP &&
           !__builtin_sub_overflow(packet->origin.time, entry->conversation.last.time, &step) && step > STEADY_LEAP &&
           step > conversations->options.idle_ns && step <= SILENCE_MAX &&
           !sequence_goes_on(&entry->tcp, direction_of(entry, packet), packet);
}

/* The same where it takes a look at all with the key of the packet. */
static struct entry *find_slowly(struct conversations *conversations, const struct packet *packet, guint hash)
{
    struct pair pair = make_pair(packet, hash);
    struct entry *first = look_up(conversations, &pair);
    if (!first)
        return open_entry(conversations, packet, hash);
    struct choice choice = choice_of(first, conversations->options.sink, packet);
    struct entry *silent = choice.entry ? choice.entry : choice.denied;
    if (silent && (is_over(conversations, silent, conversations->now) || was_silent(conversations, silent, packet))) {
        close_entry(conversations, silent, "idle");
        return open_entry(conversations, packet, hash);
    }
    struct entry *opened = find_aside(conversations, first, packet, choice.distance);
    if (opened)
        return opened;
    if (choice.entry)
        conversations->recent[hash % RECENT_SLOTS] = choice.entry;
    else if (choice.denied)
        return find_denied(conversations, choice.denied, packet);
    return choice.entry ? choice.entry : open_entry(conversations, packet, hash);
}

/* Into the conversation of the packet, which is opened if need be. */
static inline void take_own(struct conversations *conversations, const struct packet *packet, guint hash, uint64_t key)
{
    struct entry *entry = conversations->recent[hash % RECENT_SLOTS];
    unsigned direction;
    if (S7_FAST_PATHS && entry && fast_is_of(entry, hash, packet, &direction) &&
        fast_is_sure(conversations, entry, direction, packet)) {
        if (packet->transport != TRANSPORT_TCP)
            take_into(conversations, entry, direction, packet, key);
        else if (damaged_is(entry, direction, packet))
            take_damaged(conversations, entry, direction, packet, key);
        else
            fast_take_next(conversations, entry, direction, packet, key);
        return;
    }
    entry = find_slowly(conversations, packet, hash);
    if (entry) /* else it is none's yet */
        take_into(conversations, entry, direction_of(entry, packet), packet, key);
}

/* Of another shard: it may have a twin in this one. Its conversation is unknown, and named by what all its packets
 * have.
 */
static void pass_over(struct conversations *conversations, const struct packet *packet, guint hash, uint64_t key)
{
    if (key != 0)
        twins_find(&conversations->twins, key, (uint64_t)hash | UINT64_C(1) << 63, packet, twins_end(&packet->source),
                   twins_end(&packet->destination), 0);
}

static void take_packet(struct conversations *conversations, const struct packet *packet, guint hash, uint64_t key)
{
    const struct sink *sink = conversations->options.sink;
    conversations->now = steady_note(&conversations->clock, packet->origin.time);
    end_timed_out(conversations, conversations->now);
    expire_opening(conversations, conversations->now);
    if (packet->payload_length > 0)
        sink_passes(sink, conversations->now);
    if (shard_has(&conversations->options.shard, packet))
        take_own(conversations, packet, hash, key);
    else
        pass_over(conversations, packet, hash, key);
}

/* A packet that was looked at ahead. */
struct ahead {
    const struct packet *packet;
    guint hash;
    uint64_t key; /* twins_key() */
};

/* Of the conversation that the packet is taken for, if it is known. */
S7_ALWAYS_INLINE void fetch_entry(const struct conversations *conversations, const struct ahead *next)
{
    const struct entry *entry = conversations->recent[next->hash % RECENT_SLOTS];
    if (!entry)
        return;
    prefetch_entry(entry);
    if (next->key == 0)
        return;
    prefetch_context(entry);
    twins_prefetch(&conversations->twins, next->key);
}

S7_ALWAYS_INLINE void fetch_pointed(const struct conversations *conversations, const struct ahead *next)
{
    const struct entry *entry = conversations->recent[next->hash % RECENT_SLOTS];
    if (entry && next->key != 0)
        prefetch_pointed(entry, conversations->options.sink, next->packet);
}

/* The ways to memory of several packets lie beside each other instead of behind each other: while one is taken, what
 * the next ones need is on its way, for so many packets. */
#define LEAD ((size_t)4)

/* ahead has room for LEAD more than count: the last one again, for which there is nothing to fetch. */
static void take_ahead(struct conversations *conversations, struct ahead *ahead, size_t count)
{
    for (size_t i = count; i < count + LEAD; i++)
        ahead[i] = ahead[count - 1];
    for (size_t i = 0; i < LEAD; i++)
        fetch_entry(conversations, &ahead[i]);
    for (size_t i = 0; i < count; i++) {
        fetch_entry(conversations, &ahead[i + LEAD]);
        fetch_pointed(conversations, &ahead[i + LEAD / 2]);
        take_packet(conversations, ahead[i].packet, ahead[i].hash, ahead[i].key);
    }
}

size_t conversations_packets(struct conversations *conversations, const struct packet *packets, size_t count)
{
    struct ahead ahead[CONVERSATIONS_AHEAD + LEAD];
    size_t on_port = 0, waiting = 0;
    for (size_t i = 0; i < count; i++) {
        if (!ports_have(&conversations->ports, &packets[i]))
            continue;
        guint hash = packet_hash(&packets[i], conversations->seed);
        __builtin_prefetch(&conversations->recent[hash % RECENT_SLOTS]);
        ahead[waiting++] = (struct ahead){&packets[i], hash, twins_key(&packets[i])};
        on_port++;
        if (waiting < CONVERSATIONS_AHEAD)
            continue;
        take_ahead(conversations, ahead, waiting);
        waiting = 0;
    }
    if (waiting > 0)
        take_ahead(conversations, ahead, waiting);
    return on_port;
}

static gint compare_numbers(gconstpointer left, gconstpointer right)
{
    uint64_t a = (*(struct entry *const *)left)->conversation.number;
    uint64_t b = (*(struct entry *const *)right)->conversation.number;
    return a < b ? -1 : a > b;
}

void conversations_free(struct conversations *conversations)
{
    GQueue *queues[] = {&conversations->closing, &conversations->tcp, &conversations->udp};
    GPtrArray *open = g_ptr_array_sized_new(g_hash_table_size(conversations->table));
    for (size_t i = 0; i < G_N_ELEMENTS(queues); i++) {
        for (GList *link = queues[i]->head; link; link = link->next)
            g_ptr_array_add(open, link->data);
    }
    g_ptr_array_sort(open, compare_numbers);
    uint64_t packets = conversations->clock.number;
    for (guint i = 0; i < open->len; i++) {
        struct entry *entry = g_ptr_array_index(open, i);
        conversations->clock.number = packets + entry->conversation.opened; /* see REPORT_ORDER */
        /* One that is over may not have been seen yet, as it did not stand first in its queue. */
        end_entry(conversations, entry, is_over(conversations, entry, conversations->now) ? "idle" : "capture");
    }
    g_ptr_array_free(open, TRUE);
    for (size_t i = 0; i < G_N_ELEMENTS(queues); i++)
        g_queue_clear(queues[i]);
    g_hash_table_destroy(conversations->table);
    g_free(conversations);
}
