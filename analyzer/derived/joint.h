/* SPDX-License-Identifier: GPL-2.0-or-later
 * A text file of all devices, one behind the other in their order, whichever thread tells them: each thread prints for
 * itself and waits for its turn only when it has a large piece, or the whole device. */
#ifndef JOINT_H
#define JOINT_H

#include "life/teller.h"
#include "result/table.h"

struct joint {
    struct table table;
};

/* Of one thread. */
struct joint_part {
    struct joint *joint;
    struct life_turn turn;
    GString *text; /* is appended to; joint_row() behind each line */
    bool asked;    /* for the turn of the device */
};

struct joint *joint_new(struct output *output, const char *name, bool hash);
/* NULL is allowed. */
void joint_free(struct joint *joint);
/* All devices are told. */
void joint_finish(struct joint *joint);

void joint_open(struct joint_part *part, struct joint *joint, const struct life_turn *turn);
void joint_begin(struct joint_part *part);
void joint_write(struct joint_part *part);
static inline void joint_row(struct joint_part *part)
{
    if (part->text->len >= TABLE_PIECE)
        joint_write(part);
}
void joint_end(struct joint_part *part);
void joint_close(struct joint_part *part);

#endif
