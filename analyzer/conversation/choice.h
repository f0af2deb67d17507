/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which of the conversations with the same addresses and ports a packet belongs to (docs/CONVERSATIONS.md).
 * Takes those that are open, in a list, and a packet; gives one of them, or says that it contradicts all. */
#ifndef CHOICE_H
#define CHOICE_H

#include "conversation/entry.h"

struct choice {
    struct entry *entry;  /* the packet belongs to it; NULL: to none */
    uint64_t distance;    /* of its numbers from what is expected there, see sequence_distance() */
    struct entry *denied; /* entry is NULL: its numbers alone speak against this one; NULL: more than they do */
};

/* first: of those with the packet's key, not NULL. */
struct choice choice_of(struct entry *first, const struct sink *sink, const struct packet *packet);

/* Did the packet come the way of the last one in its direction: the same tags, tunnels and file? 1 yes, 0 there was
 * none, -1 no. */
int choice_same_way(const struct entry *entry, unsigned direction, const struct packet *packet);

#endif
