/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a code on the wire means, in the words of protocol/codes.def. */
#ifndef MEANING_H
#define MEANING_H

#include "message.h"

/* The meaning of a CODE, EVENT_CODE or PROFILE field of that message, both meanings of an ambiguous code; NULL if the
 * documents give none, or if the field is another one. frame: its first byte. */
const char *meaning_of(const struct s7_message *message, const uint8_t *frame, const struct s7_field *field);

/* Where a value was read by a rule that is inferred and no document's: the field whose bytes it was made of (fifotrack:
 * ignition from the inputs, volts from the voltage words, signal and satellites from the status). NULL otherwise. */
const struct s7_field *meaning_inferred_from(const struct s7_message *message, const struct s7_field *field);

#endif
