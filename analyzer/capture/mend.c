/* SPDX-License-Identifier: GPL-2.0-or-later
 * Walks over the blocks of a pcapng file (draft-ietf-opsawg-pcapng, 3 and 4): each says its length at both ends. */
#include "capture/mend.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WINDOW   65536
#define HEAD_MAX 65536 /* more than the interfaces of any section that was seen */

enum { TYPE_INTERFACE = 1, TYPE_PACKET = 2, TYPE_SIMPLE = 3, TYPE_NAMES = 4, TYPE_STATISTICS = 5, TYPE_ENHANCED = 6 };
#define TYPE_SECTION UINT32_C(0x0a0d0d0a) /* in both byte orders */
#define ORDER_MAGIC  UINT32_C(0x1a2b3c4d)

struct mend {
    int descriptor;
    int64_t size;
    int64_t at;       /* the block that the walk comes to next */
    bool swapped;     /* the section has the other byte order */
    GByteArray *head; /* section header and interfaces of the section at hand */
    int64_t start;    /* of the bytes in window */
    size_t length;
    uint8_t window[WINDOW];
};

struct mend *mend_new(int descriptor)
{
    struct stat status;
    struct mend *mend = g_new0(struct mend, 1);
    mend->descriptor = descriptor;
    mend->size = fstat(descriptor, &status) == 0 ? (int64_t)status.st_size : 0;
    mend->head = g_byte_array_new();
    return mend;
}

/* So many bytes of the file, at most WINDOW; NULL if there are not. Valid until the next call. */
static const uint8_t *peek(struct mend *mend, int64_t at, size_t wanted)
{
    if (at < 0 || at + (int64_t)wanted > mend->size)
        return NULL;
    if (at < mend->start || at + (int64_t)wanted > mend->start + (int64_t)mend->length) {
        ssize_t got = pread(mend->descriptor, mend->window, WINDOW, (off_t)at);
        mend->start = at;
        mend->length = got > 0 ? (size_t)got : 0;
    }
    return mend->length >= wanted + (size_t)(at - mend->start) ? mend->window + (at - mend->start) : NULL;
}

static uint32_t word(const uint8_t *from, bool swapped)
{
    uint32_t value;
    memcpy(&value, from, sizeof value);
    return swapped ? GUINT32_SWAP_LE_BE(value) : value;
}

/* The least that a block of this type has, 0 if it is none of the usual. */
static uint32_t least(uint32_t type)
{
    switch (type) {
    case TYPE_SECTION:
        return 28;
    case TYPE_INTERFACE:
        return 20;
    case TYPE_PACKET:
    case TYPE_ENHANCED:
        return 32;
    case TYPE_SIMPLE:
        return 16;
    case TYPE_NAMES:
        return 12;
    case TYPE_STATISTICS:
        return 24;
    default:
        return 0;
    }
}

struct found {
    uint32_t type, length;
    bool swapped;
};

/* Whether a block with right lengths stands there; any: of whatever type. */
static bool block_at(struct mend *mend, int64_t at, bool any, struct found *block)
{
    const uint8_t *bytes = peek(mend, at, 12);
    if (!bytes)
        return false;
    block->swapped = mend->swapped;
    if (word(bytes, false) == TYPE_SECTION) {
        block->swapped = word(bytes + 8, false) != ORDER_MAGIC;
        if (word(bytes + 8, block->swapped) != ORDER_MAGIC)
            return false;
    }
    block->type = word(bytes, block->swapped);
    block->length = word(bytes + 4, block->swapped);
    if (block->length < MAX(12, least(block->type)) || block->length % 4 != 0 || (!any && least(block->type) == 0) ||
        block->length > mend->size - at)
        return false;
    uint8_t end[4];
    return pread(mend->descriptor, end, sizeof end, (off_t)(at + block->length - 4)) == (ssize_t)sizeof end &&
           word(end, block->swapped) == block->length;
}

/* Steps over a block; keeps what must stand before the next packets. */
static void pass(struct mend *mend, const struct found *block)
{
    mend->swapped = block->swapped;
    if (block->type == TYPE_SECTION)
        g_byte_array_set_size(mend->head, 0);
    bool kept = block->type == TYPE_SECTION || block->type == TYPE_INTERFACE;
    if (kept && block->length <= HEAD_MAX - MIN(mend->head->len, HEAD_MAX)) {
        const uint8_t *bytes = peek(mend, mend->at, block->length);
        if (bytes)
            g_byte_array_append(mend->head, bytes, block->length);
    }
    mend->at += block->length;
}

int64_t mend_find(struct mend *mend, int64_t after, const GByteArray **head)
{
    *head = mend->head;
    for (;;) {
        struct found block;
        int64_t at = mend->at;
        if (block_at(mend, at, true, &block)) {
            pass(mend, &block);
            if (at > after)
                return mend->at;
            continue;
        }
        do
            mend->at++;
        while (mend->at < mend->size && !block_at(mend, mend->at, false, &block));
        if (mend->at >= mend->size)
            return -1;
        if (mend->at > after)
            return mend->at;
    }
}

void mend_free(struct mend *mend)
{
    if (!mend)
        return;
    g_byte_array_unref(mend->head);
    g_free(mend);
}
