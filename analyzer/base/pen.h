/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes a line of CSV into a GString by a pointer: room is made for a whole piece, then its bytes are stored.
 * Between pen_on() and pen_off() the string's length is not kept. Names with put take and give the pointer alone: they
 * write what is short into the spare room. */
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

/* There is always so much room more than was asked for: all numbers and words of a row fit into it. */
#define PEN_SPARE 2048

/* A short text that is written often, stored so that it is copied without a look at its length. */
#define PEN_WORD_MAX 61
struct pen_word {
    char text[PEN_WORD_MAX + 2];
    uint8_t length;
};
void pen_set_word(struct pen_word *word, const char *text);

/* How many bytes from the first one on stand for themselves in a quoted cell, and in a JSON string in one. */
size_t pen_plain(const uint8_t *bytes, size_t length);

/* Goes on behind the end of the string. */
struct pen pen_on(GString *out);
void pen_off(const struct pen *pen);

void pen_grow(struct pen *pen, size_t length);
/* Room for so many bytes more, and the spare. */
static inline void pen_room(struct pen *pen, size_t length)
{
    if (G_UNLIKELY((size_t)(pen->end - pen->at) < length + PEN_SPARE))
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

static inline char *pen_put_word(char *at, const struct pen_word *word)
{
    memcpy(at, word->text, 32);
    if (word->length > 32)
        memcpy(at + 32, word->text + 32, sizeof word->text - 32);
    return at + word->length;
}

static inline void pen_word(struct pen *pen, const struct pen_word *word)
{
    pen_room(pen, 0);
    pen->at = pen_put_word(pen->at, word);
}

static inline void pen_unsigned(struct pen *pen, uint64_t value)
{
    pen_room(pen, 0);
    pen->at = s7_put_unsigned(pen->at, value);
}

/* Nanoseconds as seconds with nine decimals: -0.000000001. At most 31 bytes are written. */
char *pen_put_nanoseconds(char *at, int64_t value);
/* A text of at most PEN_SHORT bytes as a cell without quotes; NULL if it can not be one. */
#define PEN_SHORT 32
char *pen_put_short(char *at, const uint8_t *text, size_t length, bool guard);

/* The inside of a quoted cell: each " twice. */
void pen_doubled(struct pen *pen, const char *text, size_t length);
/* One cell, as text_cell() does it. */
void pen_cell(struct pen *pen, const char *text, size_t length, bool guard);
/* Bytes of a frame as one cell, escaped as text_escape() does it with TEXT_ASCII. plain: what pen_plain() says of it.
 */
void pen_frame(struct pen *pen, const uint8_t *bytes, size_t length, size_t plain, bool guard);

#endif
