/* SPDX-License-Identifier: GPL-2.0-or-later
 * Makes a capture from a scenario and the table of published frames; the same input gives the same bytes.
 * With --check it compares instead: is the capture in the repository what the scenario says? */
#include <stdio.h>
#include <string.h>

#include "frames.h"
#include "scenario.h"

static int check(const char *path, const GByteArray *capture, GError **error)
{
    char *bytes;
    gsize length;
    if (!g_file_get_contents(path, &bytes, &length, error))
        return 1;
    gboolean same = length == capture->len && memcmp(bytes, capture->data, length) == 0;
    if (!same)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "%s is not what the scenario makes (%" G_GSIZE_FORMAT " bytes, expected %u)", path, length,
                    capture->len);
    g_free(bytes);
    return same ? 0 : 1;
}

static int make(const char *const *paths, gboolean only_check, GError **error)
{
    GHashTable *frames = frames_read(paths[0], error);
    if (!frames)
        return 1;
    GByteArray *capture = scenario_play(paths[1], frames, error);
    g_hash_table_unref(frames);
    if (!capture)
        return 1;
    int status;
    if (only_check)
        status = check(paths[2], capture, error);
    else
        status = g_file_set_contents(paths[2], (const char *)capture->data, (gssize)capture->len, error) ? 0 : 1;
    g_byte_array_unref(capture);
    return status;
}

int main(int argc, char **argv)
{
    gboolean only_check = argc > 1 && strcmp(argv[1], "--check") == 0;
    if (argc != 4 + only_check) {
        fprintf(stderr, "usage: make_samples [--check] FRAMES.tsv SCENARIO CAPTURE.pcap\n");
        return 2;
    }
    const char *const paths[3] = {argv[1 + only_check], argv[2 + only_check], argv[3 + only_check]};
    GError *error = NULL;
    int status = make(paths, only_check, &error);
    if (error) {
        fprintf(stderr, "make_samples: %s\n", error->message);
        g_error_free(error);
    }
    return status;
}
