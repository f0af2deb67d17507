/* SPDX-License-Identifier: GPL-2.0-or-later
 * What was concluded of a device, until all its rows are told: events and trips, in the order of their first rows.
 * Bounded memory. */
#ifndef LOG_H
#define LOG_H

#include "base/scratch.h"
#include "life/sight.h"

#include <glib.h>

struct life_log;

/* memory: bytes for what waits; beyond that the scratch file. */
struct life_log *log_new(const struct rules *rules, struct scratch *scratch, size_t memory);
/* The text that the next event takes as its detail: empty, to be appended to. */
GString *log_detail(struct life_log *log);
/* Something happened when that row was made; it rests on the rows from first to last, or the
 * other way round: where the rows stand as they were captured. */
void log_event(struct life_log *log, enum conclusion what, const struct mark *when, uint64_t first, uint64_t last);
/* The same by an alarm's own name. */
void log_alarm(struct life_log *log, enum conclusion what, enum s7_event name, const struct mark *when, uint64_t first,
               uint64_t last);
void log_trip(struct life_log *log, const struct life_trip *trip);
/* Tells all of them, and forgets them. states: of the tellers. */
void log_tell(struct life_log *log, const struct teller *tellers, void *const *states, size_t count);
void log_free(struct life_log *log);

/* Parts of details: a time as its clock has it, a time of day being enough for none; a number with that many decimals
 * at most. */
void log_put_time(GString *out, const struct mark *mark);
void log_put_number(GString *out, double value, unsigned decimals);
/* Seconds as 1:02:03, of a day and more as 1 d 02:03:04. */
void log_put_duration(GString *out, int64_t nanoseconds);

#endif
