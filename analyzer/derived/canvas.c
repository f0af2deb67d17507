/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a device measured in the course of time. */
#include "derived/canvas.h"

#include <math.h>

const struct canvas_info canvas_infos[CANVAS_MEASURES] = {
    [CANVAS_SPEED] = {S7_FIELD_SPEED, "Speed", "km/h", 1, 0, 20},
    [CANVAS_EXTERNAL_VOLTAGE] = {S7_FIELD_EXTERNAL_VOLTAGE, "External supply", "V", 2, NAN, 1},
    [CANVAS_BATTERY_VOLTAGE] = {S7_FIELD_BATTERY_VOLTAGE, "Internal battery", "V", 2, NAN, 0.4},
    [CANVAS_BATTERY] = {S7_FIELD_BATTERY, "Battery level", "%", 0, 0, 100},
    [CANVAS_SIGNAL] = {S7_FIELD_SIGNAL, "GSM signal", "as sent", 0, 0, 31},
    [CANVAS_FUEL] = {S7_FIELD_FUEL, "Fuel", "L", 1, 0, 10},
    [CANVAS_FUEL_LEVEL] = {S7_FIELD_FUEL_LEVEL, "Fuel level", "%", 1, 0, 100},
    [CANVAS_TEMPERATURE] = {S7_FIELD_TEMPERATURE, "Temperature", "\302\260C", 1, NAN, 4},
    [CANVAS_IGNITION] = {S7_FIELD_IGNITION, "Ignition", "", 0, 0, 1},
    [CANVAS_EXTERNAL_POWER] = {S7_FIELD_EXTERNAL_POWER, "External power", "", 0, 0, 1},
    [CANVAS_CHARGING] = {S7_FIELD_CHARGING, "Charging", "", 0, 0, 1},
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
