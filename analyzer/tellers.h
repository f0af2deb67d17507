/* SPDX-License-Identifier: GPL-2.0-or-later
 * The forms of results that a run writes beside the timelines, by its options. */
#ifndef TELLERS_H
#define TELLERS_H

#include "life/life.h"
#include "options.h"
#include "result/output.h"

struct tellers;

/* devices, coverage: what the first step fills in, before the second begins. memory: bytes for what waits. */
struct tellers *tellers_new(const struct options *options, struct output *output, const struct devices *devices,
                            const struct coverage *coverage, size_t memory);
/* For the second step. */
const struct life_options *tellers_life(const struct tellers *tellers);
/* All devices are told: writes what stands in files of all devices. with_rows: of struct device, by id. */
void tellers_finish(struct tellers *tellers, const GPtrArray *with_rows);
/* NULL is allowed. */
void tellers_free(struct tellers *tellers);

#endif
