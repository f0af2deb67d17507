/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the files of the startek decoder share: startek.c (header, commands), startek_report.c and others.
 * Internal to protocol/. */
#ifndef S7_STARTEK_H
#define S7_STARTEK_H

#include "report.h"

/* Positions of a report's fields as the document counts them. (docs/STARTEK.md 4) */
#define S7_STARTEK_REPORT_FIELDS 18

/* Data of a report: emits its fields, sets kind and event. With too few fields they become extra fields by position,
 * the kind stays as it is. (docs/STARTEK.md 4) */
void s7_startek_report(struct s7_builder *b, struct s7_span data);

/* What kind of message a report with that event is; negative: it has none. */
enum s7_kind s7_startek_kind(int64_t event);

/* Data of unknown content: if it looks like a report, emits its fields, without kind and event. Returns false, and
 * emits nothing, if it does not. */
bool s7_startek_shaped_report(struct s7_builder *b, struct s7_span data);

/* The fields behind the voltages. tail begins behind the comma that ends the voltages; empty if there is none.
 * (docs/STARTEK.md 4.3) */
void s7_startek_tail(struct s7_builder *b, struct s7_span tail);

/* Data of code 710, emitted as S7_FIELD_SERIAL just before: its lines and their named columns, below it.
 * (docs/STARTEK.md 5) */
void s7_startek_serial(struct s7_builder *b, struct s7_span data);

/* Data of code 990 to 995, emitted as S7_FIELD_EXTRA just before: its numbers, below it. answer: from the device.
 * (docs/STARTEK.md 6) */
void s7_startek_update(struct s7_builder *b, unsigned code, bool answer, struct s7_span data);

/* Event data of event 56: emits one trouble code per group, of OBD with its state. Returns false, and emits nothing, if
 * the data has another form. (docs/STARTEK.md 4.2) */
bool s7_startek_trouble_codes(struct s7_builder *b, struct s7_span span);

#endif
