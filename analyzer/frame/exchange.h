/* SPDX-License-Identifier: GPL-2.0-or-later
 * Commands and their answers, reports and their acknowledgements, within one conversation (docs/PROTOCOL.md 8,
 * docs/STARTEK.md 1.4 and 6). Takes frames in order, says what each answers and what it waits for. */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "frame/backlog.h"

/* A report 010 or 020 that has no acknowledgement after this time has none. Seconds of capture time. */
#define ACKNOWLEDGEMENT_SECONDS 60
/* Conversations in which commands may wait at the same time. */
#define EXCHANGES_MAX ((size_t)8192)
/* Commands to one device, in all its conversations, that may be answered in another one. */
#define DEVICE_COMMANDS_MAX 64

/* Sets report->answers if the frame answers a command, fills *question. Settles what waited for this frame. */
void exchange_frame(struct stream *stream, unsigned direction, struct report *report, struct question *question);
/* The conversation is over. */
void exchange_close(struct stream *stream);

#endif
