/* SPDX-License-Identifier: GPL-2.0-or-later
 * Emitting fields into a message, for the dialect decoders.
 * Takes spans of the frame, gives typed fields; what does not parse becomes an extra field with a flag. */
#include "builder.h"

#include <string.h>

/* The message is full: its last field becomes one extra up to the end of the frame. */
static void spill(struct s7_builder *b, struct s7_span span)
{
    struct s7_message *m = b->message;
    struct s7_field *last = s7_field_at(b, b->next) - 1;
    m->spilled = true;
    uint32_t from = last->offset < span.offset ? last->offset : span.offset;
    if (s7_first(m, last->id) == last)
        m->present[last->id / 64] &= ~(UINT64_C(1) << last->id % 64);
    s7_fill(last, b, S7_FIELD_EXTRA, s7_span(from, b->frame->length - from), 0, 0);
    s7_note(m, last, S7_FIELD_EXTRA, b->frame->length - from);
}

void s7_recount(struct s7_message *m)
{
    m->field_flags = 0;
    memset(m->present, 0, sizeof m->present);
    memset(m->repeated, 0, sizeof m->repeated);
    for (unsigned i = 0; i < m->count; i++) {
        unsigned id = m->fields[i].id;
        uint64_t bit = UINT64_C(1) << id % 64;
        m->field_flags |= m->fields[i].flags;
        m->repeated[id / 64] |= m->present[id / 64] & bit;
        m->present[id / 64] |= bit;
    }
}

struct s7_field *s7_emit_rarely(struct s7_builder *b, enum s7_field_id id, uint32_t offset, uint32_t length,
                                int64_t value, unsigned digits)
{
    struct s7_span span = s7_span(offset, length);
    bool promised = id == S7_FIELD_DEVICE_ID || id == S7_FIELD_CODE || id == S7_FIELD_VALID;
    if (b->brief && promised)
        return s7_append(b, id, span, value, digits);
    if (!b->brief && !b->message->spilled)
        spill(b, span);
    struct s7_field *spare = &b->message->fields[S7_FIELDS_MAX - 1]; /* no host reads it */
    s7_fill(spare, b, id, span, value, digits);
    return spare;
}

const int64_t s7_powers[10] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

bool s7_long_within(int64_t value, unsigned digits, int64_t low, int64_t high)
{
    for (; digits > 9; digits--)
        value = value / 10 + (value % 10 > 0) - (value % 10 < 0); /* away from zero: never into the range */
    return value >= low * s7_powers[digits] && value <= high * s7_powers[digits];
}

void s7_emit_extra(struct s7_builder *b, struct s7_span span, unsigned number)
{
    if (span.length > 0)
        s7_emit_text(b, S7_FIELD_EXTRA, span)->number = (uint16_t)number;
}

void s7_emit_bad(struct s7_builder *b, enum s7_field_id id, struct s7_span span, enum s7_flag flag)
{
    struct s7_field *field = s7_emit_text(b, S7_FIELD_EXTRA, span);
    field->concerns = (uint16_t)(id + 1);
    s7_flag(b, field, flag);
}

bool s7_real_date(const struct s7_time *t)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (t->month < 1 || t->month > 12 || t->day < 1)
        return false;
    /* Years are 2000 to 2099: every fourth is a leap year. */
    unsigned last = days[t->month - 1] + (t->month == 2 && t->year % 4 == 0 ? 1U : 0U);
    return t->day <= last;
}

/* The numbers that six digits are in pairs. */
struct pairs {
    uint8_t first, second, third;
};

static inline bool read_pairs(const uint8_t *data, struct s7_span span, struct pairs *pairs)
{
    if (span.length != 6)
        return false;
    uint64_t values = s7_word_values(data, span), sums = values * 10 + (values >> 8);
    *pairs = (struct pairs){(uint8_t)(sums >> 16), (uint8_t)(sums >> 32), (uint8_t)(sums >> 48)};
    return s7_no_digits(values) == 0;
}

bool s7_parse_time(struct s7_builder *b, struct s7_span span, struct s7_span date, struct s7_span time)
{
    struct pairs day, clock;
    if (!read_pairs(b->data, date, &day) || !read_pairs(b->data, time, &clock))
        return false;
    struct s7_time value = {
        (uint16_t)(2000 + day.first), day.second, day.third, clock.first, clock.second, clock.third};
    if (s7_real_date(&value) && value.hour <= 23 && value.minute <= 59 && value.second <= 59)
        s7_emit_text(b, S7_FIELD_DEVICE_TIME, span)->value.time = value;
    else
        s7_emit_bad(b, S7_FIELD_DEVICE_TIME, span, S7_FLAG_BAD_TIME);
    return true;
}

void s7_emit_id(struct s7_builder *b, struct s7_span span)
{
    struct s7_field *field = s7_emit_text(b, S7_FIELD_DEVICE_ID, span);
    if (!b->brief && !s7_imei_valid((const char *)b->data + span.offset, span.length))
        s7_flag(b, field, S7_FLAG_ID_UNUSUAL);
}

bool s7_span_is(const struct s7_builder *b, struct s7_span span, const char *text)
{
    size_t length = strlen(text);
    return span.length == length && memcmp(b->data + span.offset, text, length) == 0;
}

void s7_emit_by_position(struct s7_builder *b, struct s7_span data)
{
    while (data.length > 0 && b->data[data.offset + data.length - 1] == ',')
        data.length--;
    struct s7_cursor cursor = s7_cursor_at(b, data);
    struct s7_span span;
    for (unsigned position = 1; data.length > 0 && s7_next_comma(&cursor, &span); position++)
        s7_emit_text(b, S7_FIELD_EXTRA, span)->number = (uint16_t)position;
}

void s7_emit_argument(struct s7_builder *b, struct s7_span span, unsigned number, bool secret)
{
    struct s7_field *field = s7_emit_text(b, S7_FIELD_ARGUMENT, span);
    field->number = (uint16_t)number;
    if (secret && span.length > 0)
        s7_hide(b, field);
}

void s7_emit_arguments(struct s7_builder *b, struct s7_span data, unsigned secret)
{
    struct s7_cursor cursor = s7_cursor_at(b, data);
    struct s7_span span;
    for (unsigned number = 1; number < S7_ARGUMENTS_MAX && s7_next_comma(&cursor, &span); number++)
        s7_emit_argument(b, span, number, secret && number >= secret);
    span = s7_rest(&cursor);
    if (span.length > 0)
        s7_emit_argument(b, span, S7_ARGUMENTS_MAX, secret);
}
