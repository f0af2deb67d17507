/* SPDX-License-Identifier: GPL-2.0-or-later
 * tracks/<device_id>-points.geojson: each current fix of a device with its time and what was reported with it. */
#ifndef POINTS_H
#define POINTS_H

#include "derived/track_taker.h"

struct points_options {
    struct track_files files;
    bool show_secrets;
};

/* The options must stay. */
struct teller points_teller(struct points_options *options);

#endif
