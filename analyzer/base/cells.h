/* SPDX-License-Identifier: GPL-2.0-or-later
 * Single cells of a finished CSV line: for the few that are only known later. */
#ifndef CELLS_H
#define CELLS_H

#include <glib.h>

/* Place of the column in a header line, from 0; it must be there. */
unsigned cells_column(const char *header, const char *name);
/* Replaces the cell by a text that needs no quotes. line: one whole line as RFC 4180 has it. */
void cells_replace(GString *line, unsigned column, const GString *text);

#endif
