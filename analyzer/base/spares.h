/* SPDX-License-Identifier: GPL-2.0-or-later
 * Things that are not in use and are kept for the next that needs one: the one given last is taken first, while the
 * processor has it at hand. */
#ifndef SPARES_H
#define SPARES_H

#include <glib.h>

struct spares {
    GPtrArray *list; /* NULL = none yet */
    guint max;       /* further ones are freed; 0 = no limit */
    GDestroyNotify destroy;
};

/* NULL if there is none. */
static inline gpointer spares_take(struct spares *spares)
{
    return spares->list && spares->list->len > 0 ? g_ptr_array_steal_index_fast(spares->list, spares->list->len - 1)
                                                 : NULL;
}

static inline void spares_give(struct spares *spares, gpointer thing)
{
    if (!spares->list)
        spares->list = g_ptr_array_new_with_free_func(spares->destroy);
    if (spares->max > 0 && spares->list->len >= spares->max)
        spares->destroy(thing);
    else
        g_ptr_array_add(spares->list, thing);
}

static inline void spares_clear(struct spares *spares)
{
    g_clear_pointer(&spares->list, g_ptr_array_unref);
}

#endif
