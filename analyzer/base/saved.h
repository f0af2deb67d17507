/* SPDX-License-Identifier: GPL-2.0-or-later
 * A decoded report put aside, so that it need not be decoded again when its row is printed. */
#ifndef SAVED_H
#define SAVED_H

#include "base/report.h"

/* Bytes that it takes; 0 if it cannot be put aside. No mapping may have been applied to it. */
size_t saved_size(const struct report *report);
/* Puts it aside. record: the bytes that report->data points into. */
void saved_write(uint8_t *out, const struct report *report, const uint8_t *record);
/* Gets it back from a multiple of 8. Its message is that in saved, which ends with its last field; its frame is in
 * record, the same bytes as before. The report is valid as long as both are. */
void saved_read(const uint8_t *saved, const uint8_t *record, struct report *report);

#endif
