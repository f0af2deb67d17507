/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rows of one kind, one behind the other, that make one event. All zero at first. */
#ifndef STREAK_H
#define STREAK_H

#include "life/log.h"

struct streak {
    struct mark first;
    uint64_t last, count; /* count 0: there is none */
};

static inline void streak_add(struct streak *streak, const struct mark *mark)
{
    if (streak->count++ == 0)
        streak->first = *mark;
    streak->last = mark->row;
}

/* It is over: an event, if there was one. what is counted: "fixes"; NULL: the detail is there already. */
static inline void streak_end(struct streak *streak, struct life_log *log, enum conclusion what, const char *counted)
{
    if (streak->count == 0)
        return;
    if (counted && streak->count > 1)
        g_string_append_printf(log_detail(log), "%" G_GUINT64_FORMAT " %s", streak->count, counted);
    log_event(log, what, &streak->first, streak->first.row, streak->last);
    streak->count = 0;
}

#endif
