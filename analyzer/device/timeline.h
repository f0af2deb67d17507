/* SPDX-License-Identifier: GPL-2.0-or-later
 * The second step for one device. In: all its records. Out: its rows in devices/<device_id>.csv, and its totals.
 * The records are judged in the order in which they were taken, then everything that is derived from the life of the
 * device gets them in their final order. In bounded memory; the tools are used for one device after the other. */
#ifndef TIMELINE_H
#define TIMELINE_H

#include "base/map_file.h"
#include "device/judge.h"
#include "device/pictures.h"
#include "life/life.h"
#include "result/output.h"
#include "result/row.h"

struct timeline_options {
    struct selection selection;
    struct row_options row;
    bool aligned;    /* captures by clocks that are apart: the order of time is not that of the packets */
    bool by_capture; /* rows stay in the order in which they were found */
    bool hash;
    const struct map_file *map;
    struct output *output;
    struct pictures *pictures;
    const struct life_options *life; /* NULL: nothing is derived */
    /* Asked for once a device, before its first picture: they are put together in the order of the devices. */
    struct life_turn turn;
};

struct timeline;

/* memory: bytes for records. The options are copied. */
struct timeline *timeline_new(const struct timeline_options *options, size_t memory);
/* One more record of the device, in the order in which they were stored. */
void timeline_add(struct timeline *timeline, const uint8_t *record, size_t length);
/* That were all: writes the file. */
void timeline_tell(struct timeline *timeline, struct device *device);
/* Records that were none: an error of ours. */
uint64_t timeline_bad_records(const struct timeline *timeline);
void timeline_free(struct timeline *timeline);

#endif
