/* SPDX-License-Identifier: GPL-2.0-or-later
 * A stream of random messages of the three dialects, as one direction of a conversation could carry them. */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include "encode.h"

/* A message in the stream. shared: the "#" that closes the one before opens it too, and the byte belongs to that. */
struct sent {
    gsize offset, length;
    gboolean shared;
    struct sample *sample;
};

struct traffic {
    GByteArray *stream;
    GArray *sent; /* struct sent, in order */
};

/* count messages, back to back or with separators between; junk: also with junk that can hold no opener, and with a
 * shared "#". direction: 'u' only from the device, 'd' only to it, 'b' both. Free with traffic_free(). */
struct traffic *traffic_new(GRand *random, unsigned count, char direction, gboolean junk);
void traffic_free(struct traffic *traffic);

#endif
