/* SPDX-License-Identifier: GPL-2.0-or-later
 * The forms of results that a run writes beside the timelines. */
#include "tellers.h"

#include "derived/page.h"
#include "device/clock.h"
#include "evidence.h"

#define TELLERS_MAX 16

struct tellers {
    struct teller list[TELLERS_MAX];
    struct life_options life;
    struct page *page; /* NULL: none is asked for */
};

static struct page *open_page(const struct options *options, struct output *output)
{
    const struct page_options page = {.output = output,
                                      .hash = options->hash,
                                      .section = {.trail = {.silence = 3600, .speed = 300},
                                                  .old_date = 90 * INT64_C(86400),
                                                  .clock_finding = clock_finding}};
    return page_new(&page);
}

struct tellers *tellers_new(const struct options *options, struct output *output)
{
    struct tellers *tellers = g_new0(struct tellers, 1);
    tellers->life.tellers = tellers->list;
    if (options->report) {
        tellers->page = open_page(options, output);
        tellers->list[tellers->life.count++] = page_teller(tellers->page);
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
    evidence_inputs(analysis, NULL, evidence);
    const struct page_parts parts = {opening->str, quality->str, evidence->str};
    page_finish(tellers->page, analysis->with_rows, &parts);
}

void tellers_finish(struct tellers *tellers, struct analysis *analysis)
{
    if (tellers->page)
        write_page(tellers, analysis);
}

void tellers_free(struct tellers *tellers)
{
    if (!tellers)
        return;
    page_free(tellers->page);
    g_free(tellers);
}
