/* SPDX-License-Identifier: GPL-2.0-or-later
 * timesketch.jsonl: what Timesketch imports: for each clock of a report, and for each event, one line. */
#ifndef TIMESKETCH_H
#define TIMESKETCH_H

#include "derived/joint.h"

struct timesketch_options {
    struct joint *joint;
    bool show_secrets;
};

/* The options must stay. */
struct teller timesketch_teller(struct timesketch_options *options);

#endif
