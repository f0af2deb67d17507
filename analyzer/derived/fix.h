/* SPDX-License-Identifier: GPL-2.0-or-later
 * A current fix as it stands on a map: from a row of the timeline, with the digits that the device sent. Says whose
 * time can be believed to be UTC (docs/TRACKS.md, "Times"). */
#ifndef FIX_H
#define FIX_H

#include "base/text.h"
#include "digits.h"
#include "life/teller.h"

enum fix_clock {
    FIX_NO_CLOCK,      /* no time that is known to be UTC */
    FIX_DEVICE_CLOCK,  /* the device's, of a dialect whose clock is UTC; whole seconds */
    FIX_CAPTURE_CLOCK, /* of the capture: the report is live */
    FIX_CLOCKS
};
/* "none", "device", "capture" */
extern const char *const fix_clock_names[FIX_CLOCKS];

/* value / 10^digits */
struct fix_number {
    int64_t value;
    uint8_t digits;
    bool sent;
};

/* Can be copied as it is; what stands behind it are its packets. */
struct fix {
    uint64_t row;         /* number in the timeline */
    int64_t time;         /* ns since 1970, UTC; LIFE_NO_TIME without a clock */
    int64_t device_time;  /* as the row has it */
    int64_t capture_time; /* the same */
    struct position position;
    struct fix_number latitude, longitude, altitude, speed, course, satellites, hdop;
    uint8_t clock;           /* enum fix_clock */
    uint32_t packets_length; /* bytes of the text of its packets, as in the timeline */
};

/* Whose time a row's is, and which. */
enum fix_clock fix_clock_of(const struct life_row *row, const struct device *device, int64_t *time);
/* The row must have a position. Packets are left out. */
void fix_read(struct fix *fix, const struct life_row *row, const struct device *device);

/* Numbers as the timeline has them; at most S7_DECIMAL_MAX bytes. It must have been sent. */
static inline char *fix_put_number(char *at, const struct fix_number *number)
{
    return s7_put_decimal(at, number->value, number->digits);
}
double fix_double(const struct fix_number *number);

/* 2026-03-08T05:58:30Z, or with three decimals, cut and not rounded, if the clock has them. The text of the clock is
 * kept in *text. At most TEXT_TIME_SIZE bytes are written. */
char *fix_put_time(char *at, struct text_clock *text, enum fix_clock clock, int64_t time);

#endif
