/* SPDX-License-Identifier: GPL-2.0-or-later
 * Counts every byte of payload: what came in must be in a frame or in a leftover.
 * One ledger a conversation while it is open; their sum is the ledger of the manifest. */
#ifndef LEDGER_H
#define LEDGER_H

#include "scanner.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger {
    uint64_t payload_bytes;               /* deduplicated, as the sessions received it */
    uint64_t frame_bytes;                 /* in frames */
    uint64_t leftover[S7_LEFTOVER_COUNT]; /* by reason; gap and overlap are not part of the payload */
};

void ledger_add(struct ledger *sum, const struct ledger *part);
/* Bytes in leftovers that are part of the payload. */
uint64_t ledger_leftover_bytes(const struct ledger *ledger);
/* payload_bytes = frame_bytes + leftover bytes? */
bool ledger_balanced(const struct ledger *ledger);

/* Is the reason part of the payload (leftovers.def)? */
bool ledger_counted(enum s7_reason reason);

#endif
