/* SPDX-License-Identifier: GPL-2.0-or-later
 * Puts the segments of one direction of a TCP connection in order.
 * Takes segments as captured, calls the sink with each byte once, with gaps and with overlaps. */
#ifndef TCP_H
#define TCP_H

#include "conversation/past.h"
#include "conversation/sink.h"

/* Rules, in the words of the ledger: every captured payload byte is delivered once, or counted below.
 * - Stream offset 0 is the byte behind the SYN. Where the SYN was not seen the direction is opening: its segments are
 *   held for TCP_OPENING_TIME of capture time, up to TCP_OPENING_SEGMENTS and TCP_OPENING_BYTES of them, or until the
 *   other side, if it is open and had no SYN either, answers them with data. Offset 0 is then the first of their bytes.
 * Bytes before it that come later are late. A SYN of the other side tells the start too: it acknowledges ours. What
 * both sides held goes on in the order of the capture.
 * - Of two copies of a byte that waits behind a hole the first wins, or with TCP_OVERLAP_LAST the last. A byte that was
 *   delivered stays. A second copy is compared with what waits and with the last PAST_BYTES that were delivered;
 *   sink->overlap() is called when it differs. A keep-alive, one byte in the last place, is no copy.
 * - A hole is given up when the direction ends or a limit is reached: sink->gap(). Its bytes, if they come after
 *   all, are late.
 * - Late bytes are a stretch of their own, sink->late(): it neither joins nor ends what stands before or behind.
 * - What the other side acknowledged was sent: what is missing of it when the direction ends is a gap too. One byte
 * more than was captured is taken for a FIN.
 * - What stands alone more than TCP_IN_FLIGHT ahead is no sign of a hole if the stream went on below it, or said that
 * it stands there, and nobody acknowledged it: its bytes are late, its number says nothing. A RST never says how far a
 * direction went.
 * - A damaged segment waits for a good copy, until the other side acknowledges it or the direction ends: then it is
 * taken as it is. With a good copy it is a second copy of it, whatever the policy. Nothing else of it counts.
 * - Where the stream stands, with a FIN there and the other side acknowledging that, it ends: another FIN or number
 * said nothing.
 * - A FIN takes a sequence number, but is no byte: nothing is missing where it stands. Data behind FIN or RST counts.
 */

/* Data farther than this from the next byte, in bytes, is of another connection: tcp_fits(). */
#define TCP_WINDOW (INT32_C(64) << 20)
/* What may be under way at a time, in bytes: ends count only so near, what is farther ahead may be wild. */
#define TCP_IN_FLIGHT (INT32_C(64) << 10)
/* A SYN that comes late, behind data that was seen first, stands at most so many bytes before that data. */
#define TCP_LATE_SYN (INT32_C(1) << 20)

/* What may wait: beyond it the first hole is given up, of the direction or, for total, of the one that waits longest.
 */
struct tcp_limits {
    uint64_t bytes; /* in one direction */
    size_t ranges;  /* pieces in one direction */
    uint64_t total; /* bytes in all directions */
};
#define TCP_LIMIT_BYTES  (UINT64_C(4) << 20)
#define TCP_LIMIT_RANGES ((size_t)4096)
#define TCP_LIMIT_TOTAL  (UINT64_C(64) << 20)
/* Holes given up that are remembered per direction. More than that: the oldest, or the rest of a split one, is
 * forgotten, and what comes late of it is not told from what was sent twice. */
#define TCP_HOLES_MAX 1024
enum { TCP_REACHED_BYTES, TCP_REACHED_RANGES, TCP_REACHED_TOTAL, TCP_REACHED_HOLES, TCP_REACHED_COUNT };

/* How long and how much an opening direction waits for what may be before it. */
#define TCP_OPENING_TIME     NANOSECONDS
#define TCP_OPENING_SEGMENTS 1024
#define TCP_OPENING_BYTES    (UINT64_C(64) << 10)

enum tcp_overlap { TCP_OVERLAP_FIRST, TCP_OVERLAP_LAST };

struct tcp;

/* What all connections have in common. */
struct tcp_shared {
    struct tcp_limits limits;
    enum tcp_overlap overlap;
    uint64_t waiting_bytes;
    size_t suspects; /* damaged segments that wait for a good copy */
    GQueue waiting;  /* of struct tcp_rest of directions in which bytes wait, the one that waits longest first */
    const struct sink *sink;
};

/* What every packet needs of a direction. */
struct tcp_direction {
    bool started;                 /* the sequence number of stream offset 0 is known */
    bool opening;                 /* it is not, and segments are held; offset 0 is then TCP_LATE_SYN before the first */
    bool handshake;               /* it is known from the SYN */
    bool finished;                /* a FIN was seen */
    uint32_t initial;             /* sequence number of stream offset 0 */
    uint64_t next;                /* stream offset of the next byte to deliver */
    uint64_t end;                 /* stream offset behind the last byte known to have been sent */
    uint64_t fin;                 /* stream offset of the FIN, UINT64_MAX if unknown */
    uint64_t acknowledged;        /* stream offset that the other side acknowledged, its FIN included */
    struct interval_set *waiting; /* NULL if nothing waits */
    struct past *past;            /* what was delivered last */
};

/* What few need: apart, so that the other fits into few cache lines. */
struct tcp_rest {
    GList *place;      /* in the queue of those that wait; NULL if nothing waits, and while opening */
    struct tcp *owner; /* set while it is in that queue */
    GArray *abandoned; /* holes that were given up and are still open, NULL if none; tcp.c's own */
    /* Far beyond the last byte that was captured: how far the direction was said to go, and where it stood when that
     * was said, when the other side acknowledged more, and when the first byte waited. */
    struct suspect *suspects; /* damaged segments that wait for a good copy; tcp.c's own */
    uint64_t said, said_at, acknowledged_at, waited_at;
    uint64_t ended;                             /* behind the FIN that came last where the stream stood; 0: none */
    bool stood;                                 /* since any of these came it said that it stands where it stood */
    uint64_t duplicate_bytes;                   /* seen more than once, or in a hole too many to be remembered */
    uint64_t late_bytes;                        /* delivered as stretches of their own */
    uint64_t limits_reached[TCP_REACHED_COUNT]; /* holes given up because too much waited; forgotten */
};

/* A connection; all zero but for the pointers at its start. */
struct tcp {
    struct tcp_direction directions[2];
    struct tcp_shared *shared;
    void *context;             /* of the sink */
    const struct origin *last; /* of the packet that was taken last; its maker's */
    struct tcp_rest rest[2];
};

/* Whether the packet can belong to the connection this direction is in. False: SYN with another initial sequence
 * number, or a sequence number more than TCP_WINDOW from what was expected, or before the SYN. */
bool tcp_fits(const struct tcp_direction *tcp, const struct packet *packet);
/* Takes a packet for which tcp_fits() is true. */
void tcp_segment(struct tcp *connection, unsigned direction, const struct packet *packet);
/* Does the packet, as nearly all do, bring the next bytes or none, while nothing waits, and acknowledge all that came
 * of the other side? Then fast_tcp_next() does what tcp_segment() would. */
static inline bool fast_tcp_is_next(const struct tcp *connection, unsigned direction, const struct packet *packet)
{
    const struct tcp_direction *own = &connection->directions[direction];
    const struct tcp_direction *other = &connection->directions[!direction];
    return own->started && other->started && !own->waiting && own->fin == UINT64_MAX && other->end == other->next &&
           (packet->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)) == TCP_ACK && packet->payload_missing == 0 &&
           packet->sequence == own->initial + (uint32_t)own->next &&
           packet->acknowledgement == other->initial + (uint32_t)other->next && connection->shared->suspects == 0;
}
void fast_tcp_next(struct tcp *connection, unsigned direction, const struct packet *packet);
/* Takes a packet that no receiver would have taken: its bytes are a stretch of their own, sink->late(). One of which
 * only the acknowledgement contradicts goes on as any other. */
void tcp_stray(struct tcp *connection, unsigned direction, const struct packet *packet);
/* Delivers what opening directions hold. Does nothing to others. */
void tcp_open(struct tcp *connection);
/* Is the start of that direction known? Do bytes of it wait? */
static inline bool tcp_has_start(const struct tcp *connection, unsigned direction)
{
    return connection->directions[direction].started;
}
static inline bool tcp_waits(const struct tcp *connection, unsigned direction)
{
    return connection->directions[direction].waiting != NULL;
}
/* Gives up every hole and delivers what waits behind it. Frees what the direction holds; its counts stay. */
void tcp_finish(struct tcp *connection, unsigned direction);

#endif
