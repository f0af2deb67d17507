/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes a line of CSV into a GString by a pointer. */
#include "pen.h"

#include "text.h"

#define NANOSECONDS UINT64_C(1000000000)

/* Bytes that are looked at together. */
#define BLOCK 16
typedef uint8_t block __attribute__((vector_size(BLOCK)));

void pen_set_word(struct pen_word *word, const char *text)
{
    size_t length = strlen(text);
    g_assert(length <= PEN_WORD_MAX);
    memset(word->text, 0, sizeof word->text);
    memcpy(word->text, text, length);
    word->length = (uint8_t)length;
}

struct pen pen_on(GString *out)
{
    /* The last byte of the memory is the NUL's. */
    return (struct pen){out, out->str + out->len, out->str + out->allocated_len - 1};
}

void pen_off(const struct pen *pen)
{
    *pen->at = '\0';
    pen->out->len = (gsize)(pen->at - pen->out->str);
}

void pen_grow(struct pen *pen, size_t length)
{
    size_t used = (size_t)(pen->at - pen->out->str);
    pen->out->len = used;
    g_string_set_size(pen->out, used + length);
    *pen = (struct pen){pen->out, pen->out->str + used, pen->out->str + pen->out->allocated_len - 1};
}

#define ESCAPED_4  PEN_ESCAPE, PEN_ESCAPE, PEN_ESCAPE, PEN_ESCAPE
#define ESCAPED_32 ESCAPED_4, ESCAPED_4, ESCAPED_4, ESCAPED_4, ESCAPED_4, ESCAPED_4, ESCAPED_4, ESCAPED_4
/* What each byte is; behind the first 32 and before the last 128 those that are not named are plain. */
static const uint8_t classes[256] = {
    ESCAPED_32, ['"'] = PEN_QUOTE, [','] = PEN_COMMA, ['\\'] = PEN_ESCAPE, [0x7f] = PEN_ESCAPE,
    ESCAPED_32, ESCAPED_32,        ESCAPED_32,        ESCAPED_32};

unsigned pen_class(const uint8_t *bytes, size_t length)
{
    unsigned class = 0;
    for (size_t i = 0; i < length; i++)
        class |= classes[bytes[i]];
    return class;
}

/* Does a spreadsheet run a cell that begins with the character? Of TAB and CR see the callers. */
static bool is_formula(char c)
{
    return c == '=' || c == '+' || c == '-' || c == '@';
}

void pen_nanoseconds(struct pen *pen, int64_t value)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    pen_room(pen, 1 + S7_UNSIGNED_MAX + 10);
    if (value < 0)
        *pen->at++ = '-';
    pen->at = s7_put_unsigned(pen->at, magnitude / NANOSECONDS);
    *pen->at++ = '.';
    s7_put_nine(pen->at, (uint32_t)(magnitude % NANOSECONDS));
    pen->at += 9;
}

void pen_doubled(struct pen *pen, const char *text, size_t length)
{
    pen_room(pen, 2 * length);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            *pen->at++ = '"';
        *pen->at++ = text[i];
    }
}

void pen_plain(struct pen *pen, const char *text, size_t length, bool guard)
{
    if (guard && length > 0 && is_formula(text[0]))
        pen_char(pen, '\'');
    pen_bytes(pen, text, length);
}

void pen_cell(struct pen *pen, const char *text, size_t length, bool guard)
{
    bool quote = false;
    for (size_t i = 0; i < length && !quote; i++)
        quote = text[i] == ',' || text[i] == '"' || text[i] == '\r' || text[i] == '\n';
    if (quote)
        pen_char(pen, '"');
    if (guard && length > 0 && (is_formula(text[0]) || text[0] == '\t' || text[0] == '\r'))
        pen_char(pen, '\'');
    if (!quote) {
        pen_bytes(pen, text, length);
        return;
    }
    pen_doubled(pen, text, length);
    pen_char(pen, '"');
}

/* Is there a byte among them that does not stand for itself in a quoted cell? */
static bool block_is_odd(const uint8_t *bytes)
{
    block b;
    memcpy(&b, bytes, sizeof b);
    block odd = (block)(b < 0x20) | (block)(b >= 0x7f) | (block)(b == '\\') | (block)(b == '"');
    uint64_t halves[2];
    memcpy(halves, &odd, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/* Into a quoted cell; there is room for 4 bytes a byte. */
static char *put_escaped(char *at, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        uint8_t c = bytes[i];
        if (classes[c] & PEN_ESCAPE) {
            at = text_put_escaped(at, c);
            continue;
        }
        if (c == '"')
            *at++ = '"';
        *at++ = (char)c;
    }
    return at;
}

void pen_frame(struct pen *pen, const uint8_t *bytes, size_t length, bool guard)
{
    bool quote = length > 0 && (memchr(bytes, ',', length) || memchr(bytes, '"', length));
    pen_room(pen, 4 * length + 3);
    char *at = pen->at;
    if (quote)
        *at++ = '"';
    if (guard && length > 0 && is_formula((char)bytes[0])) /* TAB and CR begin with a backslash here */
        *at++ = '\'';
    size_t i = 0;
    for (; i + BLOCK <= length; i += BLOCK) {
        if (block_is_odd(bytes + i)) {
            at = put_escaped(at, bytes + i, BLOCK);
        } else {
            memcpy(at, bytes + i, BLOCK);
            at += BLOCK;
        }
    }
    at = put_escaped(at, bytes + i, length - i);
    if (quote)
        *at++ = '"';
    pen->at = at;
}
