/* SPDX-License-Identifier: GPL-2.0-or-later
 * For the tests of what is concluded from rows: rows made from lines of words, and the events and trips that come out.
 * A row is a live report with a current fix, of the time that it was captured, unless its words say otherwise. */
#ifndef LIFE_CHECK_H
#define LIFE_CHECK_H

#include "life/life.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* 2026-03-02T08:00:00Z */
#define START  INT64_C(1772438400)
#define SECOND INT64_C(1000000000)

static struct rules rules;
static struct coverage *coverage;
static struct life *life;
static GString *events, *trips;
static uint64_t row_number;
static enum s7_dialect dialect;
static struct life_options life_options;
static struct teller teller;
static struct device device; /* whose context says whether anything was stored */

static inline void put_second(GString *out, int64_t time)
{
    if (time == LIFE_NO_TIME)
        g_string_append(out, "never");
    else
        g_string_append_printf(out, "%" G_GINT64_FORMAT, time / SECOND - START);
}

/* "ignition_on@60 1-2 (detail)"; the time in seconds after START, with c behind it where it is the capture's. */
static inline void take_event(void *state, const struct life_event *event)
{
    g_string_append_printf(events, "%s%s@", events->len ? " | " : "", event->event);
    put_second(events, event->time);
    g_string_append_printf(events, "%s %d-%d", event->clock == LIFE_CLOCK_CAPTURE ? "c" : "", (int)event->first_row,
                           (int)event->last_row);
    if (*event->detail)
        g_string_append_printf(events, " (%s)", event->detail);
}

/* "trip 0-300 1-6 1500m 62km/h odo 1490" */
static inline void take_trip(void *state, const struct life_trip *trip)
{
    static const char *const kinds[] = {"trip", "stop", "silence"};
    g_string_append_printf(trips, "%s%s ", trips->len ? " | " : "", kinds[trip->kind]);
    put_second(trips, trip->start);
    g_string_append_c(trips, '-');
    put_second(trips, trip->end);
    g_string_append_printf(trips, "%s %d-%d", trip->clock == LIFE_CLOCK_CAPTURE ? "c" : "", (int)trip->first_row,
                           (int)trip->last_row);
    if (trip->distance >= 0)
        g_string_append_printf(trips, " %.0fm", trip->distance);
    if (trip->max_speed >= 0)
        g_string_append_printf(trips, " %.0fkm/h", trip->max_speed);
    if (trip->odometer != LIFE_NO_TIME)
        g_string_append_printf(trips, " odo %d", (int)trip->odometer);
}

static inline int set_up(void **state)
{
    events = g_string_new(NULL);
    trips = g_string_new(NULL);
    rules_init(&rules);
    coverage = NULL;
    life = NULL;
    row_number = 0;
    dialect = S7_STARTEK;
    device = (struct device){.id = "359280010000037", .number = 1};
    return 0;
}

static inline int tear_down(void **state)
{
    life_free(life);
    coverage_free(coverage);
    rules_clear(&rules);
    g_string_free(events, TRUE);
    g_string_free(trips, TRUE);
    return 0;
}

static inline void open_life(void)
{
    static const struct life_turn turn = {NULL, NULL};
    rules_spell(&rules);
    teller = (struct teller){.event = take_event, .trip = take_trip};
    life_options = (struct life_options){.tellers = &teller, .count = 1, .rules = &rules, .coverage = coverage};
    life = life_new(&life_options, &turn);
    life_begin(life, &device);
}

static inline struct s7_field *add_field(struct s7_message *message, enum s7_field_id id)
{
    struct s7_field *field = &message->fields[message->count++];
    field->id = (uint16_t)id;
    if (!s7_has(message, id))
        message->first[id] = s7_place(message, field);
    message->present[id / 64] |= UINT64_C(1) << id % 64;
    return field;
}

/* A number with its decimals, or a text of up to 15 bytes. */
static inline void add_value(struct s7_message *message, enum s7_field_id id, const char *text)
{
    struct s7_field *field = add_field(message, id);
    const char *point = strchr(text, '.');
    field->type = s7_fields[id].type;
    if (field->type == S7_TEXT) {
        field->attributes = S7_INLINE;
        g_strlcpy(field->value.text, text, sizeof field->value.text);
        return;
    }
    field->digits = point ? (uint8_t)strlen(point + 1) : 0;
    g_autofree char *digits = g_strdup(text);
    if (point)
        memmove(digits + (point - text), point + 1, strlen(point));
    field->value.integer = g_ascii_strtoll(digits, NULL, 10);
}

static inline int name_index(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    fail_msg("no name: %s", name);
    return 0;
}

struct made {
    struct s7_message *message;
    struct report report;
    struct origin origin;
    int64_t captured, device; /* s after START */
    bool untimed, late, fix;
    double latitude, longitude;
};

/* Words that are no field. */
static inline bool take_word(struct made *made, const char *key, const char *value)
{
    struct s7_message *message = made->message;
    if (strcmp(key, "c") == 0)
        made->captured = g_ascii_strtoll(value, NULL, 10);
    else if (strcmp(key, "d") == 0)
        made->device = g_ascii_strtoll(value, NULL, 10);
    else if (strcmp(key, "lat") == 0)
        made->latitude = g_ascii_strtod(value, NULL);
    else if (strcmp(key, "lon") == 0)
        made->longitude = g_ascii_strtod(value, NULL);
    else if (strcmp(key, "kind") == 0)
        message->kind = (enum s7_kind)name_index(s7_kind_names, S7_KIND_COUNT, value);
    else if (strcmp(key, "event") == 0)
        message->event = (enum s7_event)name_index(s7_event_names, S7_EVENT_COUNT, value);
    else if (strcmp(key, "flag") == 0)
        made->report.context |= 1U << name_index(context_flag_names, CONTEXT_FLAG_COUNT, value);
    else if (strcmp(key, "stream") == 0)
        made->report.stream = g_ascii_strtoull(value, NULL, 10);
    else if (strcmp(key, "from") == 0)
        made->report.source.address[15] = (uint8_t)atoi(value);
    else if (strcmp(key, "answers") == 0)
        made->report.answers = (struct origin){.file = 1, .number = g_ascii_strtoull(value, NULL, 10)};
    else
        return false;
    return true;
}

static inline void take_flag(struct made *made, const char *word)
{
    if (strcmp(word, "V") == 0 || strcmp(word, "nofix") == 0)
        made->fix = false;
    else if (strcmp(word, "down") == 0)
        made->message->direction = S7_DOWN;
    else if (strcmp(word, "damaged") == 0)
        made->message->proven = false;
    else if (strcmp(word, "untimed") == 0)
        made->untimed = true;
    else if (strcmp(word, "late") == 0)
        made->late = true;
    else
        fail_msg("no word: %s", word);
}

static inline enum s7_field_id field_called(const char *name)
{
    for (int i = 0; i < S7_FIELD_COUNT; i++)
        if (strcmp(s7_fields[i].filter, name) == 0)
            return (enum s7_field_id)i;
    fail_msg("no field: %s", name);
    return S7_FIELD_COUNT;
}

static inline void take_words(struct made *made, const char *words)
{
    g_auto(GStrv) list = g_strsplit(words, " ", -1);
    for (char **word = list; *word; word++) {
        char *equals = strchr(*word, '=');
        if (!equals) {
            take_flag(made, *word);
            continue;
        }
        *equals = '\0';
        if (take_word(made, *word, equals + 1))
            continue;
        char *number = strchr(*word, ':');
        bool generated = **word == '~';
        if (number)
            *number = '\0';
        add_value(made->message, field_called(*word + generated), equals + 1);
        if (generated)
            made->message->fields[made->message->count - 1].attributes |= S7_GENERATED;
        if (number)
            made->message->fields[made->message->count - 1].number = (uint16_t)atoi(number + 1);
    }
}

/* c=60: captured at START + 60; d=50: device time, else the same; V: no current fix; nofix: none is said; lat, lon: in
 * degrees, else a place that stays; FIELD=VALUE, fuel:2=40.5, ~ignition=1 (generated); event, kind, flag, stream, from,
 * answers; down, damaged, untimed, late. */
static inline void row(const char *words)
{
    static struct s7_message message;
    memset(&message, 0, offsetof(struct s7_message, fields) + 32 * sizeof message.fields[0]);
    message.dialect = dialect;
    message.direction = S7_UP;
    message.kind = S7_KIND_POSITION;
    message.proven = true;
    struct made made = {.message = &message, .device = INT64_MIN, .fix = true, .latitude = 41.5, .longitude = 2.5};
    made.report =
        (struct report){.data = (const uint8_t *)"", .message = &message, .device_id = device.id, .stream = 1};
    made.report.source = (struct endpoint){.version = 4, .port = 40000};
    memcpy(made.report.source.address + 10, "\xFF\xFF\xC0\x00\x02\x01", 6);
    if (!life)
        open_life();
    take_words(&made, words);
    if (message.kind == S7_KIND_POSITION && message.event != S7_EVENT_NONE)
        message.kind = S7_KIND_EVENT;
    if (message.direction == S7_UP && !strstr(words, "nofix"))
        add_value(&message, S7_FIELD_VALID, made.fix ? "1" : "0");
    struct life_row told = {.report = &made.report,
                            .number = ++row_number,
                            .capture_time = made.untimed ? LIFE_NO_TIME : (START + made.captured) * SECOND,
                            .device_time = LIFE_NO_TIME,
                            .late = made.late,
                            .position.latitude = DISTANCE_NOWHERE};
    made.report.completed = (struct origin){.time = told.capture_time, .file = 1, .number = row_number};
    bool timed = message.direction == S7_UP && message.proven && !strstr(words, "nofix") &&
                 !(made.report.context & CONTEXT_BIT(FUTURE_TIME));
    if (timed)
        told.device_time = START + (made.device == INT64_MIN ? made.captured : made.device);
    if (made.fix && message.direction == S7_UP && message.proven && !(made.report.context & CONTEXT_BIT(NULL_ISLAND)))
        told.position = (struct position){(int32_t)(made.latitude * 1e7), (int32_t)(made.longitude * 1e7)};
    life_row(life, &told);
}

static inline void finish(const char *wanted_events, const char *wanted_trips)
{
    life_end(life);
    if (wanted_events)
        assert_string_equal(events->str, wanted_events);
    if (wanted_trips)
        assert_string_equal(trips->str, wanted_trips);
}

#endif
