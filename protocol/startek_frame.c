/* SPDX-License-Identifier: GPL-2.0-or-later
 * Framing of the startek dialect: header, declared length, checksum, and what to do when they disagree.
 * (docs/STARTEK.md 1.1 and 1.2) */
#include "blocks.h"
#include "dialect.h"
#include "digits.h"

#include <string.h>

/* The code of a gotop frame is one of the fields 1 to 3. */
#define CODE_FIELD_MAX 3

/* Where the parts of a header stand. */
struct header {
    uint32_t head;     /* bytes before the comma in front of the id */
    uint32_t declared; /* length as declared */
    uint32_t size;     /* bytes up to and including the code */
    uint32_t id;       /* bytes of the id */
};

static inline bool is_index(uint8_t c)
{
    return c >= 0x21 && c <= 0x7E && c != '&' && c != '$' && c != ',';
}

/* An id has 3 to 16 letters and digits, a declared length 1 to 5 digits, a code 3. */
#define ID_MIN       3
#define ID_MAX       16
#define DECLARED_MAX 5
#define CODE         3

/* How many bytes are letters and digits from the first one on; nearly all ids are digits. */
static size_t count_id(const uint8_t *text, size_t length)
{
    size_t count = s7_count_digits(text, length);
    while (count < length && (s7_is_letter(text[count]) || s7_is_digit(text[count])))
        count++;
    return count;
}

/* Reads the header at data[0]; on YES and TOO_LONG *header is complete. */
static enum s7_opening read_header(const uint8_t *data, size_t length, struct header *header)
{
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
    uint32_t declared = 0;
    for (size_t digit = 3; digit < i; digit++)
        declared = declared * 10 + (uint32_t)(data[digit] - '0');
    header->head = (uint32_t)i;
    header->declared = declared;

    size_t left = length - ++i;
    size_t id = count_id(data + i, left <= ID_MAX ? left : ID_MAX + 1);
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
    return declared > S7_STARTEK_MAX ? S7_OPEN_TOO_LONG : S7_OPEN_YES;
}

enum s7_opening s7_startek_opens(const uint8_t *data, size_t length)
{
    struct header header;
    return read_header(data, length, &header);
}

/* The checksum as written at text, -1 if it is none. */
static int written_sum(const uint8_t *text)
{
    int high = s7_hex_values[text[0]], low = s7_hex_values[text[1]];
    return (high | low) < 0 ? -1 : high * 16 + low;
}

/* Are the two bytes behind body the checksum of all before them? *commas: how many of these are commas, while that can
 * be told on the way: 0 of few bytes, and of so many that a byte cannot count them. */
static bool sum_right(const uint8_t *data, size_t body, unsigned *commas)
{
    s7_block sums = {0}, counts = {0};
    uint8_t sum = 0;
    size_t i = 0;
    for (; body - i >= S7_BLOCK; i += S7_BLOCK) {
        s7_block block = s7_block_at(data + i);
        sums += block;
        counts -= (s7_block)(block == ',');
    }
    if (i > 0) { /* the last block has bytes of the one before */
        s7_block block = s7_block_at(data + body - S7_BLOCK) & s7_block_tail(body - i);
        sums += block;
        counts -= (s7_block)(block == ',');
    } else {
        while (i < body)
            sum = (uint8_t)(sum + data[i++]);
    }
    *commas = i / S7_BLOCK < UINT8_MAX ? s7_block_sum(counts) : 0;
    return written_sum(data + body) == (uint8_t)(sum + s7_block_sum(sums));
}

static enum s7_scan_result frame_found(struct s7_frame *frame, size_t length, size_t body, uint32_t flags)
{
    frame->length = (uint32_t)length;
    frame->body_length = (uint32_t)(body - frame->head_length);
    frame->flags |= flags;
    return S7_SCAN_FRAME;
}

/* The declared length is wrong: the frame ends at its line, or is damaged, or is none. (rule 4) total: bytes that the
 * declared length asks for. */
static enum s7_scan_result scan_line(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                     const struct header *header, size_t total, struct s7_frame *frame)
{
    size_t limit = length < S7_LINE_MAX ? length : S7_LINE_MAX;
    size_t position = scanner->searched > header->size ? scanner->searched : header->size;
    while (position + 1 < limit) {
        const uint8_t *cr = memchr(data + position, '\r', limit - 1 - position);
        if (!cr) {
            position = limit - 1;
            break;
        }
        position = (size_t)(cr - data);
        if (cr[1] == '\n') {
            unsigned commas;
            if (position >= header->size + 2 && sum_right(data, position - 2, &commas))
                return frame_found(frame, position + 2, position - 2, S7_FLAG_BIT(LENGTH_WRONG));
            size_t stop = s7_whole_frame_inside(data, position + 2);
            return frame_found(frame, stop, stop < position ? stop : position, S7_FLAG_BIT(DAMAGED));
        }
        position++;
    }
    if (length < S7_LINE_MAX && !end) {
        scanner->searched = (uint32_t)position;
        frame->length = 0;
        return S7_SCAN_MORE;
    }
    if (length < total) { /* only at the end: the caller waits for all of them */
        size_t stop = s7_whole_frame_inside(data, length);
        return frame_found(frame, stop, stop, S7_FLAG_BIT(TRUNCATED));
    }
    frame->length = 2; /* the head is junk */
    frame->reason = S7_LEFTOVER_JUNK;
    scanner->stretch = 1 + S7_LEFTOVER_JUNK;
    return S7_SCAN_LEFTOVER;
}

/* The checksum is right but no CR LF follows: YES it is the end of the frame, NO a chance hit. */
static enum s7_opening ends_behind_sum(const uint8_t *next, size_t length)
{
    if (length == 0 || s7_is_separator(next[0]))
        return S7_OPEN_YES;
    enum s7_opening reset = s7_reset_opens(next, length);
    return reset == S7_OPEN_NO ? s7_any_opens(next, length) : reset;
}

enum s7_scan_result s7_startek_scan(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                    struct s7_frame *frame, enum s7_opening *opens)
{
    struct header header;
    *opens = read_header(data, length, &header);
    if (*opens != S7_OPEN_YES)
        return S7_SCAN_MORE;
    frame->dialect = S7_STARTEK;
    frame->direction = data[0] == '&' ? S7_UP : S7_DOWN;
    frame->shape = S7_SHAPE_STARTEK;
    frame->head_length = (uint8_t)header.head;
    frame->id_length = (uint8_t)header.id;
    if (data[2] < 0x3A)
        frame->flags |= S7_FLAG_BIT(INDEX_OUT_OF_RANGE);
    size_t body = header.head + header.declared, total = body + 4;

    if (!scanner->line && header.declared >= header.size - header.head) {
        if (length < total && !end) {
            frame->length = (uint32_t)total;
            return S7_SCAN_MORE;
        }
        unsigned commas = 0;
        bool right = length >= body + 2 && sum_right(data, body, &commas);
        frame->commas = (uint16_t)commas;
        bool line_end = length >= total && data[body + 2] == '\r' && data[body + 3] == '\n';
        if (line_end)
            return frame_found(frame, total, body, right ? 0 : S7_FLAG_BIT(CHECKSUM_BAD));
        if (right) {
            enum s7_opening ends = ends_behind_sum(data + body + 2, length - body - 2);
            if (ends == S7_OPEN_MAYBE && !end) {
                frame->length = (uint32_t)length + 1;
                return S7_SCAN_MORE;
            }
            if (ends == S7_OPEN_YES || ends == S7_OPEN_MAYBE)
                return frame_found(frame, body + 2, body, S7_FLAG_BIT(TERMINATOR_MISSING));
        }
    }
    scanner->line = 1;
    return scan_line(scanner, data, length, end, &header, total, frame);
}

/* Does a code prefix open the field, blanks before it allowed? */
static bool is_code(const uint8_t *field, const uint8_t *end)
{
    while (field < end && *field == ' ')
        field++;
    if (end - field < 4)
        return false;
    return memcmp(field, "CMD-", 4) == 0 || memcmp(field, "ALM-", 4) == 0 || memcmp(field, "Ver:", 4) == 0 ||
           (end - field >= 6 && memcmp(field, "ERROR!", 6) == 0);
}

/* Is it the validity of a body, with a date behind it? */
static bool is_validity(const uint8_t *field, const uint8_t *end)
{
    if (end - field < 8 || (*field != 'A' && *field != 'V') || field[1] != ',')
        return false;
    field += end - field >= 13 && memcmp(field + 2, "DATE:", 5) == 0 ? 7 : 2;
    for (unsigned i = 0; i < 6; i++)
        if (!s7_is_digit(field[i]))
            return false;
    return true;
}

/* Is there a closing "#" behind a gotop opener at data[0], and a code or a body within the first fields?
 * (docs/PROTOCOL.md 10.1) */
static bool gotop_whole(const uint8_t *data, size_t length)
{
    if (s7_gotop_opens(data, length) != S7_OPEN_YES)
        return false;
    const uint8_t *field = (const uint8_t *)memchr(data, ',', length) + 1;
    const uint8_t *end = memchr(field, '#', length - (size_t)(field - data));
    for (unsigned i = 1; end && i <= CODE_FIELD_MAX; i++) {
        if (is_code(field, end) || is_validity(field, end))
            return true;
        const uint8_t *comma = memchr(field, ',', (size_t)(end - field));
        if (!comma)
            break;
        field = comma + 1;
    }
    return false;
}

size_t s7_whole_frame_inside(const uint8_t *data, size_t length)
{
    /* before[i]: sum of the bytes in front of i. Checked frames are shorter than an element. */
    uint8_t before[S7_ELEMENT_MAX + 1];
    size_t reach = length < S7_ELEMENT_MAX ? length : S7_ELEMENT_MAX;
    before[0] = 0;
    for (size_t i = 0; i < reach; i++)
        before[i + 1] = (uint8_t)(before[i] + data[i]);
    for (size_t i = 1; i < reach; i++) {
        struct header header;
        if (data[i] == '#') {
            if (gotop_whole(data + i, reach - i))
                return i;
        } else if ((data[i] == '&' || data[i] == '$') && read_header(data + i, reach - i, &header) == S7_OPEN_YES &&
                   header.declared >= header.size - header.head) {
            size_t sum = i + header.head + header.declared;
            if (sum + 4 <= reach && data[sum + 2] == '\r' && data[sum + 3] == '\n' &&
                written_sum(data + sum) == (uint8_t)(before[sum] - before[i]))
                return i;
        }
    }
    return length;
}
