/* SPDX-License-Identifier: GPL-2.0-or-later
 * See inside.h. The sums are made once a search, however many headers there are. */
#include "inside.h"

#include "dialect.h"

static void add_up(struct s7_inside *inside)
{
    if (inside->summed)
        return;
    inside->summed = true;
    inside->sum[0] = inside->parity[0] = 0;
    for (size_t i = 0; i < inside->length; i++) {
        inside->sum[i + 1] = (uint8_t)(inside->sum[i] + inside->data[i]);
        inside->parity[i + 1] = inside->parity[i] ^ inside->data[i];
    }
}

uint8_t s7_inside_sum(struct s7_inside *inside, size_t from, size_t to)
{
    add_up(inside);
    return (uint8_t)(inside->sum[to] - inside->sum[from]);
}

uint8_t s7_inside_parity(struct s7_inside *inside, size_t from, size_t to)
{
    add_up(inside);
    return inside->parity[to] ^ inside->parity[from];
}

struct s7_message *s7_inside_message(struct s7_inside *inside)
{
    if (!inside->decoded)
        memset(inside->message, 0, sizeof *inside->message);
    inside->decoded = true;
    return inside->message;
}

/* Does a good frame of any dialect begin there? */
static enum s7_opening begins(struct s7_inside *inside, size_t at)
{
    enum s7_opening best = S7_OPEN_NO;
    unsigned set = s7_candidates(inside->data + at, inside->length - at);
    size_t needed = SIZE_MAX;
    for (unsigned dialect = 0; set >> dialect && best != S7_OPEN_YES; dialect++) {
        enum s7_opening good = set >> dialect & 1 ? s7_forms[dialect].good(inside, at) : S7_OPEN_NO;
        if (good == S7_OPEN_MAYBE && inside->needed < needed)
            needed = inside->needed;
        best = good > best ? good : best;
    }
    inside->needed = needed;
    return best;
}

struct s7_good s7_good_inside(const uint8_t *data, size_t length, size_t from, size_t limit, bool end, bool strict)
{
    struct s7_message message;
    struct s7_inside inside; /* what is not set here is made when it is asked for */
    inside.data = data;
    inside.length = length < S7_ELEMENT_MAX ? length : S7_ELEMENT_MAX;
    inside.limit = limit;
    inside.strict = strict;
    inside.summed = inside.decoded = false;
    inside.message = &message;
    size_t stop = limit < inside.length ? limit : inside.length;
    struct s7_good found = {stop, 0, stop};
    for (size_t i = from; i < stop; i++) {
        if (s7_starts[data[i]] == 0)
            continue;
        enum s7_opening opens = begins(&inside, i);
        if (opens == S7_OPEN_NO)
            continue;
        bool waits = opens == S7_OPEN_MAYBE && !end && inside.needed <= S7_ELEMENT_MAX;
        if (opens == S7_OPEN_YES || waits) {
            found.at = i;
            found.needed = waits ? inside.needed : 0;
            return found;
        }
        if (found.unsure == stop)
            found.unsure = i;
    }
    return found;
}
