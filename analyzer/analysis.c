/* SPDX-License-Identifier: GPL-2.0-or-later
 * What follows from the counts of a run. */
#include "analysis.h"

uint64_t analysis_unopened(const struct analysis *analysis)
{
    static const enum packet_result closed[] = {PACKET_CUT,       PACKET_MALFORMED, PACKET_LINK_TYPE,
                                                PACKET_NESTED,    PACKET_ENCRYPTED, PACKET_UNOPENED,
                                                PACKET_MULTILINK, PACKET_OTHER_LINK};
    uint64_t count = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(closed); i++)
        count += analysis->results[closed[i]];
    return count;
}

bool analysis_saw_nothing(const struct analysis *analysis)
{
    return analysis->packets > 0 && analysis_unopened(analysis) == analysis->packets;
}
