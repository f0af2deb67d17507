/* SPDX-License-Identifier: GPL-2.0-or-later
 * What happened to a device: shows its rows to all that conclude from them, then tells what they found. */
#include "life/life.h"

#include "life/alarms.h"
#include "life/clocks.h"
#include "life/fuel.h"
#include "life/in_time.h"
#include "life/places.h"
#include "life/silence.h"
#include "life/states.h"
#include "life/talk.h"
#include "life/trips.h"
#include "life/ways.h"

struct life {
    const struct life_options *options;
    struct life_turn turn;
    void **states; /* of the tellers */
    bool concludes;
    bool late;            /* reports of the device were sent late: its rows may have to wait for their turn */
    bool all_wait;        /* some that say no fix, too: any of its rows may have to */
    struct life_log *log; /* NULL: nothing is concluded */
    struct sighter sighter;
    struct in_time in_time;
    struct alarms alarms;
    struct clocks clocks;
    struct fuel fuel;
    struct places places;
    struct silence silence;
    struct states changes;
    struct talk talk;
    struct trips trips;
    struct ways ways;
};

struct life *life_new(const struct life_options *options, const struct life_turn *turn)
{
    struct life *life = g_new0(struct life, 1);
    life->options = options;
    life->turn = *turn;
    life->states = g_new0(void *, options->count);
    if (options->rules) {
        life->log = log_new(options->rules, options->scratch, options->memory);
        alarms_init(&life->alarms, options->rules, life->log, options->show_secrets);
    }
    for (size_t i = 0; i < options->count; i++)
        if (options->tellers[i].open)
            life->states[i] = options->tellers[i].open(options->tellers[i].shared, &life->turn);
    return life;
}

static void begin_conclusions(struct life *life, const struct device *device)
{
    const struct rules *rules = life->options->rules;
    life->all_wait = device->late_unfixed;
    life->late = life->all_wait || device->late || device->context & CONTEXT_BIT(STORED);
    sighter_init(&life->sighter, rules, device);
    alarms_begin(&life->alarms);
    clocks_begin(&life->clocks, rules, life->log);
    fuel_begin(&life->fuel, rules, life->log);
    trips_begin(&life->trips, rules, life->log);
    places_begin(&life->places, rules, life->log, &life->trips);
    silence_begin(&life->silence, rules, life->options->coverage, life->log);
    states_begin(&life->changes, rules, life->log);
    talk_begin(&life->talk, life->log, life->options->show_secrets);
    ways_begin(&life->ways, rules, life->log);
}

void life_begin(struct life *life, const struct device *device)
{
    life->concludes = life->log && device->number > 0;
    if (life->concludes)
        begin_conclusions(life, device);
    for (size_t i = 0; i < life->options->count; i++)
        if (life->options->tellers[i].begin)
            life->options->tellers[i].begin(life->states[i], device);
}

static void conclude(struct life *life, const struct sight *seen)
{
    struct sight sight = *seen;
    sighter_follow(&life->sighter, &sight);
    alarms_row(&life->alarms, &sight);
    clocks_row(&life->clocks, &sight);
    fuel_row(&life->fuel, &sight);
    places_row(&life->places, &sight, silence_row(&life->silence, &sight));
    states_row(&life->changes, &sight);
    talk_row(&life->talk, &sight);
    ways_row(&life->ways, &sight);
}

/* What waited and was made until then. */
static void conclude_waiting(struct life *life, int64_t until)
{
    const struct sight *sight;
    while ((sight = in_time_next(&life->in_time, until)))
        conclude(life, sight);
}

static void take_row(struct life *life, const struct life_row *row)
{
    struct sight sight;
    sighter_see(&life->sighter, row, &sight);
    bool waits = life->late && sight.mark.at != LIFE_NO_TIME && !sight.old && !sight.aside;
    if (waits && (!sight.own || life->all_wait) && in_time_keep(&life->in_time, &sight)) {
        if (in_time_is_full(&life->in_time))
            conclude(life, in_time_next(&life->in_time, INT64_MAX));
        return;
    }
    if (sight.live)
        conclude_waiting(life, INT64_MAX);
    else if (!sight.old && !sight.aside)
        conclude_waiting(life, sight.mark.at);
    conclude(life, &sight);
}

void life_row(struct life *life, const struct life_row *row)
{
    for (size_t i = 0; i < life->options->count; i++)
        if (life->options->tellers[i].row)
            life->options->tellers[i].row(life->states[i], row);
    if (life->concludes)
        take_row(life, row);
}

static void end_conclusions(struct life *life)
{
    conclude_waiting(life, INT64_MAX);
    alarms_end(&life->alarms);
    clocks_end(&life->clocks);
    fuel_end(&life->fuel);
    places_end(&life->places);
    trips_end(&life->trips);
    silence_end(&life->silence);
    ways_end(&life->ways);
    log_tell(life->log, life->options->tellers, life->states, life->options->count);
}

void life_end(struct life *life)
{
    if (life->concludes)
        end_conclusions(life);
    for (size_t i = 0; i < life->options->count; i++)
        if (life->options->tellers[i].end)
            life->options->tellers[i].end(life->states[i]);
}

void life_free(struct life *life)
{
    if (!life)
        return;
    for (size_t i = 0; i < life->options->count; i++)
        if (life->options->tellers[i].close)
            life->options->tellers[i].close(life->states[i]);
    if (life->log)
        alarms_clear(&life->alarms);
    in_time_clear(&life->in_time);
    silence_clear(&life->silence);
    log_free(life->log);
    g_free(life->states);
    g_free(life);
}
