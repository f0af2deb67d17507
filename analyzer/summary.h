/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a person reads at the end: one screen, nothing left out silently. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "analysis.h"

#include <stdio.h>

void summary_print(const struct analysis *analysis, FILE *to, enum exit_status status);

#endif
