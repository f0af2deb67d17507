/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rows that wait for their turn: copies, sorted by time. */
#include "life/in_time.h"

#include "base/saved.h"

struct waiting {
    struct sight sight;
    struct life_row row;
    struct report report;
    GByteArray *bytes; /* the report as base/saved.h has it, then its frame */
};

static struct waiting *waiting_new(struct in_time *in_time)
{
    if (in_time->spare->len > 0)
        return g_ptr_array_steal_index_fast(in_time->spare, in_time->spare->len - 1);
    struct waiting *waiting = g_new0(struct waiting, 1);
    waiting->bytes = g_byte_array_new();
    return waiting;
}

static void waiting_free(gpointer data)
{
    struct waiting *waiting = data;
    g_byte_array_unref(waiting->bytes);
    g_free(waiting);
}

/* Where it belongs: nearly always behind the last. */
static guint place_of(const struct in_time *in_time, int64_t at)
{
    guint place = in_time->waiting->len;
    while (place > 0 && ((const struct waiting *)g_ptr_array_index(in_time->waiting, place - 1))->sight.mark.at > at)
        place--;
    return place;
}

bool in_time_keep(struct in_time *in_time, const struct sight *sight)
{
    struct report report = *sight->report;
    report.packets = &report.completed; /* nothing is concluded from the others */
    report.packet_count = 1;
    size_t size = saved_size(&report);
    if (size == 0)
        return false;
    if (!in_time->waiting) {
        in_time->waiting = g_ptr_array_new_with_free_func(waiting_free);
        in_time->spare = g_ptr_array_new_with_free_func(waiting_free);
    }
    struct waiting *waiting = waiting_new(in_time);
    g_byte_array_set_size(waiting->bytes, (guint)(size + report.length));
    saved_write(waiting->bytes->data, &report, report.data);
    memcpy(waiting->bytes->data + size, report.data, report.length);
    saved_read(waiting->bytes->data, waiting->bytes->data + size, &waiting->report);
    waiting->row = *sight->row;
    waiting->row.report = &waiting->report;
    waiting->sight = *sight;
    waiting->sight.row = &waiting->row;
    waiting->sight.report = &waiting->report;
    waiting->sight.message = waiting->report.message;
    g_ptr_array_insert(in_time->waiting, (gint)place_of(in_time, sight->mark.at), waiting);
    in_time->bytes += waiting->bytes->len;
    return true;
}

bool in_time_is_full(const struct in_time *in_time)
{
    return in_time->waiting && (in_time->waiting->len > IN_TIME_ROWS || in_time->bytes > IN_TIME_BYTES);
}

const struct sight *in_time_next(struct in_time *in_time, int64_t at)
{
    if (!in_time->waiting || in_time->waiting->len == 0)
        return NULL;
    struct waiting *first = g_ptr_array_index(in_time->waiting, 0);
    if (first->sight.mark.at > at)
        return NULL;
    g_ptr_array_steal_index(in_time->waiting, 0);
    in_time->bytes -= first->bytes->len;
    g_ptr_array_add(in_time->spare, first); /* what it holds stays until it is taken again */
    return &first->sight;
}

void in_time_clear(struct in_time *in_time)
{
    g_clear_pointer(&in_time->waiting, g_ptr_array_unref);
    g_clear_pointer(&in_time->spare, g_ptr_array_unref);
    in_time->bytes = 0;
}
