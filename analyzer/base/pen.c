/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes a line of CSV into a GString by a pointer. */
#include "base/pen.h"

#include "base/text.h"

#define NANOSECONDS UINT64_C(1000000000)

/* Bytes that are looked at together. */
#define BLOCK 16
typedef uint8_t block __attribute__((vector_size(BLOCK)));
typedef int8_t signed_block __attribute__((vector_size(BLOCK)));

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
    struct pen pen = {out, out->str + out->len, out->str + out->allocated_len - 1};
    pen_room(&pen, 0);
    return pen;
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
    g_string_set_size(pen->out, used + length + PEN_SPARE);
    *pen = (struct pen){pen->out, pen->out->str + used, pen->out->str + pen->out->allocated_len - 1};
}

#define ESCAPED_4  ESCAPED, ESCAPED, ESCAPED, ESCAPED
#define ESCAPED_32 ESCAPED_4, ESCAPED_4, ESCAPED_4, ESCAPED_4, ESCAPED_4, ESCAPED_4, ESCAPED_4, ESCAPED_4
/* What a byte is; 0 = it can stand in a cell as it is. Behind the first 32 and before the last 128 those that are not
 * named are plain. */
enum { ESCAPED = 1, QUOTE = 2, COMMA = 4 };
static const uint8_t classes[256] = {ESCAPED_32, ['"'] = QUOTE, [','] = COMMA, ['\\'] = ESCAPED, [0x7f] = ESCAPED,
                                     ESCAPED_32, ESCAPED_32,    ESCAPED_32,    ESCAPED_32};

/* Does a spreadsheet run a cell that begins with the character? Of TAB and CR see the callers. */
static bool is_formula(char c)
{
    return c == '=' || c == '+' || c == '-' || c == '@';
}

char *pen_put_nanoseconds(char *at, int64_t value)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    *at = '-';
    at = s7_put_unsigned(at + (value < 0), magnitude / NANOSECONDS);
    *at++ = '.';
    s7_put_nine(at, (uint32_t)(magnitude % NANOSECONDS));
    return at + 9;
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

char *pen_put_short(char *at, const uint8_t *text, size_t length, bool guard)
{
    unsigned class = 0;
    if (length > PEN_SHORT || (guard && length > 0 && is_formula((char)text[0])))
        return NULL;
    for (size_t i = 0; i < length; i++) {
        at[i] = (char)text[i];
        class |= classes[text[i]];
    }
    return class == 0 ? at + length : NULL;
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

/* The first byte of a block that is escaped or a quote; BLOCK if there is none. */
static size_t first_odd(const uint8_t *bytes)
{
    block b;
    memcpy(&b, bytes, sizeof b);
    /* One more than a byte below 0x20 or above 0x7e is below 0x21 as a signed number. */
    block odd = (block)((signed_block)(b + 1) < 0x21) | (block)(b == '\\') | (block)(b == '"');
    uint64_t halves[2];
    memcpy(halves, &odd, sizeof halves);
    if ((halves[0] | halves[1]) == 0)
        return BLOCK;
    size_t half = halves[0] == 0;
    return 8 * half + (size_t)__builtin_ctzll(GUINT64_FROM_LE(halves[half])) / 8;
}

size_t pen_plain(const uint8_t *bytes, size_t length)
{
    size_t i = 0;
    while (length < BLOCK && i < length && (classes[bytes[i]] & ~(unsigned)COMMA) == 0)
        i++;
    if (length < BLOCK)
        return i;
    for (; i < length - BLOCK; i += BLOCK) {
        size_t odd = first_odd(bytes + i);
        if (odd < BLOCK)
            return i + odd;
    }
    return length - BLOCK + first_odd(bytes + length - BLOCK);
}

/* A byte that is not plain, in a quoted cell. */
static char *put_odd(char *at, uint8_t c)
{
    if (c != '"')
        return text_put_escaped(at, c);
    *at++ = '"';
    *at++ = '"';
    return at;
}

void pen_frame(struct pen *pen, const uint8_t *bytes, size_t length, size_t plain, bool guard)
{
    bool quote = length > 0 && (memchr(bytes, ',', length) || memchr(bytes, '"', length));
    pen_room(pen, 4 * length + 3);
    char *at = pen->at;
    if (quote)
        *at++ = '"';
    if (guard && length > 0 && is_formula((char)bytes[0])) /* TAB and CR begin with a backslash here */
        *at++ = '\'';
    for (;;) {
        memcpy(at, bytes, plain);
        at += plain;
        bytes += plain;
        length -= plain;
        if (length == 0)
            break;
        at = put_odd(at, *bytes++);
        plain = pen_plain(bytes, --length);
    }
    if (quote)
        *at++ = '"';
    pen->at = at;
}
