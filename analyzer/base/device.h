/* SPDX-License-Identifier: GPL-2.0-or-later
 * The devices of a run: each has its id, its number and its totals.
 * The first step makes them by the ids of frames; who judges the reports of one fills in its totals. */
#ifndef DEVICE_H
#define DEVICE_H

#include "base/report.h"

/* Zones that a device's clock is said to be in; further ones are not. */
#define CLOCK_ZONES 8

/* What the times of a device say of its clock. */
struct clock_findings {
    struct {
        int16_t quarters; /* of an hour, ahead of UTC */
        uint32_t rows;    /* 0: none */
    } zones[CLOCK_ZONES];
    uint32_t rollovers; /* rows whose date is behind by 1024 weeks */
};

struct judge;
struct command;

/* Where the first step met a device: at a packet by its number among all on the chosen ports, by the latest time of
 * those so far, and in a conversation. Of the devices of several shards it tells which came first. */
struct device_start {
    int64_t time; /* ns */
    uint64_t packet, stream;
};

/* It begins at a cache line; what every report needs stands first. */
struct device {
    char id[DEVICE_ID_MAX + 1];    /* empty: reports of no known device */
    struct command *commands;      /* that wait for an answer, the oldest; NULL = none. See frame/exchange.c */
    struct judge *judge;           /* of reports that are judged as they come; NULL = none yet */
    uint64_t rows;                 /* this and what follows is of its rows, up to where it says otherwise */
    uint32_t context, frame_flags; /* union */
    int64_t first_seen, last_seen; /* capture time, ns */
    bool has_dialect[S7_DIALECT_COUNT];
    uint32_t number;               /* not of the rows: from 1 as they came, 0: no known device */
    uint64_t kinds[S7_KIND_COUNT]; /* the rarer ones last */
    uint64_t untimed_rows;         /* those without a capture time */
    int64_t first_time, last_time; /* device time, s; INT64_MAX, INT64_MIN = none */
    double distance;               /* metres */
    struct clock_findings clock;
    uint64_t unmarked;         /* what hindsight would say of its clock, had it not been too much */
    uint64_t streams;          /* conversations that it took part in */
    struct device_start start; /* when it came first */
    unsigned command_count;    /* of commands */
    bool late, late_unfixed;   /* reports were sent late without the flag stored: fixes; others that say their time */
    bool marked;               /* one that came before has an id that differs in case only */
};
#define DEVICE_HOT (offsetof(struct device, kinds[S7_KIND_PASSTHROUGH]))

struct devices;
/* max: of ids; reports of further ones are those of no known device. */
#define DEVICES_MAX ((size_t)262144)
struct devices *devices_new(size_t max);
/* How often devices_get() met one of them. */
uint64_t devices_refused(const struct devices *devices);
/* The device with this id, made if it is new. "", or if there are too many: that of no known device. */
struct device *devices_get(struct devices *devices, const char *id);
/* The one that there is with this id; NULL = none. */
struct device *devices_find(const struct devices *devices, const char *id);
/* The device with this number: 0 to devices_count(). */
struct device *devices_at(const struct devices *devices, uint32_t number);
uint32_t devices_count(const struct devices *devices);
/* The sum of all. */
uint64_t devices_unmarked(const struct devices *devices);
/* Those with rows, by id, without that of no known device: of struct device. The caller's to unref. */
GPtrArray *devices_with_rows(const struct devices *devices);
void devices_free(struct devices *devices);

/* Which reports are wanted. */
struct selection {
    GHashTable *devices;  /* set of ids; NULL = all */
    int64_t since, until; /* capture time in ns, both inclusive */
};

/* time: when the packet was captured that completed the frame. What has none may be of any: it is never left out for
 * it. */
static inline bool selection_has(const struct selection *selection, int64_t time, bool untimed, const char *id)
{
    bool in_time = untimed || (time >= selection->since && time <= selection->until);
    return in_time && (!selection->devices || g_hash_table_contains(selection->devices, id));
}

/* One row more. time: likewise. */
static inline void device_count(struct device *device, enum s7_dialect dialect, enum s7_kind kind, uint32_t context,
                                int64_t time, bool untimed)
{
    device->rows++;
    device->kinds[kind]++;
    device->has_dialect[dialect] = true;
    device->context |= context;
    if (untimed) {
        device->untimed_rows++;
        return;
    }
    device->first_seen = MIN(device->first_seen, time);
    device->last_seen = MAX(device->last_seen, time);
}

#endif
