/* SPDX-License-Identifier: GPL-2.0-or-later
 * gotop: what peripherals and the modem put into a frame: the payload of CMD-Z, a line of OBD text, LTE cells.
 * Takes the span of a field that the caller has emitted, emits the fields below it; of a span that has another form
 * nothing, for the caller's field shows it raw. (docs/PROTOCOL.md 5.7, 5.8, 6) */
#include "gotop.h"

#include <string.h>

#define VIN_LENGTH 17
/* "$", three digits, "=" */
#define TEXT_HEAD 5
/* Bytes of an odometer at most. */
#define ODOMETER_MAX 8

bool s7_gotop_is_vin(const uint8_t *text, size_t length)
{
    if (length != VIN_LENGTH)
        return false;
    for (size_t i = 0; i < length; i++)
        if ((text[i] < '0' || text[i] > '9') && (text[i] < 'A' || text[i] > 'Z'))
            return false;
    return true;
}

/* --- CMD-Z --- */

/* "$" three digits "=" text: selector and text, 296 the VIN. */
static void emit_answer_text(struct s7_builder *b, struct s7_span payload)
{
    struct s7_span selector = s7_span(payload.offset + 1, 3);
    struct s7_span text = s7_span(payload.offset + TEXT_HEAD, payload.length - TEXT_HEAD);
    const uint8_t *from = b->data + text.offset;
    bool vin = memcmp(b->data + selector.offset, "296", 3) == 0 && s7_gotop_is_vin(from, text.length);
    s7_emit_text(b, S7_FIELD_SELECTOR, selector);
    if (text.length > 0)
        s7_emit_text(b, vin ? S7_FIELD_VIN : S7_FIELD_SELECTOR_TEXT, text);
}

static bool is_answer_text(const uint8_t *data, struct s7_span payload)
{
    return payload.length >= TEXT_HEAD && data[payload.offset] == '$' &&
           s7_digits(data, s7_span(payload.offset + 1, 3)) && data[payload.offset + TEXT_HEAD - 1] == '=';
}

/* The number of hex pairs with one blank between them, 0 if the payload is something else. */
static uint32_t count_pairs(const uint8_t *data, struct s7_span payload)
{
    uint64_t byte;
    if (payload.length % 3 != 2)
        return 0;
    for (uint32_t i = 0; i < payload.length; i += 3)
        if (!s7_read_hex(data, s7_span(payload.offset + i, 2), &byte) || (i > 0 && data[payload.offset + i - 1] != ' '))
            return 0;
    return (payload.length + 1) / 3;
}

static uint8_t pair_value(const uint8_t *data, struct s7_span pairs, uint32_t i)
{
    uint64_t byte = 0;
    s7_read_hex(data, s7_span(pairs.offset + 3 * i, 2), &byte);
    return (uint8_t)byte;
}

/* Unsigned, the first byte is the highest. */
static void emit_pairs_odometer(struct s7_builder *b, struct s7_span pairs, uint32_t count)
{
    uint64_t value = 0;
    if (count > ODOMETER_MAX)
        return;
    for (uint32_t i = 0; i < count; i++)
        value = value << 8 | pair_value(b->data, pairs, i);
    if (value <= INT64_MAX)
        s7_emit_integer(b, S7_FIELD_OBD_ODOMETER, pairs, (int64_t)value);
}

/* All bytes zero, which mean that the VIN is not available, are no VIN, nor is anything else than 17 letters and
 * digits.
 */
static void emit_pairs_vin(struct s7_builder *b, struct s7_span pairs, uint32_t count)
{
    uint8_t vin[VIN_LENGTH];
    if (count != VIN_LENGTH)
        return;
    for (uint32_t i = 0; i < VIN_LENGTH; i++)
        vin[i] = pair_value(b->data, pairs, i);
    if (!s7_gotop_is_vin(vin, VIN_LENGTH))
        return;
    struct s7_field *field = s7_emit_text(b, S7_FIELD_VIN, pairs);
    memcpy(b->message->stored, vin, VIN_LENGTH);
    b->message->stored[VIN_LENGTH] = '\0';
    field->attributes = S7_GENERATED | S7_INLINE | S7_STORED;
    field->value.name = b->message->stored;
}

void s7_gotop_passthrough(struct s7_builder *b, struct s7_span payload)
{
    b->depth++;
    uint32_t count = count_pairs(b->data, payload);
    if (is_answer_text(b->data, payload)) {
        emit_answer_text(b, payload);
    } else if (count >= 2) { /* one pair alone may be any text */
        struct s7_span rest = s7_span(payload.offset + 3, payload.length - 3);
        s7_emit_text(b, S7_FIELD_SELECTOR, s7_span(payload.offset, 2));
        uint8_t selector = pair_value(b->data, payload, 0);
        if (selector == 0x85)
            emit_pairs_odometer(b, rest, count - 1);
        else if (selector == 0x88)
            emit_pairs_vin(b, rest, count - 1);
    }
    b->depth--;
}

/* --- OBD text --- */

static const struct {
    enum s7_field_id id;
    const char *unit;
} obd_units[] = {
    {S7_FIELD_OBD_PERCENT, "%"},        {S7_FIELD_OBD_COOLANT_TEMPERATURE, "^C"},
    {S7_FIELD_OBD_ENGINE_SPEED, "rpm"}, {S7_FIELD_OBD_DISTANCE, "km"},
    {S7_FIELD_OBD_SPEED, "km/h"},       {S7_FIELD_OBD_VOLTAGE, "V"},
    {S7_FIELD_OBD_FUEL_RATE, "L/h"},    {S7_FIELD_OBD_CONSUMPTION, "L/100Km"},
};
#define OBD_UNITS ((unsigned)(sizeof obd_units / sizeof obd_units[0]))

/* A number and its unit; unit is OBD_UNITS for a number alone. */
struct obd_item {
    struct s7_span whole;
    unsigned unit, digits;
    int64_t value;
};

/* Cuts off the part up to the next separator, which is dropped. False if nothing is left; "a  b" has an empty part. */
static bool next_part(const uint8_t *data, struct s7_span *rest, char separator, struct s7_span *part)
{
    if (rest->length == 0)
        return false;
    const uint8_t *from = data + rest->offset;
    const uint8_t *end = memchr(from, separator, rest->length);
    uint32_t length = end ? (uint32_t)(end - from) : rest->length;
    uint32_t used = end ? length + 1 : length;
    *part = s7_span(rest->offset, length);
    *rest = s7_span(rest->offset + used, rest->length - used);
    return true;
}

/* False if the word is no number, or has a unit that is not known. */
static bool read_obd_item(const uint8_t *data, struct s7_span word, struct obd_item *item)
{
    const uint8_t *text = data + word.offset;
    uint32_t length = 0;
    while (length < word.length && ((text[length] >= '0' && text[length] <= '9') || text[length] == '.' ||
                                    (length == 0 && text[length] == '-')))
        length++;
    *item = (struct obd_item){.whole = word, .unit = OBD_UNITS};
    if (!s7_read_decimal(data, s7_span(word.offset, length), &item->value, &item->digits))
        return false;
    if (length == word.length)
        return true;
    for (item->unit = 0; item->unit < OBD_UNITS; item->unit++) {
        const char *unit = obd_units[item->unit].unit;
        if (strlen(unit) == word.length - length && memcmp(text + length, unit, word.length - length) == 0)
            break;
    }
    if (item->unit == OBD_UNITS)
        return false;
    bool whole = s7_fields[obd_units[item->unit].id].type == S7_UINT;
    return !whole || (item->digits == 0 && text[0] != '-');
}

/* Numbers with units, two of them at least and no unit twice, and up to two numbers without, one blank between. */
static bool is_obd_text(const uint8_t *data, struct s7_span rest)
{
    struct s7_span word = rest;
    struct obd_item item;
    unsigned seen = 0, units = 0, alone = 0;
    if (rest.length == 0 || data[rest.offset + rest.length - 1] == ' ')
        return false;
    while (next_part(data, &rest, ' ', &word)) {
        if (!read_obd_item(data, word, &item) || (item.unit < OBD_UNITS && seen & 1U << item.unit))
            return false;
        seen |= 1U << item.unit;
        units += item.unit < OBD_UNITS;
        alone += item.unit == OBD_UNITS;
    }
    return units >= 2 && alone <= 2;
}

void s7_gotop_obd_text(struct s7_builder *b, struct s7_span text)
{
    struct s7_span word;
    struct obd_item item;
    if (!is_obd_text(b->data, text))
        return;
    b->depth++;
    for (unsigned position = 1; next_part(b->data, &text, ' ', &word); position++) {
        read_obd_item(b->data, word, &item);
        if (item.unit == OBD_UNITS)
            s7_emit_extra(b, word, position);
        else if (s7_fields[obd_units[item.unit].id].type == S7_UINT)
            s7_emit_integer(b, obd_units[item.unit].id, word, item.value);
        else
            s7_emit_decimal(b, obd_units[item.unit].id, word, item.value, item.digits);
    }
    b->depth--;
}

/* --- LTE cells --- */

static const enum s7_field_id serving[] = {
    S7_FIELD_LTE_MCC,  S7_FIELD_LTE_MNC,  S7_FIELD_LTE_CELL_ID, S7_FIELD_LTE_PCI,  S7_FIELD_LTE_EARFCN,
    S7_FIELD_LTE_RSRP, S7_FIELD_LTE_RSRQ, S7_FIELD_LTE_RSSI,    S7_FIELD_LTE_SINR,
};
static const enum s7_field_id neighbour[] = {
    S7_FIELD_LTE_EARFCN, S7_FIELD_LTE_PCI,  S7_FIELD_LTE_RSRQ,
    S7_FIELD_LTE_RSRP,   S7_FIELD_LTE_RSSI, S7_FIELD_LTE_SINR_OR_SRXLEV,
};
#define SERVING   (sizeof serving / sizeof serving[0])
#define NEIGHBOUR (sizeof neighbour / sizeof neighbour[0])

void s7_gotop_lte_cell(struct s7_builder *b, struct s7_span list)
{
    struct s7_span rest = list, number;
    size_t count = 0;
    int64_t value;
    unsigned digits;
    while (next_part(b->data, &rest, '~', &number))
        count++;
    if (count != SERVING && count != NEIGHBOUR)
        return;
    const enum s7_field_id *id = count == SERVING ? serving : neighbour;
    b->depth++;
    for (; next_part(b->data, &list, '~', &number); id++) {
        if (s7_fields[*id].type == S7_TEXT)
            s7_emit_text(b, *id, number);
        else if (s7_read_decimal(b->data, number, &value, &digits))
            s7_emit_decimal(b, *id, number, value, digits);
    }
    b->depth--;
}
