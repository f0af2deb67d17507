/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where bytes come from: a packet of an input file; and lists of such packets. */
#ifndef ORIGIN_H
#define ORIGIN_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* In a second. */
#define NANOSECONDS INT64_C(1000000000)

/* Capture times are so near to 1970, in nanoseconds: from 1824 to 2116. The difference of two is a number, too. */
#define ORIGIN_TIME_MAX (INT64_C(1) << 62)

struct origin {
    int64_t time;     /* capture time, nanoseconds since 1970 UTC; see capture_next() */
    uint64_t number;  /* of the packet in its file, from 1 */
    uint32_t file;    /* number of the input in the manifest, from 1 */
    uint16_t clock;   /* that its time was taken by, see capture_clocks.h; as a capture is read, the interface */
    bool untimed : 1; /* the packet has no time of its own: time is that of the packet before it, 0 if there is none */
    bool damaged : 1; /* its checksum says that it was damaged on its way */
    bool twin : 1;    /* it was captured before in another conversation */
};

static inline bool origin_time_is_possible(int64_t time)
{
    return time > -ORIGIN_TIME_MAX && time < ORIGIN_TIME_MAX;
}

static inline bool origin_is_before(const struct origin *a, const struct origin *b)
{
    return a->file != b->file ? a->file < b->file : a->number < b->number;
}

static inline bool origin_is_same(const struct origin *a, const struct origin *b)
{
    return a->file == b->file && a->number == b->number;
}

/* Adds a packet to an ascending array of struct origin, in which each stands once. */
void origins_add(GArray *packets, const struct origin *origin);
/* Numbers of packets with ; between them; those of another file than that with its number before. Appends. */
void origins_print(GString *out, const struct origin *packets, unsigned count, uint32_t file);

#endif
