/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where each device stands among all, by its id: for tables of all devices, whose rows come in another order. */
#ifndef ORDER_H
#define ORDER_H

#include "base/device.h"

/* Ranks by the numbers of the devices; the caller's to free. All devices must be there. */
uint32_t *order_by_id(const struct devices *devices);

#endif
