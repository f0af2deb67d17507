/* SPDX-License-Identifier: GPL-2.0-or-later
 * Framing of the fifotrack dialect: header, declared length, checksum, and what to do when they disagree.
 * (docs/FIFOTRACK.md 1.1 and 1.2) */
#include "dialect.h"

enum s7_opening s7_fifotrack_opens(const uint8_t *data, size_t length)
{
    (void)data;
    (void)length;
    return S7_OPEN_NO;
}
