/* SPDX-License-Identifier: GPL-2.0-or-later
 * See other.h; the patterns are in others.def. */
#include "other.h"

#include "dialect.h"

struct pattern {
    const char *name, *text;
    uint8_t size; /* of text; it may hold NUL */
};

static const struct pattern patterns[] = {
#define OTHER(name, text) {name, text, sizeof(text) - 1},
#include "others.def"
#undef OTHER
};

static bool is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

/* How many bytes at data the class matches, 0 if it does not. */
static size_t match_class(char class, const uint8_t *data, size_t length)
{
    size_t digits = 0;
    switch (class) {
    case 'd':
        return s7_is_digit(data[0]);
    case 'a':
        return is_upper(data[0]);
    case 'x':
        return s7_is_digit(data[0]) || (data[0] >= 'A' && data[0] <= 'F') || (data[0] >= 'a' && data[0] <= 'f');
    case '%':
        return data[0] == '%';
    case '?':
        return 1;
    case '^':
        return data[0] != ',';
    default: /* D, N */
        while (digits < length && digits < 16 && s7_is_digit(data[digits]))
            digits++;
        return class == 'N' && digits != 15 ? 0 : digits;
    }
}

static bool matches(const char *text, size_t size, const uint8_t *data, size_t length)
{
    size_t at = 0;
    for (size_t i = 0; i < size; i++) {
        if (at == length)
            return false;
        size_t n;
        if (text[i] == '%' && text[i + 1] == '*') { /* the rest may stand anywhere */
            while (at < length && !matches(text + i + 2, size - i - 2, data + at, length - at))
                at++;
            return at < length;
        }
        if (text[i] == '%')
            n = match_class(text[++i], data + at, length - at);
        else
            n = (uint8_t)text[i] == data[at];
        if (n == 0)
            return false;
        at += n;
    }
    return true;
}

const char *s7_other_protocol(const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        if (matches(patterns[i].text, patterns[i].size, data, length))
            return patterns[i].name;
    return NULL;
}
