/* SPDX-License-Identifier: GPL-2.0-or-later
 * Text that is known before its place in a file. */
#include "derived/later.h"

struct piece {
    uint64_t position;
    size_t length;
};

void later_init(struct later *later, struct scratch *scratch)
{
    later->text = g_string_new(NULL);
    later->scratch = scratch;
    later->pieces = g_array_new(FALSE, FALSE, sizeof(struct piece));
}

void later_put_aside(struct later *later)
{
    const struct piece piece = {scratch_reserve(later->scratch, later->text->len), later->text->len};
    scratch_write(later->scratch, piece.position, later->text->str, piece.length);
    g_array_append_val(later->pieces, piece);
    g_string_truncate(later->text, 0);
}

void later_give(struct later *later, void (*take)(void *user, const void *bytes, size_t length), void *user)
{
    g_autofree uint8_t *bytes = NULL;
    size_t size = 0;
    for (guint i = 0; i < later->pieces->len; i++) {
        const struct piece *piece = &g_array_index(later->pieces, struct piece, i);
        if (piece->length > size) {
            g_free(bytes);
            bytes = g_malloc(size = piece->length);
        }
        scratch_read(later->scratch, piece->position, bytes, piece->length);
        take(user, bytes, piece->length);
    }
    g_array_set_size(later->pieces, 0);
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
    g_string_free(later->text, TRUE);
    g_array_unref(later->pieces);
}
