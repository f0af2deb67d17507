/* SPDX-License-Identifier: GPL-2.0-or-later
 * Two independent 64-bit hashes of bytes. */
#include "digest.h"

#include <string.h>

struct digest digest_start(void)
{
    return (struct digest){UINT64_C(0xcbf29ce484222325), 0};
}

void digest_word(struct digest *digest, uint64_t word)
{
    digest->first = (digest->first ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    digest->first ^= digest->first >> 32;
    digest->second = (digest->second + word) * UINT64_C(0xc2b2ae3d27d4eb4f);
    digest->second ^= digest->second >> 29;
}

void digest_bytes(struct digest *digest, const uint8_t *bytes, uint32_t length)
{
    uint64_t word;
    uint32_t rest = length;
    for (; rest >= sizeof word; rest -= (uint32_t)sizeof word, bytes += sizeof word) {
        memcpy(&word, bytes, sizeof word);
        digest_word(digest, word);
    }
    word = 0;
    if (rest > 0)
        memcpy(&word, bytes, rest);
    digest_word(digest, word);
    digest_word(digest, length);
}
