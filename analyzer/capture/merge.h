/* SPDX-License-Identifier: GPL-2.0-or-later
 * All inputs as one capture: their packets in order of time, at the same time in order of the files' numbers. Within a
 * file its own order is kept, whatever its times. A file is open from the time of its first packet until its end. No
 * more than MERGE_OPEN_MAX files are open at once: of more that overlap, the next begins when another ends. Time is
 * that of the clocks, where these are known to be apart: then a file is open once for each of its clocks. */
#ifndef MERGE_H
#define MERGE_H

#include "base/capture_clocks.h"
#include "capture/inputs.h"

#define MERGE_OPEN_MAX 256

struct merge;

/* The inputs are numbered, in order of their first packets. filter: libpcap expression or NULL, known to be good.
 * clocks: NULL = there is one alone. */
struct merge *merge_new(struct inputs *inputs, const char *filter, const struct capture_clocks *clocks);
/* The next packets, all of one input: sets *records to them and returns how many, 0 at the end. They and their data are
 * valid until the next call. When an input has ended, what was read of it stands in it: packets, times, damage. One
 * that can no longer be opened is added to inputs->unreadable. */
size_t merge_some(struct merge *merge, const struct record **records);
/* The input and its capture from which the last packets came, for a progress line; NULL before the first and after the
 * last ones. */
const struct input *merge_input(const struct merge *merge);
const struct capture *merge_capture(const struct merge *merge);
/* Nothing more is read: notes in the inputs that were not read to their end what was, and why. */
void merge_stop(struct merge *merge, const char *why);
/* Inputs that had to wait, as MERGE_OPEN_MAX others were open: their packets are not in order of time with those. */
uint64_t merge_waited(const struct merge *merge);
/* Closes what is open. */
void merge_free(struct merge *merge);

#endif
