/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the files of the fifotrack decoder share: fifotrack.c (header, types, commands), fifotrack_report.c and others.
 * Internal to protocol/. */
#ifndef S7_FIFOTRACK_H
#define S7_FIFOTRACK_H

#include "report.h"

/* Fields of a report that must be there, as the document counts them. (docs/FIFOTRACK.md 4) */
#define S7_FIFOTRACK_REPORT_FIELDS 15

/* Data of A00 or A01, ignition: of A01, where input 2 is taken for it: emits its fields, sets event. With too few
 * fields they become extra fields by position. (docs/FIFOTRACK.md 4) */
void s7_fifotrack_report(struct s7_builder *b, struct s7_span data, bool ignition);

/* Data of unknown content: if its fields 2 to 5 have the forms of a report, emits it as one, without event. Returns
 * false, and emits nothing, if not. (docs/FIFOTRACK.md 3, 9.28) */
bool s7_fifotrack_shaped_report(struct s7_builder *b, struct s7_span data);

/* Data of A03: emits its fields, sets event. (docs/FIFOTRACK.md 5) */
void s7_fifotrack_asset(struct s7_builder *b, struct s7_span data);

/* Status with the numbers in it (docs/FIFOTRACK.md 4.1), the list of voltages with what may be said of it (4.2), and
 * the fields behind it, from field 16 on; tail is empty if there are none (4.4). */
void s7_fifotrack_status(struct s7_builder *b, struct s7_span span);
void s7_fifotrack_voltages(struct s7_builder *b, struct s7_span span);
void s7_fifotrack_tail(struct s7_builder *b, struct s7_span tail);

/* Data of the answers to C03 and C06. (docs/FIFOTRACK.md 7) */
void s7_fifotrack_supply(struct s7_builder *b, struct s7_span data);
void s7_fifotrack_basics(struct s7_builder *b, struct s7_span data);

/* Has the data as many fields as the announcement of a picture? */
bool s7_fifotrack_announces(const struct s7_builder *b, struct s7_span data);
/* Data of such a D05: emits its fields and sets kind and event; of D06: picture, place and bytes of a package.
 * (docs/FIFOTRACK.md 6) */
void s7_fifotrack_announcement(struct s7_builder *b, struct s7_span data);
void s7_fifotrack_package(struct s7_builder *b, struct s7_span data);

#endif
