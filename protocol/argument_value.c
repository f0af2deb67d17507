/* SPDX-License-Identifier: GPL-2.0-or-later
 * Values of arguments: does the text have the form of its type, is it in range, and what does it say in words?
 * Takes the bytes of one argument and its description; gives the verdict and the words. (docs/PROTOCOL.md 7,
 * docs/STARTEK.md 6) */
#include "arguments.h"

#include "builder.h"
#include "dialect.h"

#include <string.h>

#define FITS    S7_ARGUMENT_FITS
#define OUTSIDE S7_ARGUMENT_OUTSIDE
#define BAD     S7_ARGUMENT_BAD

/* Where the words go; what does not fit is cut. */
struct out {
    char *text;
    size_t size, length;
};

/* The bytes of the argument. */
struct in {
    const uint8_t *text;
    uint32_t length;
};

typedef enum s7_argument_fit reader(const struct s7_argument *argument, struct in in, struct out *out);

/* --- Words --- */

static void put_bytes(struct out *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length && out->length + 1 < out->size; i++)
        out->text[out->length++] = text[i];
}

static void put(struct out *out, const char *text)
{
    put_bytes(out, text, strlen(text));
}

static void put_raw(struct out *out, struct in in)
{
    static const char hex[] = "0123456789ABCDEF";
    for (uint32_t i = 0; i < in.length; i++) {
        uint8_t c = in.text[i];
        char plain = (char)c, escape[4] = {'\\', 'x', hex[c >> 4], hex[c & 15]};
        if (c == '\r')
            put(out, "\\r");
        else if (c == '\n')
            put(out, "\\n");
        else if (c == '\\')
            put(out, "\\\\");
        else if (c >= 0x20 && c < 0x7f)
            put_bytes(out, &plain, 1);
        else
            put_bytes(out, escape, sizeof escape);
    }
}

static void put_value(struct out *out, enum s7_field_type type, int64_t value, unsigned digits)
{
    char text[S7_VALUE_SIZE];
    struct s7_field field = {.type = (uint8_t)type, .digits = (uint8_t)digits};
    field.value.integer = value;
    put_bytes(out, text, s7_value_print(&field, text));
}

static void put_unit(struct out *out, const char *unit)
{
    put(out, *unit ? " " : "");
    put(out, unit);
}

/* Word number n of those between bars; NULL if there are not so many. */
static const char *word_at(const char *words, int64_t n, size_t *length)
{
    for (; n > 0; n--) {
        words = strchr(words, '|');
        if (!words)
            return NULL;
        words++;
    }
    const char *end = strchr(words, '|');
    *length = end ? (size_t)(end - words) : strlen(words);
    return words;
}

static bool is_text(struct in in, const char *text, size_t length)
{
    return in.length == length && memcmp(in.text, text, length) == 0;
}

static bool is_word(struct in in, const char *words)
{
    size_t length;
    const char *word;
    for (int64_t n = 0; (word = word_at(words, n, &length)) != NULL; n++)
        if (is_text(in, word, length))
            return true;
    return false;
}

/* --- Parts --- */

static struct in part(struct in in, uint32_t offset, uint32_t length)
{
    return (struct in){in.text + offset, length};
}

static bool all_digits(struct in in)
{
    return s7_digits(in.text, s7_span(0, in.length));
}

static bool read_number(struct in in, int64_t *value)
{
    return s7_read_uint(in.text, s7_span(0, in.length), value);
}

static unsigned two_digits(struct in in, uint32_t offset)
{
    return (unsigned)((in.text[offset] - '0') * 10 + (in.text[offset + 1] - '0'));
}

/* Where the byte stands, the length if nowhere. */
static uint32_t find(struct in in, uint8_t wanted)
{
    const uint8_t *found = memchr(in.text, wanted, in.length);
    return found ? (uint32_t)(found - in.text) : in.length;
}

static enum s7_argument_fit in_range(int64_t value, int64_t low, int64_t high)
{
    return value >= low && value <= high ? FITS : OUTSIDE;
}

/* Four numbers with points between. */
static enum s7_argument_fit check_address(struct in in)
{
    enum s7_argument_fit fit = FITS;
    unsigned parts = 0;
    for (uint32_t from = 0; from <= in.length; parts++) {
        struct in rest = part(in, from, in.length - from);
        uint32_t length = find(rest, '.');
        int64_t value;
        if (!read_number(part(rest, 0, length), &value))
            return BAD;
        if (value > 255)
            fit = OUTSIDE;
        from += length + 1;
    }
    return parts == 4 ? fit : BAD;
}

/* --- Types --- */

static enum s7_argument_fit read_text(const struct s7_argument *argument, struct in in, struct out *out)
{
    put_raw(out, in);
    return in_range(in.length, argument->low, argument->high);
}

static enum s7_argument_fit read_digits(const struct s7_argument *argument, struct in in, struct out *out)
{
    return all_digits(in) ? read_text(argument, in, out) : BAD;
}

static enum s7_argument_fit read_word(const struct s7_argument *argument, struct in in, struct out *out)
{
    for (uint32_t i = 0; i < in.length; i++)
        if (!s7_is_digit(in.text[i]) && !s7_is_letter(in.text[i]))
            return BAD;
    return read_text(argument, in, out);
}

static enum s7_argument_fit read_enum(const struct s7_argument *argument, struct in in, struct out *out)
{
    const char *words = argument->type == S7_ARGUMENT_FLAG ? "off|on" : argument->words, *word = NULL;
    int64_t value;
    size_t length;
    if (!read_number(in, &value))
        return BAD;
    enum s7_argument_fit fit = in_range(value, argument->low, argument->high);
    if (fit == FITS)
        word = word_at(words, value - argument->low, &length);
    if (word)
        put_bytes(out, word, length);
    else
        put_value(out, S7_UINT, value, 0);
    return fit;
}

static enum s7_argument_fit read_uint(const struct s7_argument *argument, struct in in, struct out *out)
{
    int64_t value;
    if (!read_number(in, &value))
        return BAD;
    if (value == 0 && *argument->words) {
        put(out, argument->words);
    } else {
        put_value(out, S7_UINT, value, 0);
        put(out, argument->type == S7_ARGUMENT_TENS && value > 0 ? "0" : "");
        put_unit(out, argument->unit);
    }
    bool word = value == 0 && *argument->words;
    return word ? FITS : in_range(value, argument->low, argument->high);
}

static enum s7_argument_fit read_padded(const struct s7_argument *argument, struct in in, struct out *out)
{
    uint32_t digits = 1;
    for (int64_t rest = argument->high; rest >= 10; rest /= 10)
        digits++;
    return in.length == digits ? read_uint(argument, in, out) : BAD;
}

static enum s7_argument_fit read_decimal(const struct s7_argument *argument, struct in in, struct out *out)
{
    int64_t value;
    unsigned digits;
    if (!s7_read_decimal(in.text, s7_span(0, in.length), &value, &digits))
        return BAD;
    put_value(out, S7_DECIMAL, value, digits);
    put_unit(out, argument->unit);
    int64_t whole = value;
    bool fraction = false;
    for (; digits > 0; digits--, whole /= 10)
        fraction = fraction || whole % 10 != 0;
    bool above = whole > argument->high || (whole == argument->high && fraction && value > 0);
    bool below = whole < argument->low || (whole == argument->low && fraction && value < 0);
    return above || below ? OUTSIDE : FITS;
}

static enum s7_argument_fit read_interval(const struct s7_argument *argument, struct in in, struct out *out)
{
    int64_t value, high = argument->high;
    const char *unit;
    if (in.length != 4 || !read_number(part(in, 0, 3), &value))
        return BAD;
    switch (in.text[3]) {
    case 'S':
        unit = "s";
        break;
    case 'M':
        unit = "min";
        break;
    case 'H':
        unit = "h";
        high = 254;
        break;
    default:
        return BAD;
    }
    put_value(out, S7_UINT, value, 0);
    put_unit(out, unit);
    return in_range(value, argument->low, high);
}

static enum s7_argument_fit read_zone(const struct s7_argument *argument, struct in in, struct out *out)
{
    bool minutes = in.length == 6;
    if ((in.length != 3 && !minutes) || (in.text[0] != '+' && in.text[0] != '-') || !all_digits(part(in, 1, 2)))
        return BAD;
    if (minutes && (in.text[3] != ':' || !all_digits(part(in, 4, 2))))
        return BAD;
    put(out, "UTC");
    put_raw(out, in);
    if (!minutes)
        put(out, ":00");
    unsigned minute = minutes ? two_digits(in, 4) : 0;
    return two_digits(in, 1) <= 23 && minute <= 45 && minute % 15 == 0 ? FITS : OUTSIDE;
}

/* One coordinate of a corner, degrees with that many digits: hundredths of a second, south and west negative. */
static enum s7_argument_fit read_angle(struct in in, uint32_t width, const char *sides, int64_t *hundredths)
{
    int64_t degrees;
    if (!read_number(part(in, 0, width), &degrees) || !all_digits(part(in, width, 6)))
        return BAD;
    uint8_t side = in.text[width + 6];
    if (side != (uint8_t)sides[0] && side != (uint8_t)sides[1])
        return BAD;
    unsigned minute = two_digits(in, width), second = two_digits(in, width + 2), rest = two_digits(in, width + 4);
    int64_t value = ((degrees * 60 + minute) * 60 + second) * 100 + rest;
    *hundredths = side == (uint8_t)sides[1] ? -value : value;
    return minute < 60 && second < 60 && value <= (width == 2 ? 90 : 180) * INT64_C(360000) ? FITS : OUTSIDE;
}

/* Degrees with as many of six decimals as they need: a hundredth of a second is 2.8 of their last place. */
static void put_angle(struct out *out, int64_t hundredths)
{
    int64_t half = hundredths < 0 ? -18 : 18, millionths = (hundredths * 100 + half) / 36;
    unsigned digits = 6;
    for (; digits > 0 && millionths % 10 == 0; digits--)
        millionths /= 10;
    put_value(out, S7_DECIMAL, millionths, digits);
}

static enum s7_argument_fit read_corners(const struct s7_argument *argument, struct in in, struct out *out)
{
    static const uint32_t starts[] = {0, 9, 19, 28};
    enum s7_argument_fit worst = FITS;
    int64_t angles[4];
    if (in.length != 38)
        return BAD;
    for (unsigned i = 0; i < 4; i++) {
        bool north = i % 2 == 0;
        struct in angle = part(in, starts[i], north ? 9 : 10);
        enum s7_argument_fit fit = read_angle(angle, north ? 2 : 3, north ? "NS" : "EW", &angles[i]);
        if (fit > worst)
            worst = fit;
    }
    if (worst == OUTSIDE)
        put_raw(out, in);
    for (unsigned i = 0; i < 4 && worst == FITS; i++) {
        static const char *const between[] = {"", ", ", " to ", ", "};
        put(out, between[i]);
        put_angle(out, angles[i]);
    }
    return worst;
}

/* Two digits each, with the separator between. */
static void put_parts(struct out *out, struct in in, const char *separator)
{
    for (uint32_t i = 0; i < in.length; i += 2) {
        put(out, i ? separator : "");
        put_raw(out, part(in, i, 2));
    }
}

static enum s7_argument_fit read_date(const struct s7_argument *argument, struct in in, struct out *out)
{
    if (in.length != 6 || !all_digits(in))
        return BAD;
    struct s7_time date = {.year = (uint16_t)(2000 + two_digits(in, 0)),
                           .month = (uint8_t)two_digits(in, 2),
                           .day = (uint8_t)two_digits(in, 4)};
    put(out, "20");
    put_parts(out, in, "-");
    return s7_real_date(&date) ? in_range(date.year, argument->low, argument->high) : OUTSIDE;
}

static enum s7_argument_fit read_time(const struct s7_argument *argument, struct in in, struct out *out)
{
    if (in.length != 6 || !all_digits(in))
        return BAD;
    put_parts(out, in, ":");
    return two_digits(in, 0) <= 23 && two_digits(in, 2) <= 59 && two_digits(in, 4) <= 59 ? FITS : OUTSIDE;
}

static enum s7_argument_fit read_stamp(const struct s7_argument *argument, struct in in, struct out *out)
{
    static const struct s7_argument years = {.low = 2000, .high = 2099};
    if (in.length != 12)
        return BAD;
    enum s7_argument_fit date = read_date(&years, part(in, 0, 6), out);
    put(out, " ");
    enum s7_argument_fit time = read_time(argument, part(in, 6, 6), out);
    return date > time ? date : time;
}

static enum s7_argument_fit read_alarm(const struct s7_argument *argument, struct in in, struct out *out)
{
    if (in.length != 5 || in.text[2] != ':' || !all_digits(part(in, 0, 2)) || !all_digits(part(in, 3, 2)))
        return BAD;
    put_raw(out, in);
    return two_digits(in, 0) <= 23 && two_digits(in, 3) <= 59 ? FITS : OUTSIDE;
}

static enum s7_argument_fit read_phone(const struct s7_argument *argument, struct in in, struct out *out)
{
    uint32_t plus = in.text[0] == '+';
    put_raw(out, in);
    return all_digits(part(in, plus, in.length - plus)) ? FITS : BAD;
}

static enum s7_argument_fit read_ip(const struct s7_argument *argument, struct in in, struct out *out)
{
    put_raw(out, in);
    return check_address(in);
}

static enum s7_argument_fit read_endpoint(const struct s7_argument *argument, struct in in, struct out *out)
{
    uint32_t colon = find(in, ':');
    enum s7_argument_fit fit = colon > 0 ? check_address(part(in, 0, colon)) : FITS;
    put_raw(out, in);
    if (colon + 1 >= in.length || fit == BAD)
        return fit;
    struct in text = part(in, colon + 1, in.length - colon - 1);
    int64_t port;
    if (!read_number(text, &port))
        return BAD;
    return text.length > 5 || port > argument->high ? OUTSIDE : fit;
}

static enum s7_argument_fit read_url(const struct s7_argument *argument, struct in in, struct out *out)
{
    static const char scheme[] = "http://";
    uint32_t head = sizeof scheme - 1, end = find(in, ';');
    int64_t port;
    if (is_text(in, ";", 1)) {
        put(out, "cleared");
        return FITS;
    }
    if (end < head || end == in.length || memcmp(in.text, scheme, head) != 0 ||
        !read_number(part(in, end + 1, in.length - end - 1), &port))
        return BAD;
    put_raw(out, part(in, head, end - head));
    put(out, ":");
    put_value(out, S7_UINT, port, 0);
    return port < 65535 ? in_range(end - head, argument->low, argument->high) : OUTSIDE;
}

static enum s7_argument_fit read_hex(const struct s7_argument *argument, struct in in, struct out *out)
{
    uint64_t value;
    if (!s7_read_hex(in.text, s7_span(0, in.length), &value))
        return BAD;
    put_value(out, S7_HEX, (int64_t)value, in.length);
    return FITS;
}

/* The words whose digit is 1. */
static enum s7_argument_fit read_switches(const struct s7_argument *argument, struct in in, struct out *out)
{
    const char *between = "", *word;
    size_t length;
    for (uint32_t i = 0; i < in.length; i++) {
        word = word_at(argument->words, i, &length);
        if (!word || (in.text[i] != '0' && in.text[i] != '1'))
            return BAD;
        if (in.text[i] == '0')
            continue;
        put(out, between);
        put_bytes(out, word, length);
        between = ", ";
    }
    if (!*between)
        put(out, "none");
    return word_at(argument->words, in.length, &length) ? BAD : FITS;
}

/* Digits, or "#" and hex digits. */
static bool is_card(struct in in)
{
    if (in.length < 2 || in.text[0] != '#')
        return all_digits(in);
    for (uint32_t i = 1; i < in.length; i++) {
        uint64_t digit;
        if (!s7_read_hex(in.text, s7_span(i, 1), &digit))
            return false;
    }
    return true;
}

static enum s7_argument_fit read_card(const struct s7_argument *argument, struct in in, struct out *out)
{
    put_raw(out, in);
    return is_card(in) || is_text(in, argument->words, strlen(argument->words)) ? FITS : BAD;
}

static enum s7_argument_fit read_pair(const struct s7_argument *argument, struct in in, struct out *out)
{
    uint32_t colon = find(in, ':');
    if (colon == in.length || !is_card(part(in, 0, colon)))
        return BAD;
    struct in value = part(in, colon + 1, in.length - colon - 1);
    put_raw(out, part(in, 0, colon));
    put(out, ": ");
    if (!*argument->words)
        return read_decimal(argument, value, out);
    put_raw(out, value);
    return is_word(value, argument->words) ? FITS : BAD;
}

static enum s7_argument_fit read_literal(const struct s7_argument *argument, struct in in, struct out *out)
{
    put(out, argument->words);
    return FITS;
}

static reader *const readers[] = {
    [S7_ARGUMENT_TEXT] = read_text,       [S7_ARGUMENT_DIGITS] = read_digits,
    [S7_ARGUMENT_WORD] = read_word,       [S7_ARGUMENT_FLAG] = read_enum,
    [S7_ARGUMENT_ENUM] = read_enum,       [S7_ARGUMENT_UINT] = read_uint,
    [S7_ARGUMENT_PADDED] = read_padded,   [S7_ARGUMENT_TENS] = read_uint,
    [S7_ARGUMENT_DECIMAL] = read_decimal, [S7_ARGUMENT_INTERVAL] = read_interval,
    [S7_ARGUMENT_ZONE] = read_zone,       [S7_ARGUMENT_CORNERS] = read_corners,
    [S7_ARGUMENT_DATE] = read_date,       [S7_ARGUMENT_TIME] = read_time,
    [S7_ARGUMENT_STAMP] = read_stamp,     [S7_ARGUMENT_SWITCHES] = read_switches,
    [S7_ARGUMENT_ALARM] = read_alarm,     [S7_ARGUMENT_PHONE] = read_phone,
    [S7_ARGUMENT_IP] = read_ip,           [S7_ARGUMENT_ENDPOINT] = read_endpoint,
    [S7_ARGUMENT_URL] = read_url,         [S7_ARGUMENT_HEX] = read_hex,
    [S7_ARGUMENT_CARD] = read_card,       [S7_ARGUMENT_PAIR] = read_pair,
    [S7_ARGUMENT_LITERAL] = read_literal,
};

static enum s7_argument_fit read_argument(const struct s7_argument *argument, struct in in, struct out *out)
{
    if (in.length > 0)
        return readers[argument->type](argument, in, out);
    if (argument->type == S7_ARGUMENT_ALARM)
        put(out, argument->words);
    return argument->optional ? FITS : BAD;
}

enum s7_argument_fit s7_argument_check(const struct s7_argument *argument, const uint8_t *text, size_t length)
{
    struct out out = {NULL, 0, 0};
    return read_argument(argument, (struct in){text, (uint32_t)length}, &out);
}

size_t s7_argument_print(const uint8_t *data, const struct s7_field *field, char *out, size_t size)
{
    const struct s7_argument *argument = field->value.argument;
    struct in in = {data + field->offset, field->length};
    struct out words = {out, size, 0};
    if (!argument || read_argument(argument, in, &words) == BAD) {
        words.length = 0;
        put_raw(&words, in);
    }
    if (size > 0)
        out[words.length] = '\0';
    return words.length;
}
