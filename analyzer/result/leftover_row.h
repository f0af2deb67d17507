/* SPDX-License-Identifier: GPL-2.0-or-later
 * A stretch of payload that is in no frame, as a row of leftovers.csv. What looks like a secret in it is masked. */
#ifndef LEFTOVER_ROW_H
#define LEFTOVER_ROW_H

#include "frame/leftover.h"
#include "result/row.h"

/* The header line, and the line of a stretch in the conversation of that number. Append. */
void leftover_row_header(GString *out);
void leftover_row_print(GString *out, const struct leftover *leftover, uint64_t stream,
                        const struct row_options *options);

#endif
