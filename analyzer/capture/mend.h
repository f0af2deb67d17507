/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where a damaged pcapng file can be read on: behind the damaged block if its lengths are right, else at the next place
 * that looks like a block. Takes the file, gives the place and what must stand before it. */
#ifndef MEND_H
#define MEND_H

#include <glib.h>
#include <stdint.h>

struct mend;

/* Does not take the descriptor; it must stay open, and is read anywhere. */
struct mend *mend_new(int descriptor);
/* The first block that begins behind the offset after is damaged. Returns the offset at which to read on, the end of
 * the file if that is where the block ends; -1 if nothing more can be read. *head is then what must be read first: the
 * section header and the interfaces of the section; valid until the next call. after must not decrease. */
int64_t mend_find(struct mend *mend, int64_t after, const GByteArray **head);
/* NULL is allowed. */
void mend_free(struct mend *mend);

#endif
