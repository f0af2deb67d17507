/* SPDX-License-Identifier: GPL-2.0-or-later
 * tracks/<device_id>-tracks.geojson: each track a MultiLineString with the times of its points. */
#ifndef LINES_H
#define LINES_H

#include "derived/track_taker.h"

/* shared: struct track_files, which must stay. */
struct track_taker lines_open(void *shared);

#endif
