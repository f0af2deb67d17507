/* SPDX-License-Identifier: GPL-2.0-or-later
 * What waits in a conversation, in order: the first goes when nothing is left that it waits for, then the next.
 * Takes reports and leftovers, gives them to the taker. Bounded; what is let go because of that has no flag that says
 * that nothing came. */
#ifndef BACKLOG_H
#define BACKLOG_H

#include "frame/stream_state.h"

/* What a report waits for. */
struct question {
    enum held_wait wait;
    int64_t until; /* capture time from which on nothing can come any more */
    uint64_t command;
    uint8_t index, code;
};

/* Hands a report on at once, or keeps it until what it waits for is decided. own: the id is its own. */
void backlog_report(struct stream *stream, unsigned direction, struct report *report, bool own,
                    const struct question *question);
/* The same for a leftover: its memory is taken over. */
void backlog_leftover(struct stream *stream, unsigned direction, struct leftover *leftover);

/* The command with that number was answered; the report with that index and code was acknowledged, by a command to that
 * id. It no longer waits, but does not go before backlog_release(). */
void backlog_settle(struct stream *stream, uint64_t command);
void backlog_acknowledge(struct stream *stream, unsigned direction, uint8_t index, uint8_t code, const char *id);
/* Bytes of that direction are missing: what waits for something from there can no longer be decided. */
void backlog_doubt(struct stream *stream, unsigned direction);
/* The datagram was captured once more, in these packets. */
void backlog_copy(struct stream *stream, uint64_t datagram, const struct origin *packets, unsigned packet_count);

/* Hands on what waits for nothing any more. */
void backlog_release(struct stream *stream);
/* The same for all conversations whose time has come. */
void backlog_release_due(struct streams *streams);
/* The conversation is over: hands on or gives up all that is left. */
void backlog_close(struct stream *stream);

#endif
