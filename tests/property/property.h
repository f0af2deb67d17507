/* SPDX-License-Identifier: GPL-2.0-or-later
 * Seed and size of a property test: fixed, unless arguments or the environment say otherwise; printed either way. */
#ifndef PROPERTY_H
#define PROPERTY_H

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

struct property {
    guint32 seed;
    unsigned count;
};

static inline void property_read(struct property *property, int argc, char **argv)
{
    const char *seed = argc > 1 ? argv[1] : g_getenv("PROPERTY_SEED");
    const char *count = argc > 2 ? argv[2] : g_getenv("PROPERTY_COUNT");
    if (seed)
        property->seed = (guint32)strtoul(seed, NULL, 0);
    if (count)
        property->count = (unsigned)strtoul(count, NULL, 0);
    printf("seed %u, count %u\n", property->seed, property->count);
}

#endif
