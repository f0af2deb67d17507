/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where each device stands among all, by its id. */
#include "derived/order.h"

#include <string.h>

static gint compare_ids(gconstpointer a, gconstpointer b, gpointer user)
{
    const struct devices *devices = user;
    return strcmp(devices_at(devices, *(const uint32_t *)a)->id, devices_at(devices, *(const uint32_t *)b)->id);
}

uint32_t *order_by_id(const struct devices *devices)
{
    uint32_t count = devices_count(devices) + 1; /* and that of no known device */
    uint32_t *numbers = g_new(uint32_t, count), *ranks = g_new(uint32_t, count);
    for (uint32_t i = 0; i < count; i++)
        numbers[i] = i;
    g_qsort_with_data(numbers, (gint)count, sizeof *numbers, compare_ids, (gpointer)devices);
    for (uint32_t i = 0; i < count; i++)
        ranks[numbers[i]] = i;
    g_free(numbers);
    return ranks;
}
