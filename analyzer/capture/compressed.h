/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whether a compressed file ends where it should: libwiretap takes the end of a cut zstd or lz4 file for that of what
 * is in it. */
#ifndef COMPRESSED_H
#define COMPRESSED_H

#include <stdbool.h>

/* Of a file that begins with a frame of zstd or lz4: is all of that frame there? The descriptor is read anywhere, its
 * position stays. */
bool compressed_is_whole(int descriptor);

#endif
