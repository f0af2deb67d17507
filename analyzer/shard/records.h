/* SPDX-License-Identifier: GPL-2.0-or-later
 * The kinds of blocks in a record file and in the notes of a part, and what is common to who writes and reads them.
 * docs/RECORDS.md describes them. */
#ifndef RECORDS_H
#define RECORDS_H

#include "store/blocks.h"

#define RECORDS_MAGIC   "s7timeline records"
#define RECORDS_VERSION 1
#define RECORDS_SUFFIX  ".records"
#define PART_MAGIC      "s7timeline part"
#define PART_NAME       "part.notes"

/* Texts: key files as GLib reads them. */
#define KIND_HEAD BLOCK_KIND('H', 'E', 'A', 'D') /* which program, which shard of how many */
#define KIND_OPTS BLOCK_KIND('O', 'P', 'T', 'S') /* options */
#define KIND_CAPT BLOCK_KIND('C', 'A', 'P', 'T') /* inputs and packets: the same in all shards of the same captures */
#define KIND_HASH BLOCK_KIND('H', 'A', 'S', 'H') /* SHA-256 of some of the inputs */
#define KIND_SUMS BLOCK_KIND('S', 'U', 'M', 'S') /* of the conversations */
/* Lists. */
#define KIND_CONV BLOCK_KIND('C', 'O', 'N', 'V') /* when each conversation began */
#define KIND_DEVS BLOCK_KIND('D', 'E', 'V', 'S') /* devices */
#define KIND_ROWS BLOCK_KIND('R', 'O', 'W', 'S') /* of streams.csv */
#define KIND_LEFT BLOCK_KIND('L', 'E', 'F', 'T') /* leftovers */
#define KIND_RECS BLOCK_KIND('R', 'E', 'C', 'S') /* records of the owner, a device by its place in the list */
#define KIND_INDX BLOCK_KIND('I', 'N', 'D', 'X') /* where the records of each device are */
#define KIND_DONE BLOCK_KIND('D', 'O', 'N', 'E') /* the last block, empty: its owner is where the index begins */

#endif
