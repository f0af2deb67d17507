/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the files that keep a conversation share: framing.c (bytes to frames), stream.c (what framing calls), exchange.c
 * (commands and answers), foreign.c (other makers' protocols), backlog.c (what waits) and residue.c (what is in no
 * frame). Each calls only those that stand behind it in this list. */
#ifndef STREAM_STATE_H
#define STREAM_STATE_H

#include "base/spares.h"
#include "frame/copies.h"
#include "frame/held.h"
#include "frame/stream.h"
#include "identify.h"

/* Bytes that are missing. */
struct gap {
    uint64_t offset, length;
    struct origin origin; /* of the packet behind them */
};

/* Leftovers of one direction that are still growing. */
struct open_leftovers {
    struct leftover stretch;    /* what touches and has one reason is one row */
    struct leftover separators; /* one row, at the end */
    struct leftover limit;      /* what could not be held back, one row */
    GArray *gaps;               /* of struct gap: those whose bytes may come late; NULL: there are none */
    unsigned rows;              /* handed on so far */
    struct leftover *rest;      /* by reason, those beyond LEFTOVER_ROWS; NULL: there are none */
};

struct exchange;

/* What every frame needs stands first, up to the ledger: in as few cache lines as can be. */
struct stream {
    struct streams *shared;
    const struct conversation *conversation;
    struct device *device;          /* last one that took part */
    const char *other;              /* the other maker's protocol that it was recognised as, NULL = none */
    GByteArray *head[2];            /* first bytes, while starting; NULL if they are in a frame */
    struct open_leftovers *open[2]; /* NULL: every byte so far is in a frame */
    int dialect;                    /* of the first good frame, -1 = none yet */
    int last_dialect;               /* of the last good frame */
    bool kept;                      /* on a chosen port, or proven to be GOTOP traffic */
    bool heard[2];                  /* payload came in this direction */
    bool uplink[2];                 /* a good uplink frame came in this direction */
    bool after_gap[2];              /* the next frame is the first behind a gap */
    bool starting[2]; /* the first bytes of the direction, or of a datagram, may still tell whose they are */
    bool held_limit;  /* something could not be held back */
    struct framing framing[2];
    struct held held;
    struct exchange *exchange;  /* NULL if no command waits for its answer */
    int64_t newest[2];          /* when the last frame of each direction was completed */
    char id[DEVICE_ID_MAX + 1]; /* last good uplink id */
    uint64_t frames;
    uint64_t order; /* of its last report */
    struct ledger ledger;
    char first_id[DEVICE_ID_MAX + 1];
    uint64_t gaps, overlaps;
    GHashTable *devices;      /* all that took part, NULL if no more than one */
    GList due_link;           /* of shared->due[], if due_queue >= 0 */
    GSequenceIter *due_place; /* of shared->due_sorted; NULL = not there */
    int due_queue;
    int64_t due; /* when the first that waits may go */
};
#define STREAM_HOT (offsetof(struct stream, ledger) + offsetof(struct ledger, leftover))

/* Things wait for different times; a queue for each keeps them in order. */
enum { DUE_COPY, DUE_ACKNOWLEDGEMENT, DUE_ANSWER, DUE_QUEUES };

struct streams {
    struct stream_options options;
    struct stream_totals totals;
    GPtrArray *others;     /* of struct other_total, by name */
    size_t held_bytes;     /* in all conversations */
    size_t saved_bytes;    /* of decoded reports beside them */
    struct spares queues;  /* empty ones (GByteArray) of struct held */
    struct spares pending; /* empty struct pending */
    GQueue unfinished;     /* struct pending of all directions, the one that grew last the longest time ago first */
    size_t unfinished_bytes;
    GQueue due[DUE_QUEUES];  /* of struct stream, by due */
    GSequence *due_sorted;   /* of struct stream, by due: those that would be far from the end of their queue */
    struct sink_clock clock; /* all times here are by it: stream_time() */
    struct copies *copies;   /* NULL until the first datagram */
    uint64_t datagram;       /* number of the one at hand, 0 = the bytes came by TCP */
    struct spares exchanges;
    size_t exchanges_used;
    uint64_t commands; /* that were given a number */
    GArray *packets;   /* of struct origin, of the frame at hand */
    /* s7_decode_values(), or s7_identify() where only totals are wanted */
    void (*decode)(const uint8_t *data, const struct s7_frame *frame, struct s7_message *message);
    struct s7_message message, replayed;
    struct s7_usual usual;
};

/* When a packet came, by the clock that time-outs follow. */
static inline int64_t stream_time(const struct stream *stream, const struct origin *origin)
{
    return steady_time(stream->conversation->clock, origin->time);
}
/* Is this the direction of the server's bytes, by its port? */
bool stream_port_is_server(const struct stream *stream, unsigned direction);
/* The same by the port; else by who sends reports; else who sent second. */
bool stream_is_server(const struct stream *stream, unsigned direction);
/* The device with that id. own: it is that of a frame, which takes part. */
struct device *stream_device(struct stream *stream, const char *id, bool own);
/* Did a device with this id take part? */
bool stream_has_device(const struct stream *stream, const char *id);
/* The ids of all that took part, sorted, of const char *. The caller's to unref. */
GPtrArray *stream_device_ids(const struct stream *stream);
struct open_leftovers *stream_open_leftovers(struct stream *stream, unsigned direction);

#endif
