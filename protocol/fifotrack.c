/* SPDX-License-Identifier: GPL-2.0-or-later
 * fifotrack: header, types, commands and their answers; reports and pictures have their own files.
 * Takes a frame that the scanner found, fills a message. (docs/FIFOTRACK.md 1.1, 3, 7) */
#include "fifotrack.h"

#include <string.h>

/* A type as a number: its letter and its two digits. */
#define TYPE(letter, number) ((letter) << 8 | (number))

enum type {
    TYPE_NONE = 0,
    TYPE_SHORT = TYPE('A', 0),
    TYPE_REPORT = TYPE('A', 1),
    TYPE_UNKNOWN_REPORT = TYPE('A', 2),
    TYPE_ASSET = TYPE('A', 3),
    TYPE_ACCESS_POINT = TYPE('B', 1),
    TYPE_FIRMWARE = TYPE('B', 99),
    TYPE_SUPPLY = TYPE('C', 3),
    TYPE_SETTING = TYPE('C', 4),
    TYPE_BASICS = TYPE('C', 6),
    TYPE_PICTURE = TYPE('D', 5),
    TYPE_PACKAGE = TYPE('D', 6),
    TYPE_TIMER = TYPE('D', 7),
    TYPE_AUDIO = TYPE('S', 17),
};

/* The answer to a command that was not carried out, and to one that was. */
enum result { RESULT_NONE, RESULT_DONE, RESULT_REFUSED };

/* What stands behind the id. */
struct content {
    int type;            /* enum type, or another */
    bool has_data;       /* a comma stands behind the type */
    bool coded;          /* the type is in codes.def */
    enum result result;  /* of the data, if they are such a word and nothing else */
    struct s7_span data; /* behind that comma */
};

static bool is_coded(const uint8_t *code)
{
    static const char texts[][4] = {
#define FIFOTRACK_CODE(code, meaning) code,
#include "codes.def"
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (memcmp(code, texts[i], 3) == 0)
            return true;
    return false;
}

static enum result result_of(const struct s7_builder *b, struct s7_span data)
{
    if (s7_span_is(b, data, "OK"))
        return RESULT_DONE;
    return s7_span_is(b, data, "UNSUPPORT") || s7_span_is(b, data, "FAILED") ? RESULT_REFUSED : RESULT_NONE;
}

static int type_number(const struct s7_builder *b, struct s7_span span)
{
    const uint8_t *text = b->data + span.offset;
    int64_t number;
    if (span.length != 3 || text[0] < 'A' || text[0] > 'Z' ||
        !s7_read_uint(b->data, s7_span(span.offset + 1, 2), &number))
        return TYPE_NONE;
    return TYPE(text[0], (int)number);
}

/* --- Secrets --- */

/* From which argument on a command holds secrets, 0 = none: an access point as a whole, user and password of a server
 * for files. A password may have commas in it: all that follows is secret too. */
static unsigned secret_argument(int type)
{
    switch (type) {
    case TYPE_ACCESS_POINT:
        return 1;
    case TYPE_FIRMWARE:
        return 5;
    case TYPE_AUDIO:
        return 4;
    default:
        return 0;
    }
}

/* May a frame of that type hold secrets? What is damaged may be anything behind it. */
static bool may_hold_secrets(int type)
{
    return secret_argument(type) > 0 || type == TYPE_SETTING || type == TYPE_BASICS;
}

/* --- Answers --- */

/* The answer to C04 repeats the code that was asked for, then its settings. */
static void decode_setting(struct s7_builder *b, struct s7_span data)
{
    struct s7_cursor cursor = s7_cursor_at(b, data);
    struct s7_span code;
    s7_next_comma(&cursor, &code);
    unsigned secret = secret_argument(type_number(b, code));
    s7_emit_arguments(b, data, secret ? secret + 1 : 0);
}

static void decode_answer(struct s7_builder *b, const struct content *content)
{
    if (content->result != RESULT_NONE) {
        s7_emit_arguments(b, content->data, 0);
        return;
    }
    switch (content->type) {
    case TYPE_ACCESS_POINT:
        s7_emit_arguments(b, content->data, 1);
        break;
    case TYPE_FIRMWARE: /* text of an error */
        s7_emit_text(b, S7_FIELD_ARGUMENT, content->data)->number = 1;
        break;
    case TYPE_SUPPLY:
        s7_fifotrack_supply(b, content->data);
        break;
    case TYPE_SETTING:
        decode_setting(b, content->data);
        break;
    case TYPE_BASICS:
        s7_fifotrack_basics(b, content->data);
        break;
    case TYPE_PACKAGE:
        s7_fifotrack_package(b, content->data);
        break;
    default:
        s7_emit_arguments(b, content->data, 0);
    }
}

/* --- From the device --- */

/* Are all three letters and digits those of an answer to a command? Of a listed one whatever it says, but for S and
 * D05; of another one only a word of result. */
static bool is_answer(const struct content *content)
{
    switch (content->type >> 8) {
    case 'B':
    case 'C':
        return content->coded || content->result != RESULT_NONE;
    case 'S':
        return content->result != RESULT_NONE;
    case 'D':
        return content->coded && (content->type != TYPE_PICTURE || content->result != RESULT_NONE);
    default:
        return false;
    }
}

static bool is_report(int type)
{
    return type == TYPE_SHORT || type == TYPE_REPORT || type == TYPE_ASSET;
}

/* A report is an event if its first field is there. (9.27) */
static enum s7_kind report_kind(const struct s7_builder *b, struct s7_span data)
{
    return data.length > 0 && b->data[data.offset] != ',' ? S7_KIND_EVENT : S7_KIND_POSITION;
}

/* Sets the kind, and whether a document explains what the frame says. */
static void classify(struct s7_builder *b, const struct content *content)
{
    struct s7_message *m = b->message;
    m->kind = S7_KIND_UNKNOWN;
    m->listed = content->coded;
    if (m->direction == S7_DOWN) {
        m->kind = S7_KIND_COMMAND;
        m->listed = content->coded && content->type != TYPE_SHORT && content->type != TYPE_REPORT;
    } else if (is_report(content->type)) {
        m->kind = report_kind(b, content->data);
    } else if (is_answer(content)) {
        m->kind = content->result == RESULT_REFUSED ? S7_KIND_REJECTED : S7_KIND_ANSWER;
    } else if (content->type == TYPE_PICTURE && s7_fifotrack_announces(b, content->data)) {
        m->kind = S7_KIND_EVENT;
    } else {
        m->listed = false;
    }
}

static void decode_uplink(struct s7_builder *b, const struct content *content)
{
    if (content->type == TYPE_ASSET)
        s7_fifotrack_asset(b, content->data);
    else if (is_report(content->type))
        s7_fifotrack_report(b, content->data, content->type == TYPE_REPORT);
    else if (b->message->kind == S7_KIND_EVENT)
        s7_fifotrack_announcement(b, content->data);
    else if (b->message->kind != S7_KIND_UNKNOWN && content->has_data)
        decode_answer(b, content);
    else if (content->type != TYPE_UNKNOWN_REPORT || !s7_fifotrack_shaped_report(b, content->data))
        s7_emit_by_position(b, content->data);
}

/* --- The frame --- */

/* What stands behind the type, of the frame up to end. Returns where it ends. */
static uint32_t decode_content(struct s7_builder *b, struct s7_span type, struct s7_span data, bool has_data)
{
    struct s7_message *m = b->message;
    struct content content = {type_number(b, type), has_data, false, RESULT_NONE, data};
    if (content.type != TYPE_NONE) {
        content.coded = is_coded(b->data + type.offset);
        content.result = result_of(b, data);
    }
    classify(b, &content);
    if (type.length > 0) {
        struct s7_field *field = s7_emit_text(b, S7_FIELD_CODE, type);
        if (!m->listed)
            s7_flag(b, field, S7_FLAG_UNKNOWN_CODE);
    }
    if (b->brief && m->listed)
        return 0;
    if (!m->proven && may_hold_secrets(content.type) && has_data) {
        uint32_t end = b->frame->length;
        if (end >= data.offset + 2 && memcmp(b->data + end - 2, "\r\n", 2) == 0)
            end -= 2;
        s7_emit_arguments(b, s7_span(data.offset, end - data.offset), 1);
        return end;
    }
    if (m->direction == S7_UP)
        decode_uplink(b, &content);
    else if (has_data)
        s7_emit_arguments(b, data, secret_argument(content.type));
    return data.offset + data.length;
}

/* Cuts "id,serial,type,parameters" at its first three commas, as s7_split(); where the scanner found an id, the first
 * is behind it. */
static unsigned split_body(const struct s7_builder *b, struct s7_span body, uint16_t *starts)
{
    const uint8_t *text = b->data + body.offset;
    uint32_t id = b->frame->id_length, serial = id + 1, type = serial;
    if (S7_FAST_PATHS && id > 0 && id < body.length && text[id] == ',')
        while (type < body.length && text[type] != ',')
            type++;
    uint32_t data = type + 5;
    if (type == serial || data > body.length || text[data - 1] != ',' || memchr(text + type + 1, ',', 3))
        return s7_split(b->data, body, ',', starts, 3);
    starts[0] = (uint16_t)body.offset;
    starts[1] = (uint16_t)(body.offset + serial);
    starts[2] = (uint16_t)(body.offset + type + 1);
    starts[3] = (uint16_t)(body.offset + data);
    starts[4] = (uint16_t)(body.offset + body.length + 1);
    return 4;
}

/* ",id,serial,type,parameters". Returns where it ends. */
static uint32_t decode_body(struct s7_builder *b, struct s7_span body)
{
    uint16_t starts[S7_SPLIT_PLACES(3)];
    uint32_t end = body.offset + body.length;
    if (body.length > 0 && b->data[body.offset] == ',')
        body = s7_span(body.offset + 1, body.length - 1);
    if (body.length == 0)
        return end;
    unsigned parts = split_body(b, body, starts);
    struct s7_span id = s7_part(starts, 0);
    if (id.length > 0)
        s7_emit_id(b, id);
    if (parts > 1 && !b->brief && s7_part(starts, 1).length > 0)
        s7_emit_text(b, S7_FIELD_INDEX, s7_part(starts, 1));
    if (parts < 3)
        return end;
    struct s7_span type = s7_part(starts, 2), data = parts > 3 ? s7_part(starts, 3) : s7_span(end, 0);
    bool has_data = parts > 3;
    if (!b->message->proven && type.length > 3 && b->data[type.offset + 3] == '*') { /* there the header ends (1.2) */
        type.length = 3;
        data = s7_span(type.offset + 3, end - type.offset - 3);
        has_data = true;
    }
    return decode_content(b, type, data, has_data);
}

/* Of a good frame: what the checksum of a command is, from the length to the asterisk. (1.1) */
static void emit_checksum_type(struct s7_builder *b, struct s7_span digits)
{
    uint8_t all = 0;
    uint64_t written = 0;
    s7_read_hex(b->data, digits, &written);
    for (uint32_t i = 2; b->message->direction == S7_DOWN && i + 1 < digits.offset; i++)
        all ^= b->data[i];
    bool sum = b->message->direction == S7_DOWN && all != written;
    b->depth++;
    s7_emit_name(b, S7_FIELD_CHECKSUM_TYPE, digits, sum ? "sum" : "xor");
    b->depth--;
}

/* Checksum and terminator, of a damaged frame what there is of them. */
static void emit_end(struct s7_builder *b, struct s7_span end)
{
    if (end.length >= 3 && b->data[end.offset] == '*') {
        struct s7_span digits = s7_span(end.offset + 1, 2);
        s7_parse_hex(b, S7_FIELD_CHECKSUM, digits);
        if (b->message->proven)
            emit_checksum_type(b, digits);
        end = s7_span(end.offset + 3, end.length - 3);
    }
    if (end.length > 0)
        s7_emit_text(b, S7_FIELD_TERMINATOR, end);
}

void s7_fifotrack_decode(struct s7_builder *b)
{
    const struct s7_frame *frame = b->frame;
    uint32_t head = frame->head_length < frame->length ? frame->head_length : frame->length;
    uint32_t left = frame->length - head;
    uint32_t body = frame->body_length < left ? frame->body_length : left;
    if (head > 2 && !b->brief)
        s7_parse_integer(b, S7_FIELD_LENGTH, s7_span(2, head - 2), 0, INT64_MAX);
    uint32_t end = decode_body(b, s7_span(head, body));
    if (!b->brief)
        emit_end(b, s7_span(end, frame->length - end));
}
