/* SPDX-License-Identifier: GPL-2.0-or-later
 * The forms of results that a run writes beside the timelines. */
#include "tellers.h"

#define TELLERS_MAX 16

struct tellers {
    struct teller list[TELLERS_MAX];
    struct life_options life;
};

struct tellers *tellers_new(const struct options *options, struct output *output)
{
    struct tellers *tellers = g_new0(struct tellers, 1);
    tellers->life.tellers = tellers->list;
    return tellers;
}

const struct life_options *tellers_life(const struct tellers *tellers)
{
    return &tellers->life;
}

void tellers_finish(struct tellers *tellers, const GPtrArray *with_rows)
{
}

void tellers_free(struct tellers *tellers)
{
    g_free(tellers);
}
