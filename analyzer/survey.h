/* SPDX-License-Identifier: GPL-2.0-or-later
 * A look at several inputs before they are read: how far the clocks are apart by which they were captured. */
#ifndef SURVEY_H
#define SURVEY_H

#include "base/clocks.h"
#include "capture/inputs.h"

/* Packets that are looked at, of all inputs together: the first of each. */
#define SURVEY_PACKETS ((size_t)1 << 20)

/* Gives the clocks of each input their numbers. ports: of uint16_t, NULL = any. NULL: there is one clock, or none that
 * can be looked at. The caller's to free with g_free(). */
struct clocks *survey_clocks(struct inputs *inputs, const GArray *ports);

#endif
