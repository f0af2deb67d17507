/* SPDX-License-Identifier: GPL-2.0-or-later
 * Payloads of a fuzz input as packets, Ethernet, IPv4, TCP or UDP, for libwireshark. */
#ifndef CARRY_H
#define CARRY_H

#include <stddef.h>
#include <stdint.h>

#include <wireshark.h>
#include <wsutil/nstime.h>

/* How a packet is sent. */
#define CARRY_DOWN   0x01 /* by the platform */
#define CARRY_UDP    0x02
#define CARRY_PORT   0x04 /* not on port 8888 */
#define CARRY_GAP    0x08 /* some bytes before it were lost */
#define CARRY_AGAIN  0x10 /* it begins with bytes that were sent before */
#define CARRY_LATE   0x20 /* minutes after the packet before it */
#define CARRY_CUT    0x40 /* its end was not captured */
#define CARRY_SECOND 0x80 /* by the second device */

struct carried {
    nstime_t time;
    uint8_t *bytes; /* captured of them, to be freed; the packet had length */
    uint32_t captured, length;
};

/* number: of the input; each has two devices of its own. Returns the number of packets, at most count. */
unsigned carry(const uint8_t *data, size_t size, uint32_t number, struct carried *packets, unsigned count);

#endif
