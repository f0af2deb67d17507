/* SPDX-License-Identifier: GPL-2.0-or-later
 * Trips, stops and silences of timeline.gpkg, each with the lines of its fixes. */
#ifndef GPKG_TRIPS_H
#define GPKG_TRIPS_H

#include "derived/gpkg.h"
#include "derived/track_taker.h"

struct gpkg_trips;

struct gpkg_trips *gpkg_trips_new(struct gpkg *gpkg, struct scratch *scratch);
/* shared: struct gpkg_trips. The device's turn must have come when it is told of something. */
struct track_taker gpkg_trips_open(void *shared);
/* NULL is allowed. */
void gpkg_trips_free(struct gpkg_trips *trips);

#endif
