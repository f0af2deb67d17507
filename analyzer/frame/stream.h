/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the analyzer keeps of one open conversation: whose it is, what its frames say, its bytes. In: frames and
 * leftovers of a direction. Out, to the taker: reports, each when all that the conversation can tell of it is known,
 * leftovers, and a row for each conversation that is over. */
#ifndef STREAM_H
#define STREAM_H

#include "base/device.h"
#include "base/map_file.h"
#include "conversation/conversation.h"
#include "frame/ledger.h"
#include "frame/leftover.h"

/* Bytes of unfinished frames in all conversations, with where they came from. */
#define UNFINISHED_TOTAL ((size_t)64 << 20)

/* What all conversations share. */
struct streams;
struct stream;

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
    uint64_t hole_limits[TCP_REACHED_COUNT]; /* holes given up because too much waited behind them; forgotten */
    uint64_t conversation_limit;             /* conversations closed because too many were open */
    uint64_t request_limit;                  /* commands given up because too many waited for an answer */
    uint64_t command_limit;    /* commands that no other conversation may answer: the device has too many */
    uint64_t unfinished_limit; /* unfinished frames given up, as there were too many bytes of them */
    uint64_t exchange_limit;   /* commands not followed because those of too many conversations waited */
    uint64_t copies;           /* datagrams captured twice */
    uint64_t copies_forgotten; /* datagrams that were not remembered for half a second: there were too many */
    uint64_t copies_unlisted;  /* copies whose packets no row lists: too much was held back already */
    uint64_t leftovers_summed; /* stretches that have no row of their own: their conversation has too many */
    uint64_t unbalanced;       /* conversations whose ledger does not balance: an error of ours */
};

/* A conversation that is over. */
struct stream_row {
    const struct conversation *conversation;
    const struct ledger *ledger;
    int dialect;          /* of the first good frame, -1 = there was none */
    const char *other;    /* the other maker's protocol that it was recognised as, NULL = none */
    const GPtrArray *ids; /* of the devices that took part, sorted: of const char * */
    uint64_t frames, gaps, overlaps;
};

/* Where it all goes. */
struct stream_taker {
    void *user;
    /* It is known whose the report is. Reports come in the order in which that became so. May add flags of the context.
     * False: that is all, nothing will be held back and written. */
    bool (*take)(struct report *report, struct device *device, void *user);
    /* All is known of a report that was taken. In the order of the conversation. */
    void (*write)(struct report *report, struct device *device, void *user);
    /* NULL: nobody wants them. */
    void (*leftover)(const struct leftover *leftover, uint64_t stream, void *user);
    void (*stream)(const struct stream_row *row, void *user);
    /* A conversation begins, one that is kept or not. */
    void (*opened)(const struct conversation *conversation, void *user);
    /* Reports of this device will soon come: brings what that needs into the cache. NULL: nothing. */
    void (*prefetch)(const struct device *device, void *user);
};

enum stream_mode {
    STREAMS_TOTALS,  /* reports are only counted: nothing waits for an answer, messages hold little more than the id */
    STREAMS_ROWS,    /* each report comes decoded, if it need not wait */
    STREAMS_RECORDS, /* a report is decoded only if the conversation needs that */
};

struct stream_options {
    enum stream_mode mode;
    const GArray *ports; /* of uint16_t; NULL = any */
    const struct map_file *map;
    size_t unfinished_max;               /* 0: UNFINISHED_TOTAL */
    const struct capture_clocks *clocks; /* NULL: there is one alone */
    struct devices *devices;
    const struct selection *selection; /* for STREAMS_TOTALS: reports of the usual form are counted here */
    struct stream_taker taker;
};

/* Copies the options; what they point to must live as long. */
struct streams *streams_new(const struct stream_options *options);
const struct stream_totals *streams_totals(const struct streams *streams);
/* Other makers' protocols, of struct other_total, by name. The caller's to unref. */
GPtrArray *streams_others(const struct streams *streams);
void streams_free(struct streams *streams);

/* For sink.h; user is a struct streams, context a struct stream. */
void streams_opened(struct conversation *conversation, void *context, void *user);
void streams_closed(void *context);
void streams_due(void *user);
struct sink_clock *streams_clock(struct streams *streams);
uint32_t streams_device(const void *context);
/* By the id of the first frame in the packet. */
enum carrier_owner streams_owner(const void *context, const struct packet *packet);

/* Called by framing.c. A datagram begins; false if it was captured before and is done with. */
bool stream_datagram(struct stream *stream, unsigned direction, const struct packet *packet);
void stream_datagram_end(struct stream *stream);
/* Payload came in; it will be handed back in frames and leftovers. */
void stream_payload(struct stream *stream, unsigned direction, size_t length);
void stream_frame(struct stream *stream, unsigned direction, const struct element *element,
                  const struct s7_frame *frame);
void stream_leftover(struct stream *stream, unsigned direction, const struct element *piece, enum s7_reason reason);
void stream_gap(struct stream *stream, unsigned direction, uint64_t offset, uint64_t length, bool may_come,
                const struct origin *origin);
/* Bytes come late that a gap was said to have: see residue_late(). */
void stream_late(struct stream *stream, unsigned direction, uint64_t offset, uint64_t length);
void stream_overlap(struct stream *stream, unsigned direction, const struct overlap *overlap);
/* A part of the direction ends that nothing behind it continues: a datagram, or all of it. */
void stream_end(struct stream *stream, unsigned direction);

#endif
