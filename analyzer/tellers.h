/* SPDX-License-Identifier: GPL-2.0-or-later
 * The forms of results that a run writes beside the timelines, by its options. */
#ifndef TELLERS_H
#define TELLERS_H

#include "analysis.h"
#include "life/life.h"
#include "options.h"
#include "result/output.h"
#include "result/stream_tables.h"

struct tellers;

/* What tracks take of the memory of the second step. */
size_t tellers_tracks_memory(const struct options *options);
/* devices, coverage: what the first step fills in, before the second begins. memory: bytes for what waits. */
struct tellers *tellers_new(const struct options *options, struct output *output, const struct devices *devices,
                            const struct coverage *coverage, size_t memory);
/* For the second step. */
const struct life_options *tellers_life(const struct tellers *tellers);
/* For the rows of streams.csv, before the second step; NULL = nobody wants them. */
const struct stream_listener *tellers_listener(const struct tellers *tellers);
/* All devices are told: writes what stands in files of all devices. */
void tellers_finish(struct tellers *tellers, struct analysis *analysis);
/* NULL is allowed. */
void tellers_free(struct tellers *tellers);

#endif
