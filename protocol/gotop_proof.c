/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a gotop frame proves: it has neither length nor checksum, so its code and its body have to say it.
 * (docs/PROTOCOL.md 10.1, docs/SHARED-PORT.md) */
#include "dialect.h"
#include "inside.h"

/* The code of a gotop frame is one of the fields 1 to 3. */
#define CODE_FIELD_MAX 3

/* Does the code begin as those of the gotop dialect do? (docs/PROTOCOL.md 2) */
static bool has_prefix(const uint8_t *data, const struct s7_field *code)
{
    static const char *const prefixes[] = {"CMD-", "ALM-", "ERROR!", "Ver"};
    size_t length;
    const char *text = s7_text(data, code, &length);
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (length >= strlen(prefixes[i]) && memcmp(text, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

bool s7_gotop_proves(const uint8_t *data, const struct s7_message *message)
{
    if (message->direction != S7_UP)
        return false;
    const struct s7_field *code = s7_find(message, S7_FIELD_CODE);
    return message->listed || s7_find(message, S7_FIELD_VALID) || (code && has_prefix(data, code));
}

bool s7_gotop_counts(const struct s7_message *message)
{
    return message->listed && !(message->flags & (S7_FLAG_BIT(TERMINATOR_MISSING) | S7_FLAG_BIT(REPORT_TOO_SHORT)));
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

bool s7_gotop_has_code_or_body(const uint8_t *data, const uint8_t *end)
{
    const uint8_t *comma = memchr(data, ',', (size_t)(end - data));
    for (unsigned i = 1; comma && i <= CODE_FIELD_MAX; i++) {
        const uint8_t *field = comma + 1;
        if (is_code(field, end) || is_validity(field, end))
            return true;
        comma = memchr(field, ',', (size_t)(end - field));
    }
    return false;
}

/* Would the frame count among others' streams? */
static bool counts(struct s7_inside *inside, const uint8_t *data, size_t length)
{
    struct s7_frame frame = {.length = (uint32_t)length, .dialect = S7_GOTOP, .shape = S7_SHAPE_UPLINK};
    struct s7_message *message = s7_inside_message(inside);
    s7_identify(data, &frame, message);
    return s7_counts_among_others(message);
}

enum s7_opening s7_gotop_good(struct s7_inside *inside, size_t at)
{
    const uint8_t *data = inside->data + at;
    if (data[0] != '#')
        return S7_OPEN_NO; /* a command looks too much like other text */
    size_t length = inside->length - at, reach = inside->limit - at;
    reach = reach < S7_GOTOP_MAX ? reach : S7_GOTOP_MAX;
    enum s7_opening opens = s7_gotop_opens(data, length < reach ? length : reach);
    const uint8_t *close = opens == S7_OPEN_YES ? memchr(data + 1, '#', (length < reach ? length : reach) - 1) : NULL;
    if (opens == S7_OPEN_NO)
        return S7_OPEN_NO;
    if (!close) {
        inside->needed = inside->length + 1;
        return length < reach ? S7_OPEN_MAYBE : S7_OPEN_NO;
    }
    bool good =
        inside->strict ? counts(inside, data, (size_t)(close - data) + 1) : s7_gotop_has_code_or_body(data, close);
    return good ? S7_OPEN_YES : S7_OPEN_NO;
}
