/* SPDX-License-Identifier: GPL-2.0-or-later
 * See decoded_sample.h. */
#include "decoded_sample.h"

#include "render.h"

#include <stdlib.h>
#include <string.h>

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *sort_lines(const char *text)
{
    char **lines = g_strsplit(text, "\n", -1);
    qsort(lines, g_strv_length(lines), sizeof *lines, compare_lines);
    char *sorted = g_strjoinv("\n", lines);
    g_strfreev(lines);
    return sorted;
}

char *decoded_lines(const guint8 *data, const struct s7_frame *frame)
{
    static struct s7_message message; /* large */
    GString *text = g_string_new(NULL);
    s7_decode(data, frame, &message);
    render_message(text, data, &message);
    char *sorted = sort_lines(text->str);
    g_string_free(text, TRUE);
    return sorted;
}

char *expected_lines(const struct sample *sample)
{
    char *text = sample_expected(sample), *sorted = sort_lines(text);
    g_free(text);
    return sorted;
}
