/* SPDX-License-Identifier: GPL-2.0-or-later
 * A dialect is one line of dialects.def and what it names: the scanner, the decoder and the quick look go through that.
 * Also the parts of a header that several dialects have. Internal to protocol/. */
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

/* What each dialect has, by its prefix:
 * opens: does one of its frames open at data[0], length > 0?
 * scan: the same in *opens; at YES it decides where the frame ends, as s7_scan(), else the result says nothing.
 * good: does a good frame begin at that position of the stretch? MAYBE: inside->needed bytes would tell.
 * decode: the frame into the message (builder.h).
 * usual: as s7_usual(), of a frame without flags. */
#define DIALECT(identifier, prefix, ...)                                                                               \
    enum s7_opening s7_##prefix##_opens(const uint8_t *data, size_t length);                                           \
    enum s7_scan_result s7_##prefix##_scan(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,   \
                                           struct s7_frame *frame, enum s7_opening *opens);                            \
    enum s7_opening s7_##prefix##_good(struct s7_inside *inside, size_t at);                                           \
    bool s7_##prefix##_usual(const uint8_t *data, const struct s7_frame *frame, struct s7_usual *usual);
#include "dialects.def"
#undef DIALECT

/* And by the prefix of its proof, of a proven message: as s7_proves(), as s7_counts_among_others(). */
bool s7_gotop_proves(const uint8_t *data, const struct s7_message *message);
bool s7_gotop_counts(const struct s7_message *message);
/* Does a code or a body stand in one of the first fields behind the id of what begins at data[0] and ends before end?
 * (docs/PROTOCOL.md 10.1) */
bool s7_gotop_has_code_or_body(const uint8_t *data, const uint8_t *end);
bool s7_checked_proves(const uint8_t *data, const struct s7_message *message);
bool s7_checked_counts(const struct s7_message *message);

/* The same for the frames that nearly all are, of a device with an IMEI or the like: a gotop report without quotes, a
 * startek or fifotrack frame with all of it right. At the start of an element (searched, quotes and line are 0), the
 * delimiter is there. False where the scan has to decide. */
bool fast_gotop_scan(const uint8_t *data, size_t length, struct s7_frame *frame);
bool fast_startek_scan(const uint8_t *data, size_t length, struct s7_frame *frame);
bool fast_fifotrack_scan(const uint8_t *data, size_t length, struct s7_frame *frame);

/* Does data[0] stand directly behind junk, no separator and no "#" between? There an opener of gotop is not enough:
 * other protocols have the like inside. (docs/PROTOCOL.md 1.1) */
static inline bool s7_within_junk(const struct s7_scanner *scanner)
{
    return scanner->stretch != 0 && scanner->separated == S7_BEHIND_OTHER;
}

/* Bytes of a header that these look at together, at most. */
#define S7_FAST_HEAD 48

/* Digits of an id of 8 to 15, else 0; 16 bytes are read. */
static inline size_t fast_count_id(const uint8_t *text)
{
    size_t more = s7_word_digits(s7_word_at(text + 8));
    return s7_word_digits(s7_word_at(text)) == 8 && more < 8 ? 8 + more : 0;
}

/* The table of them. Scan and quick look are not in it: they are called where they can be inlined. */
struct s7_form {
    uint8_t head;
    enum s7_opening (*opens)(const uint8_t *data, size_t length);
    enum s7_opening (*good)(struct s7_inside *inside, size_t at);
    void (*decode)(struct s7_builder *b);
    bool (*proves)(const uint8_t *data, const struct s7_message *message);
    bool (*counts)(const struct s7_message *message);
};
extern const struct s7_form s7_forms[S7_DIALECT_COUNT];

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
