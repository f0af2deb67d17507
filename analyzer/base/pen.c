/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes pieces of a line of CSV to a pointer. */
#include "base/pen.h"

#include "blocks.h"

#include <glib.h>

#define NANOSECONDS UINT64_C(1000000000)

void pen_set_word(struct pen_word *word, const char *text)
{
    size_t length = strlen(text);
    g_assert(length <= PEN_WORD_MAX);
    memset(word->text, 0, sizeof word->text);
    memcpy(word->text, text, length);
    word->length = (uint8_t)length;
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

/* The same of a text: its full-width forms, too (U+FF1D, U+FF0B, U+FF0D, U+FF20). */
static bool is_run(const char *text, const char *end)
{
    if (end - text < 3 || memcmp(text, "\xef\xbc", 2) != 0)
        return text < end && (is_formula(*text) || *text == '\t' || *text == '\r');
    return memchr("\x9d\x8b\x8d\xa0", text[2], 4) != NULL;
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

char *fast_pen_short(char *at, const uint8_t *text, size_t length, bool guard)
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

char *pen_make_cell(const char *start, char *end, bool guard)
{
    size_t quotes = 0;
    bool quoted = false;
    for (const char *c = start; c < end; c++) {
        quotes += *c == '"';
        quoted |= *c == ',' || *c == '"' || *c == '\r' || *c == '\n';
    }
    size_t guards = guard && is_run(start, end);
    size_t more = guards + (quoted ? quotes + 2 : 0);
    if (more == 0)
        return end;
    char *to = end + more, *made = to;
    if (quoted)
        *--to = '"';
    while (end > start) { /* from the last byte on: each moves behind where it stood */
        *--to = *--end;
        if (*to == '"')
            *--to = '"';
    }
    if (guards)
        *--to = '\'';
    if (quoted)
        *--to = '"';
    return made;
}

/* Which bytes of a block are escaped or a quote. */
static inline s7_block odd_bytes(s7_block b)
{
    /* One more than a byte below 0x20 or above 0x7e is below 0x21 as a signed number. */
    typedef int8_t signed_block __attribute__((vector_size(S7_BLOCK)));
    return (s7_block)((signed_block)(b + 1) < 0x21) | (s7_block)(b == '\\') | (s7_block)(b == '"');
}

/* The first byte of a block that is escaped or a quote; S7_BLOCK if there is none. */
static size_t first_odd(const uint8_t *bytes)
{
    unsigned odd = s7_block_bits(odd_bytes(s7_block_at(bytes)));
    return odd ? (size_t)__builtin_ctz(odd) : S7_BLOCK;
}

size_t pen_plain(const uint8_t *bytes, size_t length)
{
    size_t i = 0;
    if (length < S7_BLOCK) {
        while (i < length && (classes[bytes[i]] & ~(unsigned)COMMA) == 0)
            i++;
        return i;
    }
    for (; i + (size_t)2 * S7_BLOCK < length; i += (size_t)2 * S7_BLOCK) {
        s7_block first = odd_bytes(s7_block_at(bytes + i)), second = odd_bytes(s7_block_at(bytes + i + S7_BLOCK));
        if (s7_block_bits(first | second))
            break;
    }
    for (; i < length - S7_BLOCK; i += S7_BLOCK) {
        size_t odd = first_odd(bytes + i);
        if (odd < S7_BLOCK)
            return i + odd;
    }
    return length - S7_BLOCK + first_odd(bytes + length - S7_BLOCK);
}

char *pen_put_escaped(char *out, uint8_t c)
{
    static const char hex[] = "0123456789ABCDEF";
    *out++ = '\\';
    if (c == '\r' || c == '\n' || c == '\\') {
        *out++ = c == '\r' ? 'r' : c == '\n' ? 'n' : '\\';
        return out;
    }
    *out++ = 'x';
    *out++ = hex[c >> 4];
    *out++ = hex[c & 15];
    return out;
}

/* A byte that is not plain, in a quoted cell. */
static char *put_odd(char *at, uint8_t c)
{
    if (c != '"')
        return pen_put_escaped(at, c);
    *at++ = '"';
    *at++ = '"';
    return at;
}

char *fast_pen_frame(char *at, const uint8_t *bytes, size_t length, size_t plain, bool guard)
{
    bool quote = length > 0 && (memchr(bytes, ',', length) || memchr(bytes, '"', length));
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
    return at;
}
