/* SPDX-License-Identifier: GPL-2.0-or-later
 * Framing of the startek dialect: header, declared length, checksum, and what to do when they disagree.
 * (docs/STARTEK.md 1.1 and 1.2) */
#include "blocks.h"
#include "dialect.h"
#include "inside.h"
#include "line.h"

/* Where the parts of a header stand. */
struct header {
    uint32_t head;     /* bytes before the comma in front of the id */
    uint32_t declared; /* length as declared */
    uint32_t size;     /* bytes up to and including the code */
    uint32_t id;       /* bytes of the id */
};

/* The indices that the document names. */
#define INDEX_MIN 0x3A
#define INDEX_MAX 0x7E

static inline bool is_index(uint8_t c)
{
    return c >= 0x21 && c <= INDEX_MAX && c != '&' && c != '$' && c != ',';
}

/* An id has 3 to 16 letters and digits, a declared length 1 to 5 digits, a code 3. */
#define ID_MIN       3
#define ID_MAX       16
#define DECLARED_MAX 5
#define CODE         3

/* "$$" and a digit is startek only if all of it is right: that is how the fifotrack dialect begins. */
static inline bool is_conditional(const uint8_t *data)
{
    return data[0] == '$' && s7_is_digit(data[2]);
}

/* What stands behind the code of a header: a comma, or the declared end, or the end of an answer without data whose
 * length is wrong. */
static enum s7_opening code_ends(const uint8_t *data, size_t length, const struct header *header)
{
    const uint8_t *next = data + header->size;
    size_t left = length - header->size;
    if (left > 0 && next[0] == ',') /* nearly always */
        return S7_OPEN_YES;
    if (header->size == header->head + header->declared)
        return S7_OPEN_YES;
    for (size_t i = 0; i < 4; i++) {
        if (i == left)
            return S7_OPEN_MAYBE;
        if (i < 2 ? s7_hex_values[next[i]] < 0 : next[i] != (i == 2 ? '\r' : '\n'))
            return S7_OPEN_NO;
    }
    return S7_OPEN_YES;
}

/* Reads the header at data[0] up to its code; if that is complete, *header is. */
static enum s7_opening read_header(const uint8_t *data, size_t length, struct header *header)
{
    *header = (struct header){0};
    if (length < 2)
        return S7_OPEN_MAYBE;
    if (data[1] != data[0])
        return S7_OPEN_NO;
    if (length < 3)
        return S7_OPEN_MAYBE;
    if (!is_index(data[2]))
        return S7_OPEN_NO;
    size_t i = 3 + s7_few_digits(data + 3, length - 3, DECLARED_MAX);
    if (i == length)
        return S7_OPEN_MAYBE;
    if (i == 3 || data[i] != ',')
        return S7_OPEN_NO;
    header->head = (uint32_t)i;
    header->declared = s7_declared(data + 3, i - 3);

    size_t left = length - ++i;
    size_t id = s7_count_id(data + i, left <= ID_MAX ? left : ID_MAX + 1);
    i += id;
    if (id > ID_MAX)
        return S7_OPEN_NO;
    if (i == length)
        return S7_OPEN_MAYBE;
    if (id < ID_MIN || data[i] != ',')
        return S7_OPEN_NO;
    i++;
    size_t code = s7_few_digits(data + i, length - i, CODE);
    i += code;
    if (code < CODE)
        return i == length ? S7_OPEN_MAYBE : S7_OPEN_NO;
    header->size = (uint32_t)i;
    header->id = (uint32_t)id;
    enum s7_opening ends = code_ends(data, length, header);
    if (ends != S7_OPEN_YES)
        return ends;
    if (is_conditional(data))
        return header->declared > S7_STARTEK_MAX || header->declared < header->size - header->head ? S7_OPEN_NO
                                                                                                   : S7_OPEN_IF_GOOD;
    return header->declared > S7_STARTEK_MAX ? S7_OPEN_TOO_LONG : S7_OPEN_YES;
}

/* "&&" or "$$", index, declared length, ",", id, ",", 3 digits and what may stand behind them. (docs/STARTEK.md 1.2, 8)
 */
enum s7_opening s7_startek_opens(const uint8_t *data, size_t length)
{
    struct header header;
    return read_header(data, length, &header);
}

/* Are the two bytes behind body the checksum of all before them? *commas as s7_fold(). */
static bool sum_right(const uint8_t *data, size_t body, unsigned *commas)
{
    return s7_written_sum(data + body) == s7_fold(data, body, false, commas);
}

/* The declared length is wrong: the frame ends at its line, or is damaged, or is none. (rule 4) */
static enum s7_scan_result scan_line(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                     const struct header *header, struct s7_frame *frame)
{
    unsigned commas;
    size_t position = s7_line_end(scanner, data, length, header->size);
    if (position == SIZE_MAX)
        return s7_scan_without_line(scanner, data, length, end, header->head + header->declared + 4, false, frame);
    if (position >= header->size + 2 && sum_right(data, position - 2, &commas))
        return s7_frame_found(frame, position + 2, position - 2, S7_FLAG_BIT(LENGTH_WRONG));
    size_t stop = s7_good_within(data, position + 2, false);
    return s7_frame_found(frame, stop, stop < position ? stop : position, S7_FLAG_BIT(DAMAGED));
}

/* The checksum is right but no CR LF follows: YES it is the end of the frame, NO a chance hit. */
static enum s7_opening ends_behind_sum(const uint8_t *next, size_t length)
{
    if (length == 0 || s7_is_separator(next[0]))
        return S7_OPEN_YES;
    enum s7_opening reset = s7_reset_opens(next, length);
    return reset == S7_OPEN_NO ? s7_any_opens(next, length) : reset;
}

/* The frame ends where it declares, if the verdict there stands. MORE: not known yet, or with *verdict NO it does not
 * stand: the declared length is wrong. */
static enum s7_scan_result scan_declared(const uint8_t *data, size_t length, bool end, size_t body,
                                         struct s7_frame *frame, enum s7_opening *verdict)
{
    size_t total = body + 4;
    unsigned commas = 0;
    *verdict = S7_OPEN_MAYBE;
    if (length < total && !end) {
        frame->length = (uint32_t)total;
        return S7_SCAN_MORE;
    }
    bool right = length >= body + 2 && sum_right(data, body, &commas);
    frame->commas = (uint16_t)commas;
    *verdict = S7_OPEN_YES;
    if (length >= total && s7_is_line_end(data + body + 2))
        return s7_frame_found(frame, total, body, right ? 0 : S7_FLAG_BIT(CHECKSUM_BAD));
    if (right) {
        enum s7_opening ends = ends_behind_sum(data + body + 2, length - body - 2);
        if (ends == S7_OPEN_MAYBE && !end) {
            *verdict = S7_OPEN_MAYBE;
            frame->length = (uint32_t)length + 1;
            return S7_SCAN_MORE;
        }
        if (ends == S7_OPEN_YES || ends == S7_OPEN_MAYBE)
            return s7_frame_found(frame, body + 2, body, S7_FLAG_BIT(TERMINATOR_MISSING));
    }
    *verdict = S7_OPEN_NO;
    return S7_SCAN_MORE;
}

enum s7_scan_result s7_startek_scan(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                    struct s7_frame *frame, enum s7_opening *opens)
{
    struct header header;
    *opens = read_header(data, length, &header);
    if (*opens == S7_OPEN_MAYBE && end && header.size == length && !is_conditional(data))
        *opens =
            header.declared > S7_STARTEK_MAX ? S7_OPEN_TOO_LONG : S7_OPEN_YES; /* the stream ends behind the code */
    if (*opens != S7_OPEN_YES && *opens != S7_OPEN_IF_GOOD)
        return S7_SCAN_MORE;
    bool conditional = *opens == S7_OPEN_IF_GOOD;
    frame->dialect = S7_STARTEK;
    frame->direction = data[0] == '&' ? S7_UP : S7_DOWN;
    frame->shape = S7_SHAPE_STARTEK;
    frame->head_length = (uint8_t)header.head;
    frame->id_length = (uint8_t)header.id;
    if (data[2] < INDEX_MIN)
        frame->flags |= S7_FLAG_BIT(INDEX_OUT_OF_RANGE);
    size_t body = header.head + header.declared;

    if ((!scanner->line || conditional) && header.declared >= header.size - header.head) {
        enum s7_opening verdict;
        enum s7_scan_result result = scan_declared(data, length, end, body, frame, &verdict);
        if (conditional)
            *opens = frame->flags & S7_FLAG_BIT(CHECKSUM_BAD) ? S7_OPEN_NO : verdict;
        if (conditional || verdict != S7_OPEN_NO)
            return result;
    }
    scanner->line = 1;
    return scan_line(scanner, data, length, end, &header, frame);
}

bool fast_startek_scan(const uint8_t *data, size_t length, struct s7_frame *frame)
{
    if (length < S7_FAST_HEAD || data[2] < INDEX_MIN || data[2] > INDEX_MAX)
        return false;
    uint64_t word = s7_word_at(data + 3);
    unsigned digits = s7_word_digits(word), commas;
    if (digits - 1 >= DECLARED_MAX || data[3 + digits] != ',')
        return false;
    uint32_t declared = s7_eight_value((word ^ UINT64_C(0x3030303030303030)) << (64 - 8 * digits));
    size_t head = 3 + digits, id = fast_count_id(data + head + 1), code = head + 1 + id + 1;
    if (id == 0 || data[code - 1] != ',' || s7_word_digits(s7_word_at(data + code)) != CODE || data[code + CODE] != ',')
        return false;
    size_t body = head + declared;
    if (declared > S7_STARTEK_MAX || body < code + CODE || body + 4 > length || !s7_is_line_end(data + body + 2) ||
        !sum_right(data, body, &commas))
        return false;
    *frame = (struct s7_frame){.dialect = S7_STARTEK,
                               .direction = S7_UP,
                               .shape = S7_SHAPE_STARTEK,
                               .length = (uint32_t)body + 4,
                               .head_length = (uint8_t)head,
                               .id_length = (uint8_t)id,
                               .commas = (uint16_t)commas,
                               .body_length = declared};
    return true;
}

enum s7_opening s7_startek_good(struct s7_inside *inside, size_t at)
{
    const uint8_t *data = inside->data + at;
    struct header header;
    enum s7_opening opens = read_header(data, inside->length - at, &header);
    if (opens == S7_OPEN_MAYBE)
        inside->needed = inside->length + 1;
    if (opens != S7_OPEN_YES && opens != S7_OPEN_IF_GOOD)
        return opens == S7_OPEN_MAYBE ? opens : S7_OPEN_NO;
    if (header.declared < header.size - header.head)
        return S7_OPEN_NO;
    size_t body = at + header.head + header.declared;
    inside->needed = body + 4;
    if (body + 4 > inside->length)
        return S7_OPEN_MAYBE;
    bool right = s7_written_sum(inside->data + body) == s7_inside_sum(inside, at, body);
    return right && s7_is_line_end(inside->data + body + 2) ? S7_OPEN_YES : S7_OPEN_NO;
}
