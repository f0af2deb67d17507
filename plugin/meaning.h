/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a code on the wire means, in the words of protocol/codes.def. */
#ifndef MEANING_H
#define MEANING_H

#include "message.h"

/* The meaning of a CODE, EVENT_CODE or PROFILE field of that message, both meanings of an ambiguous code; NULL if the
 * documents give none, or if the field is another one. frame: its first byte. */
const char *meaning_of(const struct s7_message *message, const uint8_t *frame, const struct s7_field *field);

#endif
