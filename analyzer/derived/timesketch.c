/* SPDX-License-Identifier: GPL-2.0-or-later
 * timesketch.jsonl. A time stands there only where it is known to be UTC; the device's own clock, as it was sent, is an
 * attribute of every line. */
#include "derived/timesketch.h"

#include "derived/cells.h"
#include "derived/map_fix.h"

#include <string.h>

/* Bytes beside those of the cells. */
#define LINE_BYTES (2048 + ROW_PATH_MAX)
/* 2026-03-08T05:58:30.123456 */
#define MICROSECOND_SIZE (TEXT_SECOND_SIZE + 7)

struct timesketch {
    struct joint_part part;
    const struct device *device;
    struct cells cells;
    struct text_clock capture_clock, device_clock;
};

static void *open_timesketch(void *shared, const struct life_turn *turn)
{
    const struct timesketch_options *options = shared;
    struct timesketch *sketch = g_new0(struct timesketch, 1);
    joint_open(&sketch->part, options->joint, turn);
    cells_init(&sketch->cells, options->show_secrets);
    text_clock_init(&sketch->capture_clock);
    text_clock_init(&sketch->device_clock);
    return sketch;
}

static void begin(void *user, const struct device *device)
{
    struct timesketch *sketch = user;
    sketch->device = device;
    joint_begin(&sketch->part);
}

/* What a line begins with: its time, and which of the times that is. */
static char *put_time(char *at, struct text_clock *clock, int64_t time, const char *what)
{
    int64_t microseconds = time / 1000 - (time % 1000 < 0);
    at = pen_put_literal(at, "{\"datetime\":\"");
    text_clock_put(clock, at, time);
    at = pen_put_literal(at + MICROSECOND_SIZE, "Z\",\"timestamp\":");
    at = s7_put_decimal(at, microseconds, 0);
    at = stpcpy(pen_put_literal(at, ",\"timestamp_desc\":\""), what);
    return pen_put_char(at, '"');
}

/* key: ,"kind":" */
static char *put_word(char *at, const char *key, const char *word)
{
    return pen_put_char(stpcpy(stpcpy(at, key), word), '"');
}

static char *put_number(char *at, const struct s7_message *message, enum s7_field_id id)
{
    const struct s7_field *field = s7_first(message, id);
    return s7_put_decimal(at, field->value.integer, field->type == S7_DECIMAL ? field->digits : 0);
}

/* 356789012345670 up event ignition_on at 41.3751, 2.1491, 36.0 km/h: all of it letters, digits and our own words. */
static char *put_message(const struct cells *cells, char *at)
{
    const struct s7_message *message = cells->message;
    const struct s7_field *valid = s7_find(message, S7_FIELD_VALID);
    at = stpcpy(pen_put_literal(at, ",\"message\":\""),
                cells->facts.device_id[0] ? cells->facts.device_id : "unknown device");
    at = stpcpy(pen_put_char(at, ' '), s7_direction_names[message->direction]);
    at = stpcpy(pen_put_char(at, ' '), s7_kind_names[message->kind]);
    if (message->event != S7_EVENT_NONE)
        at = stpcpy(pen_put_char(at, ' '), s7_event_names[message->event]);
    if (message->proven && s7_has(message, S7_FIELD_LATITUDE) && s7_has(message, S7_FIELD_LONGITUDE)) {
        at = stpcpy(at, valid && valid->value.integer ? " at " : ", last known at ");
        at = put_number(at, message, S7_FIELD_LATITUDE);
        at = put_number(pen_put_literal(at, ", "), message, S7_FIELD_LONGITUDE);
    }
    if (message->proven && s7_has(message, S7_FIELD_SPEED)) {
        at = put_number(pen_put_literal(at, ", "), message, S7_FIELD_SPEED);
        at = pen_put_literal(at, " km/h");
    }
    return pen_put_char(at, '"');
}

/* raw: the frame, too, which stands in the first line of a report alone. */
static char *put_attributes(const struct cells *cells, char *at, const struct life_row *row, bool raw)
{
    const struct s7_message *message = cells->message;
    at = put_message(cells, at);
    if (cells->facts.device_id[0] != '\0')
        at = put_word(at, ",\"device_id\":\"", cells->facts.device_id);
    at = s7_put_unsigned(pen_put_literal(at, ",\"row\":"), row->number);
    if (message->proven && s7_has(message, S7_FIELD_DEVICE_TIME))
        at = cells_put_device_time(cells, pen_put_literal(at, ",\"device_clock\":"));
    at = put_word(at, ",\"dialect\":\"", s7_dialect_names[message->dialect]);
    at = put_word(at, ",\"direction\":\"", s7_direction_names[message->direction]);
    at = put_word(at, ",\"kind\":\"", s7_kind_names[message->kind]);
    if (message->proven && s7_has(message, S7_FIELD_CODE))
        at = cells_put_code(cells, pen_put_literal(at, ",\"code\":"));
    if (message->event != S7_EVENT_NONE)
        at = put_word(at, ",\"event\":\"", s7_event_names[message->event]);
    at = cells_put_reported(cells, at, 0, CELLS_TEXTS);
    if ((message->flags | cells->facts.context) != 0) {
        at = report_put_flags(pen_put_literal(at, ",\"flags\":\""), message->flags, cells->facts.context);
        at = pen_put_char(at, '"');
    }
    at = cells_put_path(cells, at);
    at = s7_put_unsigned(pen_put_literal(at, ",\"capture_file\":"), cells->facts.file);
    at = cells_put_packet_text(cells, pen_put_literal(at, ",\"packets\":\""));
    at = pen_put_char(at, '"');
    if (raw)
        at = cells_put_raw(cells, pen_put_literal(at, ",\"raw\":"));
    return pen_put_literal(at, "}\n");
}

static void add_line(struct timesketch *sketch, struct text_clock *clock, const char *what, const struct life_row *row,
                     int64_t time, bool raw)
{
    GString *text = sketch->part.text;
    char *at = piece_begin(text, cells_bound(&sketch->cells) + LINE_BYTES);
    at = put_time(at, clock, time, what);
    piece_end(text, put_attributes(&sketch->cells, at, row, raw));
    joint_row(&sketch->part);
}

static void row(void *user, const struct life_row *life_row)
{
    struct timesketch *sketch = user;
    int64_t time;
    cells_take(&sketch->cells, life_row->report);
    if (life_row->capture_time != LIFE_NO_TIME)
        add_line(sketch, &sketch->capture_clock, "Packet captured", life_row, life_row->capture_time, true);
    if (map_clock_of(life_row, sketch->device, &time) == MAP_DEVICE_CLOCK)
        add_line(sketch, &sketch->device_clock, "Device clock", life_row, time, life_row->capture_time == LIFE_NO_TIME);
}

static void add_text(GString *text, const char *key, const char *value)
{
    g_string_append(text, key);
    text_json(text, value, strlen(value));
}

/* Those whose time is not UTC are in events.csv alone. */
static void event(void *user, const struct life_event *event)
{
    struct timesketch *sketch = user;
    GString *text = sketch->part.text;
    if (event->time == LIFE_NO_TIME || (event->clock == LIFE_CLOCK_DEVICE && sketch->device->has_dialect[S7_GOTOP]))
        return;
    char *at = piece_begin(text, LINE_BYTES);
    at = put_time(at, &sketch->device_clock, event->time,
                  event->clock == LIFE_CLOCK_DEVICE ? "Event, device clock" : "Event, packet captured");
    at = put_word(at, ",\"device_id\":\"", sketch->device->id);
    at = s7_put_unsigned(pen_put_literal(at, ",\"row\":"), event->first_row);
    at = s7_put_unsigned(pen_put_literal(at, ",\"last_row\":"), event->last_row);
    if (event->position.latitude != DISTANCE_NOWHERE) {
        at = s7_put_decimal(pen_put_literal(at, ",\"latitude\":"), event->position.latitude, 7);
        at = s7_put_decimal(pen_put_literal(at, ",\"longitude\":"), event->position.longitude, 7);
    }
    piece_end(text, at);
    g_autofree char *message =
        g_strdup_printf("%s %s%s%s", sketch->device->id, event->event, event->detail[0] ? ": " : "", event->detail);
    add_text(text, ",\"message\":", message);
    add_text(text, ",\"event\":", event->event);
    add_text(text, ",\"rule\":", event->rule);
    g_string_append(text, "}\n");
    joint_row(&sketch->part);
}

static void end(void *user)
{
    joint_end(&((struct timesketch *)user)->part);
}

static void close_timesketch(void *user)
{
    joint_close(&((struct timesketch *)user)->part);
    g_free(user);
}

struct teller timesketch_teller(struct timesketch_options *options)
{
    return (struct teller){.shared = options,
                           .open = open_timesketch,
                           .begin = begin,
                           .row = row,
                           .event = event,
                           .end = end,
                           .close = close_timesketch};
}
