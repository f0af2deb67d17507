/* SPDX-License-Identifier: GPL-2.0-or-later
 * TCP packets whose numbers no open conversation knows: they are put aside until another packet goes on with them, and
 * opens a conversation with them, or until there is no room: then they were strays. Takes packets, gives them back. */
#ifndef ASIDE_H
#define ASIDE_H

#include "packet/packet.h"

/* So many beside one conversation, and so many bytes in all. */
#define ASIDE_MAX   8
#define ASIDE_BYTES ((size_t)4 << 20)

/* A copy; its payload too. */
struct aside {
    struct aside *next;
    size_t size;
    struct packet packet;
    uint8_t payload[];
};

/* Oldest first; all zero at first. */
struct asides {
    struct aside *first;
    unsigned count;
};

/* total: bytes of all. False: there is no room. */
bool aside_put(struct asides *asides, size_t *total, const struct packet *packet);
/* Takes out the oldest. NULL if there is none. The caller's to free with aside_free(). */
struct aside *aside_take(struct asides *asides);
/* Takes out the oldest with whose numbers the packet goes on, less than so many bytes behind it. NULL if there is none.
 */
struct aside *aside_find(struct asides *asides, const struct packet *packet, uint64_t within);
/* Puts one back that was taken out, as the youngest. */
void aside_keep(struct asides *asides, struct aside *aside);
void aside_free(struct aside *aside, size_t *total);

#endif
