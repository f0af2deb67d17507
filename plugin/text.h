/* SPDX-License-Identifier: GPL-2.0-or-later
 * Bytes of a frame as strings that are safe to show, whatever the bytes are. Strings live in the pool given. */
#ifndef TEXT_H
#define TEXT_H

#include "compat.h"

#include <epan/wmem_scopes.h>

#include "message.h"

/* \r, \n, \\ and \xNN for the rest that is not printable ASCII: the form of gotop.frame. */
const char *text_escaped(wmem_allocator_t *pool, const uint8_t *bytes, size_t length);

/* The value of a field as a string: of a text field its bytes as they are if they are UTF-8 without control characters,
 * else escaped (gotop.frame always); of another field what s7_value_print() gives. frame: first byte of the frame. */
const char *text_value(wmem_allocator_t *pool, const uint8_t *frame, const struct s7_field *field);

/* The value with its unit, as a person reads it: "84 %", "22.7634066°", "2012-09-03 16:06:49 (device clock)". */
const char *text_shown(wmem_allocator_t *pool, const uint8_t *frame, const struct s7_field *field);

/* What stands in front of the value of a field of that message: "Fuel, tank 1". */
const char *text_label(wmem_allocator_t *pool, const struct s7_message *message, const struct s7_field *field);

#endif
