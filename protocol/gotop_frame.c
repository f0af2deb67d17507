/* SPDX-License-Identifier: GPL-2.0-or-later
 * Framing of the gotop dialect: where "#...#" frames and ":...#" commands open and end.
 * (docs/PROTOCOL.md 1.1 to 1.3) */
#include "blocks.h"
#include "dialect.h"
#include "digits.h"
#include "inside.h"

#include <string.h>

/* An id has 8 to 17 digits. */
#define ID_MIN 8
#define ID_MAX 17
/* A closing "#" inside an open double quote is only believed if no quote follows within this many bytes. */
#define QUOTE_REACH 64
/* ":", password, letter */
#define COMMAND_HEAD 8

/* Does an id with its comma stand there? *digits: how many it has, or had so far. */
static inline enum s7_opening id_stands(const uint8_t *data, size_t length, size_t *digits)
{
    *digits = s7_count_digits(data, length <= ID_MAX ? length : ID_MAX + 1);
    if (*digits > ID_MAX)
        return S7_OPEN_NO;
    if (*digits == length)
        return S7_OPEN_MAYBE;
    return data[*digits] == ',' && *digits >= ID_MIN ? S7_OPEN_YES : S7_OPEN_NO;
}

/* Where the command ends: the position of "#" or CR, limit if there is none. */
static size_t command_end(const uint8_t *data, size_t limit)
{
    size_t i = COMMAND_HEAD;
    while (i < limit && data[i] != '#' && data[i] != '\r')
        i++;
    return i;
}

/* ":", 6 digits, a letter; TOO_LONG: no end within S7_COMMAND_MAX bytes. (docs/PROTOCOL.md 1.3) */
static enum s7_opening command_opens(const uint8_t *data, size_t length)
{
    for (size_t i = 1; i < COMMAND_HEAD; i++) {
        if (i == length)
            return S7_OPEN_MAYBE;
        if (i < COMMAND_HEAD - 1 ? !s7_is_digit(data[i]) : !s7_is_letter(data[i]))
            return S7_OPEN_NO;
    }
    if (length >= S7_COMMAND_MAX && command_end(data, S7_COMMAND_MAX) == S7_COMMAND_MAX)
        return S7_OPEN_TOO_LONG;
    return S7_OPEN_YES;
}

/* "#", 8 to 17 digits, "," (docs/PROTOCOL.md 1.1), or with ":" a command. A frame may also open with a digit behind a
 * "#" that is shared; that only its scan knows. */
enum s7_opening s7_gotop_opens(const uint8_t *data, size_t length)
{
    size_t digits;
    return data[0] == ':' ? command_opens(data, length) : id_stands(data + 1, length - 1, &digits);
}

/* data[0] is a "#" inside an open quote: YES it closes the frame, NO it is part of an SSID. (docs/PROTOCOL.md 1.2) */
static enum s7_opening closes_in_quote(const uint8_t *data, size_t length, bool end)
{
    for (size_t i = 0; i <= QUOTE_REACH; i++) {
        if (i == length)
            return end ? S7_OPEN_YES : S7_OPEN_MAYBE;
        if (data[i] == '"')
            return S7_OPEN_NO;
        if (data[i] != '#')
            continue;
        enum s7_opening opens = s7_gotop_opens(data + i, length - i);
        if (opens == S7_OPEN_YES || (opens == S7_OPEN_MAYBE && !end))
            return opens;
    }
    return S7_OPEN_YES;
}

/* The frame has no end within what may be looked at. */
static enum s7_scan_result cut_frame(const uint8_t *data, size_t length, struct s7_frame *frame)
{
    frame->flags |= S7_FLAG_BIT(TRUNCATED);
    frame->length = (uint32_t)s7_good_within(data, length, false);
    return S7_SCAN_FRAME;
}

/* Within junk it is only a frame if its content says so. (docs/PROTOCOL.md 1.1) */
static enum s7_scan_result told_frame(const struct s7_scanner *scanner, const uint8_t *data, struct s7_frame *frame,
                                      enum s7_opening *opens)
{
    if (!s7_within_junk(scanner) || s7_gotop_has_code_or_body(data, data + frame->length))
        return S7_SCAN_FRAME;
    *frame = (struct s7_frame){0};
    *opens = S7_OPEN_NO;
    return S7_SCAN_MORE;
}

static enum s7_scan_result scan_command(const uint8_t *data, size_t length, bool end, struct s7_frame *frame,
                                        enum s7_opening *opens)
{
    *opens = command_opens(data, length);
    if (*opens != S7_OPEN_YES)
        return S7_SCAN_MORE;
    size_t limit = length < S7_COMMAND_MAX ? length : S7_COMMAND_MAX;
    size_t stop = command_end(data, limit);
    frame->dialect = S7_GOTOP;
    frame->direction = S7_DOWN;
    frame->shape = S7_SHAPE_COMMAND;
    if (stop == limit)
        return end ? cut_frame(data, limit, frame) : S7_SCAN_MORE;
    if (data[stop] == '\r')
        frame->flags |= S7_FLAG_BIT(TERMINATOR_MISSING);
    frame->length = (uint32_t)stop + (data[stop] == '#' ? 1 : 0);
    return S7_SCAN_FRAME;
}

enum s7_scan_result s7_gotop_scan(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                  struct s7_frame *frame, enum s7_opening *opens)
{
    if (data[0] == ':')
        return scan_command(data, length, end, frame, opens);
    bool shared = data[0] != '#';
    size_t start = shared ? 0 : 1, digits;
    *opens = id_stands(data + start, length - start, &digits);
    if (*opens != S7_OPEN_YES)
        return S7_SCAN_MORE;
    size_t limit = length < S7_GOTOP_MAX ? length : S7_GOTOP_MAX;
    size_t position = scanner->searched ? scanner->searched : start + digits;
    bool quoted = scanner->quotes != 0;
    frame->dialect = S7_GOTOP;
    frame->direction = S7_UP;
    frame->shape = S7_SHAPE_UPLINK;
    frame->id_length = (uint8_t)digits;
    frame->flags = shared ? S7_FLAG_BIT(SHARED_DELIMITER) : 0;
    scanner->closed = shared;

    for (; (position = s7_find_either(data, position, limit, '#', '"')) < limit; position++) {
        if (data[position] == '"') {
            quoted = !quoted;
            continue;
        }
        enum s7_opening closes = quoted ? closes_in_quote(data + position, length - position, end) : S7_OPEN_YES;
        if (closes == S7_OPEN_YES) {
            frame->length = (uint32_t)position + 1;
            return told_frame(scanner, data, frame, opens);
        }
        if (closes == S7_OPEN_MAYBE)
            break;
    }
    scanner->searched = (uint32_t)position;
    scanner->quotes = quoted;
    if (position != S7_GOTOP_MAX && !end)
        return S7_SCAN_MORE;
    cut_frame(data, limit, frame);
    return told_frame(scanner, data, frame, opens);
}

bool fast_gotop_scan(const uint8_t *data, size_t length, struct s7_frame *frame)
{
    if (length < S7_FAST_HEAD)
        return false;
    size_t digits = fast_count_id(data + 1), limit = length < S7_GOTOP_MAX ? length : S7_GOTOP_MAX;
    if (digits == 0 || data[1 + digits] != ',')
        return false;
    size_t position = s7_find_either(data, 1 + digits, limit, '#', '"');
    if (position == limit || data[position] != '#')
        return false;
    *frame = (struct s7_frame){.dialect = S7_GOTOP,
                               .direction = S7_UP,
                               .shape = S7_SHAPE_UPLINK,
                               .length = (uint32_t)position + 1,
                               .id_length = (uint8_t)digits};
    return true;
}
