/* SPDX-License-Identifier: GPL-2.0-or-later
 * Commands and their answers, reports and their acknowledgements, within one conversation (docs/PROTOCOL.md 8,
 * docs/STARTEK.md 1.4 and 6). Takes frames in order, says what each answers and what it waits for. */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "frame/stream_state.h"

/* A report 010 or 020 that has no acknowledgement after this time has none. Seconds of capture time. */
#define ACKNOWLEDGEMENT_SECONDS 60
/* Conversations in which commands may wait at the same time. */
#define EXCHANGES_MAX ((size_t)8192)

/* What a frame waits for. */
struct question {
    enum held_wait wait;
    int64_t until; /* capture time from which on nothing can come any more */
    uint64_t command;
    uint8_t index, code;
};

/* Sets report->answers if the frame answers a command, fills *question. Settles what waited for this frame. */
void exchange_frame(struct stream *stream, struct report *report, struct question *question);
/* Is it fair to say that an item that waits got nothing? Only where both directions were captured, without a hole. */
bool exchange_is_sure(const struct stream *stream, const struct held_item *item);
/* The conversation is over. */
void exchange_close(struct stream *stream);
void exchange_free_all(struct streams *streams);

#endif
