/* SPDX-License-Identifier: GPL-2.0-or-later
 * startek: the binary data of updates over the air, codes 990 to 995.
 * Takes the data of the frame, which the caller has emitted whole, and emits its numbers below it; data that does not
 * have the documented form has none. (docs/STARTEK.md 6) */
#include "startek.h"

/* Parts of one layout at most, and the code of the first layout. */
#define PARTS_MAX 4
#define FIRST     990

struct part {
    uint8_t bytes; /* 0: all that is left */
    uint16_t id;   /* enum s7_field_id */
};

/* By code, the command first; no parts: no data is documented. */
static const struct part layouts[][2][PARTS_MAX] = {
    [990 - FIRST] = {{{0, 0}},
                     {{1, S7_FIELD_UPDATE_ANSWER},
                      {2, S7_FIELD_UPDATE_MACHINE},
                      {2, S7_FIELD_UPDATE_BLOCK_SIZE},
                      {0, S7_FIELD_UPDATE_VERSION}}},
    [991 - FIRST] = {{{0, 0}}, {{1, S7_FIELD_UPDATE_ANSWER}}},
    [992 - FIRST] = {{{4, S7_FIELD_UPDATE_OFFSET}, {2, S7_FIELD_UPDATE_SIZE}, {0, S7_FIELD_UPDATE_DATA}},
                     {{4, S7_FIELD_UPDATE_OFFSET}, {2, S7_FIELD_UPDATE_SIZE}, {1, S7_FIELD_UPDATE_ANSWER}}},
    [993 - FIRST] = {{{4, S7_FIELD_UPDATE_SIZE}, {2, S7_FIELD_UPDATE_CHECK}}, {{1, S7_FIELD_UPDATE_ANSWER}}},
    [994 - FIRST] = {{{0, 0}}, {{1, S7_FIELD_UPDATE_ANSWER}}},
    [995 - FIRST] = {{{0, 0}}, {{1, S7_FIELD_UPDATE_ANSWER}}},
};
#define CODES (sizeof layouts / sizeof layouts[0])

/* Unsigned, the first byte is the highest. */
static int64_t read_bytes(const uint8_t *data, struct s7_span span)
{
    int64_t value = 0;
    for (uint32_t i = 0; i < span.length; i++)
        value = value << 8 | data[span.offset + i];
    return value;
}

/* Has the data the bytes of these parts? What is left at the end counts as many as there are. */
static bool fits(const struct part *parts, struct s7_span data)
{
    uint32_t bytes = 0;
    bool open = false;
    for (unsigned i = 0; i < PARTS_MAX && parts[i].id; i++) {
        bytes += parts[i].bytes;
        open = parts[i].bytes == 0;
    }
    return bytes > 0 && (open ? data.length >= bytes : data.length == bytes);
}

void s7_startek_update(struct s7_builder *b, unsigned code, bool answer, struct s7_span data)
{
    if (code < FIRST || code - FIRST >= CODES || !fits(layouts[code - FIRST][answer], data))
        return;
    const struct part *part = layouts[code - FIRST][answer];
    b->depth++;
    for (unsigned i = 0; i < PARTS_MAX && part[i].id; i++) {
        struct s7_span span = s7_span(data.offset, part[i].bytes ? part[i].bytes : data.length);
        data = s7_span(data.offset + span.length, data.length - span.length);
        if (span.length == 0)
            continue;
        if (s7_fields[part[i].id].type == S7_TEXT)
            s7_emit_text(b, part[i].id, span);
        else
            s7_emit_integer(b, part[i].id, span, read_bytes(b->data, span))->digits = (uint8_t)(2 * span.length);
    }
    b->depth--;
}
