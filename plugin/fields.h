/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the plugin registers with Wireshark: filter fields, subtrees and expert items, made from the tables of
 * protocol/. Takes the number of the protocol, gives the numbers that the tree is built with. */
#ifndef FIELDS_H
#define FIELDS_H

#include "compat.h"

#include <epan/expert.h>
#include <epan/proto.h>

#include "message.h"

/* One bit of a bit field, a line of bits.def. */
struct fields_bit {
    enum s7_field_id field;
    unsigned bit;
    int hf;
};

enum {
    FIELDS_BIT_COUNT = 0
#define BIT(field, bit, filter, label, set, clear) +1
#include "bits.def"
#undef BIT
};

extern int fields_hf[S7_FIELD_COUNT];
extern int fields_ett[S7_FIELD_COUNT]; /* of a field that has others below it */
extern struct fields_bit fields_bits[FIELDS_BIT_COUNT];
extern expert_field fields_ei[S7_FLAG_COUNT];

/* What stands beside the frames: bytes that are in none. */
extern int fields_hf_leftover, fields_hf_leftover_reason, fields_hf_other;
extern expert_field fields_ei_leftover;

/* What a sound frame says that a reader may look for. */
extern expert_field fields_ei_event, fields_ei_alarm, fields_ei_rejected, fields_ei_default_password;

/* Links between frames. */
extern int fields_hf_request_in, fields_hf_response_in, fields_hf_response_time, fields_hf_previous_report,
    fields_hf_next_report, fields_hf_stream;

/* What follows from a report: its coordinates as one text, capture time minus device time. */
extern int fields_hf_position, fields_hf_skew;

/* The two sides of a frame, as texts: what Endpoints and Conversations filter by. */
extern int fields_hf_source, fields_hf_destination, fields_hf_side;

extern int fields_ett_frame;    /* the protocol's own item */
extern int fields_ett_unproven; /* the fields of a frame that is not used as a report */

void fields_register(int proto);

/* The filter field for that field: a hexadecimal one is as wide as the digits that were sent, in whole bytes. 0 if its
 * value has more than 32 bits: then there is none. */
int fields_of(const struct s7_field *field);

/* Bits of that field that bits.def does not name, all bits if the field has none. */
uint64_t fields_unnamed_bits(enum s7_field_id id);

#endif
