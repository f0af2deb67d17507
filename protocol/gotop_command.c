/* SPDX-License-Identifier: GPL-2.0-or-later
 * Downlink frames of the gotop dialect: ":" password command arguments "#", and plain RESET!.
 * Takes a frame of shape COMMAND or RESET; gives password, code and the arguments as text, secrets marked.
 * (docs/PROTOCOL.md 1.3 and 7) */
#include "gotop.h"

#include <string.h>

#define PASSWORD_LENGTH 6

/* Length of the code at the start of the command: the letter, plus what belongs to it. A digit does only where the
 * answer carries it too (3.2), and only if the arguments end or a comma follows. */
static uint32_t code_length(const uint8_t *text, uint32_t length)
{
    if (length < 2)
        return length;
    uint8_t letter = text[0], second = text[1];
    if ((letter == 'K' && (second == 'H' || second == 'L')) || (letter == 'U' && second == 'V'))
        return 2;
    const char *digits = "";
    switch (letter) {
    case 'A':
        digits = "12345678";
        break;
    case 'F':
        digits = "1";
        break;
    case 'L':
        digits = "12345";
        break;
    case 'M':
        digits = "234";
        break;
    case 'Q':
        digits = "12345";
        break;
    case 'T':
        digits = "01";
        break;
    case 'U':
        digits = "0123456789";
        break;
    default:
        break;
    }
    bool alone = length == 2 || text[2] == ',';
    return alone && second != '\0' && strchr(digits, second) ? 2 : 1;
}

/* Is the letter one of the table? */
static bool is_listed(uint8_t letter)
{
    static const char letters[][8] = {
#define GOTOP_COMMAND(token, meaning) token,
#include "codes.def"
    };
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
        if ((uint8_t)letters[i][0] == letter)
            return true;
    return false;
}

/* Number of the first argument that is a secret, 0 = none: the new password of H, the password of O, the key of WW.
 * In a W that is not of the form W,ssid,key the key may stand right behind the name. */
static unsigned first_secret(const uint8_t *text, uint32_t length)
{
    switch (text[0]) {
    case 'H':
        return 1;
    case 'O':
        return 2;
    case 'W':
        return length > 1 && (text[1] == ',' || (text[1] == 'W' && length > 2 && text[2] == ',')) ? 3 : 2;
    default:
        return 0;
    }
}

static void emit_arguments(struct s7_builder *b, struct s7_span span, unsigned secret)
{
    struct s7_cursor cursor = s7_cursor_at(b, span);
    struct s7_span argument;
    for (unsigned number = 1; s7_next_comma(&cursor, &argument); number++) {
        struct s7_field *field = s7_emit_text(b, S7_FIELD_ARGUMENT, argument);
        field->number = (uint16_t)number;
        if (secret > 0 && number >= secret && argument.length > 0)
            s7_hide(b, field);
    }
}

static void decode_password(struct s7_builder *b, struct s7_span span)
{
    if (span.length > 0)
        s7_hide(b, s7_emit_text(b, S7_FIELD_PASSWORD, span));
}

void s7_gotop_command(struct s7_builder *b)
{
    b->message->kind = S7_KIND_COMMAND;
    if (b->frame->shape == S7_SHAPE_RESET) {
        s7_emit_text(b, S7_FIELD_CODE, s7_span(0, b->frame->length));
        b->message->listed = true;
        return;
    }
    struct s7_span content = s7_gotop_content(b);
    uint32_t head = content.length < PASSWORD_LENGTH ? content.length : PASSWORD_LENGTH;
    decode_password(b, s7_span(content.offset, head));
    const uint8_t *text = b->data + content.offset + head;
    uint32_t length = content.length - head;
    if (length > 0) {
        uint32_t code = code_length(text, length);
        uint32_t from = content.offset + head;
        s7_emit_text(b, S7_FIELD_CODE, s7_span(from, code));
        b->message->listed = is_listed(text[0]);
        /* The comma between a code of two characters and its arguments is no argument. */
        uint32_t skip = code == 2 && length > 2 && text[2] == ',' ? 3 : code;
        if (length > code)
            emit_arguments(b, s7_span(from + skip, length - skip), first_secret(text, length));
    }
    if (!b->message->listed)
        s7_flag(b, NULL, S7_FLAG_UNKNOWN_CODE);
    s7_gotop_terminator(b, content);
}
