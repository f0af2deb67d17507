/* SPDX-License-Identifier: GPL-2.0-or-later
 * A decoded report put aside, so that it need not be decoded again when its row is printed. */
#ifndef SAVED_H
#define SAVED_H

#include "base/report.h"

/* Bytes that it takes; 0 if it cannot be put aside. */
size_t saved_size(const struct report *report);
/* Puts it aside. record: the bytes that report->data points into. */
void saved_write(uint8_t *out, const struct report *report, const uint8_t *record);
/* Gets it back, with *message as its message. The report is valid as long as saved and record, the same bytes as
 * before, are. */
void saved_read(const uint8_t *saved, const uint8_t *record, struct s7_message *message, struct report *report);

#endif
