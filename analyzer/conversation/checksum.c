/* SPDX-License-Identifier: GPL-2.0-or-later
 * The checksum of a UDP or TCP packet. A sum of 16-bit words does not depend on their byte order, so that it is taken
 * of words of the machine, four at a time. */
#include "conversation/checksum.h"

#include <glib.h>
#include <string.h>

static uint64_t add(uint64_t sum, uint64_t word)
{
    sum += word;
    return sum + (sum < word);
}

static uint64_t add_bytes(uint64_t sum, const uint8_t *bytes, size_t length)
{
    uint64_t word;
    for (; length >= sizeof word; bytes += sizeof word, length -= sizeof word) {
        memcpy(&word, bytes, sizeof word);
        sum = add(sum, word);
    }
    word = 0;
    memcpy(&word, bytes, length);
    return add(sum, word);
}

static uint16_t fold(uint64_t sum)
{
    sum = (sum >> 32) + (sum & UINT32_MAX);
    sum = (sum >> 16) + (sum & UINT16_MAX);
    sum = (sum >> 16) + (sum & UINT16_MAX);
    return (uint16_t)((sum >> 16) + (sum & UINT16_MAX));
}

__attribute__((noinline)) enum checksum checksum_of(const struct packet *packet)
{
    uint32_t header = packet->header_length;
    if (header == 0 || packet->checksum == 0 || packet->payload_missing > 0)
        return CHECKSUM_UNKNOWN;
    uint32_t length = header + packet->payload_length;
    if (length > UINT16_MAX)
        return CHECKSUM_UNKNOWN;
    /* The prefix of an IPv4 address among those of IPv6, 0xffff, adds nothing. */
    uint64_t sum = add_bytes(0, packet->source.address, sizeof packet->source.address);
    sum = add_bytes(sum, packet->destination.address, sizeof packet->destination.address);
    sum = add(sum, (uint64_t)GUINT16_TO_BE((uint16_t)packet->transport) + GUINT16_TO_BE((uint16_t)length));
    uint16_t addresses = fold(sum);
    if (GUINT16_TO_BE(packet->checksum) == addresses)
        return CHECKSUM_UNKNOWN;
    return fold(add_bytes(sum, packet->payload - header, length)) == UINT16_MAX ? CHECKSUM_RIGHT : CHECKSUM_WRONG;
}
