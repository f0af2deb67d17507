/* SPDX-License-Identifier: GPL-2.0-or-later
 * The second step from record files: what --from asks for. Takes checked options, gives the exit status. */
#ifndef TELL_H
#define TELL_H

#include "options.h"

enum exit_status tell_run(const struct options *options);

#endif
