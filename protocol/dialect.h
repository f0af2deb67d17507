/* SPDX-License-Identifier: GPL-2.0-or-later
 * A dialect is one entry of a table: what the scanner, the decoder and the quick look need of it. The entries stand in
 * dialect.c. Also the parts of a header that several dialects have. Internal to protocol/. */
#ifndef S7_DIALECT_H
#define S7_DIALECT_H

#include "digits.h"
#include "identify.h"
#include "message.h"
#include "scanner.h"

struct s7_builder;
struct s7_inside;

/* Does a frame open at data[0]? */
enum s7_opening {
    S7_OPEN_NO,
    S7_OPEN_IF_GOOD,  /* the header alone does not tell: only with length and checksum right is it a frame */
    S7_OPEN_TOO_LONG, /* a header that declares more than a frame may have, or a command without an end */
    S7_OPEN_MAYBE,    /* it looks so as far as the bytes go, more would tell */
    S7_OPEN_YES,
};

/* What a dialect is. */
struct s7_form {
    uint8_t head; /* bytes of the opening delimiter */
    /* Does one of its frames open at data[0], length > 0? */
    enum s7_opening (*opens)(const uint8_t *data, size_t length);
    /* The same in *opens; at YES it decides where the frame ends, as s7_scan(), else the result says nothing. */
    enum s7_scan_result (*scan)(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                struct s7_frame *frame, enum s7_opening *opens);
    /* Does a good frame begin at that position of the stretch? MAYBE: inside->needed bytes would tell. */
    enum s7_opening (*good)(struct s7_inside *inside, size_t at);
    void (*decode)(struct s7_builder *b);
    /* As s7_usual(), of a frame without flags. */
    bool (*usual)(const uint8_t *data, const struct s7_frame *frame, struct s7_usual *usual);
    /* As s7_proves() and s7_counts_among_others(), of a proven message. */
    bool (*proves)(const uint8_t *data, const struct s7_message *message);
    bool (*counts)(const struct s7_message *message);
};
extern const struct s7_form s7_forms[S7_DIALECT_COUNT];

/* The order in which the dialects are tried where several have an opening. (docs/FIFOTRACK.md 1.5) */
extern const uint8_t s7_trial[S7_DIALECT_COUNT];
/* Of each byte, bit 1 << dialect: may one of its frames begin with it? */
extern const uint8_t s7_starts[256];
/* The dialects whose opening delimiter is a byte written twice; that of the others never is. */
#define S7_PAIRED (1U << S7_STARTEK | 1U << S7_FIFOTRACK)

/* The dialects that the first two bytes leave. */
static inline unsigned s7_candidates(const uint8_t *data, size_t length)
{
    unsigned set = s7_starts[data[0]];
    if (length > 1)
        set &= data[1] == data[0] ? S7_PAIRED : ~S7_PAIRED;
    return set;
}

/* Does any frame open at data[0]? */
enum s7_opening s7_any_opens(const uint8_t *data, size_t length);

/* "RESET!"; MAYBE while it cannot be told from "RESET!1". Counts only at a frame boundary. (docs/PROTOCOL.md 1.3) */
enum s7_opening s7_reset_opens(const uint8_t *data, size_t length);

/* The parts of the entries. gotop: "#", 8 to 17 digits, "," (docs/PROTOCOL.md 1.1), or with ":" a command (1.3). A
 * frame may also open with a digit behind a "#" that is shared; that only its scan knows. */
enum s7_opening s7_gotop_opens(const uint8_t *data, size_t length);
enum s7_scan_result s7_gotop_scan(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                  struct s7_frame *frame, enum s7_opening *opens);
enum s7_opening s7_gotop_good(struct s7_inside *inside, size_t at);
bool s7_gotop_usual(const uint8_t *data, const struct s7_frame *frame, struct s7_usual *usual);
bool s7_gotop_proves(const uint8_t *data, const struct s7_message *message);
bool s7_gotop_counts(const struct s7_message *message);

/* startek: "&&" or "$$", index, declared length, ",", id, ",", 3 digits and what may stand behind them.
 * (docs/STARTEK.md 1.2 and 8) */
enum s7_opening s7_startek_opens(const uint8_t *data, size_t length);
enum s7_scan_result s7_startek_scan(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                    struct s7_frame *frame, enum s7_opening *opens);
enum s7_opening s7_startek_good(struct s7_inside *inside, size_t at);
bool s7_startek_usual(const uint8_t *data, const struct s7_frame *frame, struct s7_usual *usual);

/* fifotrack: "$$" or "##", declared length, ",", id, ",", serial, ",", letter and two digits, then "," or "*".
 * (docs/FIFOTRACK.md 1.2) */
enum s7_opening s7_fifotrack_opens(const uint8_t *data, size_t length);
enum s7_scan_result s7_fifotrack_scan(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                                      struct s7_frame *frame, enum s7_opening *opens);
enum s7_opening s7_fifotrack_good(struct s7_inside *inside, size_t at);
bool s7_fifotrack_usual(const uint8_t *data, const struct s7_frame *frame, struct s7_usual *usual);

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

/* How many bytes are letters and digits from the first one on; nearly all ids are digits. */
static inline size_t s7_count_id(const uint8_t *text, size_t length)
{
    size_t count = s7_count_digits(text, length);
    while (count < length && (s7_is_letter(text[count]) || s7_is_digit(text[count])))
        count++;
    return count;
}

/* The number that so many digits write, at most nine. */
static inline uint32_t s7_declared(const uint8_t *text, size_t digits)
{
    uint32_t value = 0;
    for (size_t i = 0; i < digits; i++)
        value = value * 10 + (uint32_t)(text[i] - '0');
    return value;
}

/* The checksum that two bytes write, -1 if they are no hexadecimal digits. */
static inline int s7_written_sum(const uint8_t *text)
{
    int high = s7_hex_values[text[0]], low = s7_hex_values[text[1]];
    return (high | low) < 0 ? -1 : high * 16 + low;
}

static inline bool s7_is_line_end(const uint8_t *text)
{
    return text[0] == '\r' && text[1] == '\n';
}

#endif
