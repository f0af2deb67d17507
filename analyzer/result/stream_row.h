/* SPDX-License-Identifier: GPL-2.0-or-later
 * A conversation as a row of streams.csv. */
#ifndef STREAM_ROW_H
#define STREAM_ROW_H

#include "frame/stream.h"

/* The header line, and the line of a conversation that is over. Append. */
void stream_row_header(GString *out);
void stream_row_print(GString *out, const struct stream_row *row, bool csv_guard);

#endif
