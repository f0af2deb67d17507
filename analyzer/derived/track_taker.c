/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the forms of tracks have in common. */
#include "derived/track_taker.h"

#include "base/file_name.h"
#include "result/table.h"

const char *track_kind(const struct life_trip *trip)
{
    static const char *const names[] = {[LIFE_TRIP] = "trip", [LIFE_STOP] = "stop", [LIFE_SILENCE] = "silence"};
    return trip ? names[trip->kind] : "track";
}

void track_open(struct table *table, const struct track_files *files, const struct device *device, const char *suffix)
{
    char name[FILE_NAME_DEVICE_SIZE];
    file_name_device(device->id, device->marked, name);
    g_autofree char *path = g_strdup_printf("tracks/%s%s", name, suffix);
    table_open(table, files->output, path, files->hash);
}
