/* SPDX-License-Identifier: GPL-2.0-or-later
 * What went wrong in a run: says it on standard error and gives the exit status. */
#ifndef VERDICT_H
#define VERDICT_H

#include "analysis.h"

/* One line with the name of the program in front. */
void verdict_complain(const char *message);
/* what: an input or an option. */
void verdict_complain_of(const char *what, const char *why);

/* Does the ledger balance, and could all records be read again? */
bool verdict_is_balanced(const struct analysis *analysis);
/* Says what went wrong; returns the gravest status. */
enum exit_status verdict_judge(const struct analysis *analysis);

#endif
