/* SPDX-License-Identifier: GPL-2.0-or-later
 * A decoded frame as a packet tree: one item a field, on the field's own bytes, with an expert item for each flag.
 * Takes a tvb that is exactly the frame, and its message. */
#ifndef TREE_H
#define TREE_H

#include "fields.h"
#include "relation.h"

/* What one frame is shown from. */
struct tree_frame {
    packet_info *pinfo;
    tvbuff_t *tvb;       /* the frame, nothing else */
    const uint8_t *data; /* its first byte */
    const struct s7_message *message;
    const char *summary;
    const char *device_id; /* of the conversation, for a command without one; NULL if unknown */
    const struct relation *relation;
    int proto;
};

/* Appends the frame to the tree as an item of its own. tree may be NULL: then only the expert items are recorded. */
void tree_add_frame(proto_tree *tree, const struct tree_frame *frame);

/* Appends bytes that are in no frame. reason: enum s7_reason. Separators get no expert item. */
void tree_add_leftover(proto_tree *tree, packet_info *pinfo, int proto, tvbuff_t *tvb, int offset, int length,
                       unsigned reason);

#endif
