/* SPDX-License-Identifier: GPL-2.0-or-later
 * Addresses and ports as text. */
#include "base/endpoint.h"

#include "digits.h"

#include <arpa/inet.h>
#include <string.h>

size_t endpoint_print(const struct endpoint *endpoint, char *out)
{
    char *position = out;
    if (endpoint->version == 4) {
        for (unsigned i = 12; i < 16; i++) {
            position = s7_put_unsigned(position, endpoint->address[i]);
            *position++ = '.';
        }
        position--;
    } else {
        *position++ = '[';
        inet_ntop(AF_INET6, endpoint->address, position, INET6_ADDRSTRLEN);
        position += strlen(position);
        *position++ = ']';
    }
    *position++ = ':';
    position = s7_put_unsigned(position, endpoint->port);
    *position = '\0';
    return (size_t)(position - out);
}
