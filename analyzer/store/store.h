/* SPDX-License-Identifier: GPL-2.0-or-later
 * The records between the two steps, parted by device. In: reports in any order of devices. Out: part by part, in
 * ascending order of their numbers, the records of each as they were put. In memory as far as they fit, the others in
 * the scratch file: each byte is written and read once at most. */
#ifndef STORE_H
#define STORE_H

#include "base/report.h"
#include "base/scratch.h"
#include "store/source.h"

struct store;

/* memory: bytes for records. scratch: NULL = all stay in memory. */
#define STORE_MEMORY_MIN ((size_t)1 << 20)
struct store *store_new(struct scratch *scratch, size_t memory);
void store_put(struct store *store, uint32_t part, const struct report *report);
/* Records and bytes that were put. */
uint64_t store_records(const struct store *store);
uint64_t store_bytes(const struct store *store);

/* No more come. From now on the store may be asked by several threads, one at a time. */
void store_close(struct store *store);
/* Goes on to the next part that has records; what is left of the one before is passed over. False behind the last. */
bool store_next_part(struct store *store, uint32_t *part);
/* The next record of that part, valid until the next call; NULL behind its last. */
const uint8_t *store_next_record(struct store *store, size_t *length);

/* The same for who does not know the store; valid as long as it. */
struct source store_source(struct store *store);

/* NULL is allowed. */
void store_free(struct store *store);

#endif
