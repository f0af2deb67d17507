/* SPDX-License-Identifier: GPL-2.0-or-later
 * A file of the results that SQLite writes: it gets a descriptor in place of a name, follows no link, makes no second
 * file, and knows neither the time nor chance. */
#ifndef GPKG_FILE_H
#define GPKG_FILE_H

#include "result/output.h"

#include <sqlite3.h>

struct gpkg_file;

/* Makes the file and opens it as an empty database; *database is NULL on error (kept in the output). */
struct gpkg_file *gpkg_file_new(struct output *output, const char *name, sqlite3 **database);
/* The database must be closed. NULL is allowed. */
void gpkg_file_free(struct gpkg_file *file);

#endif
