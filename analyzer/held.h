/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a conversation holds back until its device is known or it proves to be GOTOP traffic: frames and rows.
 * One queue of bytes; taken out in the order in which it was put in. */
#ifndef HELD_H
#define HELD_H

#include "report.h"

/* A conversation holds back so much, all conversations together HELD_TOTAL bytes. */
#define HELD_ROWS  1024
#define HELD_BYTES ((size_t)256 << 10)
#define HELD_TOTAL ((size_t)16 << 20)

/* A frame with its packets, or a finished row of leftovers.csv. */
struct held_item {
    uint32_t size;         /* bytes in the queue, a multiple of 8 */
    uint32_t length;       /* of the frame, or of the row */
    uint32_t packet_count; /* 0: a row */
    uint32_t context;      /* flags */
    uint32_t direction;
    uint32_t reason;     /* of a row */
    uint64_t offset;     /* in the stream */
    uint64_t bytes;      /* of a row: payload in it */
    struct origin first; /* the frame's completing packet; of a row its packet */
    struct s7_frame frame;
    char id[DEVICE_ID_MAX + 1]; /* device as far as known */
};

struct held {
    GByteArray *queue;
    unsigned rows;
};

/* Would the item be more than a conversation may hold? total: bytes that all hold. */
bool held_is_full(const struct held *held, size_t total, size_t length, unsigned packet_count);
/* Appends a copy; item->size is set here. data: the frame or row; packets: packet_count of them. Returns the bytes
 * taken. */
size_t held_push(struct held *held, struct held_item *item, const uint8_t *data, const struct origin *packets);
/* The item at *position (0 at first), which moves to the next; NULL at the end. Valid until the queue is changed. */
const struct held_item *held_next(const struct held *held, size_t *position, const uint8_t **data,
                                  const struct origin **packets);
/* Appends an item taken from another queue. */
void held_move(struct held *held, const struct held_item *item);
void held_clear(struct held *held);

#endif
