/* SPDX-License-Identifier: GPL-2.0-or-later
 * Text that is known before its place in a file: kept in bounded memory until the file has come so far. */
#ifndef LATER_H
#define LATER_H

#include "base/scratch.h"
#include "result/table.h"

struct later {
    GString *text; /* is appended to; later_row() behind each whole piece */
    struct scratch *scratch;
    GArray *pieces; /* in the scratch file, in their order */
};

void later_init(struct later *later, struct scratch *scratch);
void later_put_aside(struct later *later);
/* Bytes that wait in memory before they are put aside. */
#define LATER_PIECE ((size_t)65536)
static inline void later_row(struct later *later)
{
    if (later->text->len >= LATER_PIECE)
        later_put_aside(later);
}
static inline bool later_is_empty(const struct later *later)
{
    return later->pieces->len == 0 && later->text->len == 0;
}
/* All of it goes to the table; then there is none. */
void later_write(struct later *later, struct table *table);
/* The same, a piece at a time. */
void later_give(struct later *later, void (*take)(void *user, const void *bytes, size_t length), void *user);
void later_clear(struct later *later);

#endif
