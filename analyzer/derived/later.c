/* SPDX-License-Identifier: GPL-2.0-or-later
 * Text that is known before its place in a file. */
#include "derived/later.h"

void later_init(struct later *later, struct scratch *scratch, size_t memory)
{
    later->text = g_string_sized_new(LATER_PIECE);
    later->sorter = sorter_new(scratch, memory);
    later->pieces = 0;
}

void later_put_aside(struct later *later)
{
    const struct sorter_key key = {.third = later->pieces++};
    memcpy(sorter_add(later->sorter, &key, later->text->len), later->text->str, later->text->len);
    g_string_truncate(later->text, 0);
}

void later_give(struct later *later, void (*take)(void *user, const void *bytes, size_t length), void *user)
{
    if (later->pieces > 0) {
        struct sorter_piece piece;
        sorter_sort(later->sorter);
        while (sorter_next(later->sorter, &piece))
            take(user, piece.data, piece.length);
        sorter_clear(later->sorter);
        later->pieces = 0;
    }
    take(user, later->text->str, later->text->len);
    g_string_truncate(later->text, 0);
}

static void take_text(void *user, const void *bytes, size_t length)
{
    struct table *table = user;
    g_string_append_len(table->text, bytes, (gssize)length);
    table_row(table);
}

void later_write(struct later *later, struct table *table)
{
    later_give(later, take_text, table);
}

void later_clear(struct later *later)
{
    if (later->text)
        g_string_free(later->text, TRUE);
    sorter_free(later->sorter);
    *later = (struct later){.text = NULL};
}
