/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whose bytes are these? Takes frames and leftovers of the scanner, says whether a frame is enough to take a
 * conversation for ours, and what a leftover is. (docs/PROTOCOL.md 10.1 and 10.17, docs/STARTEK.md 8,
 * docs/SHARED-PORT.md) */
#ifndef RECOGNISE_H
#define RECOGNISE_H

#include "message.h"

enum recognise_proof {
    RECOGNISE_WHOLE,  /* in another maker's stream: s7_counts_among_others() */
    RECOGNISE_STRICT, /* on any port: s7_proves() */
};

/* Does the frame count? data: its first byte. */
bool recognise_frame(enum recognise_proof proof, const uint8_t *data, const struct s7_frame *frame);

/* Do the bytes, behind separators, begin with a whole frame that counts on any port? */
bool recognise_start(const uint8_t *data, size_t length);

/* Printable characters and white space only? */
bool recognise_text(const uint8_t *data, size_t length);

#endif
