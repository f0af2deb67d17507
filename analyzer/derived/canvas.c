/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a device measured in the course of time. */
#include "derived/canvas.h"

#include <math.h>

const struct canvas_info canvas_infos[CANVAS_MEASURES] = {
    [CANVAS_SPEED] = {"Speed", "km/h", 0, 20, S7_FIELD_SPEED, 1},
    [CANVAS_EXTERNAL_VOLTAGE] = {"External supply", "V", NAN, 1, S7_FIELD_EXTERNAL_VOLTAGE, 2},
    [CANVAS_BATTERY_VOLTAGE] = {"Internal battery", "V", NAN, 0.4, S7_FIELD_BATTERY_VOLTAGE, 2},
    [CANVAS_BATTERY] = {"Battery level", "%", 0, 100, S7_FIELD_BATTERY, 0},
    [CANVAS_SIGNAL] = {"GSM signal", "as sent", 0, 31, S7_FIELD_SIGNAL, 0},
    [CANVAS_FUEL] = {"Fuel", "L", 0, 10, S7_FIELD_FUEL, 1},
    [CANVAS_FUEL_LEVEL] = {"Fuel level", "%", 0, 100, S7_FIELD_FUEL_LEVEL, 1},
    [CANVAS_TEMPERATURE] = {"Temperature", "\302\260C", NAN, 4, S7_FIELD_TEMPERATURE, 1},
    [CANVAS_IGNITION] = {"Ignition", "", 0, 1, S7_FIELD_IGNITION, 0},
    [CANVAS_EXTERNAL_POWER] = {"External power", "", 0, 1, S7_FIELD_EXTERNAL_POWER, 0},
    [CANVAS_CHARGING] = {"Charging", "", 0, 1, S7_FIELD_CHARGING, 0},
};

static void add(struct bins **bins, int64_t second, double value)
{
    if (!*bins)
        *bins = bins_new();
    bins_add(*bins, second, value);
}

static void add_value(struct canvas *canvas, enum canvas_measure measure, const struct s7_field *field, int64_t second)
{
    if (field->flags & UINT32_C(1) << S7_FLAG_OUT_OF_RANGE) {
        canvas->out_of_range++;
        return;
    }
    for (unsigned i = 0; i < CANVAS_LINES; i++) {
        if (!canvas->lines[measure][i])
            canvas->numbers[measure][i] = field->number;
        if (canvas->numbers[measure][i] == field->number) {
            add(&canvas->lines[measure][i], second, s7_value_double(field));
            return;
        }
    }
    canvas->further++;
}

void canvas_add(struct canvas *canvas, const struct report *report, int64_t second, bool fix)
{
    const struct s7_message *message = report->message;
    canvas->rows++;
    add(&canvas->all, second, 1);
    if (message->direction != S7_UP)
        return;
    add(report->context & CONTEXT_BIT(STORED) ? &canvas->late : &canvas->live, second, 1);
    for (unsigned measure = 0; measure < CANVAS_MEASURES; measure++) {
        enum s7_field_id id = canvas_infos[measure].field;
        if (measure == CANVAS_SPEED && !fix)
            continue;
        for (const struct s7_field *field = s7_find(message, id); field; field = s7_find_next(message, field))
            add_value(canvas, (enum canvas_measure)measure, field, second);
    }
}

void canvas_part(struct canvas *canvas, int64_t from, int64_t until)
{
    for (unsigned measure = 0; measure < CANVAS_MEASURES; measure++)
        for (unsigned i = 0; i < CANVAS_LINES && canvas->lines[measure][i]; i++)
            bins_part(canvas->lines[measure][i], from, until);
}

void canvas_clear(struct canvas *canvas)
{
    for (unsigned measure = 0; measure < CANVAS_MEASURES; measure++)
        for (unsigned i = 0; i < CANVAS_LINES; i++)
            bins_free(canvas->lines[measure][i]);
    bins_free(canvas->all);
    bins_free(canvas->live);
    bins_free(canvas->late);
    *canvas = (struct canvas){0};
}
