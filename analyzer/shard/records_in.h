/* SPDX-License-Identifier: GPL-2.0-or-later
 * One record file, read: its texts and lists at once, rows, leftovers and records when they are asked for. No byte of
 * it is trusted. What is damaged behind the lists is said, and what stands beside it is read all the same. */
#ifndef RECORDS_IN_H
#define RECORDS_IN_H

#include "base/device.h"
#include "shard/records.h"

struct records_device {
    char id[DEVICE_ID_MAX + 1];
    struct device_start start;
    uint64_t streams;
};

/* Where records of a device are. */
struct records_place {
    uint32_t device; /* its place in the list */
    uint64_t position, bytes;
    uint64_t records; /* UINT64_MAX: not known */
};

struct records_in {
    char *path;
    struct blocks_in *blocks;
    GString *head, *options, *captures, *hashes, *sums;
    GArray *devices; /* of struct records_device; the first is that of no known device */
    GArray *places;  /* of struct records_place */
    uint64_t conversations;
    uint64_t conv, rows, left; /* where the first block of their kinds is; 0 = there is none */
    GPtrArray *damage;         /* texts */
    uint64_t lost;             /* records that are known to be lost */
};

/* NULL: it cannot be used; *message says why. The caller frees it. */
struct records_in *records_in_open(const char *path, char **message);
void records_in_damage(struct records_in *in, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Goes on to the next block of that kind, in order from the first; false behind the last. What is damaged on the way is
 * noted. */
bool records_in_next(struct records_in *in, uint32_t kind, struct block *block);

/* When the conversations began, one after the other. */
struct records_opened {
    struct records_in *in;
    uint64_t next; /* position of the next block */
    uint8_t *bytes;
    size_t at, length;
    int64_t time;
    uint64_t packet;
};
void records_opened_begin(struct records_opened *opened, struct records_in *in);
bool records_opened_next(struct records_opened *opened);
void records_opened_end(struct records_opened *opened);

/* NULL is allowed. */
void records_in_close(struct records_in *in);

#endif
