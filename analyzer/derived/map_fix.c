/* SPDX-License-Identifier: GPL-2.0-or-later
 * A current fix as it stands on a map. */
#include "derived/map_fix.h"

#include "base/pen.h"

#include <math.h>

/* Seconds that a live report may be from what its clock says, as for a level of docs/CLOCKS.md. */
#define TOLERANCE 120

const char *const map_clock_names[MAP_CLOCKS] = {"none", "device", "capture"};

/* Of a device whose clock may have any zone: what its skew is when a report comes at once. False if its clock had
 * several zones: which one it was is then said by the flag of the row alone. */
static bool usual_skew(const struct clock_findings *clock, int64_t *skew)
{
    *skew = clock->zones[0].rows > 0 ? -(int64_t)clock->zones[0].quarters * 900 : 0;
    return clock->zones[1].rows == 0;
}

static bool is_live(const struct life_row *row, const struct device *device)
{
    uint32_t context = row->report->context;
    int64_t usual;
    if (row->capture_time == LIFE_NO_TIME || context & CONTEXT_BIT(STORED) || row->late)
        return false;
    if (context & CONTEXT_BIT(CLOCK_OFFSET))
        return true;
    int64_t skew = row->capture_time / NANOSECONDS - row->device_time;
    return usual_skew(&device->clock, &usual) && skew <= usual + TOLERANCE && skew >= usual - TOLERANCE;
}

enum map_clock map_clock_of(const struct life_row *row, const struct device *device, int64_t *time)
{
    *time = LIFE_NO_TIME;
    if (row->device_time == LIFE_NO_TIME || row->report->context & CONTEXT_BIT(WEEK_ROLLOVER))
        return MAP_NO_CLOCK;
    if (row->report->message->dialect != S7_GOTOP) {
        *time = row->device_time * NANOSECONDS;
        return MAP_DEVICE_CLOCK;
    }
    if (!is_live(row, device))
        return MAP_NO_CLOCK;
    *time = row->capture_time;
    return MAP_CAPTURE_CLOCK;
}

static struct map_number number_of(const struct s7_message *message, enum s7_field_id id)
{
    const struct s7_field *field = s7_find(message, id);
    if (!field)
        return (struct map_number){.sent = false};
    return (struct map_number){field->value.integer, field->type == S7_DECIMAL ? field->digits : 0, true};
}

void map_fix_read(struct map_fix *fix, const struct life_row *row, const struct device *device)
{
    const struct s7_message *message = row->report->message;
    *fix = (struct map_fix){.row = row->number,
                            .device_time = row->device_time,
                            .capture_time = row->capture_time,
                            .position = row->position,
                            .latitude = number_of(message, S7_FIELD_LATITUDE),
                            .longitude = number_of(message, S7_FIELD_LONGITUDE),
                            .altitude = number_of(message, S7_FIELD_ALTITUDE),
                            .speed = number_of(message, S7_FIELD_SPEED),
                            .course = number_of(message, S7_FIELD_COURSE),
                            .satellites = number_of(message, S7_FIELD_SATELLITES),
                            .hdop = number_of(message, S7_FIELD_HDOP)};
    fix->clock = (uint8_t)map_clock_of(row, device, &fix->time);
}

double map_double(const struct map_number *number)
{
    return (double)number->value / pow(10, number->digits);
}

char *map_put_time(char *at, struct text_clock *text, enum map_clock clock, int64_t time)
{
    text_clock_put(text, at, time);
    at += clock == MAP_DEVICE_CLOCK ? TEXT_SECOND_SIZE : TEXT_SECOND_SIZE + sizeof ".000" - 1;
    return pen_put_char(at, 'Z');
}
