/* SPDX-License-Identifier: GPL-2.0-or-later
 * One run: connects the rooms, reads the inputs through them and writes the results. */
#include "run.h"

#include "analysis.h"
#include "base/large_pages.h"
#include "base/text.h"
#include "capture/merge.h"
#include "device/live.h"
#include "device/workers.h"
#include "frame/framing.h"
#include "manifest.h"
#include "progress.h"
#include "result/stream_tables.h"
#include "shard_file.h"
#include "signals.h"
#include "store/store.h"
#include "summary.h"
#include "survey.h"
#include "tellers.h"
#include "verdict.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Packets between two looks at the clock. */
#define PROGRESS_PACKETS 4096
/* Parts of the memory: for records, for rows of conversations that wait, for the second step and for what is
 * concluded in it. */
#define RECORDS_PART(memory) ((memory)*5 / 12)
#define ROWS_PART(memory)    ((memory) / 24)
#define SECOND_PART(memory)  ((memory)*11 / 24)
#define LIFE_PART(memory)    ((memory) / 12)

/* Where reports go. */
struct run {
    struct analysis analysis;
    struct selection selection;
    struct row_options row;
    struct store *store;          /* of a run that writes files; else NULL */
    struct stream_tables *tables; /* the same */
    struct tellers *tellers;      /* the same */
    struct live *live;            /* of one that writes rows to standard output; else NULL */
    struct shard_file *shard;     /* of one that writes records; else NULL */
};

static void say_unread(const struct passed *passed)
{
    verdict_complain_of(passed->path, passed->why);
}

/* Packets that are parsed and wait for their turn, while the processor fetches what is known of their conversations. */
struct queue {
    struct analysis *analysis;
    struct packets *parser;
    struct conversations *conversations;
    struct witness *witness; /* before the inputs are read: it gets the packets; else NULL */
    size_t count;
    struct packet packets[CONVERSATIONS_AHEAD];
};

static void take_sample(const struct queue *queue)
{
    const GArray *ports = queue->analysis->options->ports;
    for (size_t i = 0; i < queue->count; i++) {
        const struct packet *packet = &queue->packets[i];
        bool chosen = ports == NULL;
        for (guint n = 0; !chosen && n < ports->len; n++) {
            uint16_t port = g_array_index(ports, uint16_t, n);
            chosen = packet->source.port == port || packet->destination.port == port;
        }
        if (chosen)
            witness_take(queue->witness, packet);
    }
}

static void take_queue(struct queue *queue)
{
    if (queue->witness) {
        take_sample(queue);
        queue->count = 0;
        return;
    }
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

/* What came of a pipe is known to be all only where nobody stopped it. */
static void note_stop(struct input *input)
{
    g_autofree char *damage = input->damage;
    input->damage = damage && strstr(damage, "stopped by a signal") == NULL
                        ? g_strdup_printf("stopped by a signal; %s", damage)
                        : g_strdup(damage ? damage : "stopped by a signal");
}

static void take_all_records(const struct record *records, size_t count, void *user)
{
    struct queue *queue = user;
    for (size_t i = 0; i < count; i += CONVERSATIONS_AHEAD)
        take_records(queue, records + i, MIN(count - i, CONVERSATIONS_AHEAD));
}

/* How far the clocks of the inputs are apart, before they are read. */
static struct capture_clocks *compare_clocks(struct analysis *analysis)
{
    if (!survey_is_needed(&analysis->inputs))
        return NULL;
    struct analysis looked_at = {.options = analysis->options};
    looked_at.unread = g_array_new(FALSE, FALSE, sizeof(struct packets_unread));
    const struct packets_options fragments = {.limits = analysis->options->fragments};
    struct queue queue = {.analysis = &looked_at, .parser = packets_new(&fragments), .witness = witness_new()};
    const struct survey_taker taker = {queue.witness, take_all_records, &queue};
    struct capture_clocks *clocks = survey_clocks(&analysis->inputs, &taker);
    witness_free(queue.witness);
    packets_free(queue.parser);
    g_array_unref(looked_at.unread);
    return clocks;
}

/* When it is all read: the times of all inputs, and which of them could no longer be opened. unread: how many could not
 * from the beginning. */
static void note_inputs(struct analysis *analysis, guint unread)
{
    for (guint i = unread; i < analysis->inputs.unreadable->len; i++)
        say_unread(&g_array_index(analysis->inputs.unreadable, struct passed, i));
    for (guint i = 0; i < analysis->inputs.list->len; i++) {
        struct input *input = &g_array_index(analysis->inputs.list, struct input, i);
        if (analysis->stopped && input->once)
            note_stop(input);
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

/* For files: reports wait in the store. */
static bool store_take(struct report *report, struct device *device, void *user)
{
    return true;
}

static void store_write(struct report *report, struct device *device, void *user)
{
    store_put(((struct run *)user)->store, device->number, report);
}

static void write_leftover(const struct leftover *leftover, uint64_t stream, void *user)
{
    stream_tables_leftover(((struct run *)user)->tables, leftover, stream);
}

static void write_stream(const struct stream_row *row, void *user)
{
    stream_tables_stream(((struct run *)user)->tables, row);
}

/* For records: the store keeps the reports here, too. */
static void record_leftover(const struct leftover *leftover, uint64_t stream, void *user)
{
    records_out_leftover(shard_file_out(((struct run *)user)->shard), leftover, stream);
}

static void record_stream(const struct stream_row *row, void *user)
{
    records_out_stream(shard_file_out(((struct run *)user)->shard), row);
}

static void record_opened(const struct conversation *conversation, void *user)
{
    records_out_opened(shard_file_out(((struct run *)user)->shard), conversation);
}

/* For standard output. */
static bool rows_take(struct report *report, struct device *device, void *user)
{
    return live_take(((struct run *)user)->live, device, report);
}

static void rows_write(struct report *report, struct device *device, void *user)
{
    live_write(((struct run *)user)->live, device, report);
}

static void rows_prefetch(const struct device *device, void *user)
{
    live_prefetch(device);
}

/* For totals. */
static bool totals_take(struct report *report, struct device *device, void *user)
{
    judge_total(device, &((struct run *)user)->selection, report);
    return false;
}

static struct streams *open_streams(struct run *run)
{
    const struct options *options = run->analysis.options;
    struct stream_options stream = {.ports = options->ports,
                                    .map = options->map,
                                    .unfinished_max = options->unfinished_max,
                                    .clocks = run->analysis.clocks,
                                    .devices = run->analysis.devices,
                                    .selection = &run->selection,
                                    .taker.user = run};
    if (options->summary) {
        stream.mode = STREAMS_TOTALS;
        stream.taker.take = totals_take;
    } else if (options->to_stdout) {
        stream.mode = STREAMS_ROWS;
        stream.taker.take = rows_take;
        stream.taker.write = rows_write;
        stream.taker.prefetch = rows_prefetch;
    } else {
        stream.mode = STREAMS_RECORDS;
        stream.taker.take = store_take;
        stream.taker.write = store_write;
        stream.taker.leftover = run->shard ? record_leftover : write_leftover;
        stream.taker.stream = run->shard ? record_stream : write_stream;
        stream.taker.opened = run->shard ? record_opened : NULL;
    }
    return streams_new(&stream);
}

/* Is it in vain to go on? */
static bool cannot_write(const struct run *run)
{
    return (run->analysis.output && output_error(run->analysis.output)) || (run->live && live_failed(run->live));
}

/* When the capture saw anything. */
static void note_times(const struct analysis *analysis, const struct record *records, size_t count)
{
    for (size_t i = 0; analysis->coverage && i < count; i++)
        if (!records[i].origin.untimed)
            coverage_note(analysis->coverage,
                          records[i].origin.time + capture_clocks_ahead(analysis->clocks, &records[i].origin));
}

static void read_inputs(struct run *run)
{
    struct analysis *analysis = &run->analysis;
    const struct options *options = analysis->options;
    const struct sink sink = framing_sink(analysis->streams);
    const struct conversation_options conversation = {.ports = options->ports,
                                                      .close_ns = options->close_ns,
                                                      .idle_ns = options->idle_ns,
                                                      .shard = options->shard,
                                                      .open_max = options->streams_max,
                                                      .tcp = options->tcp,
                                                      .overlap = options->overlap,
                                                      .clocks = analysis->clocks,
                                                      .sink = &sink};
    struct conversations *conversations = conversations_new(&conversation);
    struct queue queue = {.analysis = analysis, .conversations = conversations};
    const struct packets_options fragments = {.limits = options->fragments, .given_up = take_partial, .user = &queue};
    struct packets *packets = queue.parser = packets_new(&fragments);
    struct progress progress;
    progress_start(&progress, options->progress, analysis->inputs.list->len);
    guint unread = analysis->inputs.unreadable->len;
    struct merge *merge = merge_new(&analysis->inputs, options->filter, analysis->clocks);
    const struct record *records;
    bool live = is_live(&analysis->inputs), stopped = false;
    for (size_t count, shown = 0; (count = merge_some(merge, &records)) > 0;) {
        note_times(analysis, records, count);
        take_all_records(records, count, &queue);
        if (live && run->live) /* the next ones may take their time */
            live_flush(run->live);
        stopped = live ? signals_overdue() : signals_stopped();
        if (stopped)
            break;
        if (analysis->packets - shown < PROGRESS_PACKETS)
            continue;
        if (cannot_write(run))
            break;
        shown = analysis->packets;
        progress_show(&progress, merge_input(merge), merge_capture(merge), analysis->packets);
    }
    analysis->stopped = signals_stopped();
    signals_read();
    merge_stop(merge, stopped ? "stopped by a signal" : "stopped, as no results can be written,");
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
    analysis->streams_total = *streams_totals(analysis->streams);
    analysis->others = streams_others(analysis->streams);
    analysis->devices_refused = devices_refused(analysis->devices);
    progress_end(&progress);
}

/* The second step. */
static void tell_devices(struct run *run)
{
    const struct options *options = run->analysis.options;
    const struct timeline_options timeline = {.selection = run->selection,
                                              .row = run->row,
                                              .aligned = run->analysis.clocks && run->analysis.clocks->apart,
                                              .by_capture = options->order == ORDER_CAPTURE,
                                              .hash = options->hash,
                                              .map = options->map,
                                              .output = run->analysis.output,
                                              .pictures = run->analysis.pictures,
                                              .life = tellers_life(run->tellers)};
    coverage_clip(run->analysis.coverage, run->selection.since, run->selection.until);
    store_close(run->store);
    const struct source source = store_source(run->store);
    run->analysis.bad_records = workers_run(&source, run->analysis.devices, &timeline, options->jobs,
                                            SECOND_PART(options->memory) - tellers_tracks_memory(options));
    store_free(run->store);
    run->store = NULL;
}

static void write_files(struct run *run)
{
    struct analysis *analysis = &run->analysis;
    stream_tables_finish(run->tables, analysis->options->hash, tellers_listener(run->tellers));
    tell_devices(run);
    analysis->with_rows = devices_with_rows(analysis->devices);
    pictures_finish(analysis->pictures);
    analysis_note_results(analysis);
    tellers_finish(run->tellers, analysis);
    manifest_devices(analysis);
    if (verdict_is_balanced(analysis))
        manifest_publish(analysis);
}

/* Reads everything and writes the results; what went wrong is in the analysis. */
static void analyse(struct run *run)
{
    struct analysis *analysis = &run->analysis;
    const struct options *options = analysis->options;
    analysis->devices = devices_new(options->devices_max);
    analysis->clocks = compare_clocks(analysis);
    run->row.clocks = analysis->clocks;
    if (analysis->output) {
        run->store = store_new(output_scratch(analysis->output), RECORDS_PART(options->memory));
        run->tables = stream_tables_new(analysis->output, &run->row, ROWS_PART(options->memory));
        analysis->pictures = pictures_new(analysis->output, options->hash, options->csv_guard);
        analysis->coverage = coverage_new();
        run->tellers =
            tellers_new(options, analysis->output, analysis->devices, analysis->coverage, LIFE_PART(options->memory));
    } else if (options->task == TASK_READ) {
        run->store = store_new(shard_file_scratch(run->shard), RECORDS_PART(options->memory));
        analysis->coverage = coverage_new();
        records_out_clocks(shard_file_out(run->shard), analysis->clocks);
    } else if (options->to_stdout) {
        run->live = live_new(&run->row, &run->selection, options->map);
    }
    analysis->streams = open_streams(run);
    read_inputs(run);
    if (run->live) {
        live_flush(run->live);
        analysis->stdout_failed = live_failed(run->live);
    }
    if (run->shard)
        shard_file_write(run->shard, analysis, run->store);
    if (analysis->output && !output_error(analysis->output))
        write_files(run);
    else
        analysis->with_rows = devices_with_rows(analysis->devices);
}

static void name_unread(const struct analysis *analysis)
{
    const struct inputs *inputs = &analysis->inputs;
    for (guint i = 0; i < inputs->unreadable->len; i++)
        say_unread(&g_array_index(inputs->unreadable, struct passed, i));
    for (guint i = 0; i < inputs->passed->len && !analysis->options->quiet; i++) {
        const struct passed *passed = &g_array_index(inputs->passed, struct passed, i);
        g_autofree char *why = g_strconcat("passed over, ", passed->why, NULL);
        verdict_complain_of(passed->path, why);
    }
}

static void finish(struct run *run)
{
    struct analysis *analysis = &run->analysis;
    live_free(run->live, analysis->devices);
    if (run->store)
        store_free(run->store);
    stream_tables_free(run->tables);
    streams_free(analysis->streams);
    tellers_free(run->tellers);
    pictures_free(analysis->pictures);
    g_ptr_array_unref(analysis->with_rows);
    analysis_clear(analysis);
    devices_free(analysis->devices);
    inputs_clear(&analysis->inputs);
    g_free(analysis->clocks);
    output_close(analysis->output);
}

static bool is_replaced(const struct output *output, const char *path)
{
    struct stat status;
    int failed = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &status) : stat(path, &status);
    return failed == 0 && output_replaces(output, &status);
}

/* An input that stands among the results that are to be replaced; NULL if there is none. */
static const char *replaced_input(const struct analysis *analysis)
{
    const struct inputs *inputs = &analysis->inputs;
    if (!analysis->output)
        return NULL;
    for (guint i = 0; i < inputs->list->len; i++) {
        const struct input *input = &g_array_index(inputs->list, struct input, i);
        if (is_replaced(analysis->output, input->path))
            return input->path;
    }
    for (guint i = 0; i < inputs->unreadable->len; i++) {
        const struct passed *passed = &g_array_index(inputs->unreadable, struct passed, i);
        if (is_replaced(analysis->output, passed->path))
            return passed->path;
    }
    return NULL;
}

enum exit_status run_all(const struct options *options)
{
    struct run run = {.analysis.options = options,
                      .selection = {options->devices, options->since, options->until},
                      .row = {options->csv_guard, options->show_secrets}};
    struct analysis *analysis = &run.analysis;
    g_autoptr(GArray) unread = analysis->unread = g_array_new(FALSE, FALSE, sizeof(struct packets_unread));
    g_autoptr(GError) error = NULL;
    if (options->summary || options->to_stdout) /* files wait in much memory */
        large_pages_use();
    if (options->task == TASK_READ) {
        run.shard = shard_file_open(options, &error);
        if (!run.shard) {
            verdict_complain(error->message);
            return EXIT_OUTPUT;
        }
    } else if (!options->summary && !options->to_stdout) {
        analysis->output = output_open(options->output, options->force, &error);
        if (!analysis->output) {
            verdict_complain(error->message);
            return EXIT_OUTPUT;
        }
    }
    signals_watch();
    for (char *const *path = options->captures; *path; path++)
        signals_add_pipe(*path);
    enum exit_status status = EXIT_USAGE;
    bool filter_good = inputs_collect(&analysis->inputs, options->captures, options->filter, &error);
    if (!filter_good)
        verdict_complain_of("--filter", error->message);
    else
        name_unread(analysis);
    const char *replaced = filter_good ? replaced_input(analysis) : NULL;
    if (replaced) {
        verdict_complain_of(replaced, "is an input and among the results that --force replaces");
        status = EXIT_OUTPUT;
    } else if (filter_good && analysis->inputs.list->len == 0) {
        status = EXIT_INPUT;
    }
    if (!filter_good || replaced || analysis->inputs.list->len == 0) {
        inputs_clear(&analysis->inputs);
        output_abandon(analysis->output);
        shard_file_close(run.shard);
        return status;
    }
    if (analysis->output)
        output_begin(analysis->output);
    analyse(&run);
    status = verdict_judge(analysis);
    if (run.shard && shard_file_error(run.shard)) {
        verdict_complain(shard_file_error(run.shard));
        status = EXIT_OUTPUT;
    }
    bool written = !analysis->output || !output_error(analysis->output);
    if (!options->quiet && written && !run.shard && status != EXIT_INTERNAL)
        summary_print(analysis, options->to_stdout ? stderr : stdout, status);
    if (!options->quiet && run.shard && status != EXIT_OUTPUT && status != EXIT_INTERNAL)
        shard_file_say(run.shard, stdout);
    if (!options->to_stdout && fflush(stdout) != 0 && status != EXIT_INTERNAL) {
        verdict_complain("standard output cannot be written");
        status = EXIT_OUTPUT;
    }
    finish(&run);
    shard_file_close(run.shard);
    return status;
}
