/* SPDX-License-Identifier: GPL-2.0-or-later
 * The columns of a row as members of a JSON object, and what else of a row is needed in forms that are no CSV. Numbers
 * keep the digits that the device sent; ids, hexadecimal and text are strings; secrets are masked as in the timeline.
 */
#ifndef CELLS_H
#define CELLS_H

#include "derived/piece.h"
#include "life/teller.h"
#include "result/printer.h"

/* For one thread; the report at hand. */
struct cells {
    struct printer printer;
    struct pen_word keys[ROW_COLUMNS]; /* ,"latitude": */
    const struct s7_message *message;
    struct row_facts facts;
    struct row_source source;
};

void cells_init(struct cells *cells, bool show_secrets);
void cells_take(struct cells *cells, const struct report *report);
/* Bytes that all columns together may take as JSON. */
size_t cells_bound(const struct cells *cells);

/* Members from valid to serial, those that were sent, each with a comma before it. but: a set of fields by id that are
 * left out. Columns of several values: as arrays, or as text, as the timeline has them. */
#define CELLS_BIT(field) (UINT64_C(1) << S7_FIELD_##field)
enum cells_lists { CELLS_ARRAYS, CELLS_TEXTS };
char *cells_put_reported(const struct cells *cells, char *at, uint64_t but, enum cells_lists lists);
/* Members from source to stream, each with a comma before it; in room of its own, ROW_PATH_MAX and 64. */
char *cells_put_path(const struct cells *cells, char *at);
/* Strings, with their quotes. */
char *cells_put_code(const struct cells *cells, char *at);
char *cells_put_device_time(const struct cells *cells, char *at);
char *cells_put_raw(const struct cells *cells, char *at);
/* Arrays of strings. */
char *cells_put_flags(const struct cells *cells, char *at);
char *cells_put_packets(const struct cells *cells, char *at);
/* An object; at as it was if there is none. */
char *cells_put_details(const struct cells *cells, char *at);

/* The same texts as they stand in the timeline, without quotes. */
char *cells_put_raw_text(const struct cells *cells, char *at);
char *cells_put_packet_text(const struct cells *cells, char *at);
/* Of a field with several values: 1=4.56;2=0.00 */
char *cells_put_values(const struct cells *cells, char *at, const struct s7_field *field);
char *cells_put_field_text(const struct cells *cells, char *at, const struct s7_field *field);

/* The fields that cells_put_reported() has, by id. */
uint64_t cells_reported(const struct cells *cells);

#endif
