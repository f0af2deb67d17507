/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the scanner needs of each dialect: does a frame open here, and where does it end?
 * Internal to protocol/. */
#ifndef S7_DIALECT_H
#define S7_DIALECT_H

#include "scanner.h"

/* Does a frame open at data[0]? MAYBE: it looks so as far as the bytes go, more would tell. */
enum s7_opening { S7_OPEN_NO, S7_OPEN_MAYBE, S7_OPEN_YES, S7_OPEN_TOO_LONG };

static inline bool s7_is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static inline bool s7_is_letter(uint8_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* CR LF SP NUL 0x1A between frames (docs/PROTOCOL.md 1). */
static inline bool s7_is_separator(uint8_t c)
{
    return c == '\r' || c == '\n' || c == ' ' || c == 0 || c == 0x1A;
}

/* "#", 8 to 17 digits, ",". (docs/PROTOCOL.md 1.1) */
enum s7_opening s7_gotop_opens(const uint8_t *data, size_t length);
/* ":", 6 digits, a letter; TOO_LONG: no end within S7_COMMAND_MAX bytes. (docs/PROTOCOL.md 1.3) */
enum s7_opening s7_command_opens(const uint8_t *data, size_t length);
/* "&&" or "$$", index, declared length, ",", id, ",", 3 digits; TOO_LONG: declared length above S7_STARTEK_MAX.
 * (docs/STARTEK.md 1.2 and 8) */
enum s7_opening s7_startek_opens(const uint8_t *data, size_t length);

/* "$$" or "##", declared length, ",", id, ",", serial, ",", letter and two digits, then "," or "*".
 * (docs/FIFOTRACK.md 1.2) */
enum s7_opening s7_fifotrack_opens(const uint8_t *data, size_t length);

/* "RESET!"; MAYBE while it cannot be told from "RESET!1". Counts only at a frame boundary. (docs/PROTOCOL.md 1.3) */
enum s7_opening s7_reset_opens(const uint8_t *data, size_t length);

/* Each looks for its opening at data[0] and says in *opens what it found; at YES it decides where the frame ends, as
 * s7_scan(), else its result says nothing. A gotop frame opens with "#", or with a digit behind one that is shared. */
enum s7_scan_result s7_gotop_scan(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                  struct s7_frame *frame, enum s7_opening *opens);
enum s7_scan_result s7_command_scan(const uint8_t *data, size_t length, bool end, struct s7_frame *frame,
                                    enum s7_opening *opens);
enum s7_scan_result s7_startek_scan(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                    struct s7_frame *frame, enum s7_opening *opens);

/* Does any frame open at data[0]? */
enum s7_opening s7_any_opens(const uint8_t *data, size_t length);

/* A frame that lost its end must not swallow a good one: returns where the first whole frame begins inside
 * data[1..length), length if there is none. A startek frame counts with length, checksum and CR LF right, a gotop frame
 * with its closing "#" and a code or a body within its first fields. */
size_t s7_whole_frame_inside(const uint8_t *data, size_t length);

#endif
