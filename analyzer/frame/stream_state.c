/* SPDX-License-Identifier: GPL-2.0-or-later
 * Who takes part in a conversation: which side is the server, which devices speak. */
#include "frame/stream_state.h"

static bool is_chosen(const GArray *ports, uint16_t port)
{
    for (guint i = 0; ports && i < ports->len; i++)
        if (g_array_index(ports, uint16_t, i) == port)
            return true;
    return false;
}

bool stream_port_is_server(const struct stream *stream, unsigned direction)
{
    const GArray *ports = stream->shared->options.ports;
    return is_chosen(ports, stream->conversation->endpoints[direction].port) &&
           !is_chosen(ports, stream->conversation->endpoints[!direction].port);
}

bool stream_is_server(const struct stream *stream, unsigned direction)
{
    if (stream_port_is_server(stream, direction))
        return true;
    if (stream_port_is_server(stream, !direction))
        return false;
    if (stream->uplink[0] != stream->uplink[1])
        return stream->uplink[!direction];
    return direction == 1;
}

/* The conversation's device changes: most conversations have one only, and need no table of them. */
static void join_device(struct stream *stream, struct device *device)
{
    struct device *before = stream->device;
    stream->device = device;
    if (!before) {
        device->streams++;
        return;
    }
    if (!stream->devices) {
        stream->devices = g_hash_table_new(g_direct_hash, g_direct_equal);
        g_hash_table_add(stream->devices, before);
    }
    if (g_hash_table_add(stream->devices, device))
        device->streams++;
}

/* Notes where it came first. */
static struct device *find_device(const struct stream *stream, const char *id)
{
    struct device *device = devices_get(stream->shared->options.devices, id);
    const struct conversation *conversation = stream->conversation;
    if (device->start.stream == 0)
        device->start = (struct device_start){.time = conversation->clock ? conversation->clock->latest : 0,
                                              .packet = conversation->clock ? conversation->clock->number : 0,
                                              .stream = conversation->number};
    return device;
}

struct device *stream_device(struct stream *stream, const char *id, bool own)
{
    struct device *device = stream->device;
    if (!device || strcmp(device->id, id) != 0)
        device = find_device(stream, id);
    if (own && device != stream->device && device->number != 0)
        join_device(stream, device);
    return device;
}

bool stream_has_device(const struct stream *stream, const char *id)
{
    if (strcmp(stream->id, id) == 0)
        return true;
    if (!stream->devices)
        return stream->device && strcmp(stream->device->id, id) == 0;
    const struct device *device = devices_find(stream->shared->options.devices, id);
    return device && g_hash_table_contains(stream->devices, device);
}

static gint compare_ids(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *stream_device_ids(const struct stream *stream)
{
    GPtrArray *ids = g_ptr_array_new();
    GHashTableIter iterator;
    gpointer device;
    if (!stream->devices) {
        if (stream->device)
            g_ptr_array_add(ids, stream->device->id);
        return ids;
    }
    g_hash_table_iter_init(&iterator, stream->devices);
    while (g_hash_table_iter_next(&iterator, &device, NULL))
        g_ptr_array_add(ids, ((struct device *)device)->id);
    g_ptr_array_sort(ids, compare_ids);
    return ids;
}

struct open_leftovers *stream_open_leftovers(struct stream *stream, unsigned direction)
{
    if (!stream->open[direction])
        stream->open[direction] = g_new0(struct open_leftovers, 1);
    return stream->open[direction];
}
