/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the files that keep a conversation share: stream.c (what the session calls), exchange.c (commands and answers),
 * foreign.c (other makers' protocols), backlog.c (rows that wait) and residue.c (what is in no frame). */
#ifndef STREAM_STATE_H
#define STREAM_STATE_H

#include "conversation/copies.h"
#include "frame/held.h"
#include "frame/leftover.h"
#include "frame/stream.h"

/* Leftovers of one direction that are still growing. */
struct open_leftovers {
    struct leftover stretch;    /* what touches and has one reason is one row */
    struct leftover separators; /* one row, at the end */
    struct leftover limit;      /* what could not be held back, one row */
};

struct exchange;

/* What every frame needs stands first, up to the ledger: in as few cache lines as can be. */
struct stream {
    struct streams *shared;
    struct conversation *conversation;
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
    struct held held;
    char id[DEVICE_ID_MAX + 1]; /* last good uplink id */
    uint64_t frames;
    struct ledger ledger;
    char first_id[DEVICE_ID_MAX + 1];
    uint64_t gaps, overlaps;
    int64_t newest[2];         /* when the last frame of each direction was completed */
    GHashTable *devices;       /* all that took part, NULL if no more than one */
    struct exchange *exchange; /* NULL if no command waits for its answer */
    GList due_link;            /* of shared->due[], if due_queue >= 0 */
    int due_queue;
    int64_t due; /* capture time at which the first row that waits may go */
};

/* Rows wait for different times; a queue for each keeps them in order. */
enum { DUE_COPY, DUE_ACKNOWLEDGEMENT, DUE_ANSWER, DUE_QUEUES };

struct streams {
    const struct options *options;
    struct timeline *timeline;
    struct stream_outputs outputs; /* all NULL when no files are written */
    struct stream_totals totals;
    GPtrArray *others;      /* of struct other_total, by name */
    size_t held_bytes;      /* in all conversations */
    GPtrArray *spare;       /* empty queues (GByteArray) for the next that needs one */
    GQueue due[DUE_QUEUES]; /* of struct stream, by due */
    int64_t next_due;       /* the earliest of all; INT64_MAX = nothing waits */
    int64_t now;            /* latest capture time so far */
    struct copies *copies;  /* NULL until the first datagram */
    uint64_t datagram;      /* number of the one at hand, 0 = the bytes came by TCP */
    struct exchange *free_exchanges;
    size_t exchanges;  /* in use */
    uint64_t order;    /* frames so far */
    uint64_t commands; /* that were given a number */
    unsigned leftover_packets_column;
    GArray *packets; /* of struct origin, of the frame at hand */
    GString *line, *late, *cell;
    /* s7_decode_values(), or s7_identify() where only totals are wanted */
    void (*decode)(const uint8_t *data, const struct s7_frame *frame, struct s7_message *message);
    bool counts_usual; /* frames of the usual form need not be decoded */
    struct s7_message message, replayed;
};

/* Is this the direction of the server's bytes, by its port? */
bool stream_port_is_server(const struct stream *stream, unsigned direction);
/* The same by the port; else by who sends reports; else who sent second. */
bool stream_is_server(const struct stream *stream, unsigned direction);
/* Notes that the device takes part. */
struct device *stream_device(struct stream *stream, const char *id, bool own);

#endif
