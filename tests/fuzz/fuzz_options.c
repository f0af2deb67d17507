/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: a command line, its words with NUL between. What is taken of it must be sound; no file is named, so that
 * none is read. */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 64
#define REQUIRE(condition)                                                                                             \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            abort();                                                                                                   \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct options *options)
{
    REQUIRE(options->captures && options->captures[0]);
    for (guint i = 1; options->ports && i < options->ports->len; i++)
        REQUIRE(g_array_index(options->ports, uint16_t, i - 1) < g_array_index(options->ports, uint16_t, i));
    REQUIRE(options->since <= options->until && options->jobs > 0 && options->memory > 0);
    REQUIRE(options->shard.number <= options->shard.count && options->part <= options->parts);
    REQUIRE(options->close_ns >= 0 && options->idle_ns >= 0 && options->track_gap >= 0);
    REQUIRE((options->tracks & ~(OPTIONS_GPX | OPTIONS_KML | OPTIONS_GEOJSON)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *nowhere;
    if (!nowhere) {
        nowhere = fopen("/dev/null", "w");
        REQUIRE(nowhere);
        stdout = stderr = nowhere; /* what is said to the user */
    }
    char *copy = g_malloc(size + 1);
    memcpy(copy, data, size);
    copy[size] = '\0';
    char program[] = "s7timeline";
    char *words[WORDS + 2] = {program};
    int count = 1;
    for (size_t at = 0; at < size && count <= WORDS; at += strlen(copy + at) + 1) {
        if (strstr(copy + at, "map")) { /* --map, by whatever way */
            g_free(copy);
            return -1;
        }
        words[count++] = copy + at;
    }
    struct options options;
    if (options_parse(&options, count, words) == OPTIONS_RUN)
        check(&options);
    options_clear(&options);
    g_free(copy);
    return 0;
}
