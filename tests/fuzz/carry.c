/* SPDX-License-Identifier: GPL-2.0-or-later
 * Packets of a fuzz input: see carry.h. */
#include "carry.h"

#include <string.h>

#define ETHERNET_LENGTH 14
#define IPV4_LENGTH     20
#define TCP_LENGTH      20
#define UDP_LENGTH      8
#define PAYLOAD_MAX     4000
#define PORT            8888
#define OTHER_PORT      5050
#define DEVICE_PORT     20000
#define LOST_BYTES      9
#define REPEATED_BYTES  5
#define CUT_BYTES       3

static uint8_t *put(uint8_t *at, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
    return at + bytes;
}

static uint8_t *put_address(uint8_t *at, bool platform, uint32_t device)
{
    return put(at, platform ? 0xc0000201 : 0x0a000000 + device, 4);
}

/* What goes on from packet to packet. */
struct traffic {
    uint32_t devices;
    time_t now;
    uint32_t next[4][2]; /* sequence number of each direction of each of the four connections */
};

static uint8_t *put_tcp(uint8_t *at, uint8_t how, uint32_t length, struct traffic *traffic)
{
    bool down = how & CARRY_DOWN;
    uint32_t *sequence = &traffic->next[(how & CARRY_SECOND ? 1 : 0) | (how & CARRY_PORT ? 2 : 0)][down];
    if (*sequence == 0)
        *sequence = 1000;
    if (how & CARRY_GAP)
        *sequence += LOST_BYTES;
    else if (how & CARRY_AGAIN)
        *sequence -= REPEATED_BYTES;
    at = put(at, *sequence, 4);
    at = put(at, 1, 4);
    at = put(at, 0x5018, 2); /* length of the header, PSH and ACK */
    *sequence += length;
    return put(put(put(at, 0x4000, 2), 0, 2), 0, 2);
}

static void carry_one(struct carried *packet, uint8_t how, const uint8_t *payload, uint32_t length,
                      struct traffic *traffic)
{
    bool down = how & CARRY_DOWN, udp = how & CARRY_UDP;
    uint32_t device = traffic->devices + (how & CARRY_SECOND ? 1 : 0);
    uint32_t header = udp ? UDP_LENGTH : TCP_LENGTH;
    uint32_t platform_port = how & CARRY_PORT ? OTHER_PORT : PORT;
    traffic->now += how & CARRY_LATE ? 130 : 1;
    packet->time = (nstime_t){.secs = traffic->now, .nsecs = 0};
    packet->length = ETHERNET_LENGTH + IPV4_LENGTH + header + length;
    packet->captured = packet->length - (how & CARRY_CUT ? MIN(length, CUT_BYTES) : 0);
    uint8_t *whole = g_malloc0(packet->length), *at = whole;
    memset(at, 2, ETHERNET_LENGTH - 2);
    at = put(at + ETHERNET_LENGTH - 2, 0x0800, 2);
    at = put(at, 0x4500, 2);
    at = put(at, packet->length - ETHERNET_LENGTH, 2);
    at = put(at + 4, udp ? 0x4011 : 0x4006, 2); /* hops, protocol */
    at = put_address(at + 2, down, device);
    at = put_address(at, !down, device);
    at = put(at, down ? platform_port : DEVICE_PORT, 2);
    at = put(at, down ? DEVICE_PORT : platform_port, 2);
    at = udp ? put(put(at, UDP_LENGTH + length, 2), 0, 2) : put_tcp(at, how, length, traffic);
    if (length > 0)
        memcpy(at, payload, length);
    packet->bytes = g_memdup2(whole, packet->captured); /* exact, so that a read behind the end is found */
    g_free(whole);
}

unsigned carry(const uint8_t *data, size_t size, uint32_t number, struct carried *packets, unsigned count)
{
    struct traffic traffic = {.devices = 1 + 2 * number, .now = 1770000000};
    unsigned made = 0;
    while (size >= 3 && made < count) {
        uint8_t how = data[0];
        uint32_t length = MIN((uint32_t)data[1] << 8 | data[2], PAYLOAD_MAX);
        length = (uint32_t)MIN(length, size - 3);
        carry_one(&packets[made++], how, data + 3, length, &traffic);
        data += 3 + length;
        size -= 3 + length;
    }
    return made;
}
