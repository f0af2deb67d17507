/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a conversation holds back: until its device is known or it proves to be GOTOP traffic, until a command is
 * answered or a report acknowledged, until a datagram can no longer come a second time. One queue of bytes: what went
 * in first comes out first. */
#ifndef HELD_H
#define HELD_H

#include "base/device.h"

/* A conversation holds back so much, all conversations together HELD_TOTAL bytes. */
#define HELD_ROWS  1024
#define HELD_BYTES ((size_t)256 << 10)
#define HELD_TOTAL ((size_t)16 << 20)

enum held_kind {
    HELD_FRAME,    /* a frame: its device is not known, or whether it counts */
    HELD_REPORT,   /* the same, but it was judged */
    HELD_LEFTOVER, /* a stretch that is in no frame */
};

/* What the other side should send. */
enum held_wait { WAIT_NOTHING, WAIT_ANSWER, WAIT_ACKNOWLEDGEMENT };

struct held_item {
    uint32_t size;         /* bytes in the queue, a multiple of 8 */
    uint32_t length;       /* of the frame */
    uint32_t packet_count; /* behind the item: its packets, ascending */
    uint32_t context;      /* flags */
    uint8_t kind;
    uint8_t wait;
    uint8_t direction;
    uint8_t index;        /* WAIT_ACKNOWLEDGEMENT: the report's index byte */
    uint32_t saved;       /* HELD_REPORT: bytes behind the frame, the report as it was decoded; 0 = none */
    uint8_t code;         /* WAIT_ACKNOWLEDGEMENT: first digit but one of its code */
    int64_t until;        /* capture time from which on nothing is waited for; INT64_MIN = nothing is */
    uint64_t command;     /* WAIT_ANSWER: number of the command */
    uint64_t datagram;    /* number of the datagram it came in, 0 = it came by TCP */
    struct origin latest; /* the packet that completed the frame; of a leftover the last captured of its packets */
    union {
        struct {                    /* HELD_FRAME, HELD_REPORT */
            uint64_t order, offset; /* see struct report */
            struct s7_frame frame;
            struct origin answers;
            struct device *device;      /* HELD_REPORT */
            char id[DEVICE_ID_MAX + 1]; /* HELD_FRAME: device as far as known */
        };
        struct leftover *leftover; /* HELD_LEFTOVER, owned */
    };
};

struct held {
    GByteArray *queue; /* NULL if nothing is held; its maker's */
    guint start;       /* of the first item */
    unsigned rows;
    size_t saved; /* bytes of decoded reports in the queue */
};

/* Would the item be more than a conversation may hold? total: bytes that all hold. */
bool held_is_full(const struct held *held, size_t total, size_t length, unsigned packet_count);
/* Appends a copy; item->size is set here. queue must be there. data: the frame; packets: packet_count of them.
 * Returns where item->saved bytes go. */
uint8_t *held_push(struct held *held, struct held_item *item, const uint8_t *data, const struct origin *packets);
/* The first item, NULL if there is none; valid until the queue is changed. */
struct held_item *held_first(const struct held *held);
/* The item behind it, NULL at the end. */
struct held_item *held_next(const struct held *held, const struct held_item *item);
struct origin *held_packets(const struct held_item *item);
const uint8_t *held_data(const struct held_item *item);
const uint8_t *held_saved(const struct held_item *item);
/* Takes the first item out. What it said stays readable until the next held_push() or held_add_packet(). */
void held_pop(struct held *held);
/* Adds a packet to the frames of that datagram that have it not. Returns the bytes that the queue grew. All pointers
 * into the queue are void. */
size_t held_add_packet(struct held *held, uint64_t datagram, const struct origin *packet);

#endif
