/* SPDX-License-Identifier: GPL-2.0-or-later
 * The devices of a run. */
#include "base/device.h"

#include "base/cache_line.h"
#include "base/digest.h"

struct devices {
    GHashTable *by_id;  /* id -> struct device */
    GHashTable *folded; /* ids that have letters, in lower case */
    GPtrArray *all;     /* by number, owned */
    size_t max;
    uint64_t refused;
};

static struct device *add_device(struct devices *devices, const char *id)
{
    struct device *device = g_aligned_alloc0(1, sizeof *device, CACHE_LINE);
    g_strlcpy(device->id, id, sizeof device->id);
    device->number = devices->all->len;
    device->first_seen = device->first_time = INT64_MAX;
    device->last_seen = device->last_time = INT64_MIN;
    if (strspn(id, G_CSET_DIGITS) != strlen(id))
        device->marked = !g_hash_table_add(devices->folded, g_ascii_strdown(id, -1));
    g_ptr_array_add(devices->all, device);
    g_hash_table_insert(devices->by_id, device->id, device);
    return device;
}

struct devices *devices_new(size_t max)
{
    struct devices *devices = g_new0(struct devices, 1);
    devices->max = max;
    devices->by_id = g_hash_table_new(digest_text, g_str_equal);
    devices->folded = g_hash_table_new_full(digest_text, g_str_equal, g_free, NULL);
    devices->all = g_ptr_array_new_with_free_func(g_aligned_free);
    add_device(devices, "");
    return devices;
}

struct device *devices_find(const struct devices *devices, const char *id)
{
    return id[0] ? g_hash_table_lookup(devices->by_id, id) : devices->all->pdata[0];
}

struct device *devices_get(struct devices *devices, const char *id)
{
    struct device *device = devices_find(devices, id);
    if (device)
        return device;
    if (devices->all->len <= devices->max)
        return add_device(devices, id);
    devices->refused++;
    return devices->all->pdata[0];
}

uint64_t devices_refused(const struct devices *devices)
{
    return devices->refused;
}

struct device *devices_at(const struct devices *devices, uint32_t number)
{
    return devices->all->pdata[number];
}

uint32_t devices_count(const struct devices *devices)
{
    return devices->all->len - 1;
}

uint64_t devices_unmarked(const struct devices *devices)
{
    uint64_t sum = 0;
    for (guint i = 0; i < devices->all->len; i++)
        sum += devices_at(devices, i)->unmarked;
    return sum;
}

static int compare_ids(gconstpointer a, gconstpointer b)
{
    const struct device *left = *(struct device *const *)a, *right = *(struct device *const *)b;
    return strcmp(left->id, right->id);
}

GPtrArray *devices_with_rows(const struct devices *devices)
{
    GPtrArray *sorted = g_ptr_array_new();
    for (guint i = 1; i < devices->all->len; i++)
        if (devices_at(devices, i)->rows > 0)
            g_ptr_array_add(sorted, devices->all->pdata[i]);
    g_ptr_array_sort(sorted, compare_ids);
    return sorted;
}

void devices_free(struct devices *devices)
{
    g_hash_table_unref(devices->by_id);
    g_hash_table_unref(devices->folded);
    g_ptr_array_unref(devices->all);
    g_free(devices);
}
