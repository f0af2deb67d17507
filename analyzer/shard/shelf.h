/* SPDX-License-Identifier: GPL-2.0-or-later
 * All record files of a result, as if one run had read all captures: numbers of conversations, devices and inputs are
 * those of one run. In: record files. Out: rows, leftovers and, for the second step, records. */
#ifndef SHELF_H
#define SHELF_H

#include "frame/leftover.h"
#include "shard/records_in.h"
#include "store/source.h"

struct shelf;

/* paths: files, and folders of them. NULL: one cannot be used; *message says why, the caller frees it. */
struct shelf *shelf_open(char *const *paths, char **message);
/* Of struct records_in, in the order of their paths. */
const GPtrArray *shelf_files(const struct shelf *shelf);
/* Whose captures a file is of: those of one set were read in shards of the same captures. inputs: numbers that its
 * inputs get, by number - 1. */
void shelf_place(struct shelf *shelf, guint file, uint32_t set, const uint32_t *inputs, uint32_t count);
/* Gives conversations and devices their numbers; makes the devices. To be called when all are placed. */
void shelf_number(struct shelf *shelf, struct devices *devices);

/* Which share of the devices, and of the conversations, is wanted. All zero: all. */
struct shelf_part {
    uint32_t number, count; /* from 1 to count */
};
bool shelf_part_has(const struct shelf_part *part, const char *device_id);
/* The rows of conversations behind their numbers, and leftovers: in the order of the files. */
void shelf_rows(struct shelf *shelf, const struct shelf_part *part,
                void (*take)(uint64_t stream, const char *rest, size_t length, void *user), void *user);
void shelf_leftovers(struct shelf *shelf, const struct shelf_part *part,
                     void (*take)(const struct leftover *leftover, uint64_t stream, void *user), void *user);
/* The records of the devices of the part; of one device in the order in which their frames were found. */
struct source shelf_source(struct shelf *shelf, const struct shelf_part *part);

/* Texts: what was damaged, as far as it was met. The caller's to unref. */
GPtrArray *shelf_damage(const struct shelf *shelf);
/* NULL is allowed. */
void shelf_close(struct shelf *shelf);

#endif
