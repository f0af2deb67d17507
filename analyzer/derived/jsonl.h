/* SPDX-License-Identifier: GPL-2.0-or-later
 * reports.jsonl: the timelines of all devices, one JSON object a row. docs/reports.schema.json describes it. */
#ifndef JSONL_H
#define JSONL_H

#include "derived/joint.h"

struct jsonl_options {
    struct joint *joint;
    bool show_secrets;
};

/* The options must stay. */
struct teller jsonl_teller(struct jsonl_options *options);

#endif
