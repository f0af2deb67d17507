/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the times of a device say of its clock: another time zone (docs/PROTOCOL.md 10.6), or a GPS week number that
 * began anew. Takes reports in capture order, gives flags and findings; no time is ever changed. */
#ifndef CLOCK_H
#define CLOCK_H

#include "base/device.h"
#include "device/hindsight.h"

/* All zero at first. */
struct clock {
    int64_t since; /* capture time of the first of the reports that agree, ns */
    int64_t first; /* its own time, s */
    int16_t quarters;
    uint16_t agreeing; /* live reports in a row whose clock is so many quarters of an hour ahead of UTC */
};

/* The flags clock_offset and week_rollover of a report that says its time. stored: it is not live. What is found is
 * added to findings. */
uint32_t clock_judge(struct clock *clock, struct clock_findings *findings, const struct said *said, bool stored);

/* Finding number n (from 0) in words, "device clock looks like UTC+08:00", and the rows it is made of; false if there
 * is none. */
#define CLOCK_TEXT_SIZE 64
bool clock_finding(const struct clock_findings *findings, unsigned n, char text[CLOCK_TEXT_SIZE], uint64_t *rows);

#endif
