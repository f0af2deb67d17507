/* SPDX-License-Identifier: GPL-2.0-or-later
 * Changes of a tank in one direction, while the vehicle stands, are one; a step behind a moving fix is its own. */
#include "life/fuel.h"

#include <math.h>
#include <string.h>

void fuel_begin(struct fuel *fuel, const struct rules *rules, struct life_log *log)
{
    memset(fuel, 0, sizeof *fuel);
    fuel->rules = rules;
    fuel->log = log;
}

static bool is_large(const struct fuel *fuel, double change)
{
    return fabs(change) >= fuel->rules->values[PARAMETER_FUEL_CHANGE];
}

static double seconds(const struct mark *from, const struct mark *to)
{
    if (from->at == LIFE_NO_TIME || to->at == LIFE_NO_TIME)
        return 0;
    return (double)(to->at - from->at) / (double)NANOSECONDS;
}

/* Its changes are over: told if they are large enough. The next ones begin at its content now. */
static void end_changes(struct fuel *fuel, unsigned number)
{
    struct tank *tank = &fuel->tanks[number];
    double change = tank->now - tank->from;
    if (is_large(fuel, change)) {
        GString *detail = log_detail(fuel->log);
        if (number > 0)
            g_string_append_printf(detail, "tank %u: ", number);
        log_put_number(detail, tank->from, 1);
        g_string_append(detail, " then ");
        log_put_number(detail, tank->now, 1);
        g_string_append(detail, number > 0 ? " L (" : " % (");
        g_string_append(detail, change > 0 ? "+" : "");
        log_put_number(detail, change, 1);
        g_string_append(detail, ") in ");
        log_put_duration(detail, MAX(tank->last.at - tank->start.at, 0));
        log_event(fuel->log, change > 0 ? CONCLUSION_REFUEL : CONCLUSION_FUEL_DROP, &tank->last, tank->start.row,
                  tank->last.row);
    }
    tank->from = tank->now;
    tank->start = tank->said;
    tank->large = false;
}

/* Is the step no part of the changes before it? One that is large enough by itself is not if the content stayed for a
 * while between them. */
static bool is_apart(const struct fuel *fuel, const struct tank *tank, const struct mark *mark, double step)
{
    double before = tank->now - tank->from;
    if (before == 0)
        return false;
    if (tank->moved || step * before < 0 || seconds(&tank->last, mark) > fuel->rules->values[PARAMETER_NO_DATA])
        return true;
    return (tank->large || is_large(fuel, step)) &&
           seconds(&tank->last, &tank->said) >= fuel->rules->values[PARAMETER_STOP_TIME];
}

static void see_tank(struct fuel *fuel, const struct sight *sight, unsigned number, double now)
{
    struct tank *tank = &fuel->tanks[number];
    if (tank->start.row == 0) {
        *tank = (struct tank){.start = sight->mark, .last = sight->mark, .said = sight->mark, .from = now, .now = now};
        fuel->any = true;
        return;
    }
    double step = now - tank->now;
    if (step != 0) {
        if (is_apart(fuel, tank, &sight->mark, step))
            end_changes(fuel, number);
        if (tank->now == tank->from)
            tank->start = tank->said;
        tank->large |= is_large(fuel, step);
        tank->now = now;
        tank->last = sight->mark;
    }
    tank->said = sight->mark;
    if (tank->moved)
        end_changes(fuel, number);
    tank->moved = false;
}

void fuel_row(struct fuel *fuel, const struct sight *sight)
{
    const struct s7_message *message = sight->message;
    if (!sight->says)
        return;
    if (sight->apart) {
        fuel_end(fuel);
        fuel_begin(fuel, fuel->rules, fuel->log);
    }
    for (unsigned i = 0; sight->moving == 1 && i < FUEL_TANKS; i++)
        fuel->tanks[i].moved = true;
    const struct s7_field *field = s7_find(message, S7_FIELD_FUEL_LEVEL);
    if (field)
        see_tank(fuel, sight, 0, s7_value_double(field));
    for (field = s7_find(message, S7_FIELD_FUEL); field; field = s7_find_next(message, field))
        if (field->number > 0 && field->number < FUEL_TANKS)
            see_tank(fuel, sight, field->number, s7_value_double(field));
}

void fuel_end(struct fuel *fuel)
{
    for (unsigned i = 0; fuel->any && i < FUEL_TANKS; i++)
        if (fuel->tanks[i].start.row > 0)
            end_changes(fuel, i);
}
