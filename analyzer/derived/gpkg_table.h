/* SPDX-License-Identifier: GPL-2.0-or-later
 * A table of timeline.gpkg with the rows of one of the small tables in CSV: devices, streams. Takes their lines. */
#ifndef GPKG_TABLE_H
#define GPKG_TABLE_H

#include "derived/gpkg.h"

struct gpkg_table;

/* header: the names of the columns, with commas between them; a line end may follow. */
struct gpkg_table *gpkg_table_new(struct gpkg *gpkg, const char *name, const char *header);
/* A line of CSV without its guard, with its line end. */
void gpkg_table_line(struct gpkg_table *table, const char *line, size_t length);
/* NULL is allowed. */
void gpkg_table_free(struct gpkg_table *table);

#endif
