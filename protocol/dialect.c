/* SPDX-License-Identifier: GPL-2.0-or-later
 * The table of dialects, and what is told by going through it.
 * A new dialect is an entry here; CONTRIBUTING.md says what else it needs. */
#include "dialect.h"

#include "builder.h"

const char *const s7_dialect_names[S7_DIALECT_COUNT] = {"gotop", "startek", "fifotrack"};

/* Length and checksum of a proven frame say whose it is, unless the length is not the declared one. */
static bool is_checked(const struct s7_message *message)
{
    return !(message->flags & S7_FLAG_BIT(LENGTH_WRONG));
}

static bool proves_checked(const uint8_t *data, const struct s7_message *message)
{
    (void)data;
    return is_checked(message);
}

const struct s7_form s7_forms[S7_DIALECT_COUNT] = {
    [S7_GOTOP] = {1, s7_gotop_opens, s7_gotop_scan, s7_gotop_good, s7_gotop_decode, s7_gotop_usual, s7_gotop_proves,
                  s7_gotop_counts},
    [S7_STARTEK] = {2, s7_startek_opens, s7_startek_scan, s7_startek_good, s7_startek_decode, s7_startek_usual,
                    proves_checked, is_checked},
    [S7_FIFOTRACK] = {2, s7_fifotrack_opens, s7_fifotrack_scan, s7_fifotrack_good, s7_fifotrack_decode,
                      s7_fifotrack_usual, proves_checked, is_checked},
};

const uint8_t s7_trial[S7_DIALECT_COUNT] = {S7_FIFOTRACK, S7_STARTEK, S7_GOTOP};

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

bool s7_usual(const uint8_t *data, const struct s7_frame *frame, struct s7_usual *usual)
{
    return frame->flags == 0 && frame->id_length > 0 && s7_forms[frame->dialect].usual(data, frame, usual);
}

bool s7_proves(const uint8_t *data, const struct s7_message *message)
{
    return message->proven && s7_forms[message->dialect].proves(data, message);
}

bool s7_counts_among_others(const struct s7_message *message)
{
    return message->proven && s7_forms[message->dialect].counts(message);
}
