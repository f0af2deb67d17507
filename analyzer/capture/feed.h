/* SPDX-License-Identifier: GPL-2.0-or-later
 * Bytes that were read from a pipe, put back in front of it: for libraries that want to open a pipe themselves.
 * A thread copies into a second pipe. */
#ifndef FEED_H
#define FEED_H

#include <stddef.h>
#include <stdint.h>

struct feed;

/* Takes the descriptor, of which head was read before. Returns NULL and sets errno if there are no descriptors left. */
struct feed *feed_start(int descriptor, const uint8_t *head, size_t length);
/* The pipe to read from: "/dev/fd/N". Valid until feed_opened(). */
const char *feed_path(const struct feed *feed);
/* The path is open, or will not be opened: from now on the feed ends when the pipe has no reader. */
void feed_opened(struct feed *feed);
/* Call it when the reader is closed. NULL is allowed. */
void feed_stop(struct feed *feed);

#endif
