/* SPDX-License-Identifier: GPL-2.0-or-later
 * startek: what stands behind the voltages of a report (pro-code, fuel, temperature, OBD, driver, ACC-on time), and the
 * trouble codes of event 56. Takes spans of a frame, emits fields. (docs/STARTEK.md 4.2, 4.3) */
#include "startek.h"

#include <string.h>

/* Items of an OBD list, and the digits of an ACC-on time at most. */
#define OBD_ITEMS     9
#define ACC_ON_DIGITS 10
/* Hexadecimal digits of a fuel or temperature element: number and value. */
#define SENSOR_DIGITS 6

static void emit_sensor(struct s7_builder *b, enum s7_field_id id, struct s7_span item)
{
    uint64_t word;
    if (item.length != SENSOR_DIGITS || !s7_read_hex(b->data, item, &word)) {
        s7_emit_bad(b, id, item, S7_FLAG_BAD_VALUE);
        return;
    }
    int64_t value = (int64_t)(word & 0xFFFF);
    if (id == S7_FIELD_TEMPERATURE && (word & 0x8000)) /* a sign, not two's complement */
        value = -(int64_t)(word & 0x7FFF);
    s7_emit_decimal(b, id, item, value, 1)->number = (uint16_t)(word >> 16);
}

static void emit_sensors(struct s7_builder *b, enum s7_field_id id, struct s7_span span)
{
    if (span.length == 0)
        return;
    struct s7_cursor items = s7_cursor_at(b, span);
    struct s7_span item;
    while (s7_next_item(&items, &item))
        emit_sensor(b, id, item);
}

/* The temperatures are sent with an offset of 40 degrees, the fuel rate in tenths. */
static void emit_obd_decimal(struct s7_builder *b, enum s7_field_id id, struct s7_span item)
{
    int64_t value;
    if (item.length == 0)
        return;
    if (!s7_read_uint(b->data, item, &value))
        s7_emit_bad(b, id, item, S7_FLAG_BAD_VALUE);
    else if (id == S7_FIELD_OBD_FUEL_RATE)
        s7_emit_decimal(b, id, item, value, 1);
    else
        s7_emit_decimal(b, id, item, value - 40, 0);
}

static void emit_obd_fuel(struct s7_builder *b, struct s7_span item)
{
    enum s7_field_id id = S7_FIELD_OBD_FUEL_UNKNOWN;
    struct s7_span digits = item;
    uint8_t last = item.length ? b->data[item.offset + item.length - 1] : 0;
    if (last == '%' || last == 'L') {
        id = last == '%' ? S7_FIELD_FUEL_LEVEL : S7_FIELD_OBD_FUEL_LITRES;
        digits.length--;
    }
    int64_t value;
    if (item.length == 0)
        return;
    if (!s7_read_uint(b->data, digits, &value))
        s7_emit_bad(b, id, item, S7_FLAG_BAD_VALUE);
    else if (id == S7_FIELD_FUEL_LEVEL)
        s7_emit_decimal(b, id, item, value, 0);
    else
        s7_emit_integer(b, id, item, value);
}

static void emit_obd(struct s7_builder *b, struct s7_span span)
{
    static const enum s7_field_id ids[OBD_ITEMS] = {
        S7_FIELD_OBD_ENGINE_SPEED,        S7_FIELD_OBD_ENGINE_LOAD,        S7_FIELD_OBD_AIR_FLOW,
        S7_FIELD_OBD_INTAKE_PRESSURE,     S7_FIELD_OBD_INTAKE_TEMPERATURE, S7_FIELD_OBD_THROTTLE,
        S7_FIELD_OBD_COOLANT_TEMPERATURE, S7_FIELD_OBD_FUEL_RATE,          S7_FIELD_OBD_FUEL_UNKNOWN,
    };
    s7_emit_text(b, S7_FIELD_OBD, span);
    b->depth++;
    struct s7_cursor items = s7_cursor_at(b, span);
    struct s7_span item;
    for (unsigned i = 0; i < OBD_ITEMS && s7_next_item(&items, &item); i++) {
        if (ids[i] == S7_FIELD_OBD_FUEL_UNKNOWN)
            emit_obd_fuel(b, item);
        else if (s7_fields[ids[i]].type == S7_DECIMAL)
            emit_obd_decimal(b, ids[i], item);
        else
            s7_parse_integer(b, ids[i], item, 0, INT64_MAX);
    }
    b->depth--;
}

/* What the fields after T3 without a fixed place have been taken for so far. */
struct more {
    bool time, text;
};

static void emit_more(struct s7_builder *b, struct s7_span span, unsigned position, struct more *more)
{
    if (span.length == 0)
        return;
    if (span.length <= ACC_ON_DIGITS && s7_digits(b->data, span)) {
        if (more->time)
            s7_emit_extra(b, span, position);
        else
            s7_parse_integer(b, S7_FIELD_ACC_ON_TIME, span, 0, INT64_MAX);
        more->time = true;
        return;
    }
    if (more->text)
        s7_emit_extra(b, span, position);
    else if (s7_find(b->message, S7_FIELD_DRIVER_ID)) /* the card of event 53 */
        s7_emit_text(b, S7_FIELD_DRIVER_TEXT, span);
    else
        s7_emit_text(b, S7_FIELD_DRIVER_ID, span);
    more->text = true;
}

static unsigned count_bars(const uint8_t *data, struct s7_span span)
{
    unsigned bars = 0;
    for (uint32_t i = 0; i < span.length; i++)
        bars += data[span.offset + i] == '|';
    return bars;
}

void s7_startek_tail(struct s7_builder *b, struct s7_span tail)
{
    struct s7_cursor cursor = s7_cursor_at(b, tail);
    struct s7_span span;
    struct more more = {false, false};
    for (unsigned t = 1; s7_next_comma(&cursor, &span); t++) {
        unsigned bars = t == 4 ? count_bars(b->data, span) : 0;
        if (t == 1)
            s7_parse_integer(b, S7_FIELD_PRO_CODE, span, 0, INT64_MAX);
        else if (t == 2)
            emit_sensors(b, S7_FIELD_FUEL, span);
        else if (t == 3)
            emit_sensors(b, S7_FIELD_TEMPERATURE, span);
        else if (bars == 0)
            emit_more(b, span, S7_STARTEK_REPORT_FIELDS + t, &more);
        else if (bars == OBD_ITEMS - 1)
            emit_obd(b, span);
        else
            s7_emit_bad(b, S7_FIELD_OBD, span, S7_FLAG_BAD_VALUE);
    }
}

static uint32_t hex_bytes(const uint8_t *data, uint32_t offset, uint32_t digits)
{
    uint64_t value = 0;
    s7_read_hex(data, s7_span(offset, digits), &value);
    return (uint32_t)value;
}

static char *append_number(char *out, uint32_t value)
{
    char digits[10];
    unsigned count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (count)
        *out++ = digits[--count];
    return out;
}

/* The byte behind the code of J1979; one that no document explains stands as sent. */
static void emit_trouble_state(struct s7_builder *b, struct s7_span span, uint32_t state)
{
    b->depth++;
    struct s7_field *field = s7_emit_text(b, S7_FIELD_TROUBLE_STATE, span);
    const char *word = state == 1 ? "solved" : state == 2 ? "pending" : NULL;
    if (word) {
        field->attributes |= S7_INLINE;
        memcpy(field->value.text, word, strlen(word) + 1);
    }
    b->depth--;
}

/* J1979: two bytes of code, one of state; J1939: SPN and FMI in three bytes. */
static void emit_trouble_code(struct s7_builder *b, struct s7_span group, bool truck)
{
    struct s7_field *field = s7_emit_text(b, S7_FIELD_TROUBLE_CODE, group);
    uint32_t word = hex_bytes(b->data, group.offset, group.length);
    char *out = field->value.text;
    field->attributes |= S7_INLINE;
    if (truck) {
        uint32_t last = word & 0xFF;
        out = append_number(out, (word >> 16) + (word & 0xFF00) + ((last >> 5) << 16));
        *out++ = '-';
        out = append_number(out, last & 31);
    } else {
        *out++ = "PCBU"[word >> 22];
        *out++ = (char)('0' + (word >> 20 & 3));
        for (unsigned shift = 16; shift >= 8; shift -= 4)
            *out++ = "0123456789ABCDEF"[word >> shift & 15];
    }
    *out = '\0';
    if (!truck)
        emit_trouble_state(b, s7_span(group.offset + 4, 2), word & 0xFF);
}

bool s7_startek_trouble_codes(struct s7_builder *b, struct s7_span span)
{
    uint64_t value;
    if (span.length < 2 || (span.length - 2) % 6 != 0)
        return false;
    if (!s7_read_hex(b->data, s7_span(span.offset, 2), &value) || value > 1)
        return false;
    bool truck = value == 1;
    uint32_t end = span.offset + span.length;
    for (uint32_t at = span.offset + 2; at < end; at += 6) {
        if (!s7_read_hex(b->data, s7_span(at, 6), &value))
            return false;
    }
    for (uint32_t at = span.offset + 2; at < end; at += 6)
        emit_trouble_code(b, s7_span(at, 6), truck);
    return true;
}
