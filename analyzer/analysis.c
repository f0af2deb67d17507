/* SPDX-License-Identifier: GPL-2.0-or-later
 * One run: reads the inputs through all stages and writes the results. */
#include "analysis.h"

#include "base/large_pages.h"
#include "capture/merge.h"
#include "conversation/copies.h"
#include "frame/exchange.h"
#include "frame/held.h"
#include "frame/leftover.h"
#include "manifest.h"
#include "pairing.h"
#include "progress.h"
#include "summary.h"

#include <stdio.h>
#include <string.h>

/* Packets between two looks at the clock. */
#define PROGRESS_PACKETS 4096

static void complain(const char *message)
{
    fprintf(stderr, PROGRAM_NAME ": %s\n", message);
}

static void say_unread(const struct passed *passed)
{
    fprintf(stderr, PROGRAM_NAME ": %s: %s\n", passed->path, passed->why);
}

void analysis_limits(const struct analysis *analysis, struct analysis_limit limits[ANALYSIS_LIMITS])
{
    const struct stream_totals *totals = streams_totals(analysis->streams);
    const struct options *options = analysis->options;
    const struct fragment_counts *fragments = &analysis->fragments;
    struct pictures_totals pictures = {0};
    if (analysis->pictures)
        pictures = *pictures_totals(analysis->pictures);
    const struct analysis_limit all[ANALYSIS_LIMITS] = {
        {"open_inputs", MERGE_OPEN_MAX, analysis->waited},
        {"open_conversations", options->streams_max, totals->conversation_limit},
        {"held_rows", HELD_ROWS, totals->held_limit},
        {"waiting_bytes", options->tcp.bytes, totals->hole_limits[TCP_REACHED_BYTES]},
        {"waiting_segments", options->tcp.ranges, totals->hole_limits[TCP_REACHED_RANGES]},
        {"waiting_bytes_total", options->tcp.total, totals->hole_limits[TCP_REACHED_TOTAL]},
        {"waiting_commands", S7_REQUESTS_MAX, totals->request_limit},
        {"conversations_with_commands", EXCHANGES_MAX, totals->exchange_limit},
        {"remembered_datagrams", COPIES_MAX, totals->copies_forgotten},
        {"fragmented_datagrams", options->fragments.datagrams, fragments->limits_reached},
        {"fragment_bytes", options->fragments.bytes, fragments->bytes_reached},
        {"pictures", PICTURES_MAX, pictures.refused},
        {"picture_bytes", PICTURE_BYTES, pictures.refused_bytes},
    };
    memcpy(limits, all, sizeof all);
}

/* Packets that are parsed and wait for their turn, while the processor fetches what is known of their conversations. */
struct queue {
    struct analysis *analysis;
    struct packets *parser;
    struct conversations *conversations;
    size_t count;
    struct packet packets[CONVERSATIONS_AHEAD];
};

static void take_queue(struct queue *queue)
{
    queue->analysis->on_port += conversations_packets(queue->conversations, queue->packets, queue->count);
    queue->count = 0;
}

/* The start of a datagram whose other fragments did not come. */
static void take_partial(const struct packet *packet, void *user)
{
    struct queue *queue = user;
    take_queue(queue);
    conversations_packets(queue->conversations, packet, 1);
}

/* Takes records, as many as the queue has room for at most. Their memory is not needed afterwards. */
static void take_records(struct queue *queue, const struct record *records, size_t count)
{
    struct analysis *analysis = queue->analysis;
    for (size_t i = 0; i < count; i++) {
        size_t place = queue->count;
        struct packet *packet = &queue->packets[place];
        enum packet_result result = packets_parse(queue->parser, &records[i], packet);
        analysis->results[result]++;
        if (result != PACKET_OK)
            continue;
        if (queue->count != place) /* the parser gave something up, which was taken with those before it */
            queue->packets[queue->count] = *packet;
        queue->count++;
        if (packet->fragment_count > 0)
            take_queue(queue);
    }
    take_queue(queue);
    analysis->packets += count;
}

/* When it is all read: the times of all inputs, and which of them could no longer be opened. unread: how many could not
 * from the beginning. */
static void note_inputs(struct analysis *analysis, guint unread)
{
    for (guint i = unread; i < analysis->inputs.unreadable->len; i++)
        say_unread(&g_array_index(analysis->inputs.unreadable, struct passed, i));
    for (guint i = 0; i < analysis->inputs.list->len; i++) {
        const struct input *input = &g_array_index(analysis->inputs.list, struct input, i);
        if (!input->has_times)
            continue;
        analysis->first = analysis->has_times ? MIN(analysis->first, input->first_time) : input->first_time;
        analysis->last = analysis->has_times ? MAX(analysis->last, input->last_time) : input->last_time;
        analysis->has_times = true;
    }
}

/* Is one of the inputs a pipe? A capture may still run. */
static bool is_live(const struct inputs *inputs)
{
    for (guint i = 0; i < inputs->list->len; i++)
        if (g_array_index(inputs->list, struct input, i).once)
            return true;
    return false;
}

static void read_inputs(struct analysis *analysis)
{
    const struct options *options = analysis->options;
    const struct conversation_options conversation = {.ports = options->ports,
                                                      .close_ns = options->close_ns,
                                                      .idle_ns = options->idle_ns,
                                                      .open_max = options->streams_max,
                                                      .tcp = options->tcp,
                                                      .overlap = options->overlap,
                                                      .owner = streams_owner,
                                                      .opened = streams_opened,
                                                      .closed = streams_closed,
                                                      .user = analysis->streams};
    struct conversations *conversations = conversations_new(&conversation);
    struct queue queue = {.analysis = analysis, .conversations = conversations};
    const struct packets_options fragments = {.limits = options->fragments, .given_up = take_partial, .user = &queue};
    struct packets *packets = queue.parser = packets_new(&fragments);
    struct progress progress;
    progress_start(&progress, options->progress, analysis->inputs.list->len);
    guint unread = analysis->inputs.unreadable->len;
    struct merge *merge = merge_new(&analysis->inputs, options->filter);
    const struct record *records;
    bool live = is_live(&analysis->inputs);
    for (size_t count, shown = 0; (count = merge_some(merge, &records)) > 0;) {
        for (size_t i = 0; i < count; i += CONVERSATIONS_AHEAD)
            take_records(&queue, records + i, MIN(count - i, CONVERSATIONS_AHEAD));
        if (live) /* the next ones may take their time */
            timeline_flush(analysis->timeline);
        if (analysis->packets - shown < PROGRESS_PACKETS)
            continue;
        shown = analysis->packets;
        progress_show(&progress, merge_input(merge), merge_capture(merge), analysis->packets);
    }
    analysis->waited = merge_waited(merge);
    merge_free(merge);
    note_inputs(analysis, unread);
    packets_finish(packets);
    analysis->fragments = *packets_fragments(packets);
    const GArray *links = packets_unread(packets);
    g_array_append_vals(analysis->unread, links->data, links->len);
    analysis->mislabelled = *packets_mislabelled(packets);
    /* Those of datagrams that were put together were not passed over. */
    analysis->results[PACKET_FRAGMENT] = analysis->fragments.incomplete + analysis->fragments.refused;
    packets_free(packets);
    conversations_free(conversations);
    progress_end(&progress);
}

/* Reads everything and writes the results; what went wrong is in the analysis. */
static void analyse(struct analysis *analysis)
{
    struct table stream_table, leftover_table;
    bool files = analysis->output != NULL;
    if (files) {
        g_autoptr(GString) head = g_string_new(NULL);
        streams_header(head);
        table_open(&stream_table, analysis->output, "streams.csv", head);
        g_string_truncate(head, 0);
        leftover_header(head);
        table_open(&leftover_table, analysis->output, "leftovers.csv", head);
    }
    analysis->timeline = timeline_new(analysis->options, analysis->output);
    if (files)
        analysis->pictures = pictures_new(analysis->options, analysis->output);
    const struct stream_outputs outputs = {&stream_table, &leftover_table, analysis->pictures};
    analysis->streams = streams_new(analysis->options, analysis->timeline, files ? &outputs : NULL);
    read_inputs(analysis);
    timeline_finish(analysis->timeline);
    if (!files)
        return;
    table_close(&stream_table, true, NULL, NULL);
    table_close(&leftover_table, true, NULL, NULL);
    pictures_finish(analysis->pictures);
    manifest_devices(analysis);
    const struct stream_totals *totals = streams_totals(analysis->streams);
    if (totals->unbalanced == 0 && ledger_balanced(&totals->ledger))
        manifest_publish(analysis);
}

uint64_t analysis_unopened(const struct analysis *analysis)
{
    static const enum packet_result closed[] = {PACKET_CUT,       PACKET_MALFORMED, PACKET_LINK_TYPE,
                                                PACKET_NESTED,    PACKET_ENCRYPTED, PACKET_UNOPENED,
                                                PACKET_MULTILINK, PACKET_OTHER_LINK};
    uint64_t count = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(closed); i++)
        count += analysis->results[closed[i]];
    return count;
}

bool analysis_saw_nothing(const struct analysis *analysis)
{
    return analysis->packets > 0 && analysis_unopened(analysis) == analysis->packets;
}

/* Packets of link types that are not read, and those that a filter cannot be applied to. */
static enum exit_status judge_link_types(const struct analysis *analysis)
{
    enum exit_status status = analysis_saw_nothing(analysis) ? EXIT_DAMAGED : EXIT_COMPLETE;
    for (guint i = 0; i < analysis->unread->len; i++) {
        const struct packets_unread *unread = &g_array_index(analysis->unread, struct packets_unread, i);
        g_autofree char *name = capture_link_name(unread->link_type);
        fprintf(stderr,
                PROGRAM_NAME ": link type %s is not read: nothing could be looked at in %" G_GUINT64_FORMAT
                             " packets\n",
                name, unread->packets);
        status = EXIT_DAMAGED;
    }
    for (guint i = 0; i < analysis->inputs.list->len; i++) {
        const struct input *input = &g_array_index(analysis->inputs.list, struct input, i);
        if (input->kept.unknown == 0)
            continue;
        fprintf(stderr,
                PROGRAM_NAME ": %s: --filter cannot be applied to the link type of %" G_GUINT64_FORMAT
                             " packets, which were left out\n",
                input->path, input->kept.unknown);
        status = EXIT_DAMAGED;
    }
    return status;
}

/* Says what went wrong; returns the gravest status. */
static enum exit_status judge(const struct analysis *analysis)
{
    enum exit_status status = judge_link_types(analysis);
    for (guint i = 0; i < analysis->inputs.list->len; i++) {
        const struct input *input = &g_array_index(analysis->inputs.list, struct input, i);
        if (!input->damage)
            continue;
        fprintf(stderr, PROGRAM_NAME ": %s: %s\n", input->path, input->damage);
        status = EXIT_DAMAGED;
    }
    if (analysis->inputs.unreadable->len > 0)
        status = EXIT_INPUT;
    const struct stream_totals *totals = streams_totals(analysis->streams);
    if (totals->unbalanced > 0 || !ledger_balanced(&totals->ledger)) {
        complain("internal error: the byte ledger does not balance; no result can be relied on");
        status = EXIT_INTERNAL;
    }
    if (analysis->output && output_error(analysis->output)) {
        complain(output_error(analysis->output));
        status = EXIT_OUTPUT;
    }
    if (timeline_stdout_failed(analysis->timeline)) {
        complain("standard output cannot be written");
        status = EXIT_OUTPUT;
    }
    return status;
}

static void name_unread(const struct analysis *analysis)
{
    const struct inputs *inputs = &analysis->inputs;
    for (guint i = 0; i < inputs->unreadable->len; i++)
        say_unread(&g_array_index(inputs->unreadable, struct passed, i));
    for (guint i = 0; i < inputs->passed->len && !analysis->options->quiet; i++) {
        const struct passed *passed = &g_array_index(inputs->passed, struct passed, i);
        fprintf(stderr, PROGRAM_NAME ": %s: passed over, %s\n", passed->path, passed->why);
    }
}

enum exit_status analysis_run(const struct options *options)
{
    struct analysis analysis = {.options = options};
    g_autoptr(GArray) unread = analysis.unread = g_array_new(FALSE, FALSE, sizeof(struct packets_unread));
    g_autoptr(GError) error = NULL;
    if (options->summary || options->to_stdout) /* files wait in much memory */
        large_pages_use();
    if (!options->summary && !options->to_stdout) {
        analysis.output = output_open(options->output, options->force, &error);
        if (!analysis.output) {
            complain(error->message);
            return EXIT_OUTPUT;
        }
    }
    enum exit_status status = EXIT_USAGE;
    bool filter_good = inputs_collect(&analysis.inputs, options->captures, options->filter, &error);
    if (!filter_good)
        fprintf(stderr, PROGRAM_NAME ": --filter: %s\n", error->message);
    else
        name_unread(&analysis);
    if (filter_good && analysis.inputs.list->len == 0)
        status = EXIT_INPUT;
    if (!filter_good || analysis.inputs.list->len == 0) {
        inputs_clear(&analysis.inputs);
        output_abandon(analysis.output);
        return status;
    }
    analyse(&analysis);
    status = judge(&analysis);
    if (!options->quiet && status != EXIT_INTERNAL)
        summary_print(&analysis, options->to_stdout ? stderr : stdout, status);
    if (!options->to_stdout && fflush(stdout) != 0 && status != EXIT_INTERNAL) {
        complain("standard output cannot be written");
        status = EXIT_OUTPUT;
    }
    streams_free(analysis.streams);
    timeline_free(analysis.timeline);
    pictures_free(analysis.pictures);
    inputs_clear(&analysis.inputs);
    output_close(analysis.output);
    return status;
}
