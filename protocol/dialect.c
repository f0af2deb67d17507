/* SPDX-License-Identifier: GPL-2.0-or-later
 * The table of dialects, and what is told by going through it. */
#include "dialect.h"

#include "builder.h"

const char *const s7_dialect_names[S7_DIALECT_COUNT] = {
#define DIALECT(identifier, prefix, ...) #prefix,
#include "dialects.def"
#undef DIALECT
};

const struct s7_form s7_forms[S7_DIALECT_COUNT] = {
#define DIALECT(identifier, prefix, proof, head)                                                                       \
    {head, s7_##prefix##_opens, s7_##prefix##_good, s7_##prefix##_decode, s7_##proof##_proves, s7_##proof##_counts},
#include "dialects.def"
#undef DIALECT
};

const uint8_t s7_starts[256] = {
    ['#'] = 1U << S7_GOTOP | 1U << S7_FIFOTRACK,
    ['$'] = 1U << S7_STARTEK | 1U << S7_FIFOTRACK,
    ['&'] = 1U << S7_STARTEK,
    [':'] = 1U << S7_GOTOP,
};

enum s7_opening s7_any_opens(const uint8_t *data, size_t length)
{
    enum s7_opening best = S7_OPEN_NO;
    unsigned set = s7_candidates(data, length);
    for (unsigned dialect = 0; set >> dialect; dialect++) {
        enum s7_opening opens = set >> dialect & 1 ? s7_forms[dialect].opens(data, length) : S7_OPEN_NO;
        best = opens > best ? opens : best;
    }
    return best;
}

bool s7_proves(const uint8_t *data, const struct s7_message *message)
{
    return message->proven && s7_forms[message->dialect].proves(data, message);
}

bool s7_counts_among_others(const struct s7_message *message)
{
    return message->proven && s7_forms[message->dialect].counts(message);
}

bool s7_checked_counts(const struct s7_message *message)
{
    return !(message->flags & S7_FLAG_BIT(LENGTH_WRONG));
}

bool s7_checked_proves(const uint8_t *data, const struct s7_message *message)
{
    (void)data;
    return s7_checked_counts(message);
}
