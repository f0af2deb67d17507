/* SPDX-License-Identifier: GPL-2.0-or-later
 * Two 64-bit hashes, each of every other pair of words, and of the ends of each text. */
#include "base/digest.h"

#include <glib.h>
#include <string.h>

/* What a run begins with, and what makes its multiplications its own. */
static struct digest start;
static uint64_t key;

static uint64_t random_word(void)
{
    return (uint64_t)g_random_int() << 32 | g_random_int();
}

struct digest digest_start(void)
{
    static gsize ready; /* threads may come here at the same time */
    if (g_once_init_enter(&ready)) {
        key = random_word() | 1;
        start = (struct digest){random_word(), random_word()};
        g_once_init_leave(&ready, 1);
    }
    return start;
}

/* Both halves of the product of two words, one upon the other. */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 product_type;
    product_type product = (product_type)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t low = (a & UINT32_MAX) * (b & UINT32_MAX), high = (a >> 32) * (b >> 32);
    uint64_t one = (a >> 32) * (b & UINT32_MAX), other = (a & UINT32_MAX) * (b >> 32);
    uint64_t middle = (low >> 32) + (one & UINT32_MAX) + other; /* cannot overflow */
    return (middle << 32 | (low & UINT32_MAX)) ^ (high + (one >> 32) + (middle >> 32));
#endif
}

void digest_words(struct digest *digest, uint64_t one, uint64_t other)
{
    digest->first = fold(one ^ key, other ^ digest->first);
}

void digest_bytes(struct digest *digest, const uint8_t *bytes, uint32_t length)
{
    struct digest d = *digest;
    uint64_t words[4] = {0};
    uint32_t rest = length;
    for (; rest > sizeof words; rest -= (uint32_t)sizeof words, bytes += sizeof words) {
        memcpy(words, bytes, sizeof words);
        d.first = fold(words[0] ^ key, words[1] ^ d.first);
        d.second = fold(words[2] ^ key, words[3] ^ d.second);
    }
    if (length >= sizeof words) /* the last bytes, some of them once more */
        memcpy(words, bytes + rest - sizeof words, sizeof words);
    else if (rest > 0)
        memcpy(words, bytes, rest);
    d.first = fold(words[0] ^ key, words[1] ^ d.first);
    d.second = fold(words[2] ^ key, words[3] ^ d.second ^ length);
    *digest = d;
}

unsigned digest_text(const void *text)
{
    struct digest digest = digest_start();
    digest_bytes(&digest, text, (uint32_t)strlen(text));
    return (unsigned)digest_short(&digest);
}
