/* SPDX-License-Identifier: GPL-2.0-or-later
 * What packets tell of the clocks by which they were captured (docs/CONVERSATIONS.md, "Clocks apart"). Takes packets of
 * all clocks in any order, keeps a bounded number of facts, and says how far the clocks are apart. */
#ifndef WITNESS_H
#define WITNESS_H

#include "base/capture_clocks.h"
#include "packet/packet.h"

/* Facts that are kept; a packet gives three at most. */
#define WITNESS_FACTS ((size_t)1 << 19)
/* Clocks this near to each other are the same: nanoseconds. */
#define WITNESS_NEAR (INT64_C(500) * 1000000)

struct witness;

struct witness *witness_new(void);
/* packet->origin.clock: below WITNESS_CLOCKS. */
#define WITNESS_CLOCKS 65535
void witness_take(struct witness *witness, const struct packet *packet);
size_t witness_facts(const struct witness *witness);
/* Sets ahead and group of each, and apart. */
void witness_judge(struct witness *witness, struct capture_clocks *clocks);
void witness_free(struct witness *witness);

#endif
