/* SPDX-License-Identifier: GPL-2.0-or-later
 * Puts the segments of one direction of a TCP connection in order.
 * Takes segments as captured, calls the session with each byte once, with gaps and with overlaps. */
#ifndef TCP_H
#define TCP_H

#include "interval.h"

struct conversation;
struct packet;

/* Rules, in the words of the ledger: every captured payload byte is delivered once, or counted below.
 * - Stream offset 0 is the byte behind the SYN. Where the SYN was not seen it is the first byte of the first data
 *   segment, and delivery does not wait: bytes before it that come later are late.
 * - The first copy of a byte wins. Bytes that were delivered already are duplicates; their content cannot be compared.
 *   Bytes that still wait can: session_overlap() is called when they differ.
 * - A hole is given up when the direction ends or a limit is reached: session_gap(). Its bytes, if they come after
 *   all, are late.
 * - Late bytes are a stretch of their own for the session: it neither joins nor ends what stands before or behind.
 * - A FIN takes a sequence number, but is no byte: nothing is missing where it stands. Data behind FIN or RST counts.
 */

/* Data farther than this from the next byte, in bytes, is of another connection: tcp_fits(). */
#define TCP_WINDOW (INT32_C(64) << 20)
/* A SYN that comes late, behind data that was seen first, stands at most so many bytes before that data. */
#define TCP_LATE_SYN (INT32_C(1) << 20)

/* What may wait in one direction before its first hole is given up. */
struct tcp_limits {
    uint64_t bytes;
    size_t ranges;
};
#define TCP_LIMIT_BYTES  (UINT64_C(4) << 20)
#define TCP_LIMIT_RANGES ((size_t)4096)

struct tcp_direction {
    bool started;                 /* the sequence number of stream offset 0 is known */
    bool handshake;               /* it is known from the SYN */
    bool finished;                /* a FIN was seen */
    uint32_t initial;             /* sequence number of stream offset 0 */
    uint64_t next;                /* stream offset of the next byte to deliver */
    uint64_t end;                 /* stream offset behind the last byte known to have been sent */
    uint64_t fin;                 /* stream offset of the FIN, UINT64_MAX if unknown */
    struct interval_set *waiting; /* NULL if nothing waits */
    GArray *abandoned;            /* holes that were given up and are still open, NULL if none; tcp.c's own */
    uint64_t duplicate_bytes;     /* seen more than once, or in a hole too many to be remembered */
    uint64_t overlap_bytes;       /* of these: with another content than the copy that waited */
    uint64_t late_bytes;          /* delivered as stretches of their own */
    uint64_t limits_reached;      /* holes given up because too much waited */
};

/* Whether the packet can belong to the connection this direction is in. False: SYN with another initial sequence
 * number, or data more than TCP_WINDOW from what was expected. */
bool tcp_fits(const struct tcp_direction *tcp, const struct packet *packet);
/* Takes a packet for which tcp_fits() is true. */
void tcp_segment(struct conversation *conversation, unsigned direction, const struct packet *packet);
/* Gives up every hole and delivers what waits behind it. Frees what the direction holds; its counts stay. */
void tcp_finish(struct conversation *conversation, unsigned direction);

#endif
