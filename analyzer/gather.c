/* SPDX-License-Identifier: GPL-2.0-or-later
 * The results of all parts become those of one run: files of devices are taken over as they are, tables over all
 * devices are merged, the manifest is made of the notes. */
#include "gather.h"

#include "manifest.h"
#include "notes.h"
#include "part_file.h"
#include "shard/joined_table.h"
#include "shard/records.h"
#include "signals.h"
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gather {
    struct analysis analysis;
    struct options options;
    GPtrArray *parts; /* of struct part_file, in the order of their numbers once they are read */
    GPtrArray *files; /* of GArray of struct output_file, by part */
    char *message;    /* why they cannot be gathered */
};

static bool refuse(struct gather *gather, const struct part_file *part, const char *why)
{
    if (!gather->message)
        gather->message = g_strdup_printf("%s: %s", part->path, why);
    return false;
}

/* Was it told from the same records as the first? */
static bool is_alike(const struct part_file *first, const struct part_file *part)
{
    return g_string_equal(first->options, part->options) && g_string_equal(first->captures, part->captures) &&
           g_string_equal(first->hashes, part->hashes) && g_string_equal(first->sums, part->sums);
}

static bool read_parts(struct gather *gather, char *const *paths)
{
    for (; *paths; paths++) {
        struct part_file *part = part_file_read(*paths, &gather->message);
        if (!part)
            return false;
        g_ptr_array_add(gather->parts, part);
        if (!is_alike(gather->parts->pdata[0], part))
            return refuse(gather, part, "was told from other records than the first");
    }
    return true;
}

static void clear_file(gpointer data)
{
    g_free(((struct output_file *)data)->name);
    g_free(((struct output_file *)data)->sha256);
}

static void free_files(gpointer data)
{
    g_array_unref(data);
}

/* What the parts found; each is there, once. */
static bool read_results(struct gather *gather)
{
    struct analysis *analysis = &gather->analysis;
    GPtrArray *in_order = NULL;
    uint32_t parts = 0;
    bool good = true;
    for (guint i = 0; i < gather->parts->len && good; i++) {
        struct part_file *part = gather->parts->pdata[i];
        GArray *files = g_array_new(FALSE, FALSE, sizeof(struct output_file));
        g_array_set_clear_func(files, clear_file);
        g_ptr_array_add(gather->files, files);
        good = notes_read_results(part->results, analysis, files) || refuse(gather, part, "its notes cannot be read");
        if (good && !in_order) {
            parts = analysis->parts;
            in_order = g_ptr_array_new();
            g_ptr_array_set_size(in_order, (gint)parts);
        }
        good = good && (analysis->parts == parts || refuse(gather, part, "is of another number of parts"));
        good = good && (!in_order->pdata[analysis->part - 1] || refuse(gather, part, "is a part that is there twice"));
        if (good)
            in_order->pdata[analysis->part - 1] = part;
    }
    for (uint32_t i = 0; i < parts && good; i++) {
        if (in_order->pdata[i])
            continue;
        gather->message = g_strdup_printf("part %u of %u is missing", i + 1, parts);
        good = false;
    }
    if (in_order)
        g_ptr_array_unref(in_order);
    analysis->part = analysis->parts = 0;
    return good;
}

static gint compare_damage(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Findings of clocks stand before those of pictures, both by device. */
static gint compare_findings(gconstpointer a, gconstpointer b)
{
    const struct finding *left = a, *right = b;
    if (left->counted != right->counted)
        return left->counted ? -1 : 1;
    return strcmp(left->device_id, right->device_id);
}

/* What several parts said, once. */
static void sort_notes(struct analysis *analysis)
{
    g_ptr_array_sort(analysis->damage, compare_damage);
    for (guint i = analysis->damage->len; i-- > 1;)
        if (strcmp(analysis->damage->pdata[i], analysis->damage->pdata[i - 1]) == 0)
            g_ptr_array_remove_index(analysis->damage, i);
    g_array_sort(analysis->findings, compare_findings);
}

static bool prepare(struct gather *gather, const struct options *given)
{
    struct analysis *analysis = &gather->analysis;
    guint first;
    analysis->options = &gather->options;
    analysis_prepare(analysis);
    g_ptr_array_set_free_func(analysis->damage, g_free);
    gather->options = (struct options){.task = given->task, .output = given->output, .quiet = given->quiet};
    gather->parts = g_ptr_array_new_with_free_func((GDestroyNotify)part_file_free);
    gather->files = g_ptr_array_new_with_free_func(free_files);
    if (!read_parts(gather, given->captures) || !read_results(gather))
        return false;
    const struct part_file *part = gather->parts->pdata[0];
    if (!notes_read_options(part->options, &gather->options, &gather->message))
        return false;
    if (!notes_read_captures(part->captures, analysis, &first) ||
        !notes_read_hashes(part->hashes, &analysis->inputs, 0) || !notes_read_sums(part->sums, analysis))
        return refuse(gather, part, "its notes cannot be read");
    sort_notes(analysis);
    return true;
}

/* folders: of the parts, open. */
static bool join_tables_of(struct gather *gather, const int *folders)
{
    const GArray *files = gather->files->pdata[0];
    for (guint i = 0; i < files->len; i++) {
        const char *name = g_array_index(files, struct output_file, i).name;
        if (strchr(name, '/'))
            continue;
        const struct joined_table *joined = joined_table_find(name);
        if (!joined)
            return refuse(gather, gather->parts->pdata[0], "holds a file of all devices that cannot be gathered");
        if (!joined_table_write(joined, folders, gather->parts->len, gather->analysis.output, gather->options.hash,
                                &gather->message))
            return false;
    }
    return true;
}

/* The tables of all parts. */
static bool join_tables(struct gather *gather)
{
    int *folders = g_new(int, gather->parts->len);
    for (guint i = 0; i < gather->parts->len; i++)
        folders[i] = ((const struct part_file *)gather->parts->pdata[i])->folder;
    bool joined = join_tables_of(gather, folders);
    g_free(folders);
    return joined;
}

/* A name in one of the folders of devices, and no way out of them. */
static bool is_safe(const char *name)
{
    g_auto(GStrv) steps = g_strsplit(name, "/", -1);
    if (strlen(name) > 180 || g_strv_length(steps) < 2 || g_strv_length(steps) > 3)
        return false;
    for (char **step = steps; *step; step++)
        if ((*step)[0] == '\0' || (*step)[0] == '.')
            return false;
    return true;
}

static bool take_over(struct gather *gather)
{
    for (guint i = 0; i < gather->parts->len; i++) {
        const struct part_file *part = gather->parts->pdata[i];
        const GArray *files = gather->files->pdata[i];
        for (guint n = 0; n < files->len; n++) {
            const struct output_file *file = &g_array_index(files, struct output_file, n);
            if (!strchr(file->name, '/'))
                continue;
            if (!is_safe(file->name))
                return refuse(gather, part, "lists a file whose name is none");
            output_adopt(gather->analysis.output, part->folder, file->name, file->size, g_strdup(file->sha256));
        }
    }
    return true;
}

static enum exit_status gather_all(struct gather *gather)
{
    struct analysis *analysis = &gather->analysis;
    output_begin(analysis->output);
    if (!join_tables(gather) || !take_over(gather)) {
        verdict_complain(gather->message);
        return EXIT_INPUT;
    }
    if (verdict_is_balanced(analysis) && !output_error(analysis->output))
        manifest_publish(analysis);
    enum exit_status status = verdict_judge(analysis);
    if (!gather->options.quiet && status != EXIT_OUTPUT && status != EXIT_INTERNAL)
        printf("Gathered     %" G_GUINT64_FORMAT " reports of %" G_GUINT64_FORMAT " devices in %" G_GUINT64_FORMAT
               " conversations, from %u parts\nResults      %s/ (timelines in devices/, all files in manifest.json)\n",
               analysis->reports.rows, analysis->reports.devices, analysis->streams_total.conversations,
               gather->parts->len, gather->options.output);
    return status;
}

enum exit_status gather_run(const struct options *options)
{
    struct gather gather = {.message = NULL};
    struct analysis *analysis = &gather.analysis;
    g_autoptr(GError) error = NULL;
    enum exit_status status = EXIT_INPUT;
    signals_watch();
    signals_read();
    if (!prepare(&gather, options)) {
        verdict_complain(gather.message);
    } else {
        analysis->output = output_open(options->output, options->force, &error);
        if (analysis->output) {
            status = gather_all(&gather);
            output_close(analysis->output);
        } else {
            verdict_complain(error->message);
            status = EXIT_OUTPUT;
        }
    }
    analysis_clear(analysis);
    inputs_clear(&analysis->inputs);
    g_free(analysis->clocks);
    g_array_unref(analysis->unread);
    g_ptr_array_unref(gather.parts);
    g_ptr_array_unref(gather.files);
    gather.options.output = NULL; /* the caller's */
    options_clear(&gather.options);
    g_free(gather.message);
    return status;
}
