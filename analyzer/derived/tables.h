/* SPDX-License-Identifier: GPL-2.0-or-later
 * events.csv and trips.csv, of all devices. In: what the threads tell, in any order of devices. Out: the events in the
 * order of time, the trips in that of the devices' ids. */
#ifndef TABLES_H
#define TABLES_H

#include "base/device.h"
#include "life/teller.h"
#include "result/output.h"

struct tables;

/* memory: bytes for lines that wait; beyond that the scratch file. devices: all are there before the first is told. */
struct tables *tables_new(struct output *output, const struct devices *devices, bool csv_guard, size_t memory);
struct teller tables_teller(struct tables *tables);
/* All devices are told: writes both files. */
void tables_finish(struct tables *tables, bool hash);
/* NULL is allowed. */
void tables_free(struct tables *tables);

/* A time in the form of its clock: device 2012-09-03T16:06:49, capture 2026-11-22T19:45:00.123456789Z; nothing for
 * LIFE_NO_TIME. A position as two cells with a comma between, with seven decimals. Append. */
void tables_put_time(GString *out, int64_t time, enum life_clock clock);
void tables_put_position(GString *out, struct position position);

#endif
