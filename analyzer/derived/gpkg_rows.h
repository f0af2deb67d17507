/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reports, fixes and events of timeline.gpkg: a teller that writes them device by device. */
#ifndef GPKG_ROWS_H
#define GPKG_ROWS_H

#include "derived/gpkg.h"
#include "life/teller.h"

struct gpkg_rows;

struct gpkg_rows *gpkg_rows_new(struct gpkg *gpkg, bool show_secrets);
struct teller gpkg_rows_teller(struct gpkg_rows *rows);
/* NULL is allowed. */
void gpkg_rows_free(struct gpkg_rows *rows);

#endif
