/* SPDX-License-Identifier: GPL-2.0-or-later
 * Puts fragments of IPv4 and IPv6 together, within a time and within limits of memory.
 * Takes fragments as captured, gives whole datagrams, and what there is of those that stay incomplete. */
#ifndef FRAGMENT_H
#define FRAGMENT_H

#include "base/interval.h"
#include "packet/path.h"

struct rest;
struct endpoint;

/* Rules:
 * - The first copy of a byte wins. A copy with another content is a conflict; it is counted and the datagram says so.
 * - A fragment without length, one that ends behind 65,535, and one that is not the last and no multiple of eight bytes
 *   long is refused; so is one that contradicts where the datagram ends.
 * - A datagram is given up when its first fragment is too old or a limit is reached, the oldest first. Its bytes from
 *   the start to the first hole are a packet with missing bytes; the other bytes are counted.
 * - What was put together is remembered for a second: fragments seen again by a second tap are duplicates, or a second
 *   datagram if they are all there.
 */

/* 0 = default. */
struct fragment_limits {
    int64_t timeout_ns; /* of capture time, since the first fragment; default 30 s */
    size_t datagrams;   /* at once; default 1024 */
    size_t bytes;       /* of memory, all together; default 4 MiB */
    size_t ranges;      /* pieces in one datagram; default 2048 */
};
#define FRAGMENT_TIMEOUT   (INT64_C(30) * 1000000000)
#define FRAGMENT_DATAGRAMS ((size_t)1024)
#define FRAGMENT_BYTES     ((size_t)4 << 20)
#define FRAGMENT_RANGES    ((size_t)2048)

/* Bytes are those behind the IP header. */
struct fragment_counts {
    uint64_t fragments;        /* seen, refused ones too */
    uint64_t refused;          /* of these */
    uint64_t datagrams;        /* put together */
    uint64_t incomplete;       /* given up */
    uint64_t timed_out;        /* of these: by time; the rest by a limit or at the end */
    uint64_t limits_reached;   /* of these: by a limit of number: datagrams at once, pieces of one */
    uint64_t bytes_reached;    /* of these: by the limit of memory */
    uint64_t partial;          /* of these: their start was given on as a packet */
    uint64_t incomplete_bytes; /* of the incomplete ones, in no packet */
    uint64_t duplicate_bytes;  /* seen before, with the same content or not */
    uint64_t conflict_bytes;   /* of these: with another content */
    uint64_t conflicts;        /* fragments with such bytes */
    struct origin first_incomplete, first_conflict, first_refused; /* number 0: none */
};

/* One fragment, as its header says. */
struct fragment_piece {
    uint32_t id;
    uint32_t offset;  /* bytes */
    uint8_t protocol; /* of what is inside: UDP, TCP, a tunnel, an extension header */
    bool more;        /* not the last one */
};

/* A datagram, or as much of it as there is. Valid until the next call for the same fragments. */
struct fragment_whole {
    const struct endpoint *source, *destination;
    const struct layer *layers; /* around it */
    size_t layer_count;
    uint32_t id;
    uint8_t protocol;
    const uint8_t *data;
    uint32_t length; /* bytes at data, from the start */
    uint32_t end;    /* length of the whole, as far as it is known */
    bool end_known;
    uint64_t conflict_bytes;
    const struct origin *origins; /* of the packets that first delivered a byte of it, in the order of the capture */
    uint32_t origin_count;
};

struct fragments;

/* give_up: is offered the start of an incomplete datagram; returns whether it made a packet of it. limits: NULL = all
 * defaults. */
struct fragments *fragments_new(const struct fragment_limits *limits,
                                bool (*give_up)(const struct fragment_whole *whole, void *user), void *user);
const struct fragment_counts *fragments_counts(const struct fragments *fragments);
/* Gives up what is too old. To be called for each packet, before anything else. */
void fragments_expire(struct fragments *fragments, int64_t now);

enum fragment_result { FRAGMENT_WAITS, FRAGMENT_COMPLETE, FRAGMENT_REFUSED };
/* piece and rest: what the packet holds of the datagram, from these origins. whole: its addresses and layers are those
 * around the fragment; for FRAGMENT_COMPLETE it becomes the datagram. */
enum fragment_result fragments_add(struct fragments *fragments, const struct fragment_piece *piece,
                                   const struct rest *rest, const struct origin *origins, uint32_t origin_count,
                                   struct fragment_whole *whole);
/* The capture ends: gives up everything. */
void fragments_finish(struct fragments *fragments);
/* NULL is allowed. Gives up nothing. */
void fragments_free(struct fragments *fragments);

#endif
