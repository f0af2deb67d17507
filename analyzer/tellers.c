/* SPDX-License-Identifier: GPL-2.0-or-later
 * The forms of results that a run writes beside the timelines. */
#include "tellers.h"

#include "base/origin.h"
#include "derived/page.h"
#include "derived/tables.h"
#include "device/clock.h"
#include "evidence.h"

#define TELLERS_MAX 16

struct tellers {
    struct teller list[TELLERS_MAX];
    struct life_options life;
    struct tables *tables;
    struct page *page; /* NULL: none is asked for */
    bool hash;
};

static struct page *open_page(const struct options *options, struct output *output)
{
    const double *values = options->rules.values;
    const struct trail_options trail = {.silence = (int64_t)values[PARAMETER_NO_DATA],
                                        .speed = values[PARAMETER_JUMP_SPEED],
                                        .near = values[PARAMETER_JUMP_DISTANCE]};
    const struct page_options page = {.output = output,
                                      .hash = options->hash,
                                      .section = {.trail = trail,
                                                  .old_date = (int64_t)values[PARAMETER_OLD_DATE] * 86400,
                                                  .clock_finding = clock_finding}};
    return page_new(&page);
}

static void add(struct tellers *tellers, struct teller teller)
{
    tellers->list[tellers->life.count++] = teller;
}

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
    add(tellers, tables_teller(tellers->tables));
    if (options->report) {
        tellers->page = open_page(options, output);
        add(tellers, page_teller(tellers->page));
    }
    return tellers;
}

const struct life_options *tellers_life(const struct tellers *tellers)
{
    return &tellers->life;
}

static void write_page(struct tellers *tellers, struct analysis *analysis)
{
    g_autoptr(GString) opening = g_string_new(NULL);
    g_autoptr(GString) quality = g_string_new(NULL);
    g_autoptr(GString) evidence = g_string_new(NULL);
    evidence_opening(analysis, opening);
    evidence_quality(analysis, quality);
    evidence_inputs(analysis, evidence);
    const struct page_parts parts = {opening->str, quality->str, evidence->str};
    page_finish(tellers->page, analysis->with_rows, &parts);
}

void tellers_finish(struct tellers *tellers, struct analysis *analysis)
{
    tables_finish(tellers->tables, tellers->hash);
    if (tellers->page)
        write_page(tellers, analysis);
}

void tellers_free(struct tellers *tellers)
{
    if (!tellers)
        return;
    tables_free(tellers->tables);
    page_free(tellers->page);
    g_free(tellers);
}
