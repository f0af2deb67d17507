/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whose protocol a stream on a shared port is, if it is not ours: by its first bytes.
 * Takes bytes that the scanner found to be junk, gives a name. (docs/SHARED-PORT.md) */
#ifndef S7_OTHER_H
#define S7_OTHER_H

#include <stddef.h>
#include <stdint.h>

/* No pattern looks further than this many bytes. */
#define S7_OTHER_REACH 40

/* The name of the protocol whose first bytes stand at data, NULL if none is known. Give it the first S7_OTHER_REACH
 * bytes of the stretch, or all if it is shorter. The answer is a likeness, not a proof. */
const char *s7_other_protocol(const uint8_t *data, size_t length);

#endif
