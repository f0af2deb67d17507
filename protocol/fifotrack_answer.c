/* SPDX-License-Identifier: GPL-2.0-or-later
 * fifotrack: answers with a form of their own (C03, C06), and pictures (D05, D06).
 * Takes the data of a frame, emits fields. (docs/FIFOTRACK.md 6, 7) */
#include "fifotrack.h"

#include <string.h>

static bool begins(const struct s7_builder *b, struct s7_span span, const char *text)
{
    size_t length = strlen(text);
    return span.length >= length && memcmp(b->data + span.offset, text, length) == 0;
}

/* --- C03: volts, n%, perhaps "Charging" --- */

static void emit_percent(struct s7_builder *b, struct s7_span span)
{
    int64_t value;
    if (span.length == 0)
        return;
    if (b->data[span.offset + span.length - 1] != '%' ||
        !s7_read_uint(b->data, s7_span(span.offset, span.length - 1), &value)) {
        s7_emit_bad(b, S7_FIELD_BATTERY, span, S7_FLAG_BAD_VALUE);
        return;
    }
    struct s7_field *field = s7_emit_integer(b, S7_FIELD_BATTERY, span, value);
    if (value > 100)
        s7_flag(b, field, S7_FLAG_OUT_OF_RANGE);
}

void s7_fifotrack_supply(struct s7_builder *b, struct s7_span data)
{
    struct s7_cursor cursor = s7_cursor_at(b, data);
    struct s7_span span;
    for (unsigned number = 1; s7_next_comma(&cursor, &span); number++) {
        if (number == 1)
            s7_parse_decimal(b, S7_FIELD_BATTERY_VOLTAGE, span, 0, 100);
        else if (number == 2)
            emit_percent(b, span);
        else if (number == 3 && s7_span_is(b, span, "Charging"))
            s7_emit_integer(b, S7_FIELD_CHARGING, span, 1);
        else
            s7_emit_argument(b, span, number, false);
    }
}

/* --- C06: groups of settings with semicolons between --- */

/* The next one up to a comma or a semicolon. */
static bool next_setting(struct s7_cursor *cursor, struct s7_span *span)
{
    if (cursor->done)
        return false;
    uint32_t at = (uint32_t)s7_find_either(cursor->data, cursor->position, cursor->end, ',', ';');
    *span = s7_span(cursor->position, at - cursor->position);
    cursor->position = at + 1;
    cursor->done = at == cursor->end;
    return true;
}

/* A label, volts and "V", once. False if it is something else. */
static bool emit_labelled(struct s7_builder *b, const char *label, enum s7_field_id id, struct s7_span span)
{
    uint32_t before = (uint32_t)strlen(label);
    int64_t value;
    unsigned digits;
    if (!begins(b, span, label) || b->data[span.offset + span.length - 1] != 'V' || s7_find(b->message, id) ||
        !s7_read_decimal(b->data, s7_span(span.offset + before, span.length - before - 1), &value, &digits))
        return false;
    s7_emit_decimal(b, id, span, value, digits);
    return true;
}

static bool emit_ignition(struct s7_builder *b, struct s7_span span)
{
    bool on = s7_span_is(b, span, "ACC ON");
    if ((!on && !s7_span_is(b, span, "ACC OFF")) || s7_find(b->message, S7_FIELD_IGNITION))
        return false;
    s7_emit_integer(b, S7_FIELD_IGNITION, span, on);
    return true;
}

/* Behind the access point stand user and password, which may have anything in them: all is secret until the volts. */
void s7_fifotrack_basics(struct s7_builder *b, struct s7_span data)
{
    struct s7_cursor cursor = s7_cursor_at(b, data);
    struct s7_span span;
    bool secret = false;
    for (unsigned number = 1; number < S7_ARGUMENTS_MAX && next_setting(&cursor, &span); number++) {
        if (emit_labelled(b, "EXT:", S7_FIELD_EXTERNAL_VOLTAGE, span)) {
            secret = false;
            continue;
        }
        if (!secret && (emit_labelled(b, "BAT:", S7_FIELD_BATTERY_VOLTAGE, span) || emit_ignition(b, span)))
            continue;
        s7_emit_argument(b, span, number, secret);
        secret = secret || begins(b, span, "APN:");
    }
    span = s7_rest(&cursor);
    if (span.length > 0)
        s7_emit_argument(b, span, S7_ARGUMENTS_MAX, true);
}

/* --- Pictures --- */

/* Fields of an announcement, and the last of those that have no meaning. */
enum announced {
    AT_TIME,
    AT_LATITUDE,
    AT_LONGITUDE,
    AT_UNKNOWN,
    AT_SIZE = AT_UNKNOWN + 3,
    AT_PICTURE,
    ANNOUNCED_FIELDS,
};

/* Digits of the id of a picture. */
#define PICTURE_DIGITS 8

/* Seconds since 2000 as a time. False behind 2099. */
static bool time_of(uint64_t seconds, struct s7_time *time)
{
    static const uint16_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    unsigned days = (unsigned)(seconds / 86400), clock = (unsigned)(seconds % 86400);
    unsigned fours = days / 1461, rest = days % 1461; /* four years, the first of them has a day more */
    unsigned year = rest < 366 ? 0 : (rest - 1) / 365, day = rest < 366 ? rest : (rest - 1) % 365, month = 1;
    unsigned leap = rest < 366;
    while (day >= before[month] + (month >= 2 ? leap : 0U))
        month++;
    day -= before[month - 1] + (month > 2 ? leap : 0U);
    *time = (struct s7_time){
        (uint16_t)(2000 + fours * 4 + year), (uint8_t)month,       (uint8_t)(day + 1), (uint8_t)(clock / 3600),
        (uint8_t)(clock / 60 % 60),          (uint8_t)(clock % 60)};
    return fours < 25;
}

static bool read_picture(const struct s7_builder *b, struct s7_span span, uint64_t *id)
{
    return span.length <= PICTURE_DIGITS && s7_read_hex(b->data, span, id);
}

/* Its id, and the time that this is. */
static void emit_picture(struct s7_builder *b, struct s7_span span, uint64_t id)
{
    struct s7_time time;
    s7_emit_text(b, S7_FIELD_PICTURE, span);
    b->depth++;
    if (time_of(id, &time)) {
        struct s7_field *field = s7_emit_text(b, S7_FIELD_PICTURE_TIME, span);
        field->attributes = S7_GENERATED;
        field->value.time = time;
    }
    b->depth--;
}

bool s7_fifotrack_announces(const struct s7_builder *b, struct s7_span data)
{
    uint16_t starts[S7_SPLIT_PLACES(ANNOUNCED_FIELDS)];
    return s7_split(b->data, data, ',', starts, ANNOUNCED_FIELDS) >= ANNOUNCED_FIELDS;
}

static void emit_announced(struct s7_builder *b, struct s7_span span)
{
    uint64_t id;
    if (read_picture(b, span, &id))
        emit_picture(b, span, id);
    else
        s7_emit_bad(b, S7_FIELD_PICTURE, span, S7_FLAG_BAD_VALUE);
}

void s7_fifotrack_announcement(struct s7_builder *b, struct s7_span data)
{
    struct s7_cursor cursor = s7_cursor_at(b, data);
    struct s7_span span;
    b->message->event = S7_EVENT_PICTURE;
    for (unsigned i = 0; s7_next_comma(&cursor, &span); i++) {
        if (i == AT_TIME)
            s7_emit_time(b, span);
        else if (i == AT_LATITUDE)
            s7_parse_decimal(b, S7_FIELD_LATITUDE, span, -90, 90);
        else if (i == AT_LONGITUDE)
            s7_parse_decimal(b, S7_FIELD_LONGITUDE, span, -180, 180);
        else if (i == AT_SIZE)
            s7_parse_integer(b, S7_FIELD_PICTURE_SIZE, span, 0, INT64_MAX);
        else if (i == AT_PICTURE)
            emit_announced(b, span);
        else
            s7_emit_extra(b, span, i + 1);
    }
}

/* Picture, offset, count, bytes: not to be used if there are not count of them. */
void s7_fifotrack_package(struct s7_builder *b, struct s7_span data)
{
    struct s7_cursor cursor = s7_cursor_at(b, data);
    struct s7_span part[3] = {{0, 0}, {0, 0}, {0, 0}};
    int64_t offset, count;
    uint64_t id;
    unsigned parts = 0;
    while (parts < 3 && s7_next_comma(&cursor, &part[parts]))
        parts++;
    if (parts < 3 || !s7_read_uint(b->data, part[1], &offset) || !s7_read_uint(b->data, part[2], &count) ||
        !read_picture(b, part[0], &id)) {
        s7_emit_bad(b, S7_FIELD_PICTURE, data, S7_FLAG_BAD_VALUE);
        return;
    }
    struct s7_span bytes = s7_rest(&cursor);
    emit_picture(b, part[0], id);
    s7_emit_integer(b, S7_FIELD_PICTURE_OFFSET, part[1], offset);
    s7_emit_argument(b, part[2], 3, false);
    struct s7_field *field = s7_emit_integer(b, S7_FIELD_PICTURE_BYTES, bytes, bytes.length);
    if (count != bytes.length)
        s7_flag(b, field, S7_FLAG_BAD_VALUE);
}
