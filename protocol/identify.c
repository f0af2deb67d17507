/* SPDX-License-Identifier: GPL-2.0-or-later
 * The quick look at a frame of the form that nearly all have: a gotop report whose code stands right behind the id, a
 * startek report that needs no acknowledgement, a fifotrack report. The fuzz targets check that it agrees with the
 * decoder. */
#include "identify.h"

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

ALWAYS size_t take_digits(struct rest *rest)
{
    size_t digits = s7_count_digits(rest->at, left(rest));
    rest->at += digits;
    return digits;
}

ALWAYS bool take(struct rest *rest, char c)
{
    if (rest->at == rest->end || *rest->at != (uint8_t)c)
        return false;
    rest->at++;
    return true;
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
    size_t degrees = take_digits(rest);
    if (degrees < 1 || degrees > 3 || !take(rest, '.'))
        return false;
    size_t decimals = take_digits(rest);
    if (decimals < 1 || decimals > 10)
        return false;
    return (take(rest, positive) || take(rest, negative)) && take(rest, ',');
}

/* Does the text parse as a body behind its validity up to the speed? (docs/PROTOCOL.md 1.1, 4) */
ALWAYS bool body_parses(struct rest rest)
{
    if (left(&rest) < 24 || !has_form(rest.at, "DATE:000") || !has_form(rest.at + 8, "000,TIME") ||
        !has_form(rest.at + 16, ":000000,"))
        return false;
    rest.at += 24;
    skip_label(&rest, "lat:");
    if (!take_coordinate(&rest, 'N', 'S'))
        return false;
    if (!skip_label(&rest, "lot:"))
        skip_label(&rest, "lon:");
    if (!take_coordinate(&rest, 'E', 'W') || left(&rest) < 7 || !are(rest.at, "spee", "    ") ||
        !are(rest.at + 2, "eed:", "   "))
        return false;
    rest.at += 6;
    size_t whole = take_digits(&rest), decimals = 0;
    if (whole > 0 && take(&rest, '.')) {
        decimals = take_digits(&rest);
        if (decimals == 0)
            return false;
    }
    return whole > 0 && whole + decimals <= 18 && (rest.at == rest.end || *rest.at == ',');
}

static bool is_plain(uint8_t c)
{
    return (uint8_t)(c - '0') <= 9 || (uint8_t)(c - 'A') <= 'Z' - 'A';
}

/* "#", id, ",CMD-" and letters or digits, perhaps a body, "#". */
bool s7_gotop_usual(const uint8_t *data, const struct s7_frame *frame, struct s7_usual *usual)
{
    uint32_t token = 1 + (uint32_t)frame->id_length + 1;
    if (frame->shape != S7_SHAPE_UPLINK || frame->length < token + 5 || data[frame->length - 1] != '#' ||
        memcmp(data + token, "CMD-", 4) != 0)
        return false;
    struct rest rest = {data + token + 4, data + frame->length - 1};
    struct s7_span code = s7_span(token, 4);
    for (; rest.at < rest.end && is_plain(*rest.at); rest.at++)
        code.length++;
    if (rest.at < rest.end && *rest.at != ',')
        return false;
    bool has_body =
        left(&rest) >= 2 && (rest.at[1] == 'A' || rest.at[1] == 'V') && (left(&rest) == 2 || rest.at[2] == ',');
    enum s7_kind kind;
    if (!s7_gotop_kind(data, code, has_body, &kind) || kind == S7_KIND_PASSTHROUGH)
        return false; /* what follows CMD-Z is no body */
    if (has_body && (left(&rest) == 2 || !body_parses((struct rest){rest.at + 3, rest.end})))
        return false;
    *usual = (struct s7_usual){kind, 1, frame->id_length};
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
        end > frame->length || memcmp(data + event - 5, ",000,", 5) != 0)
        return false;
    size_t digits = s7_few_digits(data + event, end - event, 4);
    if (digits < 1 || digits > 3 || event + digits >= end || data[event + digits] != ',')
        return false;
    int number = 0;
    for (size_t i = 0; i < digits; i++)
        number = number * 10 + data[event + i] - '0';
    *usual = (struct s7_usual){s7_startek_kind(number), id, frame->id_length};
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
    *usual = (struct s7_usual){kind, id, frame->id_length};
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
