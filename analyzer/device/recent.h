/* SPDX-License-Identifier: GPL-2.0-or-later
 * The last reports of a device, to tell a report that was sent again (docs/PROTOCOL.md 10.8, docs/STARTEK.md 9.6).
 * Of each it keeps two independent 64-bit hashes of what counts in the comparison, and the capture time. */
#ifndef RECENT_H
#define RECENT_H

#include "base/report.h"

/* Reports that a new one is compared with. */
#define RECENT_MAX 32

struct sent;

/* All zero at first. A part of each digest stands here: few bytes to look through, as nearly every report is new. */
struct recent {
    uint16_t parts[RECENT_MAX];
    struct sent *sent; /* grows up to RECENT_MAX */
    uint8_t count, next, capacity;
};

/* Whether the report equals one of the last ones; remembers it. */
bool recent_is_duplicate(struct recent *recent, const struct report *report);
void recent_clear(struct recent *recent);

#endif
