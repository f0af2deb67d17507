/* SPDX-License-Identifier: GPL-2.0-or-later
 * The quick look at a frame, which s7_identify() tries first. Internal to protocol/. */
#ifndef S7_IDENTIFY_H
#define S7_IDENTIFY_H

#include "message.h"

/* False, and nothing done, if the frame has not the usual form. */
bool s7_identify_usual(const uint8_t *data, const struct s7_frame *frame, struct s7_message *message);

#endif
