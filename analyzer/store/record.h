/* SPDX-License-Identifier: GPL-2.0-or-later
 * A report as a few bytes: what waits in the store between the two steps. This file alone knows the form.
 * Takes reports, gives bytes; takes bytes, which it does not trust, gives reports. */
#ifndef RECORD_H
#define RECORD_H

#include "base/report.h"

/* Bytes that the record of the report needs at most. */
size_t record_room(const struct report *report);
/* Writes it; returns the bytes that it took. The device and what was decoded are not in it. */
size_t record_write(uint8_t *out, const struct report *report);

/* What is needed to put records in order. */
struct record_head {
    uint64_t order; /* see struct report */
    int64_t captured;
    uint32_t file;   /* of the packet that completed the report */
    uint64_t number; /* and its number there */
    uint64_t stream;
};
/* Both: false if these bytes are no record. */
bool record_read_head(const uint8_t *data, size_t length, struct record_head *head);
/* The report must not be copied: it points into data, itself, and packets, which gets struct origin
 * without times if there is more than one. Its device_id is "". */
bool record_read(const uint8_t *data, size_t length, GArray *packets, struct report *report);

#endif
