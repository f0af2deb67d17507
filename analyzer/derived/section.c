/* SPDX-License-Identifier: GPL-2.0-or-later
 * The part of the page that shows one device: collects what it is drawn from. */
#include "derived/section.h"

#include "base/origin.h"
#include "base/text.h"

#include <string.h>

struct section *section_new(const struct section_options *options)
{
    struct section *section = g_new0(struct section, 1);
    section->options = options;
    return section;
}

static void clear(struct section *section)
{
    const struct section_options *options = section->options;
    for (unsigned i = 0; i < SECTION_AXES; i++)
        canvas_clear(&section->canvases[i]);
    for (unsigned i = 0; i < MIN(section->event_count, SECTION_EVENTS); i++)
        g_free(section->events[i].detail);
    for (unsigned i = 0; i < section->sign_count; i++)
        g_free(section->signs[i].title);
    memset(section, 0, sizeof *section);
    section->options = options;
}

void section_begin(struct section *section, const struct device *device)
{
    clear(section);
    section->device = device;
    section->utc = !device->has_dialect[S7_GOTOP];
    trail_init(&section->trail, &section->options->trail);
}

static void count_flags(struct section *section, const struct report *report)
{
    for (uint32_t rest = report->message->flags; rest != 0; rest &= rest - 1)
        section->flags[g_bit_nth_lsf(rest, -1)]++;
    for (uint32_t rest = report->context; rest != 0; rest &= rest - 1)
        section->context[g_bit_nth_lsf(rest, -1)]++;
}

static int64_t whole(int64_t nanoseconds)
{
    return nanoseconds / NANOSECONDS - (nanoseconds % NANOSECONDS < 0);
}

/* Which axis the row stands on, and where; false: it has no time at all. The time of a last known position is that of
 * the position, but for fifotrack. */
static bool find_time(struct section *section, const struct life_row *row, bool valid, enum section_axis *axis,
                      int64_t *second)
{
    bool own = row->device_time != LIFE_NO_TIME && (valid || row->report->message->dialect == S7_FIFOTRACK);
    if (own) {
        int64_t skew = row->capture_time == LIFE_NO_TIME ? 0 : whole(row->capture_time) - row->device_time;
        *axis = ABS(skew) > section->options->old_date ? SECTION_FAR : SECTION_NEAR;
        *second = row->device_time;
        section->own[*axis]++;
        return true;
    }
    if (row->capture_time == LIFE_NO_TIME)
        return false;
    *axis = section->utc ? SECTION_NEAR : SECTION_CAPTURE;
    *second = whole(row->capture_time);
    return true;
}

static double number_of(const struct s7_message *message, enum s7_field_id id)
{
    const struct s7_field *field = s7_find(message, id);
    return field && !(field->flags & S7_FLAG_BIT(OUT_OF_RANGE)) ? s7_value_double(field) : -1;
}

void section_row(struct section *section, const struct life_row *row)
{
    const struct report *report = row->report;
    const struct s7_message *message = report->message;
    const struct s7_field *valid = s7_find(message, S7_FIELD_VALID);
    enum section_axis axis;
    int64_t second;
    section->rows++;
    count_flags(section, report);
    section->commands += message->direction != S7_UP;
    if (!message->proven) {
        section->bad++;
        return;
    }
    section->last_known += valid && !valid->value.integer;
    if (!find_time(section, row, valid && valid->value.integer, &axis, &second)) {
        section->untimed++;
        return;
    }
    if (report->context & CONTEXT_BIT(DUPLICATE))
        return;
    bool fix = row->position.latitude != DISTANCE_NOWHERE;
    canvas_add(&section->canvases[axis], report, second, fix);
    if (!fix)
        return;
    if (axis != SECTION_CAPTURE) /* a wrong date says nothing of the time between it and the fix before */
        section->moved = second;
    const struct trail_fix place = {.position = row->position,
                                    .second = section->moved,
                                    .row = row->number,
                                    .speed = (float)number_of(message, S7_FIELD_SPEED),
                                    .course = (int16_t)number_of(message, S7_FIELD_COURSE)};
    trail_add(&section->trail, &place);
}

/* The axis that has most of the device's own times; without any, that of the capture. */
static void settle(struct section *section)
{
    if (section->settled)
        return;
    section->settled = true;
    section->axis = SECTION_NEAR;
    if (section->own[SECTION_FAR] > section->own[SECTION_NEAR])
        section->axis = SECTION_FAR;
    else if (section->own[SECTION_NEAR] == 0 && section->canvases[SECTION_NEAR].rows == 0)
        section->axis = SECTION_CAPTURE;
    const struct bins *all = section->canvases[section->axis].all;
    if (all)
        axis_set(&section->chart.axis, all, CHART_LEFT, CHART_RIGHT);
}

/* Does a time of that clock stand on the axis? */
static bool fits(const struct section *section, enum life_clock clock)
{
    if (section->axis == SECTION_NEAR && section->utc)
        return true;
    return (clock == LIFE_CLOCK_CAPTURE) == (section->axis == SECTION_CAPTURE);
}

/* What must not be overlooked. */
static bool is_grave(const char *event)
{
    static const char *const names[] = {"sos",
                                        "power_cut",
                                        "tow",
                                        "tamper",
                                        "overspeed",
                                        "antenna_cut",
                                        "impact",
                                        "fall",
                                        "fuel_theft",
                                        "theft_alarm",
                                        "jamming",
                                        "two_places",
                                        "fuel_drop",
                                        "power_low",
                                        "low_battery",
                                        "gps_lost",
                                        "future_time",
                                        "old_date",
                                        "refusal",
                                        "unanswered",
                                        "config_changed",
                                        "impossible_jump",
                                        "week_rollover",
                                        "clock_jump",
                                        "fatigue"};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(event, names[i]) == 0)
            return true;
    return false;
}

/* Returns the name of the event for good. */
static const char *count_name(struct section *section, const struct life_event *event)
{
    struct section_name *name = NULL;
    const struct section_time time = {event->time, event->clock};
    for (unsigned i = 0; i < section->name_count && !name; i++)
        if (strcmp(section->names[i].name, event->event) == 0 && strcmp(section->names[i].rule, event->rule) == 0)
            name = &section->names[i];
    if (!name && section->name_count == SECTION_NAMES)
        return g_intern_string(event->event);
    if (!name) {
        name = &section->names[section->name_count++];
        *name = (struct section_name){g_intern_string(event->event), g_intern_string(event->rule), 0, time, time};
    }
    name->count++;
    if (name->first.time == LIFE_NO_TIME || (time.time != LIFE_NO_TIME && time.time < name->first.time))
        name->first = time;
    if (time.time >= name->last.time)
        name->last = time;
    return name->name;
}

static void add_sign(struct section *section, const struct life_event *event)
{
    if (event->position.latitude == DISTANCE_NOWHERE || section->sign_count == SECTION_SIGNS)
        return;
    g_autoptr(GString) title = g_string_new(event->event);
    if (event->time != LIFE_NO_TIME) {
        g_string_append(title, ", ");
        text_second(title, event->time);
    }
    if (event->detail[0] != '\0')
        g_string_append_printf(title, ", %s", event->detail);
    section->signs[section->sign_count++] =
        (struct trail_sign){event->position, g_string_free(g_steal_pointer(&title), FALSE)};
}

void section_event(struct section *section, const struct life_event *event)
{
    settle(section);
    bool grave = is_grave(event->event);
    const char *name = count_name(section, event);
    if (section->event_count++ < SECTION_EVENTS) {
        struct section_event *kept = &section->events[section->event_count - 1];
        kept->event = *event;
        kept->event.event = name;
        kept->detail = g_strdup(event->detail);
    }
    if (grave) {
        section->grave++;
        add_sign(section, event);
    }
    if (event->time == LIFE_NO_TIME || !fits(section, event->clock) ||
        !chart_add_event(&section->chart, name, event->rule, grave, whole(event->time)))
        section->off_axis++;
}

void section_trip(struct section *section, const struct life_trip *trip)
{
    settle(section);
    uint64_t count = 0;
    for (unsigned kind = 0; kind <= LIFE_SILENCE; kind++)
        count += section->trip_counts[kind];
    if (count < SECTION_TRIPS)
        section->trips[count] = *trip;
    section->trip_counts[trip->kind]++;
    if (trip->kind == LIFE_TRIP)
        section->trip_distance += trip->distance;
    if (!fits(section, trip->clock))
        return;
    chart_add_stretch(&section->chart, trip->kind, whole(trip->start), whole(trip->end));
    if (trip->kind == LIFE_SILENCE)
        canvas_part(&section->canvases[section->axis], whole(trip->start), whole(trip->end));
}

void section_end(struct section *section, GString *out, struct section_summary *summary)
{
    settle(section);
    *summary = (struct section_summary){.fixes = section->trail.fixes,
                                        .trips = section->trip_counts[LIFE_TRIP],
                                        .silences = section->trip_counts[LIFE_SILENCE],
                                        .events = section->event_count,
                                        .grave = section->grave,
                                        .trip_distance = section->trip_distance};
    section_text(section, out);
}

void section_free(struct section *section)
{
    if (!section)
        return;
    clear(section);
    g_free(section);
}
