/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rows to standard output as they come: each report is judged when it is known whose it is, and printed when all is
 * known of it. In: reports in the order in which they become decidable. Out: one CSV. */
#ifndef LIVE_H
#define LIVE_H

#include "base/map_file.h"
#include "device/judge.h"
#include "result/row.h"

struct live;

/* selection and map must live as long. */
struct live *live_new(const struct row_options *row, const struct selection *selection, const struct map_file *map);
/* Returns whether the report is selected. Its message must be there. */
bool live_take(struct live *live, struct device *device, struct report *report);
void live_write(struct live *live, struct device *device, struct report *report);
/* Its reports will soon come: brings what that needs into the cache. */
void live_prefetch(const struct device *device);
/* Hands over what was printed so far: the next packet may take its time. */
void live_flush(struct live *live);
/* Was everything written? */
bool live_failed(const struct live *live);
/* devices: whose reports were judged. */
void live_free(struct live *live, const struct devices *devices);

#endif
