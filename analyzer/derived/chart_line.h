/* SPDX-License-Identifier: GPL-2.0-or-later
 * Draws one measure as lines over the axis of time, each tank or sensor in its own dashes, with its scale. */
#ifndef CHART_LINE_H
#define CHART_LINE_H

#include "derived/axis.h"
#include "derived/canvas.h"

/* Between top and bottom. There is a value. */
void chart_line_draw(const struct axis *axis, const struct canvas *canvas, enum canvas_measure measure, double top,
                     double bottom, GString *out);

#endif
