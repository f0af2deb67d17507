/* SPDX-License-Identifier: GPL-2.0-or-later
 * A device as a row of devices.csv. */
#ifndef DEVICE_ROW_H
#define DEVICE_ROW_H

#include "base/device.h"

/* Both with the line end. */
void device_row_header(GString *out);
void device_row_print(GString *out, const struct device *device);

#endif
