/* SPDX-License-Identifier: GPL-2.0-or-later
 * Plays a scenario file (samples/README.md describes its language).
 * Takes its path and the published frames, gives the bytes of a capture. */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <glib.h>

/* Returns the capture (the caller frees it), or NULL and sets error, which names file and line. */
GByteArray *scenario_play(const char *path, GHashTable *frames, GError **error);

#endif
