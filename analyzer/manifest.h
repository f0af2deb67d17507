/* SPDX-License-Identifier: GPL-2.0-or-later
 * The files that are written when all is read: devices.csv and manifest.json. */
#ifndef MANIFEST_H
#define MANIFEST_H

#include "analysis.h"

/* One row a device. */
void manifest_devices(const struct analysis *analysis);
/* Computes the hashes, gives all files their names and writes manifest.json, last. */
void manifest_publish(struct analysis *analysis);

#endif
