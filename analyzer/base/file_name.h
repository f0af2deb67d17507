/* SPDX-License-Identifier: GPL-2.0-or-later
 * Names of files made of names that devices sent: they are the same files on every file system. */
#ifndef FILE_NAME_H
#define FILE_NAME_H

#include "base/report.h"

#include <stdbool.h>

/* Do some systems keep the name for a device, with whatever extension? CON, PRN, AUX, NUL, COM0 to COM9, LPT0 to LPT9,
 * in whatever case. */
bool file_name_reserved(const char *name);

/* The name of a device's files: its id; behind a reserved name an underscore. "_unknown" for "". marked: another id
 * differs from it in case only; a hyphen stands behind each lower-case letter then, and one more at the end. */
#define FILE_NAME_DEVICE_SIZE (2 * (DEVICE_ID_MAX + 1) + 1)
void file_name_device(const char *id, bool marked, char out[FILE_NAME_DEVICE_SIZE]);

#endif
