/* SPDX-License-Identifier: GPL-2.0-or-later
 * fifotrack: status, voltages, driver and sensors of a report, as far as a document or many frames say what they are.
 * Takes spans of a frame, emits fields; what is worked out stands below what was sent. (docs/FIFOTRACK.md 4.1 to 4.4)
 */
#include "fifotrack.h"

/* Digits of a card number at least, of a status at most. */
#define CARD_DIGITS   6
#define STATUS_DIGITS 8

/* --- Status --- */

void s7_fifotrack_status(struct s7_builder *b, struct s7_span span)
{
    struct s7_field *field = s7_parse_bits(b, S7_FIELD_STATUS, span, 16);
    if (!field)
        return;
    if (span.length > STATUS_DIGITS) {
        s7_flag(b, field, S7_FLAG_STATUS_COUNT);
        return;
    }
    if (span.length == 4) /* the old form of 16 bits, or cannot be told from it */
        return;
    int64_t bits = field->value.integer;
    s7_emit_bits(b, S7_FIELD_SATELLITES, span, bits, 28, 4);
    s7_emit_bits(b, S7_FIELD_SIGNAL, span, bits, 3, 5);
}

/* --- Voltages --- */

/* What the words say in volts: they are multiplied by these hundredths of a volt and divided by steps. */
struct scale {
    const char *name;
    unsigned battery, external; /* 0: cannot be told */
    unsigned steps;
    bool adc; /* the words behind these two are of the same scale */
};

static const struct scale hundredths = {"hundredths", 1, 1, 1, true};
static const struct scale adc12_48 = {"adc12_48", 660, 15840, 4096, false};
static const struct scale adc12_16 = {"adc12_16", 660, 5280, 4096, false};
static const struct scale adc12 = {"adc12", 660, 0, 4096, false};

/* By the number of words and the first of them, which is the battery. NULL: it cannot be told. */
static const struct scale *find_scale(unsigned count, uint64_t battery)
{
    if (count >= 3 && battery >= 250 && battery <= 450)
        return &hundredths;
    if (battery < 1700 || battery > 2700)
        return NULL;
    switch (count) {
    case 2:
        return &adc12;
    case 3:
        return &adc12_48;
    case 4:
        return &adc12_16;
    default:
        return NULL;
    }
}

/* Hundredths of a volt, rounded half up. */
static int64_t in_hundredths(uint64_t word, unsigned factor, unsigned steps)
{
    return (int64_t)((word * factor + steps / 2) / steps);
}

/* Counts the words and gives the first. False if one of them has another form. */
static bool read_words(const struct s7_builder *b, struct s7_span span, unsigned *count, uint64_t *first)
{
    struct s7_cursor items = s7_cursor_at(b, span);
    struct s7_span item;
    uint64_t word;
    for (*count = 0; s7_next_item(&items, &item); ++*count) {
        if (!s7_read_word(b, item, &word))
            return false;
        if (*count == 0)
            *first = word;
    }
    return true;
}

static void emit_volts(struct s7_builder *b, struct s7_span span, const struct scale *scale)
{
    struct s7_cursor items = s7_cursor_at(b, span);
    struct s7_span item;
    for (unsigned i = 0; s7_next_item(&items, &item); i++) {
        uint64_t word = 0;
        s7_read_word(b, item, &word);
        enum s7_field_id id = i == 0 ? S7_FIELD_BATTERY_VOLTAGE : i == 1 ? S7_FIELD_EXTERNAL_VOLTAGE : S7_FIELD_ADC;
        unsigned factor = i == 0 ? scale->battery : i == 1 ? scale->external : scale->adc;
        if (factor == 0 && !(i == 1 && word == 0)) /* 0 is 0 in any scale */
            continue;
        struct s7_field *field = s7_emit_decimal(b, id, item, in_hundredths(word, factor, scale->steps), 2);
        field->attributes = S7_GENERATED;
        if (id == S7_FIELD_ADC)
            field->number = (uint16_t)(i - 1);
    }
}

void s7_fifotrack_voltages(struct s7_builder *b, struct s7_span span)
{
    unsigned count;
    uint64_t first = 0;
    if (span.length == 0)
        return;
    struct s7_field *field = s7_emit_text(b, S7_FIELD_VOLTAGES, span);
    if (!read_words(b, span, &count, &first)) {
        s7_flag(b, field, S7_FLAG_BAD_VALUE);
        return;
    }
    const struct scale *scale = find_scale(count, first);
    if (!scale)
        return;
    b->depth++;
    s7_emit_name(b, S7_FIELD_VOLTAGE_SCALE, span, scale->name);
    emit_volts(b, span, scale);
    b->depth--;
}

/* --- Driver and sensors --- */

static bool is_hex(const struct s7_builder *b, struct s7_span span)
{
    for (uint32_t i = 0; i < span.length; i++)
        if (s7_hex_values[b->data[span.offset + i]] < 0)
            return false;
    return true;
}

/* The number of a card, or the text of a magnetic stripe; a few digits are neither. */
static void emit_driver(struct s7_builder *b, struct s7_span span)
{
    uint64_t number;
    bool card = is_hex(b, span);
    if (card && span.length < CARD_DIGITS) {
        s7_emit_extra(b, span, S7_FIFOTRACK_REPORT_FIELDS + 1);
        return;
    }
    s7_emit_text(b, S7_FIELD_DRIVER_ID, span);
    b->depth++;
    if (card && s7_read_hex(b->data, span, &number))
        s7_emit_integer(b, S7_FIELD_DRIVER_NUMBER, span, (int64_t)number)->attributes = S7_GENERATED;
    b->depth--;
}

/* Numbers with two decimals are degrees Celsius, by position. */
static void emit_sensors(struct s7_builder *b, struct s7_span span)
{
    struct s7_cursor items = s7_cursor_at(b, span);
    struct s7_span item;
    int64_t value;
    unsigned digits;
    for (unsigned position = 1; s7_next_item(&items, &item); position++) {
        if (s7_read_decimal(b->data, item, &value, &digits) && digits == 2)
            s7_emit_decimal(b, S7_FIELD_TEMPERATURE, item, value, digits)->number = (uint16_t)position;
        else
            s7_emit_extra(b, item, S7_FIFOTRACK_REPORT_FIELDS + 2);
    }
}

void s7_fifotrack_tail(struct s7_builder *b, struct s7_span tail)
{
    struct s7_cursor cursor = s7_cursor_at(b, tail);
    struct s7_span span;
    for (unsigned position = S7_FIFOTRACK_REPORT_FIELDS + 1; s7_next_comma(&cursor, &span); position++) {
        if (position == S7_FIFOTRACK_REPORT_FIELDS + 1)
            emit_driver(b, span);
        else if (position == S7_FIFOTRACK_REPORT_FIELDS + 2)
            emit_sensors(b, span);
        else
            s7_emit_extra(b, span, position);
    }
}
