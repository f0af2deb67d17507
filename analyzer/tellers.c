/* SPDX-License-Identifier: GPL-2.0-or-later
 * The forms of results that a run writes beside the timelines. */
#include "tellers.h"

#include "derived/beside.h"
#include "derived/gpx.h"
#include "derived/kml.h"
#include "derived/lines.h"
#include "derived/points.h"
#include "derived/tracks.h"

#define TELLERS_MAX 16
/* What a thread keeps of a device's tracks, of the memory of the second step: fixes, and of text that waits. */
#define FIXES_PART(memory) ((memory) / 8)
#define TEXT_PART(memory)  ((memory) / 64)

struct tellers {
    struct teller list[TELLERS_MAX];
    struct life_options life;
    struct beside *beside;
    struct tracks_options tracks;
    struct track_files track_files;
    struct points_options points;
};

static void add(struct tellers *tellers, struct teller teller)
{
    g_assert(tellers->life.count < TELLERS_MAX);
    tellers->list[tellers->life.count++] = teller;
}

static void add_form(struct tellers *tellers, void *shared, struct track_taker (*open)(void *shared))
{
    g_assert(tellers->tracks.count < TRACKS_FORMS_MAX);
    tellers->tracks.forms[tellers->tracks.count++] = (struct track_form){shared, open};
}

static void add_tracks(struct tellers *tellers, const struct options *options, struct output *output)
{
    size_t memory = options->memory / options->jobs;
    tellers->track_files = (struct track_files){output, options->hash, TEXT_PART(memory)};
    tellers->tracks.scratch = output_scratch(output);
    tellers->tracks.memory = FIXES_PART(memory);
    tellers->tracks.gap = options->track_gap;
    if (options->tracks & OPTIONS_GPX)
        add_form(tellers, &tellers->track_files, gpx_open);
    if (options->tracks & OPTIONS_KML)
        add_form(tellers, &tellers->track_files, kml_open);
    if (options->tracks & OPTIONS_GEOJSON) {
        add_form(tellers, &tellers->track_files, lines_open);
        tellers->points = (struct points_options){tellers->track_files, options->show_secrets};
        add(tellers, points_teller(&tellers->points));
    }
    if (tellers->tracks.count > 0)
        add(tellers, tracks_teller(&tellers->tracks));
}

struct tellers *tellers_new(const struct options *options, struct output *output)
{
    struct tellers *tellers = g_new0(struct tellers, 1);
    tellers->life.tellers = tellers->list;
    tellers->beside = beside_new(output, options->hash);
    add(tellers, beside_teller(tellers->beside));
    add_tracks(tellers, options, output);
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
