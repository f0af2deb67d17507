/* SPDX-License-Identifier: GPL-2.0-or-later
 * One direction of a conversation, fed to the scanner: ordered payload in, frames and leftovers out (to stream.h).
 * Keeps the bytes of an unfinished element and where each of them came from; nothing else. */
#ifndef FRAMING_H
#define FRAMING_H

#include "frame/stream.h"

/* What the conversations give to: see sink.h, whose functions these are; context is a struct stream. The streams must
 * live as long. */
struct sink framing_sink(struct streams *streams);

void framing_bytes(void *context, unsigned direction, const uint8_t *data, size_t length, const struct origin *origin);
void framing_gap(void *context, unsigned direction, uint64_t length, bool may_come, const struct origin *origin);
void framing_overlap(void *context, unsigned direction, const struct overlap *overlap);
void framing_late(void *context, unsigned direction, uint64_t offset, const uint8_t *data, size_t length,
                  const struct origin *origin);
/* One that was captured before counts no second time. */
void framing_datagram(void *context, unsigned direction, const struct packet *packet);
void framing_end(void *context, unsigned direction);

#endif
