/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lists of packets. */
#include "base/origin.h"

#include "digits.h"

void origins_add(GArray *packets, const struct origin *origin)
{
    guint place = packets->len;
    while (place > 0 && origin_is_before(origin, &g_array_index(packets, struct origin, place - 1)))
        place--;
    if (place > 0 && origin_is_same(origin, &g_array_index(packets, struct origin, place - 1)))
        return;
    g_array_insert_val(packets, place, *origin);
}

void origins_print(GString *out, const struct origin *packets, unsigned count, uint32_t file)
{
    char number[S7_UNSIGNED_MAX];
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            g_string_append_c(out, ';');
        if (packets[i].file != file) {
            g_string_append_c(out, 'f'); /* 2:17 alone would be a time of day for many a reader of tables */
            g_string_append_len(out, number, s7_put_unsigned(number, packets[i].file) - number);
            g_string_append_c(out, ':');
        }
        g_string_append_len(out, number, s7_put_unsigned(number, packets[i].number) - number);
    }
}
