/* SPDX-License-Identifier: GPL-2.0-or-later
 * The forms of results that a run writes beside the timelines. */
#include "tellers.h"

#include "derived/tables.h"

#define TELLERS_MAX 16

struct tellers {
    struct teller list[TELLERS_MAX];
    struct life_options life;
    struct tables *tables;
    bool hash;
};

struct tellers *tellers_new(const struct options *options, struct output *output, const struct devices *devices,
                            const struct coverage *coverage, size_t memory)
{
    struct tellers *tellers = g_new0(struct tellers, 1);
    tellers->hash = options->hash;
    tellers->tables = tables_new(output, devices, options->csv_guard, memory / 2);
    tellers->life = (struct life_options){.tellers = tellers->list,
                                          .rules = &options->rules,
                                          .coverage = coverage,
                                          .show_secrets = options->show_secrets,
                                          .scratch = output_scratch(output),
                                          .memory = memory / 2 / options->jobs};
    tellers->list[tellers->life.count++] = tables_teller(tellers->tables);
    return tellers;
}

const struct life_options *tellers_life(const struct tellers *tellers)
{
    return &tellers->life;
}

void tellers_finish(struct tellers *tellers, const GPtrArray *with_rows)
{
    tables_finish(tellers->tables, tellers->hash);
}

void tellers_free(struct tellers *tellers)
{
    if (!tellers)
        return;
    tables_free(tellers->tables);
    g_free(tellers);
}
