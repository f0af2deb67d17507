/* SPDX-License-Identifier: GPL-2.0-or-later
 * Framing of the fifotrack dialect: header, declared length, checksum, and what to do when they disagree.
 * (docs/FIFOTRACK.md 1.1 and 1.2) */
#include "blocks.h"
#include "dialect.h"
#include "inside.h"
#include "line.h"

#include <string.h>

/* A declared length has 1 to 5 digits, an id 3 to 20 letters and digits, a serial 1 to 4 hexadecimal digits. */
#define HEAD         2
#define DECLARED_MAX 5
#define ID_MIN       3
#define ID_MAX       20
#define SERIAL_MAX   4
#define TYPE         3
/* "*" and two digits, and with CR LF. */
#define SUM 3
#define END 5

/* Where the parts of a header stand. */
struct header {
    uint32_t head;     /* bytes before the comma in front of the id */
    uint32_t declared; /* length as declared */
    uint32_t size;     /* bytes up to and including the type */
    uint32_t id;       /* bytes of the id */
};

/* Serial, comma, type and what stands behind it, from data[*at] on; *at is moved behind the type. */
static enum s7_opening read_type(const uint8_t *data, size_t length, size_t *at)
{
    size_t i = *at, limit = i + SERIAL_MAX;
    while (i < length && i < limit && s7_hex_values[data[i]] >= 0)
        i++;
    if (i == length)
        return S7_OPEN_MAYBE;
    if (i == *at || data[i] != ',')
        return S7_OPEN_NO;
    i++;
    for (size_t n = 0; n <= TYPE; n++) {
        if (i + n == length)
            return S7_OPEN_MAYBE;
        uint8_t c = data[i + n];
        bool stands = n == 0 ? c >= 'A' && c <= 'Z' : n < TYPE ? s7_is_digit(c) : c == ',' || c == '*';
        if (!stands)
            return S7_OPEN_NO;
    }
    *at = i + TYPE;
    return S7_OPEN_YES;
}

/* Reads the header at data[0], where a head stands (s7_candidates()); on YES and TOO_LONG *header is complete. */
static enum s7_opening read_header(const uint8_t *data, size_t length, struct header *header)
{
    if (length < HEAD)
        return S7_OPEN_MAYBE;
    size_t digits = s7_few_digits(data + HEAD, length - HEAD, DECLARED_MAX), i = HEAD + digits;
    if (digits > 0 && data[HEAD] == '0')
        return S7_OPEN_NO;
    if (i == length)
        return S7_OPEN_MAYBE;
    if (digits == 0 || data[i] != ',')
        return S7_OPEN_NO;
    header->head = (uint32_t)i;
    header->declared = s7_declared(data + HEAD, digits);

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
    enum s7_opening type = read_type(data, length, &i);
    if (type != S7_OPEN_YES)
        return type;
    header->size = (uint32_t)i;
    header->id = (uint32_t)id;
    return header->declared > S7_FIFOTRACK_MAX ? S7_OPEN_TOO_LONG : S7_OPEN_YES;
}

/* "$$" or "##", declared length, ",", id, ",", serial, ",", letter and two digits, then "," or "*".
 * (docs/FIFOTRACK.md 1.2) */
enum s7_opening s7_fifotrack_opens(const uint8_t *data, size_t length)
{
    struct header header;
    return read_header(data, length, &header);
}

/* Do "*" and the right checksum stand at place? From the platform the sum up to "*" counts too. At least place + SUM
 * bytes of data are there. */
static bool sum_right(const uint8_t *data, size_t place)
{
    unsigned commas; /* of no use here */
    if (data[place] != '*')
        return false;
    int written = s7_written_sum(data + place + 1);
    if (written == s7_fold(data + HEAD, place - HEAD, true, &commas))
        return true;
    return data[0] == '#' && written == s7_fold(data, place + 1, false, &commas);
}

/* The line, or what the stream's end leaves of it, ends in its own checksum, or the frame is damaged. (rule 4) */
static enum s7_scan_result scan_line(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                     const struct header *header, struct s7_frame *frame)
{
    size_t position = s7_line_end(scanner, data, length, header->size), behind = position + 2;
    bool line = position != SIZE_MAX;
    if (!line && end && length < S7_LINE_MAX)
        position = behind = length; /* for the checksum this is one */
    bool right = position != SIZE_MAX && position >= header->size + SUM && sum_right(data, position - SUM);
    if (!line && !right)
        return s7_scan_without_line(scanner, data, length, end, header->head + header->declared + END, true, frame);
    struct s7_good good = s7_good_inside(data, length, 1, behind, end, true);
    if (good.needed) {
        scanner->searched = (uint32_t)position;
        frame->length = (uint32_t)good.needed;
        return S7_SCAN_MORE;
    }
    if (good.at < behind || !right)
        return s7_frame_found(frame, good.at, good.at < position ? good.at : position, S7_FLAG_BIT(DAMAGED));
    return s7_frame_found(frame, behind, position - SUM, S7_FLAG_BIT(LENGTH_WRONG));
}

/* Does the frame hold a package of a picture: from the device, type D06, four parameters or more in its line? *data_at:
 * where the fourth begins. */
static enum s7_opening is_package(const uint8_t *data, size_t length, bool end, const struct header *header,
                                  size_t *data_at)
{
    if (data[0] != '$' || memcmp(data + header->size - TYPE, "D06", TYPE) != 0 || data[header->size] != ',')
        return S7_OPEN_NO;
    size_t limit = length < S7_LINE_MAX ? length : S7_LINE_MAX, commas = 0;
    for (size_t i = header->size + 1; i < limit; i++) {
        if (data[i] == '\r' && i + 1 < limit && data[i + 1] == '\n')
            return S7_OPEN_NO;
        if (data[i] == ',' && ++commas == 3) {
            *data_at = i + 1;
            return S7_OPEN_YES;
        }
    }
    return length < S7_LINE_MAX && !end ? S7_OPEN_MAYBE : S7_OPEN_NO;
}

/* Where the data of the package ends by its own count, 0 if picture, offset and count do not parse. (rule 5) */
static size_t counted_place(const uint8_t *data, const struct header *header, size_t data_at)
{
    size_t i = header->size + 1, digits = 0;
    while (s7_hex_values[data[i + digits]] >= 0)
        digits++;
    if (digits < 1 || digits > 8 || data[i + digits] != ',')
        return 0;
    i += digits + 1;
    digits = s7_count_digits(data + i, data_at - i);
    if (digits < 1 || digits > 10 || data[i + digits] != ',')
        return 0;
    i += digits + 1;
    digits = s7_count_digits(data + i, data_at - i);
    if (digits < 1 || digits > DECLARED_MAX || i + digits + 1 != data_at)
        return 0;
    size_t place = data_at + s7_declared(data + i, digits);
    return place + END <= S7_ELEMENT_MAX ? place : 0;
}

/* The declared length of a package is wrong: its own count leads to its end, or it is damaged up to the next good
 * frame. (rule 5) */
static enum s7_scan_result scan_package(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                        size_t place, struct s7_frame *frame)
{
    if (place > 0 && length < place + END && !end) {
        frame->length = (uint32_t)(place + END);
        return S7_SCAN_MORE;
    }
    if (place > 0 && length >= place + SUM && sum_right(data, place)) {
        bool line = length >= place + END && s7_is_line_end(data + place + SUM);
        return s7_frame_found(frame, place + (line ? END : SUM), place, S7_FLAG_BIT(LENGTH_WRONG));
    }
    bool full = length >= S7_ELEMENT_MAX; /* more is not looked at */
    size_t there = full ? S7_ELEMENT_MAX : length, from = scanner->searched ? scanner->searched : 1;
    struct s7_good good = s7_good_inside(data, there, from, S7_ELEMENT_MAX, end || full, true);
    if (good.needed || (good.at == there && !end && !full)) {
        scanner->searched = (uint32_t)good.at;
        frame->length = (uint32_t)good.needed;
        return S7_SCAN_MORE;
    }
    size_t stop = good.at == there && full ? good.unsure : good.at;
    bool cut = stop == there && !full;
    return s7_frame_found(frame, stop, stop, cut ? S7_FLAG_BIT(TRUNCATED) : S7_FLAG_BIT(DAMAGED));
}

/* The declared length is wrong. */
static enum s7_scan_result scan_wrong_length(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                             const struct header *header, struct s7_frame *frame)
{
    size_t data_at = 0;
    enum s7_opening package = is_package(data, length, end, header, &data_at);
    if (package == S7_OPEN_YES)
        return scan_package(scanner, data, length, end, counted_place(data, header, data_at), frame);
    if (package == S7_OPEN_NO)
        return scan_line(scanner, data, length, end, header, frame);
    frame->length = 0;
    return S7_SCAN_MORE;
}

enum s7_scan_result s7_fifotrack_scan(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                      struct s7_frame *frame, enum s7_opening *opens)
{
    struct header header;
    *opens = read_header(data, length, &header);
    if (*opens != S7_OPEN_YES)
        return S7_SCAN_MORE;
    frame->dialect = S7_FIFOTRACK;
    frame->direction = data[0] == '$' ? S7_UP : S7_DOWN;
    frame->shape = S7_SHAPE_FIFOTRACK;
    frame->head_length = (uint8_t)header.head;
    frame->id_length = (uint8_t)header.id;
    size_t place = header.head + header.declared, total = place + END;

    if (length < total && !end) {
        frame->length = (uint32_t)total;
        return S7_SCAN_MORE;
    }
    if (!scanner->line && place >= header.size && length >= place + SUM && data[place] == '*') {
        bool right = sum_right(data, place), line = length >= total && s7_is_line_end(data + place + SUM);
        if (right)
            return s7_frame_found(frame, line ? total : place + SUM, place, line ? 0 : S7_FLAG_BIT(TERMINATOR_MISSING));
        if (line && s7_written_sum(data + place + 1) >= 0)
            return s7_frame_found(frame, total, place, S7_FLAG_BIT(CHECKSUM_BAD));
    }
    scanner->line = 1;
    return scan_wrong_length(scanner, data, length, end, &header, frame);
}

bool fast_fifotrack_scan(const uint8_t *data, size_t length, struct s7_frame *frame)
{
    if (length < S7_FAST_HEAD || data[HEAD] == '0')
        return false;
    uint64_t word = s7_word_at(data + HEAD);
    unsigned digits = s7_word_digits(word), commas; /* these are of no use here */
    if (digits - 1 >= DECLARED_MAX || data[HEAD + digits] != ',')
        return false;
    uint32_t declared = s7_eight_value((word ^ UINT64_C(0x3030303030303030)) << (64 - 8 * digits));
    size_t head = HEAD + digits, id = fast_count_id(data + head + 1), at = head + 1 + id + 1, place = head + declared;
    if (id == 0 || data[at - 1] != ',' || declared > S7_FIFOTRACK_MAX || place + END > length ||
        read_type(data, length, &at) != S7_OPEN_YES || place < at || data[place] != '*' ||
        !s7_is_line_end(data + place + SUM) ||
        s7_written_sum(data + place + 1) != s7_fold(data + HEAD, place - HEAD, true, &commas))
        return false;
    *frame = (struct s7_frame){.dialect = S7_FIFOTRACK,
                               .direction = S7_UP,
                               .shape = S7_SHAPE_FIFOTRACK,
                               .length = (uint32_t)(place + END),
                               .head_length = (uint8_t)head,
                               .id_length = (uint8_t)id,
                               .body_length = declared};
    return true;
}

enum s7_opening s7_fifotrack_good(struct s7_inside *inside, size_t at)
{
    const uint8_t *data = inside->data;
    struct header header;
    enum s7_opening opens = read_header(data + at, inside->length - at, &header);
    inside->needed = inside->length + 1;
    if (opens != S7_OPEN_YES)
        return opens == S7_OPEN_MAYBE ? opens : S7_OPEN_NO;
    size_t place = at + header.head + header.declared;
    if (place < at + header.size)
        return S7_OPEN_NO;
    inside->needed = place + SUM;
    if (place + SUM > inside->length)
        return S7_OPEN_MAYBE;
    if (data[place] != '*')
        return S7_OPEN_NO;
    int written = s7_written_sum(data + place + 1);
    bool right = written == s7_inside_parity(inside, at + HEAD, place) ||
                 (data[at] == '#' && written == s7_inside_sum(inside, at, place + 1));
    return right ? S7_OPEN_YES : S7_OPEN_NO;
}
