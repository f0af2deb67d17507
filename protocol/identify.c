/* SPDX-License-Identifier: GPL-2.0-or-later
 * The quick look at a frame of the form that nearly all have: a gotop report whose code stands right behind the id, a
 * startek report that needs no acknowledgement, a fifotrack report. The fuzz targets check that it agrees with the
 * decoder. */
#include "identify.h"

#include "blocks.h"
#include "dialect.h"
#include "digits.h"
#include "gotop.h"
#include "startek.h"

#include <string.h>

#define ALWAYS static inline __attribute__((always_inline))

/* What is left of a text. */
struct rest {
    const uint8_t *at, *end;
};

static size_t left(const struct rest *rest)
{
    return (size_t)(rest->end - rest->at);
}

/* How many digits stand there, and behind a point that follows them. */
struct digits {
    size_t whole, point, decimals;
};

static struct digits take_decimal(struct rest *rest)
{
    struct digits digits = {.whole = s7_count_digits(rest->at, left(rest))};
    rest->at += digits.whole;
    digits.point = rest->at < rest->end && *rest->at == '.';
    rest->at += digits.point;
    digits.decimals = digits.point ? s7_count_digits(rest->at, left(rest)) : 0;
    rest->at += digits.decimals;
    return digits;
}

/* Are the four bytes text, in lower case where cases has a blank? */
ALWAYS bool are(const uint8_t *bytes, const char text[4], const char cases[4])
{
    uint32_t word, wanted, blanks;
    memcpy(&word, bytes, 4);
    memcpy(&wanted, text, 4);
    memcpy(&blanks, cases, 4);
    return (word | blanks) == wanted;
}

/* A label of three letters, in any case, with its colon. */
ALWAYS bool skip_label(struct rest *rest, const char text[4])
{
    bool stands = left(rest) >= 4 && are(rest->at, text, "   ");
    rest->at += stands ? 4 : 0;
    return stands;
}

/* Do eight bytes have the form? A 0 in it stands for any digit, a letter for itself in any case. All at once: wrong is
 * what a byte may not have in common with what it differs by, add makes a wrong digit overflow into that. */
ALWAYS bool has_form(const uint8_t *bytes, const char form[8])
{
    uint64_t word = s7_word_at(bytes), expected = 0, add = 0, wrong = 0;
#pragma GCC unroll 8 /* all of it is known when this is compiled */
    for (unsigned i = 0; i < 8; i++) {
        bool digit = form[i] == '0', letter = form[i] >= 'A' && form[i] <= 'Z';
        expected |= (uint64_t)form[i] << 8 * i;
        add |= (uint64_t)(digit ? 0x76 : 0) << 8 * i;
        wrong |= (uint64_t)(digit ? 0x80 : letter ? 0xdf : 0xff) << 8 * i;
    }
    word ^= expected;
    return (((word + add) | word) & wrong) == 0;
}

ALWAYS bool take_coordinate(struct rest *rest, char positive, char negative)
{
    struct digits digits = take_decimal(rest);
    if (digits.whole - 1 > 2 || digits.decimals - 1 > 9 || left(rest) < 2 || rest->at[1] != ',' ||
        (*rest->at != (uint8_t)positive && *rest->at != (uint8_t)negative))
        return false;
    rest->at += 2;
    return true;
}

/* Does the text parse as a body behind its validity up to the speed? (docs/PROTOCOL.md 1.1, 4) rest moves there. */
static bool body_parses(struct rest *rest)
{
    if (left(rest) < 24 || !has_form(rest->at, "DATE:000") || !has_form(rest->at + 8, "000,TIME") ||
        !has_form(rest->at + 16, ":000000,"))
        return false;
    rest->at += 24;
    skip_label(rest, "lat:");
    if (!take_coordinate(rest, 'N', 'S'))
        return false;
    if (!skip_label(rest, "lot:"))
        skip_label(rest, "lon:");
    if (!take_coordinate(rest, 'E', 'W') || left(rest) < 7 || !are(rest->at, "spee", "    ") ||
        !are(rest->at + 2, "eed:", "   "))
        return false;
    rest->at += 6;
    struct digits speed = take_decimal(rest);
    return speed.whole > 0 && speed.point == (speed.decimals > 0) && speed.whole + speed.decimals <= 18 &&
           (rest->at == rest->end || *rest->at == ',');
}

static void set_usual(struct s7_usual *usual, enum s7_kind kind, uint32_t id, const struct s7_frame *frame)
{
    usual->kind = kind;
    usual->id_offset = id;
    usual->id_length = frame->id_length;
}

static bool is_letter(uint8_t c)
{
    return (uint8_t)(c - 'A') <= 'Z' - 'A';
}

static bool is_digit(uint8_t c)
{
    return (uint8_t)(c - '0') <= 9;
}

/* Does the text begin with bytes of that form? Two blocks at least, the last one may have bytes of the one before. */
ALWAYS bool fast_is_remembered(const struct rest *rest, const struct s7_report_form *form)
{
    size_t length = form->length, last = length - S7_BLOCK;
    if (length == 0 || left(rest) < length)
        return false;
    s7_block differ = s7_block_form(rest->at + last) ^ s7_block_at(form->bytes + last);
    for (size_t i = 0; i < last; i += S7_BLOCK)
        differ |= s7_block_form(rest->at + i) ^ s7_block_at(form->bytes + i);
    return s7_block_is_zero(differ);
}

/* A report of that kind, from its code on to the comma behind its speed. Not where a digit of the code tells it from
 * others. */
static void remember(struct s7_report_form *form, const uint8_t *start, uint32_t code, const struct rest *rest,
                     enum s7_kind kind)
{
    size_t length = (size_t)(rest->at - start) + 1;
    if (rest->at == rest->end || length > S7_REPORT_FORM_MAX)
        return;
    for (size_t i = 0; i < code; i++)
        if (is_digit(start[i]))
            return;
    for (size_t i = 0; i < length; i++)
        form->bytes[i] = is_digit(start[i]) ? '0' : start[i];
    form->length = (uint32_t)length;
    form->kind = kind;
}

/* What stands behind the id: "CMD-" and letters or digits, perhaps a body. */
static bool report_parses(const uint8_t *data, uint32_t token, const struct s7_frame *frame, struct s7_usual *usual)
{
    if (!are(data + token, "CMD-", "\0\0\0"))
        return false;
    struct rest rest = {data + token + 4, data + frame->length - 1};
    struct s7_span code = s7_span(token, 4);
    for (; rest.at < rest.end && (is_digit(*rest.at) || is_letter(*rest.at)); rest.at++)
        code.length++;
    if (rest.at < rest.end && *rest.at != ',')
        return false;
    bool has_body =
        left(&rest) >= 2 && (rest.at[1] == 'A' || rest.at[1] == 'V') && (left(&rest) == 2 || rest.at[2] == ',');
    enum s7_kind kind;
    if (!s7_gotop_kind(data, code, has_body, &kind) || kind == S7_KIND_PASSTHROUGH)
        return false; /* what follows CMD-Z is no body */
    if (has_body) {
        rest.at += 3;
        if (rest.at > rest.end || !body_parses(&rest))
            return false;
        remember(&usual->form, data + token, code.length, &rest, kind);
    }
    set_usual(usual, kind, 1, frame);
    return true;
}

/* "#", id, ",", a report, "#": one that looks as the last one with a body did is one. */
bool s7_gotop_usual(const uint8_t *data, const struct s7_frame *frame, struct s7_usual *usual)
{
    uint32_t token = 1 + (uint32_t)frame->id_length + 1;
    if (frame->shape != S7_SHAPE_UPLINK || frame->length < token + 5 || data[frame->length - 1] != '#')
        return false;
    const struct rest rest = {data + token, data + frame->length - 1};
    if (!S7_FAST_PATHS || !fast_is_remembered(&rest, &usual->form))
        return report_parses(data, token, frame, usual);
    set_usual(usual, usual->form.kind, 1, frame);
    return true;
}

/* In front of the event of a report: before id, code and event. */
#define HEAD_COMMAS 3

/* "&&", index, length, ",", id, ",000,", event, ",": a report if it has enough fields, whatever is in them. */
bool s7_startek_usual(const uint8_t *data, const struct s7_frame *frame, struct s7_usual *usual)
{
    uint32_t id = frame->head_length + 1, event = id + frame->id_length + 5;
    uint32_t end = (uint32_t)frame->head_length + frame->body_length;
    if (frame->direction != S7_UP || frame->commas < HEAD_COMMAS + S7_STARTEK_REPORT_FIELDS - 1 || event >= end ||
        end > frame->length || !are(data + event - 5, ",000", "\0\0\0") || data[event - 1] != ',')
        return false;
    size_t digits = s7_few_digits(data + event, end - event, 4);
    if (digits < 1 || digits > 3 || event + digits >= end || data[event + digits] != ',')
        return false;
    int number = data[event] - '0';
    for (size_t i = 1; i < digits; i++)
        number = number * 10 + data[event + i] - '0';
    set_usual(usual, s7_startek_kind(number), id, frame);
    return true;
}

/* Serial and type behind the id of a header. */
#define SERIAL_MAX 4
#define TYPE       3

/* "$$", length, ",", id, ",", serial, ",A01,": a report whatever its fields are; with an alarm in the first it is an
 * event. A00 alike. An A03 has an answer of its own, for which it must be decoded. (docs/FIFOTRACK.md 3, 7, 9.27) */
bool s7_fifotrack_usual(const uint8_t *data, const struct s7_frame *frame, struct s7_usual *usual)
{
    uint32_t id = frame->head_length + 1U, at = id + frame->id_length + 1;
    uint32_t end = frame->head_length + frame->body_length;
    if (frame->direction != S7_UP || end > frame->length || at + 1 + TYPE + 1 > end)
        return false;
    const uint8_t *comma = memchr(data + at, ',', end - at < SERIAL_MAX + 1 ? end - at : SERIAL_MAX + 1);
    if (!comma)
        return false;
    at = (uint32_t)(comma - data) + 1;
    if (at + TYPE + 1 >= end || data[at] != 'A' || data[at + 1] != '0' || data[at + TYPE] != ',')
        return false;
    uint8_t type = data[at + 2];
    if (type != '0' && type != '1')
        return false;
    enum s7_kind kind = data[at + TYPE + 1] == ',' ? S7_KIND_POSITION : S7_KIND_EVENT;
    set_usual(usual, kind, id, frame);
    return true;
}

bool s7_usual(const uint8_t *data, const struct s7_frame *frame, struct s7_usual *usual)
{
    if (frame->flags != 0 || frame->id_length == 0)
        return false;
    switch (frame->dialect) {
#define DIALECT(identifier, prefix, ...)                                                                               \
    case S7_##identifier:                                                                                              \
        return s7_##prefix##_usual(data, frame, usual);
#include "dialects.def"
#undef DIALECT
    default:
        return false;
    }
}
