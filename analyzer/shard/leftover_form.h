/* SPDX-License-Identifier: GPL-2.0-or-later
 * A leftover as a few bytes: what a record file keeps of it (docs/RECORDS.md). This file alone knows the form.
 * Takes leftovers, gives bytes; takes bytes, which it does not trust, gives leftovers. */
#ifndef LEFTOVER_FORM_H
#define LEFTOVER_FORM_H

#include "frame/leftover.h"

/* Appends it, with the number of its conversation. ahead: ns that the capture says more than its time. */
void leftover_form_write(GByteArray *out, const struct leftover *leftover, uint64_t stream, int64_t ahead);
/* False if these bytes are none. The leftover is the caller's to clear; its protocol is one of GLib's interned texts.
 */
bool leftover_form_read(const uint8_t *data, size_t length, struct leftover *leftover, uint64_t *stream);

#endif
