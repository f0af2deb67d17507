/* SPDX-License-Identifier: GPL-2.0-or-later
 * A current fix as it stands on a map: from a row of the timeline, with the digits that the device sent. Says whose
 * time can be believed to be UTC (docs/TRACKS.md, "Times"). */
#ifndef MAP_FIX_H
#define MAP_FIX_H

#include "base/text.h"
#include "digits.h"
#include "life/teller.h"

enum map_clock {
    MAP_NO_CLOCK,      /* no time that is known to be UTC */
    MAP_DEVICE_CLOCK,  /* the device's, of a dialect whose clock is UTC; whole seconds */
    MAP_CAPTURE_CLOCK, /* of the capture: the report is live */
    MAP_CLOCKS
};
/* "none", "device", "capture" */
extern const char *const map_clock_names[MAP_CLOCKS];

/* value / 10^digits */
struct map_number {
    int64_t value;
    uint8_t digits;
    bool sent;
};

/* Can be copied as it is; what stands behind it are its packets. */
struct map_fix {
    uint64_t row;         /* number in the timeline */
    int64_t time;         /* ns since 1970, UTC; LIFE_NO_TIME without a clock */
    int64_t device_time;  /* as the row has it */
    int64_t capture_time; /* the same */
    struct position position;
    struct map_number latitude, longitude, altitude, speed, course, satellites, hdop;
    uint8_t clock;           /* enum map_clock */
    uint32_t packets_length; /* bytes of the text of its packets, as in the timeline */
};

/* Whose time a row's is, and which. */
enum map_clock map_clock_of(const struct life_row *row, const struct device *device, int64_t *time);
/* The row must have a position. Packets are left out. */
void map_fix_read(struct map_fix *fix, const struct life_row *row, const struct device *device);

/* Numbers as the timeline has them; at most S7_DECIMAL_MAX bytes. It must have been sent. */
static inline char *map_put_number(char *at, const struct map_number *number)
{
    return s7_put_decimal(at, number->value, number->digits);
}
double map_double(const struct map_number *number);

/* 2026-03-08T05:58:30Z, or with three decimals, cut and not rounded, if the clock has them. The text of the clock is
 * kept in *text. At most TEXT_TIME_SIZE bytes are written. */
char *map_put_time(char *at, struct text_clock *text, enum map_clock clock, int64_t time);

#endif
