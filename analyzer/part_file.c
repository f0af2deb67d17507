/* SPDX-License-Identifier: GPL-2.0-or-later
 * The notes of a part. */
#include "part_file.h"

#include "notes.h"
#include "shard/records.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define KIND_PART    BLOCK_KIND('P', 'A', 'R', 'T') /* results of the part */
#define PART_VERSION 1

static void put(struct blocks_out *out, uint32_t kind, GString *text)
{
    blocks_put_all(out, kind, text->str, text->len);
    g_string_free(text, TRUE);
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(((const struct output_file *)a)->name, ((const struct output_file *)b)->name);
}

void part_file_write(const struct analysis *analysis, GArray *files)
{
    static char name[] = PART_NAME;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct blocks_out *out = blocks_create(-1, bytes, PART_MAGIC, PART_VERSION);
    put(out, KIND_OPTS, notes_options(analysis->options));
    put(out, KIND_CAPT, notes_captures(analysis));
    put(out, KIND_HASH, notes_hashes(&analysis->inputs));
    put(out, KIND_SUMS, notes_sums(analysis));
    put(out, KIND_PART, notes_results(analysis, files));
    blocks_put(out, KIND_DONE, 0, NULL, 0);
    blocks_finish(out);
    g_autoptr(GString) text = g_string_new_len((const char *)bytes->data, bytes->len);
    output_write(analysis->output, PART_NAME, text);
    const struct output_file file = {.name = name, .size = text->len};
    g_array_append_val(files, file);
    g_array_sort(files, compare_names);
}

static struct part_file *refuse(struct part_file *part, const char *why, char **message)
{
    *message = g_strdup_printf("%s: %s", part->path, why);
    part_file_free(part);
    return NULL;
}

/* Whole, or not at all. */
static bool read_blocks(struct part_file *part, struct blocks_in *in)
{
    struct block block;
    while (blocks_next(in, &block) == BLOCKS_FOUND) {
        GString *text = block.kind == KIND_OPTS   ? part->options
                        : block.kind == KIND_CAPT ? part->captures
                        : block.kind == KIND_HASH ? part->hashes
                        : block.kind == KIND_SUMS ? part->sums
                        : block.kind == KIND_PART ? part->results
                                                  : NULL;
        if (block.kind == KIND_DONE)
            return true;
        if (text)
            g_string_append_len(text, (const char *)block.bytes, block.length);
    }
    return false;
}

struct part_file *part_file_read(const char *path, char **message)
{
    struct part_file *part = g_new0(struct part_file, 1);
    GString **texts[] = {&part->options, &part->captures, &part->hashes, &part->sums, &part->results};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        *texts[i] = g_string_new(NULL);
    part->path = g_strdup(path);
    part->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (part->folder < 0)
        return refuse(part, g_strerror(errno), message);
    int descriptor = openat(part->folder, PART_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0)
        return refuse(part, "it is no whole result of --from: " PART_NAME " is missing", message);
    unsigned version;
    struct blocks_in *in = blocks_open(descriptor, PART_MAGIC, &version);
    if (!in)
        return refuse(part, PART_NAME " is none", message);
    bool good = version == PART_VERSION && read_blocks(part, in);
    blocks_close(in);
    if (version != PART_VERSION)
        return refuse(part, PART_NAME " is of another version: the part must be told again", message);
    return good ? part : refuse(part, PART_NAME " is cut or damaged: the part must be told again", message);
}

void part_file_free(struct part_file *part)
{
    if (!part)
        return;
    GString *texts[] = {part->options, part->captures, part->hashes, part->sums, part->results};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_string_free(texts[i], TRUE);
    if (part->folder >= 0)
        close(part->folder);
    g_free(part->path);
    g_free(part);
}
