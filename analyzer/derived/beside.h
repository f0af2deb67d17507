/* SPDX-License-Identifier: GPL-2.0-or-later
 * devices/<device_id>.csvt and .prj beside each timeline: the types of its columns and where its coordinates are at
 * home, by OGR's convention. Programs that use OGR then read ids as text and find the points. */
#ifndef BESIDE_H
#define BESIDE_H

#include "life/teller.h"
#include "result/output.h"

struct beside;

/* hash: of what is written. */
struct beside *beside_new(struct output *output, bool hash);
struct teller beside_teller(struct beside *beside);
/* NULL is allowed. */
void beside_free(struct beside *beside);

#endif
