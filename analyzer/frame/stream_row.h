/* SPDX-License-Identifier: GPL-2.0-or-later
 * A conversation as a row of streams.csv. */
#ifndef STREAM_ROW_H
#define STREAM_ROW_H

#include "frame/stream_state.h"

/* The line of a conversation that is over. */
void stream_row_print(GString *line, const struct stream *stream);

#endif
