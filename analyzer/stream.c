/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the analyzer keeps of one open conversation: whose it is, what waits for that to be known, its bytes. */
#include "stream.h"

#include "held.h"
#include "leftover.h"
#include "text.h"

#include <string.h>

/* Leftovers of one direction that are still growing. */
struct open_leftovers {
    struct leftover stretch;    /* what touches and has one reason is one row */
    struct leftover separators; /* one row, at the end */
    struct leftover limit;      /* what could not be held back, one row */
};

struct stream {
    struct streams *shared;
    struct conversation *conversation;
    struct ledger ledger;
    uint64_t frames, gaps, overlaps;
    int dialect;                /* of the first good frame, -1 = none yet */
    int last_dialect;           /* of the last good frame */
    bool kept;                  /* on a chosen port, or proven to be GOTOP traffic */
    bool uplink[2];             /* a good uplink frame came in this direction */
    bool after_gap[2];          /* the next frame is the first behind a gap */
    bool held_limit;            /* something could not be held back */
    char id[DEVICE_ID_MAX + 1]; /* last good uplink id */
    struct device *device;      /* last one that took part */
    GHashTable *devices;        /* all that took part, NULL if none */
    struct open_leftovers open[2];
    struct held held;
};

struct streams {
    const struct options *options;
    struct timeline *timeline;
    struct table *stream_table, *leftover_table;
    struct stream_totals totals;
    size_t held_bytes; /* in all conversations */
    GArray *packets;   /* of struct origin, of the frame at hand */
    GString *line;
    /* s7_decode(), or s7_identify() where only totals are wanted */
    void (*decode)(const uint8_t *data, const struct s7_frame *frame, struct s7_message *message);
    struct s7_message message, replayed;
};

struct streams *streams_new(const struct options *options, struct timeline *timeline, struct table *stream_table,
                            struct table *leftover_table)
{
    struct streams *streams = g_new0(struct streams, 1);
    streams->options = options;
    streams->timeline = timeline;
    streams->decode = options->summary ? s7_identify : s7_decode;
    streams->stream_table = stream_table;
    streams->leftover_table = leftover_table;
    streams->packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
    streams->line = g_string_sized_new(512);
    return streams;
}

const struct stream_totals *streams_totals(const struct streams *streams)
{
    return &streams->totals;
}

void streams_free(struct streams *streams)
{
    g_array_unref(streams->packets);
    g_string_free(streams->line, TRUE);
    g_free(streams);
}

void streams_opened(struct conversation *conversation, void *user)
{
    struct stream *stream = g_new0(struct stream, 1);
    stream->shared = user;
    stream->conversation = conversation;
    stream->dialect = stream->last_dialect = -1;
    stream->kept = stream->shared->options->ports != NULL;
    conversation->context = stream;
}

static bool is_chosen(const GArray *ports, uint16_t port)
{
    for (guint i = 0; ports && i < ports->len; i++)
        if (g_array_index(ports, uint16_t, i) == port)
            return true;
    return false;
}

/* Is this the direction of the server's bytes? By the port; else by who sends reports; else who sent second. */
static bool from_server(const struct stream *stream, unsigned direction)
{
    const GArray *ports = stream->shared->options->ports;
    bool source = is_chosen(ports, stream->conversation->endpoints[direction].port);
    bool destination = is_chosen(ports, stream->conversation->endpoints[!direction].port);
    if (source != destination)
        return source;
    if (stream->uplink[0] != stream->uplink[1])
        return stream->uplink[!direction];
    return direction == 1;
}

/* Hands a report to its device. own: the id is the frame's own. */
static void emit(struct stream *stream, struct report *report, bool own)
{
    struct device *device = stream->device;
    if (!device || strcmp(device->id, report->device_id) != 0)
        device = timeline_device(stream->shared->timeline, report->device_id);
    if (own && device != stream->device) {
        stream->device = device;
        if (!stream->devices)
            stream->devices = g_hash_table_new(g_direct_hash, g_direct_equal);
        if (g_hash_table_add(stream->devices, device))
            timeline_count_stream(device);
    }
    timeline_report(stream->shared->timeline, device, report);
}

static void replay(struct stream *stream, const struct held_item *item, const uint8_t *data,
                   const struct origin *packets)
{
    struct s7_message *message = &stream->shared->replayed;
    char id[DEVICE_ID_MAX + 1];
    stream->shared->decode(data, &item->frame, message);
    map_file_apply(stream->shared->options->map, data, message);
    bool own = report_own_id(data, message, id);
    struct report report = {.data = data,
                            .length = item->length,
                            .message = message,
                            .conversation = stream->conversation,
                            .direction = item->direction,
                            .offset = item->offset,
                            .packets = packets,
                            .packet_count = item->packet_count,
                            .completed = item->first,
                            .device_id = own           ? id
                                         : item->id[0] ? item->id
                                                       : stream->id,
                            .context = item->context};
    emit(stream, &report, own);
}

static void append_leftover_row(struct stream *stream, const char *line, size_t length)
{
    struct streams *shared = stream->shared;
    if (!shared->leftover_table)
        return;
    if (line != shared->line->str) {
        g_string_truncate(shared->line, 0);
        g_string_append_len(shared->line, line, (gssize)length);
    }
    table_append(shared->leftover_table, shared->line, (int64_t)stream->conversation->number,
                 (struct table_position){TABLE_NOWHERE, 0});
}

/* Lets go what waited. What still has no device stays, unless all is set. */
static void release(struct stream *stream, bool all)
{
    if (!stream->held.queue)
        return;
    struct held waiting = stream->held;
    stream->held = (struct held){0};
    stream->shared->held_bytes -= waiting.queue->len;
    size_t position = 0;
    const uint8_t *data;
    const struct origin *packets;
    const struct held_item *item;
    while ((item = held_next(&waiting, &position, &data, &packets)) != NULL) {
        if (item->packet_count == 0) {
            append_leftover_row(stream, (const char *)data, item->length);
        } else if (all || item->id[0] || stream->id[0]) {
            replay(stream, item, data, packets);
        } else {
            held_move(&stream->held, item);
            stream->shared->held_bytes += item->size;
        }
    }
    held_clear(&waiting);
}

/* Gives up what waits in a conversation that is not proven: its bytes become one leftover a direction. */
static void discard(struct stream *stream)
{
    struct held waiting = stream->held;
    stream->held = (struct held){0};
    stream->shared->held_bytes -= waiting.queue->len;
    size_t position = 0;
    const uint8_t *data;
    const struct origin *packets;
    const struct held_item *item;
    while ((item = held_next(&waiting, &position, &data, &packets)) != NULL) {
        uint64_t bytes = item->packet_count ? item->length : item->bytes;
        if (item->packet_count) {
            stream->ledger.frame_bytes -= bytes;
            stream->frames--;
        } else if (ledger_counted((enum s7_reason)item->reason)) {
            stream->ledger.leftover[item->reason] -= bytes;
        } else {
            continue;
        }
        stream->ledger.leftover[S7_LEFTOVER_LIMIT] += bytes;
        struct leftover *limit = &stream->open[item->direction].limit;
        uint64_t before = limit->bytes;
        if (before == 0)
            leftover_absent(limit, S7_LEFTOVER_LIMIT, item->offset, 0, &item->first);
        limit->bytes = before + bytes;
        limit->latest = item->first;
    }
    held_clear(&waiting);
}

static void hold(struct stream *stream, struct held_item *item, const uint8_t *data, const struct origin *packets)
{
    struct streams *shared = stream->shared;
    if (held_is_full(&stream->held, shared->held_bytes, item->length, item->packet_count)) {
        stream->held_limit = true;
        if (stream->kept)
            release(stream, true);
        else
            discard(stream);
    }
    shared->held_bytes += held_push(&stream->held, item, data, packets);
}

/* Counts a finished stretch and writes its row, or holds it back. */
static void finish_leftover(struct stream *stream, unsigned direction, struct leftover *leftover)
{
    struct streams *shared = stream->shared;
    if (leftover->bytes == 0)
        return;
    bool server = from_server(stream, direction);
    if (leftover->reason == S7_LEFTOVER_JUNK && server && leftover->printable)
        leftover->reason = S7_LEFTOVER_UNDEFINED_TEXT;
    if (leftover->reason != S7_LEFTOVER_LIMIT) /* counted when it was given up */
        stream->ledger.leftover[leftover->reason] += leftover->bytes;
    if (shared->leftover_table || !stream->kept) {
        struct leftover_row row = {.stream = stream->conversation->number,
                                   .direction = s7_direction_names[server ? S7_DOWN : S7_UP],
                                   .csv_guard = shared->options->csv_guard,
                                   .show_secrets = shared->options->show_secrets};
        g_string_truncate(shared->line, 0);
        leftover_print(shared->line, leftover, &row);
        struct held_item item = {.length = (uint32_t)shared->line->len,
                                 .direction = direction,
                                 .reason = leftover->reason,
                                 .offset = leftover->offset,
                                 .bytes = leftover->bytes,
                                 .first = leftover->first};
        if (stream->kept)
            append_leftover_row(stream, shared->line->str, shared->line->len);
        else
            hold(stream, &item, (const uint8_t *)shared->line->str, NULL);
    }
    leftover_clear(leftover);
}

void stream_payload(struct conversation *conversation, size_t length)
{
    struct stream *stream = conversation->context;
    stream->ledger.payload_bytes += length;
}

void stream_leftover(struct conversation *conversation, unsigned direction, const struct element *piece,
                     enum s7_reason reason)
{
    struct stream *stream = conversation->context;
    struct open_leftovers *open = &stream->open[direction];
    if (reason == S7_LEFTOVER_SEPARATOR) {
        leftover_add(&open->separators, piece, reason, false);
        return;
    }
    if (!leftover_touches(&open->stretch, piece, reason))
        finish_leftover(stream, direction, &open->stretch);
    leftover_add(&open->stretch, piece, reason, true);
}

void stream_gap(struct conversation *conversation, unsigned direction, uint64_t offset, uint64_t length,
                const struct origin *origin)
{
    struct stream *stream = conversation->context;
    finish_leftover(stream, direction, &stream->open[direction].stretch);
    struct leftover gap;
    leftover_absent(&gap, S7_LEFTOVER_GAP, offset, length, origin);
    finish_leftover(stream, direction, &gap);
    stream->gaps++;
    stream->after_gap[direction] = true;
}

void stream_overlap(struct conversation *conversation, unsigned direction, uint64_t offset, uint64_t length,
                    const struct origin *origin)
{
    struct stream *stream = conversation->context;
    struct leftover overlap;
    leftover_absent(&overlap, S7_LEFTOVER_OVERLAP, offset, length, origin);
    finish_leftover(stream, direction, &overlap);
    stream->overlaps++;
}

void stream_end(struct conversation *conversation, unsigned direction)
{
    struct stream *stream = conversation->context;
    finish_leftover(stream, direction, &stream->open[direction].stretch);
}

/* Proves the conversation to be GOTOP traffic: a command alone looks too much like other text. */
static bool is_proof(const struct s7_message *message)
{
    return message->proven && message->listed && (message->dialect == S7_STARTEK || message->direction == S7_UP);
}

/* Flags that follow from what came before in the conversation; remembers what this frame says of it. */
static uint32_t learn(struct stream *stream, unsigned direction, const struct s7_message *message)
{
    uint32_t context = stream->after_gap[direction] ? CONTEXT_BIT(AFTER_GAP) : 0;
    stream->after_gap[direction] = false;
    if (!message->proven)
        return context;
    if (stream->dialect < 0)
        stream->dialect = (int)message->dialect;
    if (stream->last_dialect >= 0 && stream->last_dialect != (int)message->dialect)
        context |= CONTEXT_BIT(DIALECT_CHANGED);
    stream->last_dialect = (int)message->dialect;
    if (message->direction == S7_UP)
        stream->uplink[direction] = true;
    return context;
}

/* The packets of an element, ascending, into shared->packets. Returns the one captured last. */
static struct origin collect_packets(struct streams *shared, const struct element *element)
{
    struct origin latest = element->stretches[0].origin;
    g_array_set_size(shared->packets, 0);
    for (unsigned i = 0; i < element->stretch_count; i++) {
        const struct origin *origin = &element->stretches[i].origin;
        leftover_packet(shared->packets, origin);
        if (origin->time > latest.time || (origin->time == latest.time && origin->number > latest.number))
            latest = *origin;
    }
    return latest;
}

void stream_frame(struct conversation *conversation, unsigned direction, const struct element *element,
                  const struct s7_frame *frame)
{
    struct stream *stream = conversation->context;
    struct streams *shared = stream->shared;
    const struct s7_message *message = &shared->message;
    char id[DEVICE_ID_MAX + 1] = "";

    finish_leftover(stream, direction, &stream->open[direction].stretch);
    stream->frames++;
    stream->ledger.frame_bytes += element->length;
    shared->decode(element->data, frame, &shared->message);
    map_file_apply(shared->options->map, element->data, &shared->message);
    uint32_t context = learn(stream, direction, message);
    bool own = report_own_id(element->data, message, id);
    bool names = own && message->direction == S7_UP;
    if (names)
        memcpy(stream->id, id, sizeof id);
    if (is_proof(message))
        stream->kept = true;
    if (stream->kept && (names || stream->id[0]))
        release(stream, false);

    struct report report = {.data = element->data,
                            .length = element->length,
                            .message = message,
                            .conversation = conversation,
                            .direction = direction,
                            .offset = element->offset,
                            .completed = collect_packets(shared, element),
                            .device_id = own ? id : stream->id,
                            .context = context};
    report.packets = (const struct origin *)(const void *)shared->packets->data;
    report.packet_count = shared->packets->len;
    if (stream->kept && report.device_id[0]) {
        emit(stream, &report, own);
        return;
    }
    struct held_item item = {.length = report.length,
                             .packet_count = report.packet_count,
                             .context = context,
                             .direction = direction,
                             .offset = report.offset,
                             .first = report.completed,
                             .frame = *frame};
    memcpy(item.id, report.device_id, strlen(report.device_id));
    hold(stream, &item, report.data, report.packets);
}

void streams_header(GString *out)
{
    g_string_append(out, "stream,transport,source,destination,tunnel,start,end,end_reason,dialect,other_protocol,"
                         "device_ids,packets,payload_bytes,frame_bytes,leftover_bytes,missing_bytes,overlap_bytes,"
                         "frames,gaps,overlaps\n");
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp((*(struct device *const *)a)->id, (*(struct device *const *)b)->id);
}

static void print_device_ids(GString *line, GHashTable *devices)
{
    if (!devices)
        return;
    guint count;
    g_autofree gpointer *all = g_hash_table_get_keys_as_array(devices, &count);
    qsort(all, count, sizeof *all, compare_ids);
    for (guint i = 0; i < count; i++)
        g_string_append_printf(line, "%s%s", i > 0 ? ";" : "", ((const struct device *)all[i])->id);
}

static void write_stream_row(const struct stream *stream)
{
    const struct conversation *conversation = stream->conversation;
    const struct ledger *ledger = &stream->ledger;
    GString *line = stream->shared->line;
    char source[ENDPOINT_SIZE], destination[ENDPOINT_SIZE];
    endpoint_print(&conversation->endpoints[0], source);
    endpoint_print(&conversation->endpoints[1], destination);
    g_string_printf(line, "%" G_GUINT64_FORMAT ",%s,%s,%s,,", conversation->number,
                    conversation->transport == TRANSPORT_TCP ? "tcp" : "udp", source, destination);
    text_time(line, conversation->start);
    g_string_append_c(line, ',');
    text_time(line, conversation->end);
    g_string_append_printf(line, ",%s,%s,,", conversation->end_reason ? conversation->end_reason : "",
                           stream->dialect >= 0 ? s7_dialect_names[stream->dialect] : "");
    print_device_ids(line, stream->devices);
    const uint64_t numbers[] = {conversation->packets,
                                ledger->payload_bytes,
                                ledger->frame_bytes,
                                ledger_leftover_bytes(ledger),
                                ledger->leftover[S7_LEFTOVER_GAP],
                                ledger->leftover[S7_LEFTOVER_OVERLAP],
                                stream->frames,
                                stream->gaps,
                                stream->overlaps};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_string_append_c(line, ',');
        text_unsigned(line, numbers[i]);
    }
    g_string_append_c(line, '\n');
    table_append(stream->shared->stream_table, line, (int64_t)conversation->number,
                 (struct table_position){TABLE_NOWHERE, 0});
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
    totals->hole_limit += conversation->tcp[0].limits_reached + conversation->tcp[1].limits_reached;
    totals->held_limit += stream->held_limit;
    totals->conversations++;
    totals->frames += stream->frames;
    totals->gaps += stream->gaps;
    totals->overlaps += stream->overlaps;
    if (stream->dialect >= 0)
        totals->dialects[stream->dialect]++;
}

void streams_closed(struct conversation *conversation, void *user)
{
    struct stream *stream = conversation->context;
    if (stream->kept)
        release(stream, true);
    for (unsigned direction = 0; direction < 2; direction++) {
        finish_leftover(stream, direction, &stream->open[direction].stretch);
        finish_leftover(stream, direction, &stream->open[direction].separators);
        finish_leftover(stream, direction, &stream->open[direction].limit);
    }
    if (stream->kept && stream->shared->stream_table)
        write_stream_row(stream);
    count_stream(stream);
    if (stream->held.queue)
        stream->shared->held_bytes -= stream->held.queue->len;
    held_clear(&stream->held);
    if (stream->devices)
        g_hash_table_unref(stream->devices);
    g_free(stream);
    conversation->context = NULL;
}
