/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes pieces of a line of CSV to a pointer: each takes where to write and gives the byte behind what it wrote.
 * Room is the caller's to guarantee: what is said here of a piece, and PEN_SLACK bytes behind it. */
#ifndef PEN_H
#define PEN_H

#include "digits.h"

#include <stdbool.h>
#include <stdint.h>

/* Most bytes that may be overwritten behind the end of a piece: short ones are copied without a look at their length.
 */
#define PEN_SLACK 64

/* A short text that is written often, stored so that it is copied without a look at its length. */
#define PEN_WORD_MAX 61
struct pen_word {
    char text[PEN_WORD_MAX + 2];
    uint8_t length;
};
void pen_set_word(struct pen_word *word, const char *text);

static inline char *pen_put_word(char *at, const struct pen_word *word)
{
    memcpy(at, word->text, 32);
    if (word->length > 32)
        memcpy(at + 32, word->text + 32, sizeof word->text - 32);
    return at + word->length;
}

static inline char *pen_put_char(char *at, char c)
{
    *at = c;
    return at + 1;
}

static inline char *pen_put_bytes(char *at, const void *bytes, size_t length)
{
    memcpy(at, bytes, length);
    return at + length;
}

/* A string literal. */
#define pen_put_literal(at, text) pen_put_bytes(at, text, sizeof(text) - 1)

/* How many bytes from the first one on stand for themselves in a quoted cell, and in a JSON string in one. */
size_t pen_plain(const uint8_t *bytes, size_t length);

/* Nanoseconds as seconds with nine decimals: -0.000000001. At most PEN_NANOSECONDS_MAX bytes. */
#define PEN_NANOSECONDS_MAX 31
char *pen_put_nanoseconds(char *at, int64_t value);

/* A text of at most PEN_SHORT bytes as pen_make_cell() has it; NULL if that is not the text itself. */
#define PEN_SHORT 32
char *fast_pen_short(char *at, const uint8_t *text, size_t length, bool guard);

/* The text from start to end becomes a cell (RFC 4180) in its place: quoted if it needs to be, with ' in front when
 * guard is set and a spreadsheet would run it. At most 2 * length + 3 bytes. */
char *pen_make_cell(const char *start, char *end, bool guard);

/* Bytes of a frame as text_put() with TEXT_ASCII and pen_make_cell() have them. plain: what pen_plain() says of it. At
 * most 4 * length + 3 bytes. */
char *fast_pen_frame(char *at, const uint8_t *bytes, size_t length, size_t plain, bool guard);

/* The escape of one byte that is not plain; returns the byte behind it. */
#define PEN_ESCAPE_MAX 4
char *pen_put_escaped(char *out, uint8_t c);

#endif
