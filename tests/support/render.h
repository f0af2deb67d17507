/* SPDX-License-Identifier: GPL-2.0-or-later
 * A decoded frame as the text of tests/data/frames.expected (its form: tests/data/README.md). */
#ifndef RENDER_H
#define RENDER_H

#include "message.h"

#include <glib.h>

/* Appends the lines "column=value" in the order of the columns, then "details.key=value" in the order of the keys.
 * data: the frame. */
void render_message(GString *out, const guint8 *data, const struct s7_message *message);

#endif
