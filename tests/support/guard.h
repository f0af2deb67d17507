/* SPDX-License-Identifier: GPL-2.0-or-later
 * Memory that ends at a page nobody may touch: code that reads one byte too far dies at once. */
#ifndef GUARD_H
#define GUARD_H

#include <stddef.h>
#include <stdint.h>

/* Copies length bytes (at most 1 MiB) so that the last one stands just before the protected page. The copy is valid
 * until the next call; there is one region a process. */
const uint8_t *guard_copy(const uint8_t *data, size_t length);

#endif
