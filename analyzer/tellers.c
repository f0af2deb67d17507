/* SPDX-License-Identifier: GPL-2.0-or-later
 * The forms of results that a run writes beside the timelines. */
#include "tellers.h"

#include "derived/beside.h"

#define TELLERS_MAX 16

struct tellers {
    struct teller list[TELLERS_MAX];
    struct life_options life;
    struct beside *beside;
};

static void add(struct tellers *tellers, struct teller teller)
{
    g_assert(tellers->life.count < TELLERS_MAX);
    tellers->list[tellers->life.count++] = teller;
}

struct tellers *tellers_new(const struct options *options, struct output *output)
{
    struct tellers *tellers = g_new0(struct tellers, 1);
    tellers->life.tellers = tellers->list;
    tellers->beside = beside_new(output, options->hash);
    add(tellers, beside_teller(tellers->beside));
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
    if (!tellers)
        return;
    beside_free(tellers->beside);
    g_free(tellers);
}
