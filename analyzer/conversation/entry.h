/* SPDX-License-Identifier: GPL-2.0-or-later
 * An open conversation and what this room keeps of it: conversation.c makes and ends it, choice.c reads it. */
#ifndef ENTRY_H
#define ENTRY_H

#include "base/cache_line.h"
#include "conversation/aside.h"
#include "conversation/carrier.h"
#include "conversation/conversation.h"

/* Key of the table: the pair of endpoints in either order, within the same tunnels as path_same_key() has it. */
struct pair {
    const struct endpoint *ends[2];
    const struct layer *layers;
    uint8_t layer_count;
    guint hash;
    uint8_t transport;
};

/* An open conversation and what this file keeps of it. It begins at a cache line; what every packet needs stands first.
 * What the sink keeps of it follows, at CONTEXT. */
struct entry {
    guint hash;
    uint8_t layer_count;
    bool is_opening;
    bool replaced;           /* another with the same key was opened, and nothing came of this one since */
    uint8_t ended_by;        /* direction of the RST or the second FIN, if end_reason is set */
    uint32_t files[2];       /* of the last packet of each direction; 0: none came */
    uint32_t ends[2];        /* twins_end() of the endpoints */
    uint32_t right[2];       /* checksums of each direction */
    uint32_t wrong[2];       /* likewise */
    struct entry *first;     /* of those with the same key, which are a list */
    struct entry *next;      /* in it */
    struct carrier *carrier; /* NULL: nothing stood around its packets so far */
    int64_t heard;           /* steady time of the last packet, as time goes */
    int64_t moved;           /* steady time at which it was put at the end of its queue */
    struct conversation conversation;
    struct tcp tcp;
    GQueue *queue;
    struct pair pair; /* points into conversation and to layers */
    struct layer *layers;
    GList *link;    /* in queue; apart, so that the links of neighbours lie together and not with all else of them */
    int64_t over;   /* steady time of RST or second FIN, if end_reason is set */
    GList opening;  /* in conversations->opening */
    int64_t opened; /* steady time at which it was put there, if is_opening */
    struct asides asides;
    struct wrong {
        uint32_t sequence;
        uint16_t sum;
    } last_wrong[2]; /* of each direction, the last packet whose checksum is wrong */
};
#define HOT     (offsetof(struct entry, tcp.rest))
#define CONTEXT ((sizeof(struct entry) + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE)

static inline void *context_of(struct entry *entry)
{
    return (char *)entry + CONTEXT;
}

/* Without a call of memcmp(). */
static inline bool same_end(const struct endpoint *a, const struct endpoint *b)
{
    uint64_t left[2], right[2];
    uint32_t left_end, right_end;
    G_STATIC_ASSERT(sizeof *a == sizeof left + sizeof left_end);
    memcpy(left, a, sizeof left);
    memcpy(right, b, sizeof right);
    memcpy(&left_end, &a->port, sizeof left_end);
    memcpy(&right_end, &b->port, sizeof right_end);
    return ((left[0] ^ right[0]) | (left[1] ^ right[1]) | (left_end ^ right_end)) == 0;
}

static inline unsigned direction_of(const struct entry *entry, const struct packet *packet)
{
    return same_end(&packet->source, &entry->conversation.endpoints[0]) ? 0 : 1;
}

#endif
