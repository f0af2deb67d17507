/* SPDX-License-Identifier: GPL-2.0-or-later
 * Counts every byte of payload: what came in must be in a frame or in a leftover. */
#include "frame/ledger.h"

bool ledger_counted(enum s7_reason reason)
{
    static const bool counted[S7_LEFTOVER_COUNT] = {
#define LEFTOVER(identifier, name, is_counted, help) is_counted,
#include "leftovers.def"
#undef LEFTOVER
    };
    return counted[reason];
}

void ledger_add(struct ledger *sum, const struct ledger *part)
{
    sum->payload_bytes += part->payload_bytes;
    sum->frame_bytes += part->frame_bytes;
    for (unsigned reason = 0; reason < S7_LEFTOVER_COUNT; reason++)
        sum->leftover[reason] += part->leftover[reason];
}

uint64_t ledger_leftover_bytes(const struct ledger *ledger)
{
    uint64_t sum = 0;
    for (unsigned reason = 0; reason < S7_LEFTOVER_COUNT; reason++)
        if (ledger_counted((enum s7_reason)reason))
            sum += ledger->leftover[reason];
    return sum;
}

bool ledger_balanced(const struct ledger *ledger)
{
    return ledger->payload_bytes == ledger->frame_bytes + ledger_leftover_bytes(ledger);
}
