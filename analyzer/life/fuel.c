/* SPDX-License-Identifier: GPL-2.0-or-later
 * Changes of a tank in one direction, while the vehicle stands, are one; while it moves each step is its own. */
#include "life/fuel.h"

#include <math.h>
#include <string.h>

void fuel_begin(struct fuel *fuel, const struct rules *rules, struct life_log *log)
{
    memset(fuel, 0, sizeof *fuel);
    fuel->rules = rules;
    fuel->log = log;
}

/* Its changes are over: told if they are large enough. The next ones begin at its content now. */
static void end_changes(struct fuel *fuel, unsigned number)
{
    struct tank *tank = &fuel->tanks[number];
    double change = tank->now - tank->from;
    if (fabs(change) >= fuel->rules->values[PARAMETER_FUEL_CHANGE]) {
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
    tank->start = tank->last;
}

static void see_tank(struct fuel *fuel, const struct sight *sight, unsigned number, double now)
{
    struct tank *tank = &fuel->tanks[number];
    if (tank->start.row == 0) {
        *tank = (struct tank){sight->mark, sight->mark, now, now};
        fuel->any = true;
        return;
    }
    double step = now - tank->now, before = tank->now - tank->from;
    double time = (double)(sight->mark.at - tank->last.at) / (double)NANOSECONDS;
    if (step * before < 0 || (before != 0 && (sight->moving == 1 || time > fuel->rules->values[PARAMETER_NO_DATA])))
        end_changes(fuel, number);
    if (step == 0 && tank->now != tank->from)
        return; /* last stays that of the last change */
    if (step == 0)
        tank->start = sight->mark;
    tank->now = now;
    tank->last = sight->mark;
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
