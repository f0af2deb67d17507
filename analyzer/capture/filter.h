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
/* Of the packets that did not pass so far. */
struct filter_kept {
    uint64_t tagged;    /* stood in a VLAN, in MPLS or in PPPoE: an expression sees those only if it says so */
    uint64_t fragments; /* of IP, not the first: they have no ports */
    uint64_t unknown;   /* of a link type that libpcap has no filter for */
};
const struct filter_kept *filter_kept(const struct filter *filter);
void filter_free(struct filter *filter);

#endif
