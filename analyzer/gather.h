/* SPDX-License-Identifier: GPL-2.0-or-later
 * The results of all parts become those of one run: what --gather asks for. Takes checked options, gives the exit
 * status. */
#ifndef GATHER_H
#define GATHER_H

#include "options.h"

enum exit_status gather_run(const struct options *options);

#endif
