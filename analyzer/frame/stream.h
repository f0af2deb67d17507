/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the analyzer keeps of one open conversation: whose it is, what waits for that to be known, its bytes.
 * Takes frames and leftovers from the session, gives reports to the timeline and rows to the tables. */
#ifndef STREAM_H
#define STREAM_H

#include "device/pictures.h"
#include "device/timeline.h"
#include "frame/ledger.h"
#include "frame/session.h"

/* What all conversations share. */
struct streams;

/* Conversations of another maker's protocol. */
struct other_total {
    const char *name;
    uint64_t conversations, bytes;
};

/* Counted over all conversations that were kept. */
struct stream_totals {
    struct ledger ledger;
    uint64_t conversations;              /* kept */
    uint64_t others;                     /* with any port: not GOTOP traffic, left out */
    uint64_t dialects[S7_DIALECT_COUNT]; /* conversations by the dialect of their first good frame */
    uint64_t frames, gaps, overlaps;
    uint64_t held_limit;                     /* conversations that could not hold back all that waited */
    uint64_t hole_limits[TCP_REACHED_COUNT]; /* holes given up because too much waited behind them */
    uint64_t conversation_limit;             /* conversations closed because too many were open */
    uint64_t request_limit;                  /* commands given up because too many waited for an answer */
    uint64_t exchange_limit;                 /* commands not followed because those of too many conversations waited */
    uint64_t copies;                         /* datagrams captured twice */
    uint64_t copies_forgotten; /* datagrams that were not remembered for half a second: there were too many */
    uint64_t unbalanced;       /* conversations whose ledger does not balance: an error of ours */
};

/* What files are written of, beside the timelines. */
struct stream_outputs {
    struct table *streams, *leftovers;
    struct pictures *pictures;
};

/* outputs: NULL when no files are written. */
struct streams *streams_new(const struct options *options, struct timeline *timeline,
                            const struct stream_outputs *outputs);
const struct stream_totals *streams_totals(const struct streams *streams);
/* Other makers' protocols, of struct other_total, by name. The caller's to unref. */
GPtrArray *streams_others(const struct streams *streams);
void streams_free(struct streams *streams);
/* The header line of streams.csv. Appends. */
void streams_header(GString *out);

/* conversation_options.opened and .closed; user is a struct streams. */
void streams_opened(struct conversation *conversation, void *user);
void streams_closed(struct conversation *conversation, void *user);
/* conversation_options.owner: by the id of the first frame in the datagram. */
enum carrier_owner streams_owner(const struct conversation *conversation, unsigned direction,
                                 const struct packet *packet, void *user);

/* Called by the session. A datagram begins; false if it was captured before and is done with. */
bool stream_datagram(struct conversation *conversation, unsigned direction, const struct packet *packet);
void stream_datagram_end(struct conversation *conversation);
/* Payload came in; it will be handed back in frames and leftovers. */
void stream_payload(struct conversation *conversation, unsigned direction, size_t length, const struct origin *origin);
void stream_frame(struct conversation *conversation, unsigned direction, const struct element *element,
                  const struct s7_frame *frame);
void stream_leftover(struct conversation *conversation, unsigned direction, const struct element *piece,
                     enum s7_reason reason);
void stream_gap(struct conversation *conversation, unsigned direction, uint64_t offset, uint64_t length,
                const struct origin *origin);
void stream_overlap(struct conversation *conversation, unsigned direction, const struct overlap *overlap);
/* A part of the direction ends that nothing behind it continues: a datagram, or all of it. */
void stream_end(struct conversation *conversation, unsigned direction);

#endif
