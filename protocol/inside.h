/* SPDX-License-Identifier: GPL-2.0-or-later
 * A frame that lost its end must not swallow a good one: looks for the first good frame of any dialect inside a
 * stretch. Good is a startek frame with length, checksum and CR LF right, a fifotrack frame with length and checksum
 * right, a gotop frame that counts among others' (message.h). Internal to protocol/. (docs/STARTEK.md 1.2,
 * docs/FIFOTRACK.md 1.2)
 */
#ifndef S7_INSIDE_H
#define S7_INSIDE_H

#include "scanner.h"

struct s7_good {
    size_t at;     /* where it begins; if there is none, the limit or the end of the bytes */
    size_t needed; /* not 0: so many bytes must be there to tell; none begins before at */
    size_t unsure; /* where the first begins that the end of the bytes cuts; if there is none, as at */
};

/* Looks at the positions from from (1 or more) to the one before limit. length: bytes that are there; of a fifotrack or
 * startek frame that begins in front of limit the end may stand behind it. end: no more will come. Without end it asks
 * for more bytes, but never for more than S7_ELEMENT_MAX in all. strict: a gotop frame must count among others'
 * (message.h). */
struct s7_good s7_good_inside(const uint8_t *data, size_t length, size_t from, size_t limit, bool end, bool strict);

/* The same where nothing outside the stretch counts and nothing more will come: where it begins, length if none does.
 */
static inline size_t s7_good_within(const uint8_t *data, size_t length, bool strict)
{
    return s7_good_inside(data, length, 1, length, true, strict).at;
}

/* The search, for the dialects' own part of it: does one begin there? */
struct s7_inside {
    const uint8_t *data;
    size_t length, limit;
    size_t needed; /* what MAYBE asks for */
    bool strict, summed, decoded;
    struct s7_message *message;
    /* Sum, and exclusive or, of the bytes in front of each. */
    uint8_t sum[S7_ELEMENT_MAX + 1], parity[S7_ELEMENT_MAX + 1];
};

/* Of the bytes from from to the one before to. */
uint8_t s7_inside_sum(struct s7_inside *inside, size_t from, size_t to);
uint8_t s7_inside_parity(struct s7_inside *inside, size_t from, size_t to);
/* A message to identify a frame with. */
struct s7_message *s7_inside_message(struct s7_inside *inside);

#endif
