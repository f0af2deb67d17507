/* SPDX-License-Identifier: GPL-2.0-or-later
 * The mapping file, a preference: names for what the protocol leaves without one (docs/MAPPING.md). Read when a capture
 * is opened or dissected anew, so also when the preference changes. */
#ifndef MAP_H
#define MAP_H

#include "compat.h"

#include <epan/prefs.h>

#include "mapping.h"

void map_register(module_t *module);

/* As s7_mapping_apply(); nothing without a mapping file. */
void map_apply(const uint8_t *data, struct s7_message *message);

#endif
