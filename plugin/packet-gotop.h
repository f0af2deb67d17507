/* SPDX-License-Identifier: GPL-2.0-or-later
 * The protocol as Wireshark registers it. */
#ifndef PACKET_GOTOP_H
#define PACKET_GOTOP_H

void packet_gotop_register(void);
void packet_gotop_handoff(void);

#endif
