/* SPDX-License-Identifier: GPL-2.0-or-later
 * When the capture saw anything at all. In: the capture time of every packet, of whatever kind, in their order. Out:
 * how much of a stretch of time had packets: what happened meanwhile on the network is not known otherwise. */
#ifndef COVERAGE_H
#define COVERAGE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The shortest time without packets that is one, ns; it grows where there are more than COVERAGE_GAPS. */
#define COVERAGE_GAP  (INT64_C(60) * 1000000000)
#define COVERAGE_GAPS 65536
/* Times further from 1970, ns, are taken for this: the difference of any two can be told. */
#define COVERAGE_FARTHEST INT64_C(4500000000000000000)

struct coverage;

struct coverage *coverage_new(void);
/* time: ns since 1970. */
void coverage_note(struct coverage *coverage, int64_t time);
/* Nothing before since and behind until is of interest. After the last note. */
void coverage_clip(struct coverage *coverage, int64_t since, int64_t until);
/* Of the time from one to the other, both in ns, how much was covered, ns. NULL: all. */
int64_t coverage_between(const struct coverage *coverage, int64_t from, int64_t to);
/* Capture times of the first packet, INT64_MAX = there was none (NULL: INT64_MIN), and of the last, INT64_MIN. */
int64_t coverage_begin(const struct coverage *coverage);
int64_t coverage_end(const struct coverage *coverage);
/* All of it as numbers, to be read again: first, last, shortest gap, then of each gap where it begins and ends. Before
 * coverage_clip(). Of int64_t; the caller's to unref. */
GArray *coverage_numbers(const struct coverage *coverage);
/* What these numbers say was covered is so, too; false if they are none. */
bool coverage_add(struct coverage *coverage, const GArray *numbers);
/* NULL is allowed. */
void coverage_free(struct coverage *coverage);

#endif
