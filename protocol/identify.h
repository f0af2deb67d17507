/* SPDX-License-Identifier: GPL-2.0-or-later
 * The quick look at a frame of the form that nearly all have, for hosts that only count.
 * Takes a frame that the scanner found, gives its kind and its id, or leaves it to s7_identify(). */
#ifndef S7_IDENTIFY_H
#define S7_IDENTIFY_H

#include "message.h"

/* Bytes of a gotop report from its code to its speed that are remembered: more than are usual. */
enum { S7_REPORT_FORM_MAX = 96 };

/* What the last gotop report with a body looked like: each digit is a 0. Those that look alike are of one kind. */
struct s7_report_form {
    uint32_t length; /* 0: there was none */
    enum s7_kind kind;
    uint8_t bytes[S7_REPORT_FORM_MAX];
};

/* A report from a device that is proven and has a listed code. All zero before the first call. */
struct s7_usual {
    enum s7_kind kind;
    uint32_t id_offset, id_length;
    struct s7_report_form form; /* kept from call to call */
};

/* False if the frame has not the usual form; then s7_identify() tells. What it says of a frame is what s7_decode()
 * says, but for flags of values. */
bool s7_usual(const uint8_t *data, const struct s7_frame *frame, struct s7_usual *usual);

#endif
