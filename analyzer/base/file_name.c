/* SPDX-License-Identifier: GPL-2.0-or-later
 * Names of files made of names that devices sent. */
#include "base/file_name.h"

#include <glib.h>
#include <string.h>

bool file_name_reserved(const char *name)
{
    static const char *const reserved[] = {"con", "prn", "aux", "nul", "com", "lpt"};
    size_t length = strcspn(name, ".");
    bool numbered = length == 4 && g_ascii_isdigit(name[3]);
    for (size_t i = 0; i < G_N_ELEMENTS(reserved); i++)
        if (g_ascii_strncasecmp(name, reserved[i], 3) == 0 && (i < 4 ? length == 3 : numbered))
            return true;
    return false;
}

void file_name_device(const char *id, bool marked, char out[FILE_NAME_DEVICE_SIZE])
{
    char *at = out;
    if (!id[0]) {
        g_strlcpy(out, "_unknown", FILE_NAME_DEVICE_SIZE);
        return;
    }
    for (const char *c = id; *c; c++) {
        *at++ = *c;
        if (marked && g_ascii_islower(*c))
            *at++ = '-';
    }
    if (marked)
        *at++ = '-';
    else if (file_name_reserved(id))
        *at++ = '_';
    *at = '\0';
}
