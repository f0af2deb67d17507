/* SPDX-License-Identifier: GPL-2.0-or-later
 * A device as a row of devices.csv. */
#include "result/device_row.h"

#include "base/text.h"

#include <string.h>

void device_row_header(GString *out)
{
    g_string_append(out, "device_id,imei_valid,first_seen,last_seen,first_device_time,last_device_time,rows");
    for (unsigned kind = 0; kind < S7_KIND_COUNT; kind++)
        g_string_append_printf(out, ",%s", s7_kind_names[kind]);
    g_string_append(out, ",streams,flags,distance_m\n");
}

/* Device time, as the devices say it: no zone. Empty if there is none. */
static void device_time(GString *out, int64_t seconds)
{
    if (seconds == INT64_MAX || seconds == INT64_MIN)
        return;
    gsize start = out->len;
    text_second(out, seconds * NANOSECONDS);
    out->str[start + 10] = 'T';
}

void device_row_print(GString *out, const struct device *device)
{
    g_string_append_printf(out, "%s,%d,", device->id, s7_imei_valid(device->id, strlen(device->id)));
    if (device->first_seen <= device->last_seen)
        text_time(out, device->first_seen);
    g_string_append_c(out, ',');
    if (device->first_seen <= device->last_seen)
        text_time(out, device->last_seen);
    g_string_append_c(out, ',');
    device_time(out, device->first_time);
    g_string_append_c(out, ',');
    device_time(out, device->last_time);
    g_string_append_c(out, ',');
    text_unsigned(out, device->rows);
    for (unsigned kind = 0; kind < S7_KIND_COUNT; kind++) {
        g_string_append_c(out, ',');
        text_unsigned(out, device->kinds[kind]);
    }
    g_string_append_c(out, ',');
    text_unsigned(out, device->streams);
    g_string_append_c(out, ',');
    report_flags(out, device->frame_flags, device->context);
    g_string_append_printf(out, ",%.0f\n", device->distance);
}
