/* SPDX-License-Identifier: GPL-2.0-or-later
 * Export Objects (--export-objects gotop,DIR): payloads of RS232 peripherals, and pictures put together from their
 * packages. (docs/PROTOCOL.md 6, docs/STARTEK.md 5 and 6, docs/FIFOTRACK.md 6) */
#ifndef OBJECTS_H
#define OBJECTS_H

#include "compat.h"

#include <epan/packet.h>

#include "message.h"

void objects_register(int proto);

/* Hands over what the good frame of that device holds of them. data: its first byte. */
void objects_add_frame(packet_info *pinfo, const char *device_id, const uint8_t *data,
                       const struct s7_message *message);

#endif
