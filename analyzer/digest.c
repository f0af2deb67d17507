/* SPDX-License-Identifier: GPL-2.0-or-later
 * Two 64-bit hashes of bytes, each of every other word of them, and of both ends of each text. */
#include "digest.h"

#include <glib.h>
#include <string.h>

static uint64_t random_word(void)
{
    return (uint64_t)g_random_int() << 32 | g_random_int();
}

struct digest digest_start(void)
{
    static struct digest start;
    if (start.first == 0)
        start = (struct digest){random_word() | 1, random_word()};
    return start;
}

static void first_word(struct digest *digest, uint64_t word)
{
    digest->first = (digest->first ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    digest->first ^= digest->first >> 32;
}

static void second_word(struct digest *digest, uint64_t word)
{
    digest->second = (digest->second + word) * UINT64_C(0xc2b2ae3d27d4eb4f);
    digest->second ^= digest->second >> 29;
}

void digest_word(struct digest *digest, uint64_t word)
{
    first_word(digest, word);
    second_word(digest, word);
}

void digest_bytes(struct digest *digest, const uint8_t *bytes, uint32_t length)
{
    uint64_t words[2] = {0};
    struct digest sum = *digest; /* not in memory: the bytes could be its own */
    uint32_t rest = length;
    for (; rest > sizeof words; rest -= (uint32_t)sizeof words, bytes += sizeof words) {
        memcpy(words, bytes, sizeof words);
        first_word(&sum, words[0]);
        second_word(&sum, words[1]);
    }
    if (length >= sizeof words) /* the last bytes, some of them once more */
        memcpy(words, bytes + rest - sizeof words, sizeof words);
    else if (rest > 0)
        memcpy(words, bytes, rest);
    digest_word(&sum, words[0]);
    digest_word(&sum, words[1]);
    digest_word(&sum, length);
    *digest = sum;
}
