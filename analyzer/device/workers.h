/* SPDX-License-Identifier: GPL-2.0-or-later
 * The second step: threads take devices, one after the other, until none is left. In: records. Out: the timelines of
 * all devices and their totals, the same for any number of threads. */
#ifndef WORKERS_H
#define WORKERS_H

#include "device/timeline.h"
#include "store/source.h"

#define WORKERS_MAX 256

/* count: threads, 1 to WORKERS_MAX; the caller is one of them. memory: bytes for all of them together. Returns how many
 * records were none: an error of ours. */
uint64_t workers_run(const struct source *source, struct devices *devices, const struct timeline_options *options,
                     unsigned count, size_t memory);

#endif
