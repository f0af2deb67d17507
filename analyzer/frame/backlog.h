/* SPDX-License-Identifier: GPL-2.0-or-later
 * The rows of a conversation that wait, in order: the first goes when nothing is left that it waits for, then the next.
 * Takes frames and rows, gives rows to the timeline and to leftovers.csv. Bounded; what is let go because of that has
 * no flag that says that nothing came. */
#ifndef BACKLOG_H
#define BACKLOG_H

#include "frame/exchange.h"

/* Hands a report to its device at once, or keeps it until what it waits for is decided. own: the id is its own. */
void backlog_report(struct stream *stream, struct report *report, bool own, const struct question *question,
                    const struct s7_frame *frame);
/* The same for the row of a leftover, shared->line. packets are its packets. */
void backlog_leftover(struct stream *stream, unsigned direction, const struct leftover *leftover,
                      const struct origin *packets, unsigned packet_count);

/* The command with that number was answered; the report with that index and code was acknowledged. Its row no longer
 * waits, but is not written before backlog_release(). */
void backlog_settle(struct stream *stream, uint64_t command);
void backlog_acknowledge(struct stream *stream, unsigned direction, uint8_t index, uint8_t code);
/* Bytes of that direction are missing: what waits for something from there can no longer be decided. */
void backlog_doubt(struct stream *stream, unsigned direction);
/* The datagram was captured once more, in these packets. */
void backlog_copy(struct stream *stream, uint64_t datagram, const struct origin *packets, unsigned packet_count);

/* Writes what waits for nothing any more. */
void backlog_release(struct stream *stream);
/* Capture time goes on: the same for all conversations whose time has come. */
void backlog_advance(struct streams *streams, int64_t time);
/* The conversation is over: writes or gives up all that is left. */
void backlog_close(struct stream *stream);

#endif
