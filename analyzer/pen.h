/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes a line of CSV into a GString by a pointer: room is made for a whole piece, then its bytes are stored.
 * Between pen_on() and pen_off() the string's length is not kept. */
#ifndef PEN_H
#define PEN_H

#include "digits.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct pen {
    GString *out;
    char *at, *end; /* of what is written, of the room */
};

/* A short text that is written often, stored so that it is copied without a look at its length. */
#define PEN_WORD_MAX 61
struct pen_word {
    char text[PEN_WORD_MAX + 2];
    uint8_t length;
};
void pen_set_word(struct pen_word *word, const char *text);

/* What a text has in it; 0 = it can stand in a cell as it is. */
enum { PEN_ESCAPE = 1, PEN_QUOTE = 2, PEN_COMMA = 4 };
/* PEN_ESCAPE: bytes that are not printable ASCII, and backslashes. PEN_QUOTE: ". PEN_COMMA: commas. */
unsigned pen_class(const uint8_t *bytes, size_t length);

/* Goes on behind the end of the string. */
struct pen pen_on(GString *out);
void pen_off(const struct pen *pen);

void pen_grow(struct pen *pen, size_t length);
/* Room for so many bytes more. */
static inline void pen_room(struct pen *pen, size_t length)
{
    if (G_UNLIKELY((size_t)(pen->end - pen->at) < length))
        pen_grow(pen, length);
}

static inline void pen_char(struct pen *pen, char c)
{
    pen_room(pen, 1);
    *pen->at++ = c;
}

static inline void pen_bytes(struct pen *pen, const void *bytes, size_t length)
{
    pen_room(pen, length);
    memcpy(pen->at, bytes, length);
    pen->at += length;
}

/* A string literal. */
#define pen_literal(pen, text) pen_bytes(pen, text, sizeof(text) - 1)

static inline void pen_word(struct pen *pen, const struct pen_word *word)
{
    pen_room(pen, sizeof word->text);
    memcpy(pen->at, word->text, 32);
    if (word->length > 32)
        memcpy(pen->at + 32, word->text + 32, sizeof word->text - 32);
    pen->at += word->length;
}

static inline void pen_unsigned(struct pen *pen, uint64_t value)
{
    pen_room(pen, S7_UNSIGNED_MAX);
    pen->at = s7_put_unsigned(pen->at, value);
}

/* Nanoseconds as seconds with nine decimals: -0.000000001. */
void pen_nanoseconds(struct pen *pen, int64_t value);

/* The inside of a quoted cell: each " twice. */
void pen_doubled(struct pen *pen, const char *text, size_t length);
/* A text whose class is 0 as one cell. */
void pen_plain(struct pen *pen, const char *text, size_t length, bool guard);
/* One cell, as text_cell() does it. */
void pen_cell(struct pen *pen, const char *text, size_t length, bool guard);
/* Bytes of a frame as one cell, escaped as text_escape() does it with TEXT_ASCII. */
void pen_frame(struct pen *pen, const uint8_t *bytes, size_t length, bool guard);

#endif
