/* SPDX-License-Identifier: GPL-2.0-or-later
 * Walks over the blocks of a frame, each of which says how long it is: zstd (RFC 8878, 3.1.1), lz4 (LZ4 Frame Format
 * Description 1.6). */
#include "capture/compressed.h"

#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

/* So many bytes as a little-endian number; false if the file has not so many. Steps over them. */
static bool take(int descriptor, int64_t *at, unsigned bytes, uint32_t *value)
{
    uint8_t data[4];
    if (pread(descriptor, data, bytes, (off_t)*at) != (ssize_t)bytes)
        return false;
    *value = 0;
    for (unsigned i = 0; i < bytes; i++)
        *value |= (uint32_t)data[i] << 8 * i;
    *at += bytes;
    return true;
}

/* Is the byte before this place there? */
static bool reaches(int descriptor, int64_t end)
{
    uint8_t byte;
    return pread(descriptor, &byte, 1, (off_t)(end - 1)) == 1;
}

static bool zstd_is_whole(int descriptor, int64_t at)
{
    enum { SINGLE_SEGMENT = 0x20, CHECKSUM = 0x04, LAST = 1, RUN = 1 };
    static const uint8_t dictionary[] = {0, 1, 2, 4}, content[] = {0, 2, 4, 8};
    uint32_t flags, block;
    if (!take(descriptor, &at, 1, &flags))
        return false;
    at += (flags & SINGLE_SEGMENT ? (flags >> 6 == 0 ? 1 : 0) : 1) + dictionary[flags & 3] + content[flags >> 6];
    do {
        if (!take(descriptor, &at, 3, &block))
            return false;
        at += (block >> 1 & 3) == RUN ? 1 : block >> 3;
    } while ((block & LAST) == 0);
    return reaches(descriptor, at + (flags & CHECKSUM ? 4 : 0));
}

static bool lz4_is_whole(int descriptor, int64_t at)
{
    enum { BLOCK_CHECKSUM = 0x10, CONTENT_SIZE = 0x08, CHECKSUM = 0x04, DICTIONARY = 0x01 };
    uint32_t flags, block;
    if (!take(descriptor, &at, 1, &flags))
        return false;
    at += 2 + (flags & CONTENT_SIZE ? 8 : 0) + (flags & DICTIONARY ? 4 : 0);
    do {
        if (!take(descriptor, &at, 4, &block))
            return false;
        if (block != 0)
            at += (int64_t)(block & 0x7fffffff) + (flags & BLOCK_CHECKSUM ? 4 : 0);
    } while (block != 0);
    return reaches(descriptor, at + (flags & CHECKSUM ? 4 : 0));
}

bool compressed_is_whole(int descriptor)
{
    enum { ZSTD = 0x28 };
    int64_t at = 0;
    uint32_t magic;
    if (!take(descriptor, &at, 4, &magic))
        return false;
    return (magic & 0xff) == ZSTD ? zstd_is_whole(descriptor, at) : lz4_is_whole(descriptor, at);
}
