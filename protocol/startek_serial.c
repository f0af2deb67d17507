/* SPDX-License-Identifier: GPL-2.0-or-later
 * startek: the lines of a serial record (code 710), and the named columns of the lines of a truck bus adapter.
 * Takes the data of the frame, which the caller has emitted whole, and emits the fields below it; text that is no
 * record has none. (docs/STARTEK.md 5) */
#include "startek.h"

#include <string.h>

/* Longest name of a line. */
#define NAME_MAX 8

struct column {
    char line[3];
    uint8_t number; /* from 1 */
    uint16_t id;    /* enum s7_field_id */
};

static const struct column columns[] = {
#define SERIAL_COLUMN(line, column, identifier, ...) {line, column, S7_FIELD_##identifier},
#include "serial.def"
#undef SERIAL_COLUMN
};
#define COLUMNS (sizeof columns / sizeof columns[0])
/* Lines are emitted while the message has room for one with a field in every column and for the end of the frame: else
 * it would spill, though the payload holds all lines anyway. */
#define FIELDS_OF_LINE (1 + COLUMNS)
#define FIELDS_OF_END  2

static bool is_text(const uint8_t *data, struct s7_span span, const char *text)
{
    return span.length == strlen(text) && memcmp(data + span.offset, text, span.length) == 0;
}

/* The length of the name of the line, 0 if it has none: a letter, letters and digits, and a comma behind them. */
static uint32_t name_length(const uint8_t *data, struct s7_span line)
{
    const uint8_t *text = data + line.offset;
    for (uint32_t i = 0; i < line.length && i <= NAME_MAX; i++) {
        uint8_t letter = text[i] | 0x20;
        if (text[i] == ',')
            return i;
        if ((letter < 'a' || letter > 'z') && (i == 0 || text[i] < '0' || text[i] > '9'))
            return 0;
    }
    return 0;
}

static const struct column *find_column(const uint8_t *data, struct s7_span name, unsigned number)
{
    for (size_t i = 0; i < COLUMNS; i++)
        if (columns[i].number == number && is_text(data, name, columns[i].line))
            return &columns[i];
    return NULL;
}

/* Numbers that the adapter sends for a value that it does not have; of its ignition all but 0 and 1. */
static bool is_not_available(const uint8_t *data, struct s7_span span, enum s7_field_id id)
{
    static const char *const texts[] = {"*", "4294967295", "429496729", "21474836.0", "9223372036854775808.8"};
    int64_t value;
    unsigned digits;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (is_text(data, span, texts[i]))
            return true;
    return id == S7_FIELD_T1_IGNITION && s7_read_decimal(data, span, &value, &digits) &&
           !s7_decimal_within(value, digits, INT32_MIN, 1);
}

static void emit_column(struct s7_builder *b, const struct column *column, struct s7_span span)
{
    int64_t value;
    unsigned digits;
    if (is_not_available(b->data, span, column->id))
        s7_emit_text(b, S7_FIELD_NOT_AVAILABLE, span)->number = column->number;
    else if (s7_fields[column->id].type == S7_TEXT)
        s7_emit_text(b, column->id, span);
    else if (s7_read_decimal(b->data, span, &value, &digits))
        s7_emit_decimal(b, column->id, span, value, digits);
}

static void emit_line(struct s7_builder *b, struct s7_span line, uint32_t name)
{
    struct s7_cursor cursor = s7_cursor_at(b, s7_span(line.offset + name + 1, line.length - name - 1));
    struct s7_span span;
    s7_emit_text(b, S7_FIELD_SERIAL_LINE, line);
    b->depth++;
    for (unsigned number = 1; s7_next_comma(&cursor, &span); number++) {
        const struct column *column = find_column(b->data, s7_span(line.offset, name), number);
        if (column && span.length > 0)
            emit_column(b, column, span);
    }
    b->depth--;
}

/* Up to CR LF or the end; a CR alone belongs to the line. */
static struct s7_span next_line(const uint8_t *data, struct s7_span *rest)
{
    uint32_t length = 0, used = rest->length;
    const uint8_t *text = data + rest->offset;
    for (; length < rest->length; length++)
        if (length + 1 < rest->length && text[length] == '\r' && text[length + 1] == '\n') {
            used = length + 2;
            break;
        }
    struct s7_span line = s7_span(rest->offset, length);
    *rest = s7_span(rest->offset + used, rest->length - used);
    return line;
}

void s7_startek_serial(struct s7_builder *b, struct s7_span data)
{
    const size_t limit = S7_FIELDS_MAX - S7_FIELDS_RESERVED - FIELDS_OF_END - FIELDS_OF_LINE;
    b->depth++;
    while (data.length > 0 && s7_emitted(b) <= limit) {
        struct s7_span line = next_line(b->data, &data);
        uint32_t name = name_length(b->data, line);
        if (name > 0)
            emit_line(b, line, name);
    }
    b->depth--;
}
