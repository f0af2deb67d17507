/* SPDX-License-Identifier: GPL-2.0-or-later
 * A hash of 128 bits: enough to tell whether two of the last few texts are equal. Not for secrets.
 */
#ifndef DIGEST_H
#define DIGEST_H

#include <stdint.h>

struct digest {
    uint64_t first, second;
};

/* Starts differ in each run: no sender can make other bytes look like a copy. */
struct digest digest_start(void);
void digest_words(struct digest *digest, uint64_t one, uint64_t other);
void digest_bytes(struct digest *digest, const uint8_t *bytes, uint32_t length);
/* Of a text, for hash tables: nobody can make texts that fall together. */
unsigned digest_text(const void *text);
/* All of its bits depend on both halves. */
static inline uint64_t digest_short(const struct digest *digest)
{
    return digest->first ^ digest->second;
}

#endif
