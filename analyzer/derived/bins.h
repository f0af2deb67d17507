/* SPDX-License-Identifier: GPL-2.0-or-later
 * A course of values in bounded memory: stretches of time, as few as are needed, each with its first, last, least and
 * greatest value. When there are too many, all become twice as long. No extreme is lost, empty time takes no room. */
#ifndef BINS_H
#define BINS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define BINS_MAX 1024

struct bin {
    int64_t at;         /* number of the stretch: its first second, by the width */
    int64_t begin, end; /* s: of the first and the last value */
    float first, last, least, greatest;
    uint32_t count;
    bool apart; /* nothing is known between this one and the one before */
};

struct bins {
    int64_t width; /* s */
    unsigned count;
    struct bin all[BINS_MAX];
};

struct bins *bins_new(void);
/* second: since 1970, in any order; fast if it grows. */
void bins_add(struct bins *bins, int64_t second, double value);
/* Nothing is known from that second on until the other: values before and behind belong to different bins. */
void bins_part(struct bins *bins, int64_t from, int64_t until);
/* The first stretch that may have a value of that second or a later one: those before it have none. */
unsigned bins_from(const struct bins *bins, int64_t second);
void bins_free(struct bins *bins);

#endif
