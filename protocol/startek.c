/* SPDX-License-Identifier: GPL-2.0-or-later
 * startek: header, codes, commands and their answers; reports have their own file.
 * Takes a frame that the scanner found, fills a message. (docs/STARTEK.md 1.1, 3, 5, 6) */
#include "startek.h"

#include <string.h>

/* Codes whose data has a form of its own. */
enum code {
    CODE_NONE = -1,
    CODE_REPORT = 0,
    CODE_REPORT_ACKNOWLEDGED = 10,
    CODE_COMPRESSED = 20,
    CODE_HEARTBEAT = 30,
    CODE_ACCESS_POINT = 109,
    CODE_PICTURE = 265,
    CODE_OBD = 271,
    CODE_WIFI = 280,
    CODE_SMS_PASSWORD = 600,
    CODE_SIM_PIN = 602,
    CODE_SERIAL = 710,
    CODE_SETTINGS = 808,
    CODE_FOTA_CHECK = 990,
    CODE_FOTA_AUTHORISE = 991,
    CODE_FOTA_BLOCK = 992,
    CODE_FOTA_VERIFY = 993,
    CODE_FOTA_INSTALL = 994,
    CODE_FOTA_CANCEL = 995,
};

static const char code_texts[][4] = {
#define STARTEK_CODE(code, meaning) code,
#include "codes.def"
};

static bool code_listed(const uint8_t *code)
{
    for (size_t i = 0; i < sizeof code_texts / sizeof *code_texts; i++)
        if (memcmp(code, code_texts[i], 3) == 0)
            return true;
    return false;
}

/* The value of a span of three digits, CODE_NONE if it is something else. */
static int code_number(const struct s7_builder *b, struct s7_span span)
{
    int64_t value;
    return span.length == 3 && s7_read_uint(b->data, span, &value) ? (int)value : CODE_NONE;
}

/* --- Commands and answers --- */

/* Binary data of an update: whole, and its numbers. */
static void decode_update(struct s7_builder *b, int code, struct s7_span data)
{
    s7_emit_extra(b, data, 0);
    s7_startek_update(b, (unsigned)code, b->message->direction == S7_UP, data);
}

/* From which argument on a command holds secrets, 0 = none. A password may have commas in it, so may what stands before
 * it: all that follows is secret too. */
static unsigned secret_argument(int code)
{
    switch (code) {
    case CODE_SMS_PASSWORD:
    case CODE_SIM_PIN:
        return 1;
    case CODE_ACCESS_POINT:
    case CODE_WIFI:
        return 3;
    default:
        return 0;
    }
}

static void decode_command(struct s7_builder *b, int code, struct s7_span data)
{
    b->message->kind = S7_KIND_COMMAND;
    if (code == CODE_FOTA_BLOCK || code == CODE_FOTA_VERIFY)
        decode_update(b, code, data);
    else
        s7_emit_arguments(b, data, secret_argument(code));
}

/* The answer to 808 repeats the code that was asked for, then its settings. */
static void decode_settings(struct s7_builder *b, struct s7_span data)
{
    struct s7_cursor cursor = s7_cursor_at(b, data);
    struct s7_span first;
    s7_next_comma(&cursor, &first);
    unsigned secret = secret_argument(code_number(b, first));
    s7_emit_arguments(b, data, secret ? secret + 1 : 0);
}

/* Part of a picture: name, offset, size, bytes. */
static void decode_picture(struct s7_builder *b, struct s7_span data)
{
    struct s7_cursor cursor = s7_cursor_at(b, data);
    struct s7_span part[3] = {{0, 0}, {0, 0}, {0, 0}};
    int64_t offset, size;
    for (unsigned i = 0; i < 3; i++)
        s7_next_comma(&cursor, &part[i]);
    struct s7_span bytes = s7_rest(&cursor);
    if (cursor.done || part[0].length == 0 || !s7_read_uint(b->data, part[1], &offset) ||
        !s7_read_uint(b->data, part[2], &size) || size != bytes.length) {
        s7_emit_extra(b, data, 0);
        return;
    }
    s7_emit_text(b, S7_FIELD_PICTURE, part[0]);
    s7_emit_text(b, S7_FIELD_ARGUMENT, part[1])->number = 2;
    s7_emit_text(b, S7_FIELD_ARGUMENT, part[2])->number = 3;
    s7_emit_extra(b, bytes, 4);
}

static bool is_refusal(const struct s7_builder *b, struct s7_span data)
{
    return s7_span_is(b, data, "Failed") || s7_span_is(b, data, "Unsupport");
}

static void decode_answer(struct s7_builder *b, int code, struct s7_span data)
{
    b->message->kind = S7_KIND_ANSWER;
    if (is_refusal(b, data)) {
        b->message->kind = S7_KIND_REJECTED;
        s7_emit_arguments(b, data, 0);
        return;
    }
    switch (code) {
    case CODE_PICTURE:
        decode_picture(b, data);
        break;
    case CODE_FOTA_CHECK:
    case CODE_FOTA_AUTHORISE:
    case CODE_FOTA_BLOCK:
    case CODE_FOTA_VERIFY:
    case CODE_FOTA_INSTALL:
    case CODE_FOTA_CANCEL:
        decode_update(b, code, data);
        break;
    case CODE_OBD:
        s7_emit_text(b, S7_FIELD_ARGUMENT, data)->number = 1;
        break;
    case CODE_SETTINGS:
        decode_settings(b, data);
        break;
    default:
        s7_emit_arguments(b, data, 0);
    }
}

/* --- The frame --- */

static void decode_uplink(struct s7_builder *b, int code, struct s7_span data, bool has_data)
{
    switch (code) {
    case CODE_REPORT:
    case CODE_REPORT_ACKNOWLEDGED:
        s7_startek_report(b, data);
        break;
    case CODE_COMPRESSED:
        s7_emit_extra(b, data, 0);
        break;
    case CODE_HEARTBEAT:
        if (!s7_startek_shaped_report(b, data))
            s7_emit_extra(b, data, 0);
        break;
    case CODE_SERIAL:
        b->message->kind = S7_KIND_PASSTHROUGH;
        if (data.length > 0) {
            s7_emit_text(b, S7_FIELD_SERIAL, data);
            s7_startek_serial(b, data);
        }
        break;
    default:
        if (!b->message->listed && !is_refusal(b, data)) {
            if (!s7_startek_shaped_report(b, data))
                s7_emit_by_position(b, data);
        } else if (has_data) {
            decode_answer(b, code, data);
        } else {
            b->message->kind = S7_KIND_ANSWER;
        }
    }
}

/* Cuts "id,code,data" at its first two commas, as s7_split(); where the scanner found an id, the first is behind it. */
static unsigned split_body(const struct s7_builder *b, struct s7_span body, uint16_t *starts)
{
    const uint8_t *text = b->data + body.offset;
    uint32_t id = b->frame->id_length, data = id + 5;
    if (!S7_FAST_PATHS || id == 0 || data > body.length || text[id] != ',' || text[data - 1] != ',')
        return s7_split(b->data, body, ',', starts, 2);
    starts[0] = (uint16_t)body.offset;
    starts[1] = (uint16_t)(body.offset + id + 1);
    starts[2] = (uint16_t)(body.offset + data);
    starts[3] = (uint16_t)(body.offset + body.length + 1);
    return 3;
}

/* ",id,code,data" */
static void decode_body(struct s7_builder *b, struct s7_span body)
{
    struct s7_message *m = b->message;
    uint16_t starts[S7_SPLIT_PLACES(2)];
    if (body.length > 0 && b->data[body.offset] == ',')
        body = s7_span(body.offset + 1, body.length - 1);
    if (body.length == 0)
        return;
    unsigned parts = split_body(b, body, starts);
    struct s7_span id = s7_part(starts, 0);
    if (id.length > 0) {
        s7_emit_id(b, id);
    }
    if (parts < 2)
        return;
    struct s7_span text = s7_part(starts, 1);
    int code = code_number(b, text);
    m->listed = code != CODE_NONE && code_listed(b->data + text.offset);
    if (text.length > 0) {
        struct s7_field *field = s7_emit_text(b, S7_FIELD_CODE, text);
        if (!m->listed)
            s7_flag(b, field, S7_FLAG_UNKNOWN_CODE);
    }
    bool has_data = parts > 2;
    struct s7_span data = has_data ? s7_part(starts, 2) : s7_span(body.offset + body.length, 0);
    if (m->direction == S7_UP)
        decode_uplink(b, code, data, has_data);
    else if (has_data)
        decode_command(b, code, data);
    else
        m->kind = S7_KIND_COMMAND;
}

/* Checksum and terminator, of a damaged frame what there is of them. */
static void emit_end(struct s7_builder *b, struct s7_span end)
{
    if (end.length >= 2 && b->data[end.offset] != '\r') {
        s7_parse_hex(b, S7_FIELD_CHECKSUM, s7_span(end.offset, 2));
        end = s7_span(end.offset + 2, end.length - 2);
    }
    if (end.length > 0)
        s7_emit_text(b, S7_FIELD_TERMINATOR, end);
}

void s7_startek_decode(struct s7_builder *b)
{
    const struct s7_frame *frame = b->frame;
    uint32_t head = frame->head_length < frame->length ? frame->head_length : frame->length;
    uint32_t left = frame->length - head;
    uint32_t body = frame->body_length < left ? frame->body_length : left;
    if (b->brief) {
        decode_body(b, s7_span(head, body));
        return;
    }
    if (head > 2)
        s7_emit_text(b, S7_FIELD_INDEX, s7_span(2, 1));
    if (head > 3)
        s7_parse_integer(b, S7_FIELD_LENGTH, s7_span(3, head - 3), 0, INT64_MAX);
    decode_body(b, s7_span(head, body));
    emit_end(b, s7_span(head + body, left - body));
}
