/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tracks of a device: a teller that keeps its fixes until its trips are known, then tells its takers which of them
 * are joined (docs/TRACKS.md, "What is joined") and which stand alone. */
#ifndef TRACKS_H
#define TRACKS_H

#include "derived/track_taker.h"

#define TRACKS_FORMS_MAX 4

/* One form of tracks: each thread opens it for itself. */
struct track_form {
    void *shared;
    struct track_taker (*open)(void *shared);
};

struct tracks_options {
    struct scratch *scratch;
    size_t memory; /* bytes for the fixes of a device, for each thread */
    int64_t gap;   /* s: two fixes further apart are not joined */
    /* m, m/s: nor are two with a longer way between them for which a vehicle had to be faster. */
    double jump_distance, jump_speed;
    struct track_form forms[TRACKS_FORMS_MAX];
    size_t count;
};

/* The options must stay. */
struct teller tracks_teller(struct tracks_options *options);

#endif
