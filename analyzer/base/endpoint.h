/* SPDX-License-Identifier: GPL-2.0-or-later
 * One end of a conversation: an address and a port. */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include <stddef.h>
#include <stdint.h>

/* IPv4 is kept as IPv4-mapped: version tells. Unused bytes are zero, so that memcmp compares. */
struct endpoint {
    uint8_t address[16];
    uint16_t port;   /* host order */
    uint8_t version; /* 4 or 6 */
    uint8_t pad;
};

enum transport { TRANSPORT_UDP = 17, TRANSPORT_TCP = 6 };

/* "192.0.2.1:8888", "[2001:db8::1]:8888". out needs ENDPOINT_SIZE bytes. Returns the length. */
#define ENDPOINT_SIZE 56
size_t endpoint_print(const struct endpoint *endpoint, char *out);

#endif
