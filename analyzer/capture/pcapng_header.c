/* SPDX-License-Identifier: GPL-2.0-or-later
 * How a pcapng file begins: what both readers must know, as one file may stand behind the other. */
#include "capture/capture_reader.h"

#include <string.h>

bool pcapng_is_header(const uint8_t *data, size_t length)
{
    static const uint8_t section[] = {0x0a, 0x0d, 0x0d, 0x0a}; /* in both byte orders */
    static const uint8_t orders[2][4] = {{0x1a, 0x2b, 0x3c, 0x4d}, {0x4d, 0x3c, 0x2b, 0x1a}};
    return length >= PCAPNG_HEADER && memcmp(data, section, sizeof section) == 0 &&
           (memcmp(data + 8, orders[0], sizeof orders[0]) == 0 || memcmp(data + 8, orders[1], sizeof orders[1]) == 0);
}
