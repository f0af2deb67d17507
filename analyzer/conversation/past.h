/* SPDX-License-Identifier: GPL-2.0-or-later
 * The last bytes of a direction that went to the scanner, to compare with them what is sent again.
 * Takes bytes in sequence, gives what differs from a second copy of them. */
#ifndef PAST_H
#define PAST_H

#include "base/interval.h"

/* Bytes and packets that are remembered. Powers of two. */
#define PAST_BYTES   256
#define PAST_PACKETS 4

struct past; /* opaque; NULL remembers nothing */

/* Remembers bytes that stand at this offset. What does not stand before them directly is forgotten. */
void past_add(struct past **past, uint64_t offset, const uint8_t *data, size_t length, const struct origin *origin);
/* Compares the second copy of length bytes with what is remembered of them. True if something differs: *overlap then
 * spans it, valid until more is remembered. */
bool past_differs(const struct past *past, uint64_t offset, const uint8_t *data, size_t length,
                  const struct origin *origin, struct overlap *overlap);

#endif
