/* SPDX-License-Identifier: GPL-2.0-or-later
 * The mapping file: see map_file.h. */
#include "base/map_file.h"

#include "base/sha256.h"

#include <errno.h>
#include <stdio.h>

/* No more than the longest mapping and a byte, so that an endless file ends. NULL if it cannot be read. */
static char *read_text(const char *path, size_t *length)
{
    FILE *stream = fopen(path, "rbe");
    if (!stream)
        return NULL;
    char *text = g_malloc(S7_MAPPING_FILE_MAX + 1);
    *length = fread(text, 1, S7_MAPPING_FILE_MAX + 1, stream);
    bool bad = ferror(stream) != 0;
    int error = errno;
    fclose(stream);
    errno = error;
    if (!bad)
        return text;
    g_free(text);
    return NULL;
}

struct map_file *map_file_parse(const char *path, char *text, size_t length, char **message)
{
    struct s7_mapping_error error;
    struct map_file *file = g_new0(struct map_file, 1);
    file->text = text;
    file->length = length;
    if (!s7_mapping_parse(file->text, length, &file->mapping, &error)) {
        *message = error.near[0] ? g_strdup_printf("%s:%u: %s, at '%s'", path, error.line, error.reason, error.near)
                                 : g_strdup_printf("%s:%u: %s", path, error.line, error.reason);
    } else {
        file->name = g_path_get_basename(path);
        file->sha256 = sha256_bytes(file->text, length);
        return file;
    }
    map_file_free(file);
    return NULL;
}

struct map_file *map_file_read(const char *path, char **message)
{
    size_t length;
    char *text = read_text(path, &length);
    if (text)
        return map_file_parse(path, text, length, message);
    *message = g_strdup_printf("%s: %s", path, g_strerror(errno));
    return NULL;
}

void map_file_free(struct map_file *file)
{
    if (!file)
        return;
    g_free(file->name);
    g_free(file->text);
    g_free(file->sha256);
    g_free(file);
}

void map_file_apply(const struct map_file *file, const uint8_t *data, struct s7_message *message)
{
    if (file)
        s7_mapping_apply(&file->mapping, data, message);
}

char *map_file_rule(const struct map_file *file, unsigned rule)
{
    const struct s7_mapping_rule *found = &file->mapping.rules[rule];
    return g_strndup(file->text + found->offset, found->length);
}
