/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the analyzer keeps of one open conversation: whose it is, what its frames say, its bytes. The session calls it;
 * rows that have to wait are backlog.c's. */
#include "frame/stream.h"

#include "base/cells.h"
#include "frame/backlog.h"
#include "frame/foreign.h"
#include "frame/residue.h"
#include "frame/stream_row.h"
#include "identify.h"

#include <string.h>

struct streams *streams_new(const struct options *options, struct timeline *timeline,
                            const struct stream_outputs *outputs)
{
    struct streams *streams = g_new0(struct streams, 1);
    streams->options = options;
    streams->timeline = timeline;
    streams->decode = options->summary ? s7_identify : s7_decode_values;
    streams->counts_usual = options->summary && !options->map;
    if (outputs)
        streams->outputs = *outputs;
    streams->packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
    streams->spare = g_ptr_array_new();
    streams->line = g_string_sized_new(512);
    streams->late = g_string_new(NULL);
    streams->cell = g_string_new(NULL);
    streams->now = INT64_MIN;
    streams->next_due = INT64_MAX;
    leftover_header(streams->line);
    streams->leftover_packets_column = cells_column(streams->line->str, "packets");
    streams->others = g_ptr_array_new_with_free_func(g_free);
    return streams;
}

const struct stream_totals *streams_totals(const struct streams *streams)
{
    return &streams->totals;
}

GPtrArray *streams_others(const struct streams *streams)
{
    return g_ptr_array_ref(streams->others);
}

void streams_free(struct streams *streams)
{
    for (guint i = 0; i < streams->spare->len; i++)
        g_byte_array_unref(streams->spare->pdata[i]);
    g_ptr_array_unref(streams->spare);
    exchange_free_all(streams);
    copies_free(streams->copies);
    g_ptr_array_unref(streams->others);
    g_array_unref(streams->packets);
    g_string_free(streams->line, TRUE);
    g_string_free(streams->late, TRUE);
    g_string_free(streams->cell, TRUE);
    g_free(streams);
}

void streams_opened(struct conversation *conversation, void *user)
{
    struct stream *stream = g_new0(struct stream, 1);
    stream->shared = user;
    stream->conversation = conversation;
    stream->dialect = stream->last_dialect = -1;
    stream->kept = stream->shared->options->ports != NULL;
    stream->starting[0] = stream->starting[1] = true;
    stream->newest[0] = stream->newest[1] = INT64_MIN;
    stream->due_queue = -1;
    conversation->context = stream;
}

static bool is_chosen(const GArray *ports, uint16_t port)
{
    for (guint i = 0; ports && i < ports->len; i++)
        if (g_array_index(ports, uint16_t, i) == port)
            return true;
    return false;
}

bool stream_port_is_server(const struct stream *stream, unsigned direction)
{
    const GArray *ports = stream->shared->options->ports;
    return is_chosen(ports, stream->conversation->endpoints[direction].port) &&
           !is_chosen(ports, stream->conversation->endpoints[!direction].port);
}

bool stream_is_server(const struct stream *stream, unsigned direction)
{
    if (stream_port_is_server(stream, direction))
        return true;
    if (stream_port_is_server(stream, !direction))
        return false;
    if (stream->uplink[0] != stream->uplink[1])
        return stream->uplink[!direction];
    return direction == 1;
}

/* The conversation's device changes: most conversations have one only, and need no table of them. */
static void join(struct stream *stream, struct device *device)
{
    struct device *before = stream->device;
    stream->device = device;
    if (!before) {
        timeline_count_stream(device);
        return;
    }
    if (!stream->devices) {
        stream->devices = g_hash_table_new(g_direct_hash, g_direct_equal);
        g_hash_table_add(stream->devices, before);
    }
    if (g_hash_table_add(stream->devices, device))
        timeline_count_stream(device);
}

struct device *stream_device(struct stream *stream, const char *id, bool own)
{
    struct device *device = stream->device;
    if (!device || strcmp(device->id, id) != 0)
        device = timeline_device(stream->shared->timeline, id);
    if (own && device != stream->device)
        join(stream, device);
    return device;
}

bool stream_datagram(struct conversation *conversation, unsigned direction, const struct packet *packet)
{
    struct stream *stream = conversation->context;
    struct streams *shared = stream->shared;
    stream->starting[direction] = true;
    if (!shared->copies)
        shared->copies = copies_new();
    if (!copies_find(shared->copies, conversation, direction, packet, &shared->datagram))
        return true;
    shared->totals.copies++;
    const struct origin *packets = packet->fragment_count > 0 ? packet->fragment_origins : &packet->origin;
    backlog_copy(stream, shared->datagram, packets, MAX(packet->fragment_count, 1));
    shared->datagram = 0;
    backlog_advance(shared, packet->origin.time);
    return false;
}

void stream_datagram_end(struct conversation *conversation)
{
    const struct stream *stream = conversation->context;
    stream->shared->datagram = 0;
}

void stream_payload(struct conversation *conversation, unsigned direction, size_t length, const struct origin *origin)
{
    struct stream *stream = conversation->context;
    stream->ledger.payload_bytes += length;
    stream->heard[direction] = true;
    backlog_advance(stream->shared, origin->time);
}

void stream_leftover(struct conversation *conversation, unsigned direction, const struct element *piece,
                     enum s7_reason reason)
{
    struct stream *stream = conversation->context;
    foreign_bytes(stream, direction, piece);
    residue_add(stream, direction, piece, reason);
}

void stream_gap(struct conversation *conversation, unsigned direction, uint64_t offset, uint64_t length,
                const struct origin *origin)
{
    struct stream *stream = conversation->context;
    foreign_decide(stream, direction);
    residue_finish(stream, direction);
    residue_absent(stream, direction, S7_LEFTOVER_GAP, offset, length, origin);
    stream->gaps++;
    stream->after_gap[direction] = true;
    backlog_doubt(stream, direction);
    backlog_release(stream);
}

void stream_overlap(struct conversation *conversation, unsigned direction, const struct overlap *overlap)
{
    struct stream *stream = conversation->context;
    residue_overlap(stream, direction, overlap);
    stream->overlaps++;
}

void stream_end(struct conversation *conversation, unsigned direction)
{
    struct stream *stream = conversation->context;
    foreign_decide(stream, direction);
    residue_finish(stream, direction);
}

/* Flags that follow from what came before in the conversation; remembers what this frame says of it. */
static uint32_t learn(struct stream *stream, unsigned direction, const struct s7_frame *frame, bool proven)
{
    uint32_t context = stream->after_gap[direction] ? CONTEXT_BIT(AFTER_GAP) : 0;
    stream->after_gap[direction] = false;
    if (!proven)
        return context;
    if (stream->dialect < 0)
        stream->dialect = frame->dialect;
    if (stream->last_dialect >= 0 && stream->last_dialect != frame->dialect)
        context |= CONTEXT_BIT(DIALECT_CHANGED);
    stream->last_dialect = frame->dialect;
    if (frame->direction == S7_UP)
        stream->uplink[direction] = true;
    return context;
}

/* The packet of an element that was captured last. */
static const struct origin *latest_packet(const struct element *element)
{
    const struct origin *latest = &element->stretches[0].origin;
    for (unsigned i = 1; i < element->stretch_count; i++) {
        const struct origin *origin = &element->stretches[i].origin;
        if (origin->time > latest->time || (origin->time == latest->time && origin->number > latest->number))
            latest = origin;
    }
    return latest;
}

/* The packets of an element in pieces, ascending, in shared->packets. */
static void collect_packets(struct streams *shared, const struct element *element)
{
    g_array_set_size(shared->packets, 0);
    for (unsigned i = 0; i < element->stretch_count; i++)
        leftover_packet(shared->packets, &element->stretches[i].origin);
}

/* Is it the id that the conversation has already? Most are. */
static bool is_known_id(const struct stream *stream, const uint8_t *id, uint32_t length)
{
    return length > 0 && length <= DEVICE_ID_MAX && stream->id[length] == '\0' &&
           report_same_text(stream->id, (const char *)id, length);
}

/* Where only totals are wanted: counts a frame of the usual form for the conversation's device. False, and nothing
 * done, if there may be more to do. */
static bool count_usual(struct stream *stream, unsigned direction, const struct element *element,
                        const struct s7_frame *frame)
{
    struct streams *shared = stream->shared;
    struct s7_usual usual;
    if (!stream->kept || stream->other || stream->head[direction] || stream->held.rows > 0 || !stream->device ||
        !s7_usual(element->data, frame, &usual) ||
        !is_known_id(stream, element->data + usual.id_offset, usual.id_length) ||
        !report_same_id(stream->device->id, stream->id))
        return false;
    stream->starting[direction] = false;
    residue_finish(stream, direction);
    stream->frames++;
    stream->ledger.frame_bytes += element->length;
    uint32_t context = learn(stream, direction, frame, true);
    timeline_total(shared->timeline, stream->device, frame->dialect, usual.kind, context, latest_packet(element)->time);
    return true;
}

/* Remembers the id of a good uplink frame. */
static void learn_id(struct stream *stream, const char *id)
{
    memcpy(stream->id, id, sizeof stream->id);
    if (stream->first_id[0] == '\0')
        memcpy(stream->first_id, id, sizeof stream->first_id);
}

/* Decodes the frame. False if it does not count, in a conversation of another protocol. */
static bool decode(const struct stream *stream, const struct element *element, const struct s7_frame *frame)
{
    struct streams *shared = stream->shared;
    if (!stream->other) {
        shared->decode(element->data, frame, &shared->message);
        map_file_apply(shared->options->map, element->data, &shared->message);
        return true;
    }
    s7_decode_values(element->data, frame, &shared->message);
    map_file_apply(shared->options->map, element->data, &shared->message);
    return s7_counts_among_others(&shared->message);
}

/* The frame becomes a message, and that a row or a total. */
static __attribute__((noinline)) void take_frame(struct stream *stream, unsigned direction,
                                                 const struct element *element, const struct s7_frame *frame)
{
    struct streams *shared = stream->shared;
    const struct s7_message *message = &shared->message;
    char id[DEVICE_ID_MAX + 1];

    bool rows = !shared->options->summary;
    if (rows)
        timeline_expect(stream->device);
    foreign_decide(stream, direction);
    bool counts = decode(stream, element, frame);
    if (rows)
        timeline_expect_past(stream->device);
    if (!counts) {
        residue_add(stream, direction, element, S7_LEFTOVER_JUNK);
        return;
    }
    residue_finish(stream, direction);
    stream->frames++;
    stream->ledger.frame_bytes += element->length;
    uint32_t context = learn(stream, direction, frame, message->proven);
    const struct s7_field *field = message->proven ? s7_find(message, S7_FIELD_DEVICE_ID) : NULL;
    bool known = field && is_known_id(stream, element->data + field->offset, field->length);
    bool own = known || report_own_id(element->data, message, id);
    if (own && !known && message->direction == S7_UP)
        learn_id(stream, id);
    if (!stream->kept && s7_proves(element->data, message))
        stream->kept = true;

    bool whole = element->stretch_count == 1;
    if (!whole)
        collect_packets(shared, element);
    struct report report = {.data = element->data,
                            .length = element->length,
                            .message = message,
                            .conversation = stream->conversation,
                            .direction = direction,
                            .order = ++shared->order,
                            .offset = element->offset,
                            .packets = whole ? &element->stretches[0].origin : (const void *)shared->packets->data,
                            .packet_count = whole ? 1 : shared->packets->len,
                            .completed = *latest_packet(element),
                            .device_id = own && !known ? id : stream->id,
                            .context = context};
    struct question question = {.wait = WAIT_NOTHING};
    if (rows)
        exchange_frame(stream, &report, &question);
    backlog_release(stream);
    backlog_report(stream, &report, own, &question, frame);
}

void stream_frame(struct conversation *conversation, unsigned direction, const struct element *element,
                  const struct s7_frame *frame)
{
    struct stream *stream = conversation->context;
    if (!stream->shared->counts_usual || !count_usual(stream, direction, element, frame))
        take_frame(stream, direction, element, frame);
}

/* There are about a hundred names. */
static void count_other(GPtrArray *others, const struct stream *stream)
{
    guint i = 0;
    int order = 1;
    for (; i < others->len; i++) {
        order = strcmp(((const struct other_total *)others->pdata[i])->name, stream->other);
        if (order >= 0)
            break;
    }
    if (order != 0) {
        struct other_total *new = g_new0(struct other_total, 1);
        new->name = stream->other;
        g_ptr_array_insert(others, (gint)i, new);
    }
    struct other_total *other = others->pdata[i];
    other->conversations++;
    other->bytes += stream->ledger.leftover[S7_LEFTOVER_OTHER_PROTOCOL];
}

static void count_stream(const struct stream *stream)
{
    struct stream_totals *totals = &stream->shared->totals;
    const struct conversation *conversation = stream->conversation;
    totals->conversation_limit += g_strcmp0(conversation->end_reason, "limit") == 0;
    totals->unbalanced += !ledger_balanced(&stream->ledger);
    if (!stream->kept) {
        totals->others++;
        return;
    }
    ledger_add(&totals->ledger, &stream->ledger);
    for (unsigned limit = 0; limit < TCP_REACHED_COUNT; limit++)
        totals->hole_limits[limit] +=
            conversation->tcp_rest[0].limits_reached[limit] + conversation->tcp_rest[1].limits_reached[limit];
    totals->held_limit += stream->held_limit;
    totals->conversations++;
    totals->frames += stream->frames;
    totals->gaps += stream->gaps;
    totals->overlaps += stream->overlaps;
    if (stream->dialect >= 0)
        totals->dialects[stream->dialect]++;
    if (stream->other)
        count_other(stream->shared->others, stream);
}

/* Did a device with this id take part? */
static bool has_device(const struct stream *stream, const char *id)
{
    GHashTableIter iterator;
    gpointer device;
    if (strcmp(stream->id, id) == 0)
        return true;
    if (!stream->devices)
        return stream->device && strcmp(stream->device->id, id) == 0;
    g_hash_table_iter_init(&iterator, stream->devices);
    while (g_hash_table_iter_next(&iterator, &device, NULL))
        if (strcmp(((const struct device *)device)->id, id) == 0)
            return true;
    return false;
}

enum carrier_owner streams_owner(const struct conversation *conversation, unsigned direction,
                                 const struct packet *packet, void *user)
{
    const struct stream *stream = conversation->context;
    struct s7_message *message = &stream->shared->replayed;
    struct s7_scanner scanner = {0};
    struct s7_frame frame;
    char id[DEVICE_ID_MAX + 1];
    for (size_t at = 0; at < packet->payload_length && stream->id[0]; at += frame.length) {
        const uint8_t *data = packet->payload + at;
        if (s7_scan(&scanner, data, packet->payload_length - at, true, &frame) != S7_SCAN_FRAME)
            continue;
        s7_identify(data, &frame, message);
        if (message->direction == S7_UP && report_own_id(data, message, id))
            return has_device(stream, id) ? OWNER_SAME : OWNER_OTHER;
    }
    return OWNER_UNKNOWN;
}

void streams_closed(struct conversation *conversation, void *user)
{
    struct stream *stream = conversation->context;
    struct streams *shared = stream->shared;
    for (unsigned direction = 0; direction < 2; direction++) {
        foreign_decide(stream, direction);
        residue_close(stream, direction);
    }
    backlog_close(stream);
    exchange_close(stream);
    if (stream->kept && shared->outputs.streams) {
        stream_row_print(shared->line, stream);
        table_append(shared->outputs.streams, shared->line,
                     &(struct table_place){.key = (int64_t)conversation->number});
    }
    count_stream(stream);
    if (shared->copies)
        shared->totals.copies_forgotten = copies_forgotten(shared->copies);
    if (stream->devices)
        g_hash_table_unref(stream->devices);
    g_free(stream->open[0]);
    g_free(stream->open[1]);
    g_free(stream);
    conversation->context = NULL;
}
