/* SPDX-License-Identifier: GPL-2.0-or-later
 * The clocks by which packets were captured: one for each input and, in pcapng, for each interface. How far each is
 * ahead of the others is found before the inputs are read (conversation/witness.h); NULL = there is one alone. */
#ifndef CAPTURE_CLOCKS_H
#define CAPTURE_CLOCKS_H

#include "base/origin.h"

struct capture_clock {
    uint32_t file, interface; /* of the input, from 1, 0: it stands for others; from 0 */
    int64_t ahead;            /* ns that it shows more than the first clock of its group */
    unsigned group;           /* clocks of one group are known against each other; 0: nothing is known of it */
};

struct capture_clocks {
    unsigned count;
    bool apart; /* some are ahead of others */
    struct capture_clock list[];
};

/* origin.time is counted by the first clock of the group: what is to be added for what the capture says. */
static inline int64_t capture_clocks_ahead(const struct capture_clocks *clocks, const struct origin *origin)
{
    return clocks && clocks->apart ? clocks->list[origin->clock].ahead : 0;
}

/* Is it known which of two packets was captured first? a, b: origin.clock of each. */
static inline bool capture_clocks_known(const struct capture_clocks *clocks, unsigned a, unsigned b)
{
    return !clocks || a == b || (clocks->list[a].group != 0 && clocks->list[a].group == clocks->list[b].group);
}

#endif
