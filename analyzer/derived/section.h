/* SPDX-License-Identifier: GPL-2.0-or-later
 * The part of the page that shows one device. In: its rows, events and trips, one after the other. Out: its HTML, and
 * a summary for the overview. Bounded memory, however many rows there are. */
#ifndef SECTION_H
#define SECTION_H

#include "derived/canvas.h"
#include "derived/chart.h"
#include "derived/trail.h"
#include "life/teller.h"

/* Lines of the tables; further ones are counted. */
#define SECTION_EVENTS 150
#define SECTION_TRIPS  100
/* Signs on the map. */
#define SECTION_SIGNS 60
/* Different events that are counted. */
#define SECTION_NAMES 128

struct section_options {
    struct trail_options trail;
    int64_t old_date; /* s: times that are further from the capture stand on an axis of their own */
    /* Finding number n on the clock of a device in words (64 bytes); false: there is none. */
    bool (*clock_finding)(const struct clock_findings *findings, unsigned n, char text[], uint64_t *rows);
};

/* For the overview. */
struct section_summary {
    uint64_t fixes, trips, silences, events, grave;
    double trip_distance; /* m */
};

/* A line of the table of events: the texts are the section's own. */
struct section_event {
    struct life_event event;
    char *detail;
};

struct section_time {
    int64_t time; /* ns; LIFE_NO_TIME: not known */
    enum life_clock clock;
};

/* All events of one name and rule; the first and the last of those whose time is known, in the order of events.csv. */
struct section_name {
    const char *name, *rule;
    uint64_t count;
    struct section_time first, last;
};

/* Axes: of times near those of the capture, of times far from it, of the capture. */
enum section_axis { SECTION_NEAR, SECTION_FAR, SECTION_CAPTURE, SECTION_AXES };

struct section {
    const struct section_options *options;
    const struct device *device;
    bool utc; /* its clock is, by its protocol */
    uint64_t rows, last_known, untimed, commands, bad;
    uint64_t flags[S7_FLAG_COUNT], context[CONTEXT_FLAG_COUNT];
    struct canvas canvases[SECTION_AXES];
    uint64_t own[SECTION_AXES]; /* rows with a time of the device */
    bool settled;               /* all rows are there: the axis is known */
    enum section_axis axis;
    struct chart chart;
    struct trail trail;
    int64_t moved; /* s: time of the last fix */
    struct section_event events[SECTION_EVENTS];
    uint64_t event_count, off_axis;
    struct section_name names[SECTION_NAMES];
    unsigned name_count;
    struct life_trip trips[SECTION_TRIPS];
    uint64_t trip_counts[LIFE_SILENCE + 1];
    double trip_distance;
    struct trail_sign signs[SECTION_SIGNS];
    unsigned sign_count;
    uint64_t grave;
};

struct section *section_new(const struct section_options *options);
/* As those of a teller. */
void section_begin(struct section *section, const struct device *device);
void section_row(struct section *section, const struct life_row *row);
void section_event(struct section *section, const struct life_event *event);
void section_trip(struct section *section, const struct life_trip *trip);
/* All is told. The HTML is appended. */
void section_end(struct section *section, GString *out, struct section_summary *summary);
void section_free(struct section *section);

/* What of it is written in section_text.c and in section_tables.c. */
void section_text(const struct section *section, GString *out);
void section_tables(const struct section *section, GString *out);

#endif
