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
    const char *device_id;  /* of the conversation, for a command without one; NULL if unknown */
    const char *counted_id; /* the device for which the frame counts, NULL if unknown or if the frame is unproven */
    const char *peer;       /* the address that it spoke with, as text */
    const struct relation *relation;
    unsigned stream; /* number of the conversation */
    int proto;
};

void tree_register(void);

/* Does anybody look at what the protocol adds to the tree? Wireshark makes trees for others, too: a display filter, a
 * column or a statistic of another protocol. False for NULL. */
bool tree_is_wanted(proto_tree *tree, int proto);

/* Appends the frame to the tree as an item of its own. If nobody looks, only the expert items are recorded. */
void tree_add_frame(proto_tree *tree, const struct tree_frame *frame);

/* Bytes that are in no frame. */
struct tree_leftover {
    packet_info *pinfo;
    tvbuff_t *tvb;
    int offset, length;
    enum s7_reason reason;
    const char *other; /* the protocol that they look like, NULL if none */
    unsigned stream;
    const char *device_id; /* of the conversation, NULL if unknown */
    int proto;
};

/* Appends them to the tree as an item of its own. Separators get no device and no expert item. */
void tree_add_leftover(proto_tree *tree, const struct tree_leftover *leftover);

/* Appends an item for a packet that is not ours but looks like another protocol. */
void tree_add_other(proto_tree *tree, tvbuff_t *tvb, int proto, const char *other);

#endif
