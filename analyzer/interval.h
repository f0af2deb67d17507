/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ordered, disjoint byte ranges with holes between them: what is waiting for a hole to be filled.
 * Takes ranges in any order, gives them back in order; overlaps are trimmed so that the first copy of a byte wins. */
#ifndef INTERVAL_H
#define INTERVAL_H

#include "capture.h"

struct interval {
    uint64_t start, end; /* [start, end) */
    struct origin origin;
    uint8_t *data;       /* end - start bytes, owned */
};

struct interval_set; /* opaque */
#endif
