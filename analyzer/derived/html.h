/* SPDX-License-Identifier: GPL-2.0-or-later
 * How values become text in the page: it is HTML and well-formed XML at once, so that strict parsers read it too.
 * Appends to a GString that the caller keeps. */
#ifndef HTML_H
#define HTML_H

#include "base/distance.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Text of whatever origin, for elements and attributes: markup becomes entities, what is not printable \xNN. NULL is
 * the empty text. */
void html_text(GString *out, const char *text);
/* The same where the text comes from the capture: it does not turn the direction of what stands around it. */
void html_foreign(GString *out, const char *text);

/* 12,345 */
void html_count(GString *out, uint64_t count);
/* "1 report", "12,345 reports" */
void html_counted(GString *out, uint64_t count, const char *one, const char *many);
/* So many decimals, as printf() has them. */
void html_fixed(GString *out, double value, unsigned decimals);
/* So many decimals at most, no zeros at their end. */
void html_number(GString *out, double value, unsigned decimals);
/* -12345 */
void html_integer(GString *out, int64_t value);
/* The same in a path: " 12" or "-12" behind another number. */
void html_next_integer(GString *out, int64_t value);
/* A place in a drawing: tenths at most. */
void html_place(GString *out, double value);

/* Seconds since 1970: 2026-11-22 19:45:00. */
#define HTML_MOMENT_SIZE 20
void html_moment(GString *out, int64_t second);
/* The same as an element that programs can read, too. utc: else no zone is known. */
void html_time(GString *out, int64_t second, bool utc);
/* 45 s; 12 min; 3 h 20 min; 4 d 7 h. */
void html_duration(GString *out, int64_t seconds);
/* The same as an element with the seconds, and of a way with the metres: 640 m, 12.3 km. */
void html_duration_cell(GString *out, int64_t seconds);
void html_distance_cell(GString *out, double metres);
/* 52.516300, 13.377700; nothing if it is nowhere. */
void html_position(GString *out, struct position position);
/* 1e-7 degrees as 52.5163. */
void html_degrees(GString *out, int32_t degrees);

#endif
