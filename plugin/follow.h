/* SPDX-License-Identifier: GPL-2.0-or-later
 * Follow Stream (-z follow,gotop,ascii,0): what both sides of a conversation sent, as far as it was dissected, by the
 * number in gotop.stream. */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "compat.h"

#include <epan/packet.h>

void follow_register(int proto);

/* The first length bytes of the tvb were dissected. */
void follow_add(packet_info *pinfo, tvbuff_t *tvb, int length);

#endif
