/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the analyzer keeps of one open conversation: whose it is, what its frames say, its bytes. The session calls it;
 * rows that have to wait are backlog.c's. */
#include "digits.h"
#include "frame/exchange.h"
#include "frame/foreign.h"
#include "frame/residue.h"

#include <assert.h>
#include <string.h>

/* Empty queues that are kept. */
#define QUEUES_MAX 64

static void free_queue(gpointer queue)
{
    g_byte_array_unref(queue);
}

static void free_pending(gpointer data)
{
    struct pending *pending = data;
    g_byte_array_unref(pending->bytes);
    g_array_unref(pending->stretches);
    g_free(pending);
}

struct streams *streams_new(const struct stream_options *options)
{
    struct streams *streams = g_new0(struct streams, 1);
    streams->options = *options;
    streams->decode = options->mode == STREAMS_TOTALS ? s7_identify : s7_decode_values;
    streams->packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
    streams->queues = (struct spares){.max = QUEUES_MAX, .destroy = free_queue};
    streams->pending = (struct spares){.destroy = free_pending};
    streams->exchanges = (struct spares){.destroy = g_free};
    if (streams->options.unfinished_max == 0)
        streams->options.unfinished_max = UNFINISHED_TOTAL;
    streams->clock = (struct sink_clock){INT64_MIN, INT64_MAX};
    streams->due_sorted = g_sequence_new(NULL);
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
    if (!streams)
        return;
    spares_clear(&streams->queues);
    spares_clear(&streams->pending);
    spares_clear(&streams->exchanges);
    g_sequence_free(streams->due_sorted);
    copies_free(streams->copies);
    g_ptr_array_unref(streams->others);
    g_array_unref(streams->packets);
    g_free(streams);
}

void streams_opened(struct conversation *conversation, void *context, void *user)
{
    struct stream *stream = context;
    stream->shared = user;
    stream->conversation = conversation;
    stream->dialect = stream->last_dialect = -1;
    stream->kept = stream->shared->options.ports != NULL;
    stream->starting[0] = stream->starting[1] = true;
    stream->newest[0] = stream->newest[1] = INT64_MIN;
    stream->due_queue = -1;
    const struct stream_taker *taker = &stream->shared->options.taker;
    if (taker->opened)
        taker->opened(conversation, taker->user);
}

void streams_due(void *user)
{
    backlog_release_due(user);
}

struct sink_clock *streams_clock(struct streams *streams)
{
    return &streams->clock;
}

bool stream_datagram(struct stream *stream, unsigned direction, const struct packet *packet)
{
    struct streams *shared = stream->shared;
    stream->starting[direction] = true;
    if (!shared->copies)
        shared->copies = copies_new();
    if (!copies_find(shared->copies, stream->conversation->number, direction, packet, &shared->datagram))
        return true;
    shared->totals.copies++;
    const struct origin *packets = packet->fragment_count > 0 ? packet->fragment_origins : &packet->origin;
    backlog_copy(stream, shared->datagram, packets, MAX(packet->fragment_count, 1));
    shared->datagram = 0;
    return false;
}

void stream_datagram_end(struct stream *stream)
{
    stream->shared->datagram = 0;
}

void stream_payload(struct stream *stream, unsigned direction, size_t length)
{
    stream->ledger.payload_bytes += length;
    stream->heard[direction] = true;
}

void stream_leftover(struct stream *stream, unsigned direction, const struct element *piece, enum s7_reason reason)
{
    foreign_bytes(stream, direction, piece);
    residue_add(stream, direction, piece, reason);
}

void stream_gap(struct stream *stream, unsigned direction, uint64_t offset, uint64_t length, bool may_come,
                const struct origin *origin)
{
    foreign_decide(stream, direction);
    residue_finish(stream, direction);
    residue_gap(stream, direction, &(struct gap){offset, length, *origin}, may_come);
    stream->after_gap[direction] = true;
    backlog_doubt(stream, direction);
    backlog_release(stream);
}

void stream_late(struct stream *stream, unsigned direction, uint64_t offset, uint64_t length)
{
    residue_late(stream, direction, offset, length);
}

void stream_overlap(struct stream *stream, unsigned direction, const struct overlap *overlap)
{
    residue_overlap(stream, direction, overlap);
    stream->overlaps++;
}

void stream_end(struct stream *stream, unsigned direction)
{
    foreign_decide(stream, direction);
    residue_finish(stream, direction);
}

/* Flags that follow from what came before in the conversation; remembers what this frame says of it. */
static uint32_t learn(struct stream *stream, unsigned direction, const struct element *element,
                      const struct s7_frame *frame, bool proven)
{
    uint32_t context = stream->after_gap[direction] ? CONTEXT_BIT(AFTER_GAP) : 0;
    bool twin = true; /* all of it was captured before */
    for (unsigned i = 0; i < element->stretch_count; i++) {
        const struct origin *origin = &element->stretches[i].origin;
        context |= origin->damaged ? CONTEXT_BIT(PACKET_CHECKSUM_BAD) : 0;
        twin &= origin->twin;
    }
    context |= twin ? CONTEXT_BIT(DUPLICATE) : 0;
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
        origins_add(shared->packets, &element->stretches[i].origin);
}

/* Is it the id that the conversation has already? Most are. */
static bool is_known_id(const struct stream *stream, const uint8_t *id, uint32_t length)
{
    return length > 0 && length <= DEVICE_ID_MAX && stream->id[length] == '\0' &&
           report_same_text(stream->id, (const char *)id, length);
}

/* A report of the frame, but for its device. */
static struct report make_report(struct stream *stream, unsigned direction, const struct element *element,
                                 const struct s7_frame *frame, uint32_t context)
{
    struct streams *shared = stream->shared;
    const struct conversation *conversation = stream->conversation;
    bool whole = element->stretch_count == 1;
    stream->order = MAX(stream->order + 1, REPORT_ORDER(conversation->clock ? conversation->clock->number : 0));
    const struct origin *latest = latest_packet(element);
    if (!whole)
        collect_packets(shared, element);
    return (struct report){.data = element->data,
                           .length = element->length,
                           .frame = *frame,
                           .source = conversation->endpoints[direction],
                           .destination = conversation->endpoints[!direction],
                           .transport = conversation->transport,
                           .stream = conversation->number,
                           .order = stream->order,
                           .offset = element->offset,
                           .packets = whole ? &element->stretches[0].origin : (const void *)shared->packets->data,
                           .packet_count = whole ? 1 : shared->packets->len,
                           .completed = *latest,
                           .ahead = capture_clocks_ahead(shared->options.clocks, latest),
                           .device_id = stream->id,
                           .context = context};
}

/* Is it a report of the usual form for the conversation's device, where nothing waits for an answer? */
static bool is_usual(const struct stream *stream, unsigned direction, const struct element *element,
                     const struct s7_frame *frame)
{
    struct s7_usual *usual = &stream->shared->usual;
    return stream->kept && !stream->other && !stream->head[direction] && !stream->exchange && stream->device &&
           s7_usual(element->data, frame, usual) &&
           is_known_id(stream, element->data + usual->id_offset, usual->id_length) &&
           report_same_id(stream->device->id, stream->id);
}

/* Takes a report of the usual form without decoding it: as take_frame() does, and as if it were proven, for the same
 * device. False, and nothing done, if there may be more to do. */
static bool fast_frame(struct stream *stream, unsigned direction, const struct element *element,
                       const struct s7_frame *frame)
{
    struct streams *shared = stream->shared;
    bool totals = shared->options.mode == STREAMS_TOTALS;
    if (shared->options.mode == STREAMS_ROWS || (totals && stream->held.rows > 0) ||
        !is_usual(stream, direction, element, frame) || (!totals && stream->device->commands))
        return false;
    stream->starting[direction] = false;
    residue_finish(stream, direction);
    stream->frames++;
    stream->ledger.frame_bytes += element->length;
    uint32_t context = learn(stream, direction, element, frame, true);
    if (totals) {
        const struct origin *latest = latest_packet(element);
        int64_t time = latest->time + capture_clocks_ahead(shared->options.clocks, latest);
        if (selection_has(shared->options.selection, time, latest->untimed, stream->device->id))
            device_count(stream->device, frame->dialect, shared->usual.kind, context, time, latest->untimed);
        return true;
    }
    struct report report = make_report(stream, direction, element, frame, context);
    stream->newest[direction] = MAX(stream->newest[direction], stream_time(stream, &report.completed));
    backlog_release(stream);
    backlog_report(stream, direction, &report, true, &(struct question){.wait = WAIT_NOTHING});
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
        map_file_apply(shared->options.map, element->data, &shared->message);
        return true;
    }
    s7_decode_values(element->data, frame, &shared->message);
    map_file_apply(shared->options.map, element->data, &shared->message);
    return s7_counts_among_others(&shared->message);
}

/* The frame is decoded and becomes a report. */
static __attribute__((noinline)) void take_frame(struct stream *stream, unsigned direction,
                                                 const struct element *element, const struct s7_frame *frame)
{
    struct streams *shared = stream->shared;
    const struct s7_message *message = &shared->message;
    const struct stream_taker *taker = &shared->options.taker;
    char id[DEVICE_ID_MAX + 1];

    if (taker->prefetch && stream->device)
        taker->prefetch(stream->device, taker->user);
    foreign_decide(stream, direction);
    if (!decode(stream, element, frame)) {
        residue_add(stream, direction, element, S7_LEFTOVER_JUNK);
        return;
    }
    residue_finish(stream, direction);
    stream->frames++;
    stream->ledger.frame_bytes += element->length;
    uint32_t context = learn(stream, direction, element, frame, message->proven);
    const struct s7_field *field = message->proven ? s7_find(message, S7_FIELD_DEVICE_ID) : NULL;
    bool known = field && is_known_id(stream, element->data + field->offset, field->length);
    bool own = known || report_own_id(element->data, message, id);
    if (own && !known && message->direction == S7_UP)
        learn_id(stream, id);
    if (!stream->kept && s7_proves(element->data, message))
        stream->kept = true;

    struct report report = make_report(stream, direction, element, frame, context);
    report.message = message;
    report.device_id = own && !known ? id : stream->id;
    struct question question = {.wait = WAIT_NOTHING};
    if (shared->options.mode != STREAMS_TOTALS)
        exchange_frame(stream, direction, &report, &question);
    backlog_release(stream);
    backlog_report(stream, direction, &report, own, &question);
}

void stream_frame(struct stream *stream, unsigned direction, const struct element *element,
                  const struct s7_frame *frame)
{
    if (!S7_FAST_PATHS || !fast_frame(stream, direction, element, frame))
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
    assert(ledger_balanced(&stream->ledger));
    totals->conversation_limit += g_strcmp0(conversation->end_reason, "limit") == 0;
    totals->unbalanced += !ledger_balanced(&stream->ledger);
    if (!stream->kept) {
        totals->others++;
        return;
    }
    ledger_add(&totals->ledger, &stream->ledger);
    for (unsigned limit = 0; limit < TCP_REACHED_COUNT; limit++)
        totals->hole_limits[limit] +=
            conversation->tcp->rest[0].limits_reached[limit] + conversation->tcp->rest[1].limits_reached[limit];
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

enum carrier_owner streams_owner(const void *context, const struct packet *packet)
{
    const struct stream *stream = context;
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
            return stream_has_device(stream, id) ? OWNER_SAME : OWNER_OTHER;
    }
    return OWNER_UNKNOWN;
}

uint32_t streams_device(const void *context)
{
    const struct stream *stream = context;
    return stream->id[0] != '\0' ? MAX(g_str_hash(stream->id), 1) : 0;
}

static void hand_on_row(const struct stream *stream)
{
    const struct stream_taker *taker = &stream->shared->options.taker;
    if (!stream->kept || !taker->stream)
        return;
    g_autoptr(GPtrArray) ids = stream_device_ids(stream);
    const struct stream_row row = {.conversation = stream->conversation,
                                   .ledger = &stream->ledger,
                                   .dialect = stream->dialect,
                                   .other = stream->other,
                                   .ids = ids,
                                   .frames = stream->frames,
                                   .gaps = stream->gaps,
                                   .overlaps = stream->overlaps};
    taker->stream(&row, taker->user);
}

void streams_closed(void *context)
{
    struct stream *stream = context;
    struct streams *shared = stream->shared;
    for (unsigned direction = 0; direction < 2; direction++) {
        foreign_decide(stream, direction);
        residue_close(stream, direction);
    }
    backlog_close(stream);
    exchange_close(stream);
    hand_on_row(stream);
    count_stream(stream);
    if (shared->copies)
        shared->totals.copies_forgotten = copies_forgotten(shared->copies);
    if (stream->devices)
        g_hash_table_unref(stream->devices);
    g_free(stream->open[0]);
    g_free(stream->open[1]);
}
