/* SPDX-License-Identifier: GPL-2.0-or-later
 * What happened to a device: hands its rows to the tellers. */
#include "life/life.h"

struct life {
    const struct life_options *options;
    struct life_turn turn;
    void **states; /* of the tellers */
};

struct life *life_new(const struct life_options *options, const struct life_turn *turn)
{
    struct life *life = g_new0(struct life, 1);
    life->options = options;
    life->turn = *turn;
    life->states = g_new0(void *, options->count);
    for (size_t i = 0; i < options->count; i++)
        if (options->tellers[i].open)
            life->states[i] = options->tellers[i].open(options->tellers[i].shared, &life->turn);
    return life;
}

void life_begin(struct life *life, const struct device *device)
{
    for (size_t i = 0; i < life->options->count; i++)
        if (life->options->tellers[i].begin)
            life->options->tellers[i].begin(life->states[i], device);
}

void life_row(struct life *life, const struct life_row *row)
{
    for (size_t i = 0; i < life->options->count; i++)
        if (life->options->tellers[i].row)
            life->options->tellers[i].row(life->states[i], row);
}

void life_end(struct life *life)
{
    for (size_t i = 0; i < life->options->count; i++)
        if (life->options->tellers[i].end)
            life->options->tellers[i].end(life->states[i]);
}

void life_free(struct life *life)
{
    if (!life)
        return;
    for (size_t i = 0; i < life->options->count; i++)
        if (life->options->tellers[i].close)
            life->options->tellers[i].close(life->states[i]);
    g_free(life->states);
    g_free(life);
}
