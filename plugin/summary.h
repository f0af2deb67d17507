/* SPDX-License-Identifier: GPL-2.0-or-later
 * One line about a frame: for the Info column and the protocol's own item in the tree. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "text.h"

/* "353327020115804 position 22.7634066, 114.3964783, 0.0 km/h, battery 84 %"; of an unproven frame only its flags, kind
 * of frame and size: "[checksum_bad] startek frame, 158 bytes". Secrets of commands are left out. The string lives in
 * pool. */
const char *summary_text(wmem_allocator_t *pool, const uint8_t *frame, size_t length, const struct s7_message *message);

#endif
