/* SPDX-License-Identifier: GPL-2.0-or-later
 * The quick look at a gotop frame, for the form that nearly all have: the code right behind the id, no quote, no brace.
 * Takes a frame, gives id, code and kind, or leaves the frame to the decoder. The fuzz targets check that both agree.
 */
#include "gotop.h"

#include <string.h>

/* What is left of a text. */
struct rest {
    const uint8_t *at, *end;
};

/* Bytes that are digits from the first one on: of eight bytes in little-endian order. */
static unsigned leading_digits(uint64_t bytes)
{
    uint64_t values = bytes ^ UINT64_C(0x3030303030303030);
    uint64_t others = ((values + UINT64_C(0x7676767676767676)) | values) & UINT64_C(0x8080808080808080);
    return others == 0 ? 8 : (unsigned)__builtin_ctzll(others) / 8;
}

static size_t take_digits(struct rest *rest)
{
    const uint8_t *start = rest->at;
    uint64_t bytes;
    while (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && (size_t)(rest->end - rest->at) >= sizeof bytes) {
        memcpy(&bytes, rest->at, sizeof bytes);
        unsigned digits = leading_digits(bytes);
        rest->at += digits;
        if (digits < sizeof bytes)
            return (size_t)(rest->at - start);
    }
    while (rest->at < rest->end && (uint8_t)(*rest->at - '0') <= 9)
        rest->at++;
    return (size_t)(rest->at - start);
}

static bool take(struct rest *rest, char c)
{
    if (rest->at == rest->end || *rest->at != (uint8_t)c)
        return false;
    rest->at++;
    return true;
}

/* A label in any case, with its colon; text is lower-case. */
static bool take_label(struct rest *rest, const char *text, size_t length)
{
    if ((size_t)(rest->end - rest->at) < length || rest->at[length - 1] != ':')
        return false;
    for (size_t i = 0; i + 1 < length; i++)
        if ((rest->at[i] | 0x20) != text[i])
            return false;
    rest->at += length;
    return true;
}

static bool take_coordinate(struct rest *rest, const char *hemispheres)
{
    size_t degrees = take_digits(rest);
    if (degrees < 1 || degrees > 3 || !take(rest, '.'))
        return false;
    size_t decimals = take_digits(rest);
    if (decimals < 1 || decimals > 10)
        return false;
    return (take(rest, hemispheres[0]) || take(rest, hemispheres[1])) && take(rest, ',');
}

/* Does the text parse as a body behind its validity up to the speed? (docs/PROTOCOL.md 1.1, 4) */
static bool body_parses(struct rest rest)
{
    take_label(&rest, "date:", 5);
    if (take_digits(&rest) != 6 || !take(&rest, ','))
        return false;
    take_label(&rest, "time:", 5);
    if (take_digits(&rest) != 6 || !take(&rest, ','))
        return false;
    take_label(&rest, "lat:", 4);
    if (!take_coordinate(&rest, "NS"))
        return false;
    if (!take_label(&rest, "lot:", 4))
        take_label(&rest, "lon:", 4);
    if (!take_coordinate(&rest, "EW") || !take_label(&rest, "speed:", 6))
        return false;
    size_t whole = take_digits(&rest), decimals = 0;
    if (whole > 0 && take(&rest, '.')) {
        decimals = take_digits(&rest);
        if (decimals == 0)
            return false;
    }
    return whole > 0 && whole + decimals <= 18 && (rest.at == rest.end || *rest.at == ',');
}

bool s7_gotop_identify(struct s7_builder *b, struct s7_span content)
{
    const uint8_t *start = b->data + content.offset, *end = start + content.length;
    const uint8_t *comma = memchr(start, ',', content.length);
    if (!comma || end - comma < 6 || memcmp(comma + 1, "CMD-", 4) != 0 || memchr(start, '"', content.length) ||
        memchr(start, '{', content.length) || comma[5] == 'Z') /* CMD-Z: what follows is no body */
        return false;
    const uint8_t *token = comma + 1, *behind = memchr(token, ',', (size_t)(end - token));
    struct s7_span code = s7_span((uint32_t)(token - b->data), (uint32_t)((behind ? behind : end) - token));
    bool has_body = behind && end - behind >= 2 && (behind[1] == 'A' || behind[1] == 'V') &&
                    (end - behind == 2 || behind[2] == ',');
    s7_emit_text(b, S7_FIELD_DEVICE_ID, s7_span(content.offset, (uint32_t)(comma - start)));
    s7_emit_text(b, S7_FIELD_CODE, code);
    s7_gotop_set_kind(b, code, has_body);
    if (has_body && (end - behind == 2 || !body_parses((struct rest){behind + 3, end})))
        s7_gotop_set_truncated(b);
    return true;
}
