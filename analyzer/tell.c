/* SPDX-License-Identifier: GPL-2.0-or-later
 * The second step from record files: which belong together, what the inputs are called, then as in a run of captures.
 */
#include "tell.h"

#include "device/workers.h"
#include "manifest.h"
#include "notes.h"
#include "result/stream_tables.h"
#include "shard/shelf.h"
#include "signals.h"
#include "summary.h"
#include "tellers.h"
#include "verdict.h"

#include <stdio.h>
#include <string.h>

/* Parts of the memory; records wait in their files. */
#define ROWS_PART(memory)   ((memory) / 24)
#define LIFE_PART(memory)   ((memory) / 12)
#define SECOND_PART(memory) ((memory)*20 / 24)

/* Shards of the same captures. */
struct set {
    const GString *captures;
    uint32_t shards;
    guint *files;    /* by number of the shard - 1: place on the shelf + 1; 0 = not there */
    guint first;     /* place of its first input in the list of all */
    uint32_t inputs; /* how many it has */
};

struct tell {
    struct analysis analysis;
    struct options options;
    struct shelf *shelf;
    GArray *sets;  /* of struct set */
    GArray *heads; /* of struct shard, by file */
    char *message; /* why it cannot be told */
};

static const struct records_in *file_at(const struct tell *tell, guint i)
{
    return shelf_files(tell->shelf)->pdata[i];
}

/* Says it once; returns false. */
static bool refuse(struct tell *tell, guint file, const char *why)
{
    if (!tell->message)
        tell->message = g_strdup_printf("%s: %s", file_at(tell, file)->path, why);
    return false;
}

static bool find_set(struct tell *tell, guint file)
{
    const struct records_in *in = file_at(tell, file);
    const struct shard *shard = &g_array_index(tell->heads, struct shard, file);
    guint i = 0;
    while (i < tell->sets->len && !g_string_equal(g_array_index(tell->sets, struct set, i).captures, in->captures))
        i++;
    if (i == tell->sets->len) {
        const struct set new = {.captures = in->captures, .shards = shard->count, .files = g_new0(guint, shard->count)};
        g_array_append_val(tell->sets, new);
    }
    struct set *set = &g_array_index(tell->sets, struct set, i);
    if (set->shards != shard->count)
        return refuse(tell, file, "others of the same captures are of another number of shards");
    guint *place = &set->files[shard->number - 1];
    if (*place != 0) {
        g_autofree char *why = g_strdup_printf("is the same shard as %s", file_at(tell, *place - 1)->path);
        return refuse(tell, file, why);
    }
    *place = file + 1;
    return true;
}

static bool check_sets(struct tell *tell)
{
    for (guint i = 0; i < tell->sets->len; i++) {
        const struct set *set = &g_array_index(tell->sets, struct set, i);
        guint there = 0, missing = 0;
        for (uint32_t shard = 0; shard < set->shards; shard++) {
            if (set->files[shard] != 0)
                there = set->files[shard] - 1;
            else if (missing == 0)
                missing = shard + 1;
        }
        if (missing == 0)
            continue;
        g_autofree char *why = g_strdup_printf("of the same captures shard %u of %u is missing", missing, set->shards);
        return refuse(tell, there, why);
    }
    return true;
}

/* Which files belong together. False: not all fit. */
static bool sort_files(struct tell *tell)
{
    guint count = shelf_files(tell->shelf)->len;
    tell->sets = g_array_new(FALSE, FALSE, sizeof(struct set));
    tell->heads = g_array_new(FALSE, TRUE, sizeof(struct shard));
    g_array_set_size(tell->heads, count);
    for (guint i = 0; i < count; i++) {
        const struct records_in *in = file_at(tell, i);
        if (!notes_read_head(in->head, &g_array_index(tell->heads, struct shard, i)))
            return refuse(tell, i, "was written by another version of the program: it must be written again");
        if (!g_string_equal(in->options, file_at(tell, 0)->options)) {
            g_autofree char *why = g_strdup_printf("has other options than %s", file_at(tell, 0)->path);
            return refuse(tell, i, why);
        }
        if (!find_set(tell, i))
            return false;
    }
    return check_sets(tell);
}

/* What the files say of captures and sums. */
static bool read_notes(struct tell *tell)
{
    struct analysis *analysis = &tell->analysis;
    for (guint i = 0; i < tell->sets->len; i++) {
        struct set *set = &g_array_index(tell->sets, struct set, i);
        if (!notes_read_captures(set->captures, analysis, &set->first))
            return refuse(tell, set->files[0] - 1, "its list of captures cannot be read");
        set->inputs = analysis->inputs.list->len - set->first;
        for (uint32_t shard = 0; shard < set->shards; shard++) {
            const struct records_in *in = file_at(tell, set->files[shard] - 1);
            struct stream_totals before = analysis->streams_total;
            if (!notes_read_hashes(in->hashes, &analysis->inputs, set->first))
                return refuse(tell, set->files[shard] - 1, "has other hashes of the captures than another shard");
            if (!notes_read_sums(in->sums, analysis))
                return refuse(tell, set->files[shard] - 1, "its sums cannot be read");
            const struct stream_totals *now = &analysis->streams_total;
            const struct shard_total total = {.shard = {shard + 1, set->shards},
                                              .inputs = set->inputs,
                                              .streams = now->conversations - before.conversations,
                                              .payload_bytes = now->ledger.payload_bytes - before.ledger.payload_bytes,
                                              .frame_bytes = now->ledger.frame_bytes - before.ledger.frame_bytes,
                                              .leftover_bytes = ledger_leftover_bytes(&now->ledger) -
                                                                ledger_leftover_bytes(&before.ledger)};
            g_array_append_val(analysis->shards, total);
        }
    }
    return true;
}

/* As the inputs of one run: by first packet, then by content, then by name. */
static gint compare_inputs(gconstpointer left, gconstpointer right)
{
    const struct input *a = *(struct input *const *)left, *b = *(struct input *const *)right;
    if (a->has_first != b->has_first)
        return a->has_first ? -1 : 1;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    int order = g_strcmp0(a->sha256, b->sha256);
    order = order ? order : strcmp(a->name, b->name);
    return order ? order : (a > b) - (a < b);
}

/* Inputs of several sets get one order; those of one have it. */
static void number_inputs(struct tell *tell)
{
    struct analysis *analysis = &tell->analysis;
    GArray *old = analysis->inputs.list;
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    uint32_t *numbers = g_new0(uint32_t, old->len + 1);
    for (guint i = 0; i < old->len; i++)
        g_ptr_array_add(order, &g_array_index(old, struct input, i));
    if (tell->sets->len > 1)
        g_ptr_array_sort(order, compare_inputs);
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct input));
    for (guint i = 0; i < order->len; i++) {
        struct input *input = order->pdata[i];
        numbers[input - (struct input *)(void *)old->data] = input->number = i + 1;
        g_array_append_vals(list, input, 1);
    }
    for (guint i = 0, total = 0; i < tell->sets->len; i++) {
        const struct set *set = &g_array_index(tell->sets, struct set, i);
        uint32_t first = set->inputs > 0 ? numbers[set->first] : 0;
        for (uint32_t shard = 0; shard < set->shards; shard++) {
            shelf_place(tell->shelf, set->files[shard] - 1, first, numbers + set->first, set->inputs);
            g_array_index(analysis->shards, struct shard_total, total++).first_input = first;
        }
    }
    for (unsigned i = 0; analysis->clocks && i < analysis->clocks->count; i++) {
        uint32_t *file = &analysis->clocks->list[i].file;
        if (*file > 0)
            *file = *file <= old->len ? numbers[*file - 1] : 0;
    }
    g_free(numbers);
    g_array_unref(old);
    analysis->inputs.list = list;
}

static void note_times(struct analysis *analysis)
{
    for (guint i = 0; i < analysis->inputs.list->len; i++) {
        const struct input *input = &g_array_index(analysis->inputs.list, struct input, i);
        if (!input->has_times)
            continue;
        analysis->first = analysis->has_times ? MIN(analysis->first, input->first_time) : input->first_time;
        analysis->last = analysis->has_times ? MAX(analysis->last, input->last_time) : input->last_time;
        analysis->has_times = true;
    }
}

static bool prepare(struct tell *tell, const struct options *given)
{
    struct analysis *analysis = &tell->analysis;
    analysis->options = &tell->options;
    analysis_prepare(analysis);
    tell->options = (struct options){.task = given->task,
                                     .output = given->output,
                                     .memory = given->memory,
                                     .jobs = given->jobs,
                                     .quiet = given->quiet,
                                     .verbose = given->verbose};
    analysis->part = given->part;
    analysis->parts = given->parts;
    tell->shelf = shelf_open(given->captures, &tell->message);
    if (!tell->shelf || !sort_files(tell))
        return false;
    if (!notes_read_options(file_at(tell, 0)->options, &tell->options, &tell->message))
        return false;
    options_take_forms(&tell->options, given);
    if (!read_notes(tell))
        return false;
    number_inputs(tell);
    note_times(analysis);
    return true;
}

static void take_row(uint64_t stream, const char *rest, size_t length, void *user)
{
    stream_tables_row(user, stream, rest, length);
}

static void take_leftover(const struct leftover *leftover, uint64_t stream, void *user)
{
    stream_tables_leftover(user, leftover, stream);
}

static void write_tables(struct tell *tell, const struct shelf_part *part, const struct row_options *row,
                         const struct stream_listener *listener)
{
    struct analysis *analysis = &tell->analysis;
    struct stream_tables *tables = stream_tables_new(analysis->output, row, ROWS_PART(tell->options.memory));
    shelf_rows(tell->shelf, part, take_row, tables);
    shelf_leftovers(tell->shelf, part, take_leftover, tables);
    stream_tables_finish(tables, tell->options.hash, listener);
    stream_tables_free(tables);
}

/* A copy: that of the analysis goes into the notes of the part. */
static struct coverage *clipped(const struct coverage *coverage, const struct options *options)
{
    g_autoptr(GArray) numbers = coverage_numbers(coverage);
    struct coverage *copy = coverage_new();
    coverage_add(copy, numbers);
    coverage_clip(copy, options->since, options->until);
    return copy;
}

static void write_files(struct tell *tell)
{
    struct analysis *analysis = &tell->analysis;
    const struct options *options = &tell->options;
    const struct shelf_part part = {analysis->part, analysis->parts};
    const struct row_options row = {.csv_guard = options->csv_guard, .show_secrets = options->show_secrets};
    analysis->pictures = pictures_new(analysis->output, options->hash, options->csv_guard);
    struct coverage *coverage = clipped(analysis->coverage, options);
    struct tellers *tellers =
        tellers_new(options, analysis->output, analysis->devices, coverage, LIFE_PART(options->memory));
    write_tables(tell, &part, &row, tellers_listener(tellers));
    const struct timeline_options timeline = {.selection = {options->devices, options->since, options->until},
                                              .row = row,
                                              .by_capture = options->order == ORDER_CAPTURE,
                                              .aligned = analysis->clocks && analysis->clocks->apart,
                                              .hash = options->hash,
                                              .map = options->map,
                                              .output = analysis->output,
                                              .pictures = analysis->pictures,
                                              .life = tellers_life(tellers)};
    const struct source source = shelf_source(tell->shelf, &part);
    analysis->bad_records = workers_run(&source, analysis->devices, &timeline, options->jobs,
                                        SECOND_PART(options->memory) - tellers_tracks_memory(options));
    analysis->with_rows = devices_with_rows(analysis->devices);
    pictures_finish(analysis->pictures);
    analysis_note_results(analysis);
    tellers_finish(tellers, analysis);
    tellers_free(tellers);
    coverage_free(coverage);
    manifest_devices(analysis);
    g_ptr_array_unref(analysis->damage);
    analysis->damage = shelf_damage(tell->shelf);
    if (verdict_is_balanced(analysis))
        manifest_publish(analysis);
}

static void finish(struct tell *tell)
{
    struct analysis *analysis = &tell->analysis;
    pictures_free(analysis->pictures);
    if (analysis->with_rows)
        g_ptr_array_unref(analysis->with_rows);
    if (analysis->devices)
        devices_free(analysis->devices);
    analysis_clear(analysis);
    inputs_clear(&analysis->inputs);
    g_free(analysis->clocks);
    g_array_unref(analysis->unread);
    for (guint i = 0; tell->sets && i < tell->sets->len; i++)
        g_free(g_array_index(tell->sets, struct set, i).files);
    if (tell->sets) {
        g_array_unref(tell->sets);
        g_array_unref(tell->heads);
    }
    shelf_close(tell->shelf);
    tell->options.output = NULL; /* the caller's */
    options_clear(&tell->options);
    g_free(tell->message);
}

static enum exit_status tell_all(struct tell *tell)
{
    struct analysis *analysis = &tell->analysis;
    analysis->devices = devices_new(tell->options.devices_max);
    shelf_number(tell->shelf, analysis->devices);
    output_begin(analysis->output);
    write_files(tell);
    enum exit_status status = verdict_judge(analysis);
    if (!tell->options.quiet && !output_error(analysis->output) && status != EXIT_INTERNAL)
        summary_print(analysis, stdout, status);
    if (fflush(stdout) != 0 && status != EXIT_INTERNAL) {
        verdict_complain("standard output cannot be written");
        status = EXIT_OUTPUT;
    }
    output_close(analysis->output);
    return status;
}

enum exit_status tell_run(const struct options *options)
{
    struct tell tell = {.message = NULL};
    g_autoptr(GError) error = NULL;
    enum exit_status status = EXIT_INPUT;
    signals_watch();
    signals_read();
    if (!prepare(&tell, options)) {
        verdict_complain(tell.message);
    } else {
        tell.analysis.output = output_open(options->output, options->force, &error);
        if (tell.analysis.output) {
            status = tell_all(&tell);
        } else {
            verdict_complain(error->message);
            status = EXIT_OUTPUT;
        }
    }
    finish(&tell);
    return status;
}
