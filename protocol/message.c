/* SPDX-License-Identifier: GPL-2.0-or-later
 * Frame to message: calls the decoder of the dialect and adds what all have in common.
 * Also the tables made from the .def files, and printing of values. */
#include "message.h"

#include "builder.h"
#include "dialect.h"
#include "digits.h"

#include <string.h>

#define ONE     false
#define MANY    true
#define TEXT    S7_TEXT
#define NAME    S7_NAME
#define BOOL    S7_BOOL
#define UINT    S7_UINT
#define DECIMAL S7_DECIMAL
#define HEX     S7_HEX
#define TIME    S7_TIME
const struct s7_field_info s7_fields[S7_FIELD_COUNT] = {
#define FIELD(identifier, filter, column, type, occurs, unit, label, help)                                             \
    {filter, column, type, occurs, unit, label, help},
#include "fields.def"
#undef FIELD
};
#undef ONE
#undef MANY
#undef TEXT
#undef NAME
#undef BOOL
#undef UINT
#undef DECIMAL
#undef HEX
#undef TIME

const char *s7_field_key(enum s7_field_id id)
{
    const char *dot = strrchr(s7_fields[id].filter, '.');
    return dot ? dot + 1 : s7_fields[id].filter;
}

const char *const s7_kind_names[S7_KIND_COUNT] = {
#define KIND(identifier, name, help) name,
#include "codes.def"
};

const char *const s7_event_names[S7_EVENT_COUNT] = {
    "",
#define EVENT(identifier, name) name,
#include "codes.def"
};

/* Flags that say something of the framing; a frame that is not proven has no others. */
#define FRAMING_FLAGS                                                                                                  \
    (S7_FLAG_BIT(CHECKSUM_BAD) | S7_FLAG_BIT(DAMAGED) | S7_FLAG_BIT(INDEX_OUT_OF_RANGE) | S7_FLAG_BIT(LENGTH_WRONG) |  \
     S7_FLAG_BIT(SHARED_DELIMITER) | S7_FLAG_BIT(TERMINATOR_MISSING) | S7_FLAG_BIT(TRUNCATED))
/* Flags that concern the code. */
#define CODE_FLAGS     (S7_FLAG_BIT(AMBIGUOUS_CODE) | S7_FLAG_BIT(UNKNOWN_CODE))
#define UNPROVEN_FLAGS (S7_FLAG_BIT(CHECKSUM_BAD) | S7_FLAG_BIT(DAMAGED) | S7_FLAG_BIT(TRUNCATED))

/* Appends behind the decoder's own fields; their places are reserved. */
static void append_name(struct s7_builder *b, enum s7_field_id id, struct s7_span span, const char *name)
{
    struct s7_field *field = s7_append(b, id, span, 0, 0);
    field->value.name = name;
    field->attributes = S7_GENERATED;
}

void s7_begin(struct s7_message *message, const struct s7_frame *frame)
{
    message->dialect = frame->dialect;
    message->direction = frame->direction;
    message->kind = S7_KIND_UNKNOWN;
    message->event = S7_EVENT_NONE;
    message->proven = (frame->flags & UNPROVEN_FLAGS) == 0;
    message->listed = false;
    message->spilled = false;
    message->secret = false;
    message->flags = frame->flags;
    message->field_flags = 0;
    message->span_bytes = 0;
    memset(message->present, 0, sizeof message->present);
    memset(message->repeated, 0, sizeof message->repeated);
    message->stored[0] = '\0';
    message->count = 0;
}

/* What both ways of decoding have in common. */
static void decode(struct s7_builder *b)
{
    const struct s7_frame *frame = b->frame;
    struct s7_message *message = b->message;
    s7_begin(message, frame);
    b->next = 0;
    b->full = b->brief ? 0 : s7_place(message, message->fields + S7_FIELDS_MAX - S7_FIELDS_RESERVED);
    s7_emit_text(b, S7_FIELD_FRAME, s7_span(0, frame->length));
    s7_forms[frame->dialect].decode(b);
    message->count = s7_emitted(b);
    if (message->proven && !b->brief)
        s7_describe_arguments(b);
    if (message->flags & CODE_FLAGS && s7_has(message, S7_FIELD_CODE)) {
        struct s7_field *code = message->fields + (s7_first(message, S7_FIELD_CODE) - message->fields);
        code->flags |= message->flags & CODE_FLAGS;
        message->field_flags |= message->flags & CODE_FLAGS;
    }
    if (message->spilled)
        s7_recount(message);
    if (!message->proven) {
        message->kind = S7_KIND_UNKNOWN;
        message->event = S7_EVENT_NONE;
        message->flags &= FRAMING_FLAGS;
    }
}

void s7_identify(const uint8_t *data, const struct s7_frame *frame, struct s7_message *message)
{
    decode(&(struct s7_builder){.data = data, .frame = frame, .message = message, .brief = true});
}

void s7_decode_values(const uint8_t *data, const struct s7_frame *frame, struct s7_message *message)
{
    decode(&(struct s7_builder){.data = data, .frame = frame, .message = message});
}

void s7_decode(const uint8_t *data, const struct s7_frame *frame, struct s7_message *message)
{
    struct s7_builder b = {.data = data, .frame = frame, .message = message};
    decode(&b);
    struct s7_span head = s7_span(0, s7_forms[frame->dialect].head);
    append_name(&b, S7_FIELD_DIALECT, head, s7_dialect_names[message->dialect]);
    append_name(&b, S7_FIELD_DIRECTION, head, s7_direction_names[message->direction]);
    const struct s7_field *code = s7_find(message, S7_FIELD_CODE);
    struct s7_span source = code ? s7_span(code->offset, code->length) : head;
    append_name(&b, S7_FIELD_KIND, source, s7_kind_names[message->kind]);
    if (message->event != S7_EVENT_NONE)
        append_name(&b, S7_FIELD_EVENT, source, s7_event_names[message->event]);
    for (unsigned flag = 0; message->flags >> flag; flag++)
        if (message->flags >> flag & 1)
            append_name(&b, S7_FIELD_FLAG, s7_span(0, 0), s7_flag_names[flag]);
    message->count = s7_emitted(&b);
}

const struct s7_field *s7_find_next(const struct s7_message *message, const struct s7_field *field)
{
    for (const struct s7_field *f = field + 1; f < message->fields + message->count; f++)
        if (f->id == field->id)
            return f;
    return NULL;
}

static char *print_time(char *out, const struct s7_time *t)
{
    memcpy(out, "0000-00-00T00:00:00", 19);
    s7_put_two(out, t->year / 100U);
    s7_put_two(out + 2, t->year % 100U);
    s7_put_two(out + 5, t->month);
    s7_put_two(out + 8, t->day);
    s7_put_two(out + 11, t->hour);
    s7_put_two(out + 14, t->minute);
    s7_put_two(out + 17, t->second);
    return out + 19;
}

size_t s7_value_print(const struct s7_field *field, char *out)
{
    char *end = out;
    switch ((enum s7_field_type)field->type) {
    case S7_BOOL:
        *end++ = field->value.integer ? '1' : '0';
        break;
    case S7_UINT:
        end = s7_put_unsigned(out, (uint64_t)field->value.integer);
        break;
    case S7_DECIMAL:
        end = s7_put_decimal(out, field->value.integer, field->digits);
        break;
    case S7_HEX:
        end = s7_put_hex(out, (uint64_t)field->value.integer, field->digits);
        break;
    case S7_TIME:
        end = print_time(out, &field->value.time);
        break;
    case S7_TEXT:
    case S7_NAME:
        break;
    }
    *end = '\0';
    return (size_t)(end - out);
}

const char *s7_text(const uint8_t *data, const struct s7_field *field, size_t *length)
{
    if (field->type == S7_NAME || field->attributes & S7_INLINE) {
        bool pointed = field->type == S7_NAME || field->attributes & S7_STORED;
        const char *text = pointed ? field->value.name : field->value.text;
        *length = strlen(text);
        return text;
    }
    *length = field->length;
    return (const char *)data + field->offset;
}

double s7_value_double(const struct s7_field *field)
{
    static const double scales[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                    1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
    unsigned digits = field->type == S7_DECIMAL ? field->digits : 0;
    return (double)field->value.integer / scales[digits];
}

int64_t s7_time_seconds(const struct s7_time *t)
{
    /* Days of the year before each month, and of all years from 1970 to 1999. */
    static const uint16_t before[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    static const int first_day = 10957;
    /* All years here are 2000 to 2099: every fourth has a day more. */
    int years = t->year - 2000, leap = years % 4 == 0 && t->month > 2;
    int64_t days = first_day + years * 365 + (years + 3) / 4 + before[t->month] + leap + t->day - 1;
    return ((days * 24 + t->hour) * 60 + t->minute) * 60 + t->second;
}
