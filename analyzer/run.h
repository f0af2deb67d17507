/* SPDX-License-Identifier: GPL-2.0-or-later
 * One run: reads the inputs through all rooms and writes the results. Takes checked options, gives the exit status. */
#ifndef RUN_H
#define RUN_H

#include "options.h"

enum exit_status run_all(const struct options *options);

#endif
