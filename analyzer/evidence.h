/* SPDX-License-Identifier: GPL-2.0-or-later
 * What report.html says of the run: how much is there, what was lost, what it was made from. Appends HTML. */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "analysis.h"

/* Inputs that are listed; further ones are counted. */
#define EVIDENCE_INPUTS 1000

/* The beginning of the page: what it is, what was found, how it is read. */
void evidence_opening(const struct analysis *analysis, GString *out);
/* What was lost, damaged or passed over. */
void evidence_quality(const struct analysis *analysis, GString *out);
/* Inputs with their hashes, which are computed where they are not known yet; options, parameters of the
 * rules. */
void evidence_inputs(struct analysis *analysis, GString *out);

#endif
