/* SPDX-License-Identifier: GPL-2.0-or-later
 * The record file of a shard. Runs that make the same file at the same time, as where a job was started again, do not
 * meet: each writes a file of its own, and the last one that is whole has the name. */
#include "shard_file.h"

#include "base/text.h"
#include "notes.h"
#include "shard/records.h"
#include "verdict.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Part of the memory for rows that wait. */
#define ROWS_PART(memory) ((memory) / 24)

struct shard_file {
    const struct options *options;
    char *name, *part; /* of the file, with its folder; until it is whole */
    int folder;        /* descriptor */
    struct scratch *scratch;
    struct records_out *out;
    uint64_t records, bytes, streams;
    uint32_t devices;
    char *error;
};

static struct shard_file *refuse(struct shard_file *file, const char *what, const char *why, GError **error)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", what, why);
    shard_file_close(file);
    return NULL;
}

struct shard_file *shard_file_open(const struct options *options, GError **error)
{
    struct shard_file *file = g_new0(struct shard_file, 1);
    const char *folder = options->output;
    file->options = options;
    file->folder = -1;
    if (g_mkdir_with_parents(folder, 0777) != 0)
        return refuse(file, folder, g_strerror(errno), error);
    file->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file->folder < 0 || faccessat(file->folder, ".", W_OK | X_OK, 0) != 0)
        return refuse(file, folder, g_strerror(errno), error);
    file->name =
        g_strdup_printf("%s/shard-%u-of-%u" RECORDS_SUFFIX, folder, options->shard.number, options->shard.count);
    if (!options->force && g_file_test(file->name, G_FILE_TEST_EXISTS))
        return refuse(file, file->name, "exists (--force replaces it)", error);
    file->scratch = scratch_new(file->folder);
    file->out = records_out_new(file->scratch, ROWS_PART(options->memory));
    return file;
}

struct records_out *shard_file_out(const struct shard_file *file)
{
    return file->out;
}

struct scratch *shard_file_scratch(const struct shard_file *file)
{
    return file->scratch;
}

static void fail(struct shard_file *file, int error)
{
    if (!file->error)
        file->error = g_strdup_printf("%s: cannot write: %s", file->name, g_strerror(error));
}

/* Each shard hashes its share of the inputs: together they hash each once. */
static void hash_inputs(const struct options *options, struct inputs *inputs)
{
    for (guint i = 0; options->hash && i < inputs->list->len; i++)
        if (i % options->shard.count == options->shard.number - 1)
            input_hash(&g_array_index(inputs->list, struct input, i));
}

static void write_all(struct shard_file *file, const struct analysis *analysis, struct store *store, int descriptor)
{
    const struct options *options = file->options;
    const struct records_texts texts = {notes_head(&options->shard), notes_options(options), notes_captures(analysis),
                                        notes_hashes(&analysis->inputs), notes_sums(analysis)};
    int error = records_out_write(file->out, descriptor, &texts, analysis->devices, store);
    GString *all[] = {texts.head, texts.options, texts.captures, texts.hashes, texts.sums};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_string_free(all[i], TRUE);
    if (error == 0)
        error = scratch_error(file->scratch);
    if (error == 0 && (fchmod(descriptor, 0644) != 0 || fsync(descriptor) != 0))
        error = errno;
    if (error != 0)
        fail(file, error);
}

void shard_file_write(struct shard_file *file, struct analysis *analysis, struct store *store)
{
    hash_inputs(file->options, &analysis->inputs);
    store_close(store);
    file->records = store_records(store);
    file->bytes = store_bytes(store);
    file->streams = analysis->streams_total.conversations;
    file->devices = devices_count(analysis->devices);
    if (!verdict_is_balanced(analysis))
        return;
    if (analysis->stopped) { /* the other shards saw more of the captures */
        file->error = g_strdup_printf("%s: not written, as the reading was stopped", file->name);
        return;
    }
    g_autofree char *template = g_strconcat(file->name, ".XXXXXX.part", NULL);
    int descriptor = mkostemps(template, (int)strlen(".part"), O_CLOEXEC);
    if (descriptor < 0) {
        fail(file, errno);
        return;
    }
    file->part = g_steal_pointer(&template);
    write_all(file, analysis, store, descriptor);
    if (close(descriptor) != 0)
        fail(file, errno);
    if (!file->error && rename(file->part, file->name) != 0)
        fail(file, errno);
    if (!file->error)
        g_clear_pointer(&file->part, g_free);
}

const char *shard_file_error(const struct shard_file *file)
{
    return file->error;
}

void shard_file_say(const struct shard_file *file, FILE *to)
{
    g_autofree char *name = text_visible(file->name);
    fprintf(to,
            "Records      %" G_GUINT64_FORMAT " records (%" G_GUINT64_FORMAT
            " bytes) of %u devices in %" G_GUINT64_FORMAT " conversations\n"
            "             %s\n",
            file->records, file->bytes, file->devices, file->streams, name);
}

void shard_file_close(struct shard_file *file)
{
    if (!file)
        return;
    if (file->part)
        unlink(file->part);
    records_out_free(file->out);
    scratch_free(file->scratch);
    if (file->folder >= 0)
        close(file->folder);
    g_free(file->name);
    g_free(file->part);
    g_free(file->error);
    g_free(file);
}
