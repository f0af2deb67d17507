/* SPDX-License-Identifier: GPL-2.0-or-later
 * One port, several dialects: decides by the bytes, element by element, what stands in a stream.
 * (docs/PROTOCOL.md 1.1, docs/STARTEK.md 8, docs/FIFOTRACK.md 1.5) */
#include "scanner.h"

#include "dialect.h"

#include <string.h>

const char *const s7_direction_names[2] = {"up", "down"};

const char *const s7_flag_names[S7_FLAG_COUNT] = {
#define FLAG(identifier, name, ...) name,
#include "flags.def"
#undef FLAG
};

const char *const s7_reason_names[S7_LEFTOVER_COUNT] = {
#define LEFTOVER(identifier, name, ...) name,
#include "leftovers.def"
#undef LEFTOVER
};

static const uint8_t reset_text[] = {'R', 'E', 'S', 'E', 'T', '!'};

enum s7_opening s7_reset_opens(const uint8_t *data, size_t length)
{
    size_t n = length < sizeof reset_text ? length : sizeof reset_text;
    if (memcmp(data, reset_text, n) != 0)
        return S7_OPEN_NO;
    return length <= sizeof reset_text ? S7_OPEN_MAYBE : S7_OPEN_YES;
}

/* May a stretch of junk end in front of data[i]? "RESET!" counts behind a separator only. */
static bool may_open(const uint8_t *data, size_t length, size_t i)
{
    if (data[i] == reset_text[0])
        return s7_is_separator(data[i - 1]) && s7_reset_opens(data + i, length - i) != S7_OPEN_NO;
    return s7_any_opens(data + i, length - i) != S7_OPEN_NO;
}

/* How many bytes at data[0] are no opener, at least 1. What may be one ends the stretch. */
static size_t skip_junk(const uint8_t *data, size_t length)
{
    size_t i = 1;
    while (i < length && !may_open(data, length, i))
        i++;
    return i;
}

/* Bytes that look like the start of an opener, but nothing follows. A delimiter alone says nothing. */
static enum s7_scan_result cut_opener(const struct s7_scanner *scanner, const uint8_t *data, size_t length,
                                      struct s7_frame *frame)
{
    bool telling = length > 2 || (length == 2 && data[1] != data[0]) || s7_is_digit(data[0]);
    frame->length = (uint32_t)length;
    frame->reason = telling ? S7_LEFTOVER_TRUNCATED : S7_LEFTOVER_JUNK;
    if (!telling && scanner->stretch)
        frame->reason = (uint8_t)(scanner->stretch - 1);
    return S7_SCAN_LEFTOVER;
}

/* A frame whose length, or the end of which, is not what it should be. */
#define NOT_GOOD (S7_FLAG_BIT(CHECKSUM_BAD) | S7_FLAG_BIT(DAMAGED) | S7_FLAG_BIT(LENGTH_WRONG) | S7_FLAG_BIT(TRUNCATED))

/* The scan of the one dialect in the set. Each is called here and nowhere else, so that it can be inlined. */
static __attribute__((noinline)) enum s7_scan_result scan_dialect(unsigned set, struct s7_scanner *scanner,
                                                                  const uint8_t *data, size_t length, bool end,
                                                                  struct s7_frame *frame, enum s7_opening *opens)
{
    switch (set) {
#define DIALECT(identifier, prefix, ...)                                                                               \
    case 1U << S7_##identifier:                                                                                        \
        return s7_##prefix##_scan(scanner, data, length, end, frame, opens);
#include "dialects.def"
#undef DIALECT
    default:
        *opens = S7_OPEN_NO;
        return S7_SCAN_MORE;
    }
}

/* Several dialects have such an opening: a good frame beats a mere header, else the first that is tried has it. */
static __attribute__((noinline)) enum s7_scan_result scan_rivals(unsigned set, struct s7_scanner *scanner,
                                                                 const uint8_t *data, size_t length, bool end,
                                                                 struct s7_frame *frame, enum s7_opening *opens)
{
    struct s7_frame best = {0};
    enum s7_scan_result best_result = S7_SCAN_MORE;
    *opens = S7_OPEN_NO;
    while (set) {
        unsigned dialect = 31U - (unsigned)__builtin_clz(set);
        enum s7_opening here;
        *frame = (struct s7_frame){0};
        enum s7_scan_result result = scan_dialect(1U << dialect, scanner, data, length, end, frame, &here);
        bool waits = here == S7_OPEN_YES ? result == S7_SCAN_MORE : here == S7_OPEN_MAYBE && !end;
        if (waits || (here == S7_OPEN_YES && result == S7_SCAN_FRAME && (frame->flags & NOT_GOOD) == 0)) {
            *opens = here;
            return result;
        }
        if (here > *opens) {
            best = *frame;
            best_result = result;
            *opens = here;
        }
        set ^= 1U << dialect;
    }
    *frame = best;
    return best_result;
}

/* What opens at data[0], and the scan of it. Returns MORE with *opens MAYBE if that cannot be told yet. */
static inline enum s7_scan_result scan_element(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                               struct s7_frame *frame, enum s7_opening *opens)
{
    unsigned set = scanner->closed && s7_is_digit(data[0]) ? 1U << S7_GOTOP : s7_candidates(data, length);
    if (set & (set - 1))
        return scan_rivals(set, scanner, data, length, end, frame, opens);
    if (set)
        return scan_dialect(set, scanner, data, length, end, frame, opens);
    *opens = S7_OPEN_NO;
    return S7_SCAN_MORE;
}

static enum s7_scan_result scan_reset(const uint8_t *data, size_t length, struct s7_frame *frame)
{
    frame->dialect = S7_GOTOP;
    frame->direction = S7_DOWN;
    frame->shape = S7_SHAPE_RESET;
    frame->length = sizeof reset_text;
    if (length > sizeof reset_text && data[sizeof reset_text] == '1')
        frame->length++;
    return S7_SCAN_FRAME;
}

static enum s7_scan_result scan_leftover(struct s7_scanner *scanner, const uint8_t *data, size_t length,
                                         enum s7_opening opens, struct s7_frame *frame)
{
    if (!scanner->stretch && s7_is_separator(data[0])) {
        size_t i = 1;
        while (i < length && s7_is_separator(data[i]))
            i++;
        frame->length = (uint32_t)i;
        frame->reason = S7_LEFTOVER_SEPARATOR;
        return S7_SCAN_LEFTOVER;
    }
    if (opens == S7_OPEN_TOO_LONG)
        scanner->stretch = 1 + S7_LEFTOVER_TOO_LONG;
    else if (!scanner->stretch)
        scanner->stretch = 1 + S7_LEFTOVER_JUNK;
    frame->length = (uint32_t)skip_junk(data, length);
    frame->reason = (uint8_t)(scanner->stretch - 1);
    return S7_SCAN_LEFTOVER;
}

static enum s7_scan_result scan_at(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                   struct s7_frame *frame)
{
    enum s7_opening opens;
    enum s7_scan_result result = scan_element(scanner, data, length, end, frame, &opens);
    if (opens == S7_OPEN_YES)
        return result;
    if (opens == S7_OPEN_MAYBE)
        return end ? cut_opener(scanner, data, length, frame) : S7_SCAN_MORE;
    if ((!scanner->stretch || scanner->separated == S7_BEHIND_SEPARATOR) && data[0] == reset_text[0]) {
        enum s7_opening reset = s7_reset_opens(data, length);
        if (reset == S7_OPEN_YES || (reset == S7_OPEN_MAYBE && end && length == sizeof reset_text))
            return scan_reset(data, length, frame);
        if (reset == S7_OPEN_MAYBE && !end)
            return S7_SCAN_MORE;
    }
    return scan_leftover(scanner, data, length, opens, frame);
}

/* As what follows the byte takes it: enum s7_before. */
static inline uint8_t what_stands(uint8_t byte)
{
    return s7_is_separator(byte) ? S7_BEHIND_SEPARATOR : byte == '#' ? S7_BEHIND_DELIMITER : S7_BEHIND_OTHER;
}

static inline bool fast_scan_paired(const uint8_t *data, size_t length, struct s7_frame *frame)
{
    if (length < 2 || data[1] != data[0])
        return false;
    if (data[0] == '&')
        return fast_startek_scan(data, length, frame);
    return data[0] == '$' && fast_fifotrack_scan(data, length, frame);
}

/* The frames that nearly all are. Nothing of the scanner's state is left but what they end with. */
static inline bool fast_scan(struct s7_scanner *scanner, const uint8_t *data, size_t length, struct s7_frame *frame)
{
    if ((scanner->searched | scanner->quotes | scanner->line) || s7_within_junk(scanner))
        return false;
    bool gotop = data[0] == '#';
    if (!(gotop ? fast_gotop_scan(data, length, frame) : fast_scan_paired(data, length, frame)))
        return false;
    *scanner = (struct s7_scanner){.closed = gotop, .separated = gotop ? S7_BEHIND_DELIMITER : S7_BEHIND_SEPARATOR};
    return true;
}

enum s7_scan_result s7_scan(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                            struct s7_frame *frame)
{
    if (S7_FAST_PATHS && fast_scan(scanner, data, length, frame))
        return S7_SCAN_FRAME;
    *frame = (struct s7_frame){0};
    enum s7_scan_result result = scan_at(scanner, data, length, end, frame);
    if (result == S7_SCAN_MORE)
        return result;
    scanner->searched = 0;
    scanner->quotes = 0;
    scanner->line = 0;
    scanner->closed = result == S7_SCAN_FRAME && data[frame->length - 1] == '#' && frame->shape == S7_SHAPE_UPLINK;
    scanner->separated = what_stands(data[frame->length - 1]);
    if (result == S7_SCAN_FRAME)
        scanner->stretch = 0;
    return result;
}
