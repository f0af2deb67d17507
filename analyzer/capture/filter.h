/* SPDX-License-Identifier: GPL-2.0-or-later
 * A capture filter in libpcap's language, for packets of any link type: compiled once for each. */
#ifndef FILTER_H
#define FILTER_H

#include "capture/capture.h"

struct filter;

struct filter *filter_new(const char *expression);
/* Can it be compiled for that link type (-1: for any that packets of devices come with)? If not, *why says why; the
 * caller frees it. */
bool filter_check(struct filter *filter, int link_type, char **why);
/* Does the packet match? None does on a link type for which the filter cannot be compiled. */
bool filter_passes(struct filter *filter, const struct record *record);
/* NULL is allowed. */
void filter_free(struct filter *filter);

#endif
