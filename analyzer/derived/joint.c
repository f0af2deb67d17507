/* SPDX-License-Identifier: GPL-2.0-or-later
 * A text file of all devices. */
#include "derived/joint.h"

struct joint *joint_new(struct output *output, const char *name, bool hash)
{
    struct joint *joint = g_new0(struct joint, 1);
    table_open(&joint->table, output, name, hash);
    return joint;
}

void joint_free(struct joint *joint)
{
    if (!joint)
        return;
    joint_finish(joint);
    table_clear(&joint->table);
    g_free(joint);
}

void joint_finish(struct joint *joint)
{
    if (joint->table.name)
        table_close(&joint->table);
}

void joint_open(struct joint_part *part, struct joint *joint, const struct life_turn *turn)
{
    part->joint = joint;
    part->turn = *turn;
    part->text = g_string_sized_new(TABLE_PIECE);
}

void joint_begin(struct joint_part *part)
{
    part->asked = false;
}

void joint_write(struct joint_part *part)
{
    if (!part->asked)
        part->turn.wait(part->turn.user);
    part->asked = true;
    g_string_append_len(part->joint->table.text, part->text->str, (gssize)part->text->len);
    g_string_truncate(part->text, 0);
    table_row(&part->joint->table);
}

void joint_end(struct joint_part *part)
{
    if (part->text->len > 0)
        joint_write(part);
}

void joint_close(struct joint_part *part)
{
    g_string_free(part->text, TRUE);
    part->text = NULL;
}
