/* SPDX-License-Identifier: GPL-2.0-or-later
 * The mapping file: see map.h. A file that is none is said once, and then nothing is mapped. */
#include "map.h"

#include <epan/packet.h>
#include <wsutil/report_message.h>

#include <glib/gstdio.h>

#include <errno.h>
#include <stdio.h>

static const char *path;
static struct s7_mapping mapping;
/* What was said last. */
static char *complaint;

/* No more than the longest mapping and a byte, so that an endless file ends. Returns what is wrong with it. */
static char *read_file(void)
{
    static char text[S7_MAPPING_FILE_MAX + 1];
    struct s7_mapping_error error;
    FILE *stream = g_fopen(path, "rb");
    if (stream == NULL)
        return g_strdup_printf("GOTOP mapping file %s: %s", path, g_strerror(errno));
    size_t length = fread(text, 1, sizeof text, stream);
    int why = ferror(stream) ? errno : 0;
    fclose(stream);
    if (why)
        return g_strdup_printf("GOTOP mapping file %s: %s", path, g_strerror(why));
    if (s7_mapping_parse(text, length, &mapping, &error))
        return NULL;
    return g_strdup_printf("GOTOP mapping file %s, line %u: %s%s%s%s. Nothing is mapped.", path, error.line,
                           error.reason, error.near[0] ? ", at \"" : "", error.near, error.near[0] ? "\"" : "");
}

static void load(void)
{
    mapping.count = 0;
    char *now = path && *path ? read_file() : NULL;
    if (now && g_strcmp0(now, complaint) != 0)
        report_failure("%s", now);
    g_free(complaint);
    complaint = now;
}

void map_register(module_t *module)
{
    prefs_register_filename_preference(module, "mapping_file", "Mapping file",
                                       "Names for status flags and unnamed fields of a given fleet. "
                                       "The same file as for s7timeline --map; see docs/MAPPING.md.",
                                       &path, false);
    register_init_routine(load);
}

void map_apply(const uint8_t *data, struct s7_message *message)
{
    s7_mapping_apply(&mapping, data, message);
}
