/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which conversation a packet belongs to. One look into a hash table a packet at most; time-outs are found at the heads
 * of queues, never by a walk over the table. What is known of the next packets' conversations is fetched ahead. */
#include "conversation/conversation.h"

#include "conversation/carrier.h"
#include "digits.h"

#include <string.h>

#define CLOSE_DEFAULT (120 * NANOSECONDS)
#define IDLE_DEFAULT  (7200 * NANOSECONDS)

/* A conversation goes to the end of its queue when it was put there so long ago, not for each packet: that would touch
 * its neighbours in the queue too. */
#define MOVE_AFTER (300 * NANOSECONDS)

/* A power of two. */
#define RECENT_SLOTS 65536

/* Key of the table: the pair of endpoints in either order, within the same tunnels as path_same_key() has it. */
struct pair {
    const struct endpoint *ends[2];
    const struct layer *layers;
    uint8_t layer_count;
    guint hash;
    uint8_t transport;
};

#define CACHE_LINE 64

/* An open conversation and what this file keeps of it. It begins at a cache line; what every packet needs stands first.
 * What the sink keeps of it follows, at CONTEXT. */
struct entry {
    guint hash;
    uint8_t layer_count;
    int64_t moved; /* capture time at which it was put at the end of its queue */
    struct conversation conversation;
    struct tcp tcp;
    GQueue *queue;
    struct carrier *carrier;
    struct entry *next; /* with the same key in another GTP-U tunnel */
    struct pair pair;   /* points into conversation and to layers */
    struct layer *layers;
    GList *link;    /* in queue; apart, so that the links of neighbours lie together and not with all else of them */
    int64_t over;   /* capture time of RST or second FIN, if end_reason is set */
    GList opening;  /* in conversations->opening */
    int64_t opened; /* capture time at which it was put there, if is_opening */
    bool is_opening;
};
#define HOT     (offsetof(struct entry, tcp.shared))
#define CONTEXT ((sizeof(struct entry) + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE)

struct conversations {
    struct conversation_options options;
    GHashTable *table;
    GQueue udp, tcp; /* the conversation that was silent longest is first, but for MOVE_AFTER */
    GQueue opening;  /* TCP that began without a SYN a short time ago */
    GQueue closing;  /* TCP after RST or both FINs, the first of them first */
    struct tcp_shared tcp_shared;
    /* The one looked up last for each value of the lower bits of the hash: saves most of the ways into the table. */
    struct entry *recent[RECENT_SLOTS];
    int64_t next_check; /* no head of a queue times out before this capture time; INT64_MIN: one may */
    uint64_t count;
    uint64_t seed;
    bool any_port;
    uint16_t first_port; /* of ports: nearly all packets have it */
    uint8_t ports[65536 / 8];
};

static inline uint64_t mix_word(uint64_t word)
{
    word *= UINT64_C(0x9e3779b97f4a7c15);
    word = (word ^ word >> 32) * UINT64_C(0xbf58476d1ce4e5b9);
    return word ^ word >> 29;
}

/* The seed differs in each run: a capture cannot be made to collide. The port stands where an IPv4 address has zeros.
 */
static inline uint64_t hash_endpoint(const struct endpoint *endpoint, uint64_t seed)
{
    uint64_t high, low, port = GUINT64_TO_LE((uint64_t)endpoint->port);
    memcpy(&high, endpoint->address, sizeof high);
    memcpy(&low, endpoint->address + 8, sizeof low);
    if (endpoint->version == 4)
        return mix_word(low ^ port ^ seed);
    return mix_word(mix_word(mix_word(low ^ seed) ^ high) ^ port);
}

/* The sum of both ends does not depend on their order. */
static inline guint packet_hash(const struct conversations *conversations, const struct packet *packet)
{
    uint64_t hash = hash_endpoint(&packet->source, conversations->seed) +
                    hash_endpoint(&packet->destination, conversations->seed) + packet->transport;
    if (packet->layer_count > 0)
        hash += path_hash(packet->layers, packet->layer_count, conversations->seed);
    return (guint)(hash * UINT64_C(0x94d049bb133111eb) >> 32);
}

static struct pair make_pair(const struct packet *packet, guint hash)
{
    return (struct pair){.ends = {&packet->source, &packet->destination},
                         .layers = packet->layers,
                         .layer_count = packet->layer_count,
                         .hash = hash,
                         .transport = packet->transport};
}

static guint pair_hash(gconstpointer key)
{
    return ((const struct pair *)key)->hash;
}

/* Without a call of memcmp(). */
static inline bool is_same_endpoint(const struct endpoint *a, const struct endpoint *b)
{
    uint64_t left[2], right[2];
    uint32_t left_end, right_end;
    G_STATIC_ASSERT(sizeof *a == sizeof left + sizeof left_end);
    memcpy(left, a, sizeof left);
    memcpy(right, b, sizeof right);
    memcpy(&left_end, &a->port, sizeof left_end);
    memcpy(&right_end, &b->port, sizeof right_end);
    return ((left[0] ^ right[0]) | (left[1] ^ right[1]) | (left_end ^ right_end)) == 0;
}

static gboolean pair_equal(gconstpointer left, gconstpointer right)
{
    const struct pair *a = left;
    const struct pair *b = right;
    if (a->transport != b->transport)
        return FALSE;
    if (!(is_same_endpoint(a->ends[0], b->ends[0]) && is_same_endpoint(a->ends[1], b->ends[1])) &&
        !(is_same_endpoint(a->ends[0], b->ends[1]) && is_same_endpoint(a->ends[1], b->ends[0])))
        return FALSE;
    return (a->layer_count == 0 && b->layer_count == 0) ||
           path_same_key(a->layers, a->layer_count, b->layers, b->layer_count);
}

static void set_ports(struct conversations *conversations)
{
    const GArray *ports = conversations->options.ports;
    conversations->any_port = ports == NULL;
    conversations->first_port = ports && ports->len > 0 ? g_array_index(ports, uint16_t, 0) : 0;
    for (guint i = 0; ports && i < ports->len; i++) {
        uint16_t port = g_array_index(ports, uint16_t, i);
        conversations->ports[port / 8] |= (uint8_t)(1U << port % 8);
    }
}

static bool is_chosen_port(const struct conversations *conversations, uint16_t port)
{
    return (conversations->ports[port / 8] >> port % 8 & 1) != 0;
}

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
    set_ports(conversations);
    return conversations;
}

static void *context_of(struct entry *entry)
{
    return (char *)entry + CONTEXT;
}

static void stop_opening(struct conversations *conversations, struct entry *entry)
{
    if (entry->is_opening)
        g_queue_unlink(&conversations->opening, &entry->opening);
    entry->is_opening = false;
}

/* Ends a conversation that is out of the table already. */
static void end_entry(struct conversations *conversations, struct entry *entry, const char *reason)
{
    struct conversation *conversation = &entry->conversation;
    stop_opening(conversations, entry);
    if (!conversation->end_reason)
        conversation->end_reason = reason;
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
        return *recent;
    struct pair *found = g_hash_table_lookup(conversations->table, pair);
    if (!found)
        return NULL;
    *recent = (struct entry *)(void *)((char *)found - offsetof(struct entry, pair));
    return *recent;
}

static void take_out(struct conversations *conversations, struct entry *entry)
{
    struct entry *before = look_up(conversations, &entry->pair);
    if (before == entry) {
        conversations->recent[entry->pair.hash % RECENT_SLOTS] = NULL;
        g_hash_table_remove(conversations->table, &entry->pair);
        if (entry->next)
            g_hash_table_add(conversations->table, &entry->next->pair);
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

/* The capture time at which a TCP conversation is over, if nothing more is heard of it. */
static int64_t over_at(const struct conversations *conversations, const struct entry *entry)
{
    int64_t idle = entry->conversation.end + conversations->options.idle_ns;
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
        if (other->conversation.end < silent->conversation.end)
            silent = other;
    if (count >= CONVERSATIONS_BESIDE_MAX)
        close_entry(conversations, silent, "limit");
    first = look_up(conversations, &entry->pair);
    if (first) {
        entry->next = first->next;
        first->next = entry;
    } else {
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
    conversation->endpoints[0] = packet->source;
    conversation->endpoints[1] = packet->destination;
    conversation->transport = packet->transport;
    conversation->start = conversation->end = packet->origin.time;
    conversation->tcp = &entry->tcp;
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
    entry->hash = hash;
    entry->layer_count = packet->layer_count;
    entry->link = g_list_alloc();
    entry->link->data = entry;
    entry->queue = queue;
    entry->moved = packet->origin.time;
    g_queue_push_tail_link(queue, entry->link);
    conversations->next_check = INT64_MIN;
    put_in(conversations, entry);
    sink->opened(conversation, context_of(entry), sink->user);
    return entry;
}

static unsigned direction_of(const struct entry *entry, const struct packet *packet)
{
    return is_same_endpoint(&packet->source, &entry->conversation.endpoints[0]) ? 0 : 1;
}

/* ask: let the sink look at the payload, too. */
static enum carrier_fit fit_entry(const struct conversations *conversations, struct entry *entry,
                                  const struct packet *packet, bool ask)
{
    const struct sink *sink = conversations->options.sink;
    if (!entry->carrier || packet->layer_count == 0)
        return CARRIER_SAME;
    enum carrier_owner owner = OWNER_UNKNOWN;
    if (ask && sink->owner && packet->transport == TRANSPORT_UDP)
        owner = sink->owner(context_of(entry), packet);
    return carrier_fits(entry->carrier, &entry->tcp, direction_of(entry, packet), packet, owner);
}

/* Of those with the same key the one that the packet fits best; of equals the one that was heard last. */
static struct entry *choose_entry(const struct conversations *conversations, struct entry *first,
                                  const struct packet *packet)
{
    struct entry *best = NULL;
    enum carrier_fit best_fit = CARRIER_OTHER;
    for (struct entry *entry = first; entry && best_fit != CARRIER_SAME; entry = entry->next) {
        enum carrier_fit entry_fit = fit_entry(conversations, entry, packet, false);
        if (entry_fit == CARRIER_SAME) {
            best = entry;
            best_fit = entry_fit;
        }
    }
    for (struct entry *entry = first; entry && best_fit != CARRIER_SAME; entry = entry->next) {
        enum carrier_fit entry_fit = fit_entry(conversations, entry, packet, true);
        bool later = best && entry->conversation.end > best->conversation.end;
        if (entry_fit > best_fit || (entry_fit == best_fit && entry_fit != CARRIER_OTHER && later)) {
            best = entry;
            best_fit = entry_fit;
        }
    }
    return best;
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
    if (is_same_endpoint(&packet->source, &ends[0]))
        return is_same_endpoint(&packet->destination, &ends[1]);
    *direction = 1;
    return is_same_endpoint(&packet->source, &ends[1]) && is_same_endpoint(&packet->destination, &ends[0]);
}

/* The conversation of the packet and its direction there, opened if need be. */
static inline struct entry *find_entry(struct conversations *conversations, const struct packet *packet, guint hash,
                                       unsigned *direction)
{
    struct entry *entry = conversations->recent[hash % RECENT_SLOTS];
    if (!S7_FAST_PATHS || !entry || !fast_is_of(entry, hash, packet, direction)) {
        struct pair pair = make_pair(packet, hash);
        entry = choose_entry(conversations, look_up(conversations, &pair), packet);
        *direction = entry ? direction_of(entry, packet) : 0;
    }
    if (entry && is_over(conversations, entry, packet->origin.time)) {
        close_entry(conversations, entry, "idle");
        entry = NULL;
    } else if (entry && packet->transport == TRANSPORT_TCP && !tcp_fits(&entry->tcp.directions[*direction], packet)) {
        close_entry(conversations, entry, "reuse");
        entry = NULL;
    }
    if (entry)
        return entry;
    *direction = 0;
    return open_entry(conversations, packet, hash);
}

static void move_entry(struct conversations *conversations, struct entry *entry, GQueue *queue)
{
    conversations->next_check = INT64_MIN;
    g_queue_unlink(entry->queue, entry->link);
    g_queue_push_tail_link(queue, entry->link);
    entry->queue = queue;
}

static void take_tcp(struct conversations *conversations, struct entry *entry, unsigned direction,
                     const struct packet *packet)
{
    struct conversation *conversation = &entry->conversation;
    tcp_segment(&entry->tcp, direction, packet);
    if (entry->tcp.directions[direction].opening && !entry->is_opening) {
        entry->is_opening = true;
        entry->opened = packet->origin.time;
        entry->opening.data = entry;
        g_queue_push_tail_link(&conversations->opening, &entry->opening);
    }
    if (conversation->end_reason)
        return;
    if (packet->tcp_flags & TCP_RST)
        conversation->end_reason = "rst";
    else if (entry->tcp.directions[0].finished && entry->tcp.directions[1].finished)
        conversation->end_reason = "fin";
    else
        return;
    entry->over = packet->origin.time;
    move_entry(conversations, entry, &conversations->closing);
}

static void note_carrier(struct conversations *conversations, struct entry *entry, unsigned direction,
                         const struct packet *packet)
{
    if (packet->layer_count == 0)
        return;
    bool first = entry->carrier == NULL;
    carrier_note(&entry->carrier, direction, packet);
    entry->conversation.tunnel = carrier_text(entry->carrier);
    if (!first)
        return;
    for (struct entry *other = look_up(conversations, &entry->pair); other; other = other->next)
        if (other != entry && other->carrier)
            carrier_beside(entry->carrier, other->carrier);
}

static bool is_chosen(const struct conversations *conversations, const struct packet *packet)
{
    uint16_t first = conversations->first_port;
    return packet->source.port == first || packet->destination.port == first || conversations->any_port ||
           is_chosen_port(conversations, packet->source.port) ||
           is_chosen_port(conversations, packet->destination.port);
}

static void take_packet(struct conversations *conversations, const struct packet *packet, guint hash)
{
    end_timed_out(conversations, packet->origin.time);
    expire_opening(conversations, packet->origin.time);
    unsigned direction;
    struct entry *entry = find_entry(conversations, packet, hash, &direction);
    struct conversation *conversation = &entry->conversation;
    conversation->packets += MAX(packet->fragment_count, 1);
    note_carrier(conversations, entry, direction, packet);
    conversation->last = packet->origin;
    if (packet->origin.time >= conversation->end)
        conversation->end = packet->origin.time;
    else
        conversation->start = MIN(conversation->start, packet->origin.time);
    if (packet->origin.time - entry->moved >= MOVE_AFTER && entry->queue != &conversations->closing) {
        entry->moved = packet->origin.time;
        move_entry(conversations, entry, entry->queue);
    }
    if (packet->transport == TRANSPORT_TCP)
        take_tcp(conversations, entry, direction, packet);
    else
        conversations->options.sink->datagram(context_of(entry), direction, packet);
}

/* A packet that was looked at ahead. */
struct ahead {
    const struct packet *packet;
    guint hash;
};

/* Has the processor fetch what every packet needs of its conversation, for the sink too. */
static inline void prefetch(const struct conversations *conversations, guint hash)
{
    const struct entry *entry = conversations->recent[hash % RECENT_SLOTS];
    if (!entry)
        return;
    for (size_t at = 0; at < HOT; at += CACHE_LINE)
        __builtin_prefetch((const char *)entry + at);
    for (size_t at = 0; at < conversations->options.sink->context_hot; at += CACHE_LINE)
        __builtin_prefetch((const char *)entry + CONTEXT + at);
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
        prefetch(conversations, ahead[i].hash);
    for (size_t i = 0; i < count; i++) {
        prefetch(conversations, ahead[i + LEAD].hash);
        take_packet(conversations, ahead[i].packet, ahead[i].hash);
    }
}

size_t conversations_packets(struct conversations *conversations, const struct packet *packets, size_t count)
{
    struct ahead ahead[CONVERSATIONS_AHEAD + LEAD];
    size_t on_port = 0, waiting = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_chosen(conversations, &packets[i]))
            continue;
        guint hash = packet_hash(conversations, &packets[i]);
        __builtin_prefetch(&conversations->recent[hash % RECENT_SLOTS]);
        ahead[waiting++] = (struct ahead){&packets[i], hash};
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
    for (guint i = 0; i < open->len; i++)
        end_entry(conversations, g_ptr_array_index(open, i), "capture");
    g_ptr_array_free(open, TRUE);
    for (size_t i = 0; i < G_N_ELEMENTS(queues); i++)
        g_queue_clear(queues[i]);
    g_hash_table_destroy(conversations->table);
    g_free(conversations);
}
