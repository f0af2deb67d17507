/* SPDX-License-Identifier: GPL-2.0-or-later
 * tracks/<device_id>.gpx: GPX 1.1, in the form that loses least in the programs that read it (docs/TRACKS.md). */
#ifndef GPX_H
#define GPX_H

#include "derived/track_taker.h"

/* shared: struct track_files, which must stay. */
struct track_taker gpx_open(void *shared);

#endif
