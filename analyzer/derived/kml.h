/* SPDX-License-Identifier: GPL-2.0-or-later
 * tracks/<device_id>.kml: KML 2.2 with gx:Track, a folder for each kind, so that each is a layer (docs/TRACKS.md). */
#ifndef KML_H
#define KML_H

#include "derived/track_taker.h"

/* shared: struct track_files, which must stay. */
struct track_taker kml_open(void *shared);

#endif
