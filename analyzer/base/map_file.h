/* SPDX-License-Identifier: GPL-2.0-or-later
 * The mapping file of --map. Takes its path, gives its rules and what the manifest says of it. */
#ifndef MAP_FILE_H
#define MAP_FILE_H

#include <glib.h>

#include "mapping.h"

struct map_file {
    char *name;    /* without folders */
    char *text;    /* no NUL behind it */
    size_t length; /* of it */
    char *sha256;
    struct s7_mapping mapping;
};

/* NULL if it cannot be read or is no mapping: *message then says where and why, in one line; the caller frees it. */
struct map_file *map_file_read(const char *path, char **message);
/* The same with the text of a file of that name, by g_malloc(), which is taken over. */
struct map_file *map_file_parse(const char *path, char *text, size_t length, char **message);
void map_file_free(struct map_file *file);

/* As s7_mapping_apply(); nothing if file is NULL. */
void map_file_apply(const struct map_file *file, const uint8_t *data, struct s7_message *message);

/* The text of a rule as it stands in the file; the caller frees it. */
char *map_file_rule(const struct map_file *file, unsigned rule);

#endif
