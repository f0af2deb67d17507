/* SPDX-License-Identifier: GPL-2.0-or-later
 * What is told of a device's tracks, and who writes them: each form of them is a taker. In: the events of the device,
 * its trips and stops, then its fixes, as tracks of parts whose points are joined and as single fixes. Out: its file.
 */
#ifndef TRACK_TAKER_H
#define TRACK_TAKER_H

#include "derived/map_fix.h"
#include "result/output.h"

/* A fix with the text of its packets, as the timeline has them; it does not end with NUL. */
struct track_fix {
    const struct map_fix *fix;
    const char *packets;
};

/* A trip, stop or silence. */
struct track_stretch {
    const struct life_trip *trip; /* NULL: a track of no trip or stop */
    uint64_t number;              /* of the trip among the trips, of the stop among the stops, ..., from 1 */
    uint64_t place;               /* among all that life tells of the device, from 1 */
};

/* For one device after the other: begin, events, stretches, then the fixes in their order, end. NULL in place of a
 * function: it does not care. */
struct track_taker {
    void *state;
    void (*begin)(void *state, const struct device *device);
    void (*event)(void *state, const struct life_event *event);
    void (*stretch)(void *state, const struct track_stretch *stretch);
    void (*single)(void *state, const struct track_fix *fix);
    /* A track has one part at least, a part two points at least, all with the same clock. The trip stays until its end.
     */
    void (*track)(void *state, const struct track_stretch *stretch);
    void (*part)(void *state, enum map_clock clock);
    void (*point)(void *state, const struct track_fix *fix);
    void (*part_end)(void *state);
    void (*track_end)(void *state);
    void (*end)(void *state);
    void (*close)(void *state);
};

/* Where they write. */
struct track_files {
    struct output *output;
    bool hash;
    int64_t gap; /* s, as of --track-gap */
};

/* "trip", "stop", "silence"; "track" for NULL */
const char *track_kind(const struct life_trip *trip);
/* Opens the file tracks/<device_id><suffix> of a device. */
struct table;
void track_open(struct table *table, const struct track_files *files, const struct device *device, const char *suffix);

#endif
