/* SPDX-License-Identifier: GPL-2.0-or-later
 * The limits of a run by their names in the manifest, and how often each was reached. */
#ifndef LIMITS_REACHED_H
#define LIMITS_REACHED_H

#include "analysis.h"

struct analysis_limit {
    const char *name;
    uint64_t limit, reached;
};
#define ANALYSIS_LIMITS 20
void analysis_limits(const struct analysis *analysis, struct analysis_limit limits[ANALYSIS_LIMITS]);

#endif
