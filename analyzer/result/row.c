/* SPDX-License-Identifier: GPL-2.0-or-later
 * One report as a line of CSV. The columns are those of fields.def, in its order, with the analyzer's own between them.
 */
#include "result/row.h"

#include <stddef.h>
#include <string.h>

#define NANOSECONDS INT64_C(1000000000)
/* Of a struct s7_time, without what only fills it up. */
#define TIME_BYTES (offsetof(struct s7_time, second) + 1)

static void set_words(struct row_writer *writer)
{
    for (unsigned i = 0; i < S7_KIND_COUNT; i++)
        pen_set_word(&writer->kinds[i], s7_kind_names[i]);
    for (unsigned i = 0; i < S7_EVENT_COUNT; i++)
        pen_set_word(&writer->events[i], s7_event_names[i]);
    for (unsigned i = 0; i < S7_DIALECT_COUNT; i++)
        pen_set_word(&writer->dialects[i], s7_dialect_names[i]);
    for (unsigned i = 0; i < 2; i++)
        pen_set_word(&writer->directions[i], s7_direction_names[i]);
}

/* Most reports of a second have the same device time: its text and its seconds are kept. */
static void set_device_time(struct row_writer *writer, const struct s7_field *field)
{
    writer->device_time = field->value.time;
    writer->device_second = s7_time_seconds(&field->value.time);
    s7_value_print(field, writer->device_text);
}

/* The order of fields.def that row_print() relies on. */
G_STATIC_ASSERT(S7_FIELD_DEVICE_TIME == 0 && S7_FIELD_DEVICE_ID == 1 && S7_FIELD_DIALECT == 2 &&
                S7_FIELD_DIRECTION == 3 && S7_FIELD_KIND == 4 && S7_FIELD_CODE == 5 && S7_FIELD_EVENT == 6 &&
                S7_FIELD_FLAG == S7_FIELD_FRAME - 1 && ROW_COLUMNS <= 64);
/* Commas that may stand side by side there. */
#define COMMAS 32
G_STATIC_ASSERT(S7_FIELD_FLAG - S7_FIELD_EVENT <= COMMAS);
/* The columns between event and answers: what the device reports. */
#define REPORTED ((UINT64_C(1) << S7_FIELD_FLAG) - (UINT64_C(2) << S7_FIELD_EVENT))

void row_writer_init(struct row_writer *writer, const struct row_options *options)
{
    writer->options = *options;
    writer->text = g_string_sized_new(1024);
    writer->cell = g_string_sized_new(1024);
    writer->masks = false;
    writer->many = 0;
    for (unsigned id = 0; id < S7_FIELD_COUNT; id++) {
        g_assert((id < ROW_COLUMNS) == (s7_fields[id].column[0] != '\0'));
        if (id < ROW_COLUMNS && s7_fields[id].many)
            writer->many |= UINT64_C(1) << id;
    }
    text_clock_init(&writer->clock);
    set_device_time(writer, &(struct s7_field){.type = S7_TIME, .value.time = {2000, 1, 1, 0, 0, 0}});
    set_words(writer);
    row_details_init(writer);
}

/* Walks over the fields once, from the last to the first: what is there, what is there more than once, is there a
 * secret that must not be shown? */
static void survey(struct row_writer *writer, const struct report *report)
{
    const struct s7_message *message = report->message;
    struct row_fields *fields = &writer->fields;
    unsigned attributes = 0;
    uint32_t flags = 0;
    uint64_t columns = 0;
    memset(fields->present, 0, sizeof fields->present);
    memset(fields->repeated, 0, sizeof fields->repeated);
    const struct s7_field *field = message->fields + message->count;
    while (field != message->fields) {
        field--;
        unsigned id = field->id;
        fields->first[id] = field;
        attributes |= field->attributes;
        flags |= field->flags;
        if (id < ROW_COLUMNS) {
            columns |= UINT64_C(1) << id;
            continue;
        }
        unsigned rank = writer->ranks[id];
        uint64_t bit = UINT64_C(1) << rank % 64;
        fields->repeated[rank / 64] |= fields->present[rank / 64] & bit;
        fields->present[rank / 64] |= bit;
    }
    fields->columns = columns;
    fields->flags = flags;
    fields->plain = pen_plain(report->data, report->length);
    writer->masks = attributes & S7_SECRET && !writer->options.show_secrets;
}

void row_writer_clear(struct row_writer *writer)
{
    g_string_free(writer->text, TRUE);
    g_string_free(writer->cell, TRUE);
}

void row_header(GString *out)
{
    g_string_append(out, "capture_time");
    for (unsigned id = 0; id < S7_FIELD_COUNT; id++) {
        if (s7_fields[id].column[0] == '\0')
            continue;
        if (id == S7_FIELD_FLAG)
            g_string_append(out, ",answers");
        if (id == S7_FIELD_FRAME)
            g_string_append(out, ",source,destination,transport,stream,stream_offset,capture_file,packets,details");
        g_string_append_printf(out, ",%s", s7_fields[id].column);
        if (id == S7_FIELD_DEVICE_TIME)
            g_string_append(out, ",skew_s");
    }
    g_string_append_c(out, '\n');
}

/* The first secret field that reaches behind position, by offset; NULL if there is none. */
static const struct s7_field *next_secret(const struct s7_message *message, uint32_t position)
{
    const struct s7_field *next = NULL;
    for (unsigned i = 0; i < message->count; i++) {
        const struct s7_field *field = &message->fields[i];
        if (!(field->attributes & S7_SECRET) || (uint32_t)field->offset + field->length <= position)
            continue;
        if (!next || field->offset < next->offset)
            next = field;
    }
    return next;
}

void row_masked(const struct row_writer *writer, GString *out, const struct report *report, uint32_t offset,
                uint32_t length, enum text_set set)
{
    uint32_t end = offset + length;
    bool open = false; /* the mask of the secret before stands at the end of out */
    while (offset < end) {
        const struct s7_field *secret = writer->masks ? next_secret(report->message, offset) : NULL;
        if (!secret || secret->offset >= end) {
            text_escape(out, report->data + offset, end - offset, set);
            return;
        }
        if (secret->offset > offset) {
            text_escape(out, report->data + offset, secret->offset - offset, set);
            open = false;
        }
        if (!open)
            g_string_append(out, ROW_MASK);
        open = true;
        offset = (uint32_t)secret->offset + secret->length;
    }
}

/* A text field as its cell. */
static void print_text(const struct row_writer *writer, struct pen *pen, const struct report *report,
                       const struct s7_field *field)
{
    bool guard = writer->options.csv_guard;
    size_t length;
    const char *text = s7_text(report->data, field, &length);
    char *end = writer->masks ? NULL : pen_put_short(pen->at, (const uint8_t *)text, length, guard);
    if (end) {
        pen->at = end;
    } else if (field->type == S7_NAME || field->attributes & S7_INLINE) {
        pen_cell(pen, text, length, guard);
    } else {
        g_string_truncate(writer->cell, 0);
        row_masked(writer, writer->cell, report, field->offset, field->length, TEXT_UTF8);
        pen_cell(pen, writer->cell->str, writer->cell->len, guard);
    }
}

static void print_value(const struct row_writer *writer, struct pen *pen, const struct report *report,
                        const struct s7_field *field)
{
    pen_room(pen, 0);
    if (field->attributes & S7_SECRET && writer->masks) {
        pen_literal(pen, ROW_MASK);
        return;
    }
    if (field->type == S7_TEXT || field->type == S7_NAME)
        print_text(writer, pen, report, field);
    else
        pen->at += s7_value_print(field, pen->at);
}

/* The cell of a column from the first field that has it. Of those that may be repeated 1=4.56;2=0.00 by number; an item
 * without a number is its value alone. */
static G_GNUC_NO_INLINE void print_values(const struct row_writer *writer, struct pen *pen, const struct report *report,
                                          const struct s7_field *field)
{
    bool many = writer->many >> field->id & 1;
    for (const struct s7_field *item = field; item; item = many ? s7_find_next(report->message, item) : NULL) {
        if (item != field)
            pen_char(pen, ';');
        if (many && item->number > 0) {
            pen_unsigned(pen, item->number);
            pen_char(pen, '=');
        }
        print_value(writer, pen, report, item);
    }
}

/* The cells device_time and skew_s. */
static char *put_device_time(struct row_writer *writer, char *at, const struct report *report)
{
    const struct s7_message *message = report->message;
    const struct s7_field *field = message->proven ? s7_find(message, S7_FIELD_DEVICE_TIME) : NULL;
    if (!field) {
        *at = ',';
        return at + 1;
    }
    if (memcmp(&field->value.time, &writer->device_time, TIME_BYTES) != 0)
        set_device_time(writer, field);
    if (field->attributes & S7_SECRET && writer->masks) {
        memcpy(at, ROW_MASK, sizeof ROW_MASK);
        at += sizeof ROW_MASK - 1;
    } else {
        memcpy(at, writer->device_text, TEXT_SECOND_SIZE);
        at += TEXT_SECOND_SIZE;
    }
    *at++ = ',';
    if (report->completed.untimed)
        return at;
    return pen_put_nanoseconds(at, report->completed.time - writer->device_second * NANOSECONDS);
}

static char *put_answers(char *at, const struct report *report)
{
    if (report->answers.number == 0)
        return at;
    *at++ = 'f';
    at = s7_put_unsigned(at, report->answers.file);
    *at++ = ':';
    return s7_put_unsigned(at, report->answers.number);
}

static void print_flags(struct pen *pen, const struct report *report)
{
    if ((report->message->flags | report->context) == 0)
        return;
    pen_off(pen);
    report_flags(pen->out, report->message->flags, report->context);
    *pen = pen_on(pen->out);
}

static void print_packets(struct pen *pen, const struct report *report)
{
    if (report->packet_count == 1 && report->packets[0].file == report->completed.file) {
        pen->at = s7_put_unsigned(pen->at, report->packets[0].number);
        return;
    }
    pen_off(pen);
    report_packets(pen->out, report->packets, report->packet_count, report->completed.file);
    *pen = pen_on(pen->out);
}

/* source to packets. */
static void print_provenance(struct pen *pen, const struct report *report)
{
    const struct conversation *conversation = report->conversation;
    char *at = pen->at;
    at += endpoint_print(&conversation->endpoints[report->direction], at);
    *at++ = ',';
    at += endpoint_print(&conversation->endpoints[!report->direction], at);
    memcpy(at, conversation->transport == TRANSPORT_TCP ? ",tcp," : ",udp,", 5);
    at = s7_put_unsigned(at + 5, conversation->number);
    *at++ = ',';
    at = s7_put_unsigned(at, report->offset);
    *at++ = ',';
    at = s7_put_unsigned(at, report->completed.file);
    *at++ = ',';
    pen->at = at;
    print_packets(pen, report);
}

static void print_raw(struct row_writer *writer, struct pen *pen, const struct report *report)
{
    if (!writer->masks) {
        pen_frame(pen, report->data, report->length, writer->fields.plain, writer->options.csv_guard);
        return;
    }
    g_string_truncate(writer->text, 0);
    row_masked(writer, writer->text, report, 0, report->length, TEXT_ASCII);
    pen_cell(pen, writer->text->str, writer->text->len, writer->options.csv_guard);
}

/* The cells capture_time to kind. */
static char *put_head(struct row_writer *writer, char *at, const struct report *report)
{
    const struct s7_message *message = report->message;
    if (!report->completed.untimed) {
        text_clock_put(&writer->clock, at, report->completed.time);
        at += TEXT_TIME_SIZE;
    }
    *at++ = ',';
    at = put_device_time(writer, at, report);
    *at++ = ',';
    at = g_stpcpy(at, report->device_id); /* letters and digits */
    *at++ = ',';
    at = pen_put_word(at, &writer->dialects[message->dialect]);
    *at++ = ',';
    at = pen_put_word(at, &writer->directions[message->direction]);
    *at++ = ',';
    return pen_put_word(at, &writer->kinds[message->kind]);
}

static char *put_commas(char *at, unsigned count)
{
    memset(at, ',', COMMAS);
    return at + count;
}

/* The usual values, in the spare room; NULL if it is none of them. */
static inline char *put_usual(char *at, const struct report *report, const struct s7_field *field, bool guard)
{
    switch (field->type) {
    case S7_BOOL:
    case S7_UINT:
        return s7_put_unsigned(at, (uint64_t)field->value.integer);
    case S7_DECIMAL:
        return s7_put_decimal(at, field->value.integer, field->digits);
    case S7_HEX:
        return s7_put_hex(at, (uint64_t)field->value.integer, field->digits);
    case S7_TEXT:
        if (field->attributes & S7_INLINE)
            return NULL;
        return pen_put_short(at, report->data + field->offset, field->length, guard);
    default:
        return NULL;
    }
}

/* The cells between event and answers with the commas around them. */
static G_GNUC_NO_INLINE void print_reported(const struct row_writer *writer, struct pen *pen,
                                            const struct report *report)
{
    char *at = pen->at;
    unsigned done = S7_FIELD_EVENT;
    uint64_t left = report->message->proven ? writer->fields.columns & REPORTED : 0;
    uint64_t single = writer->masks ? 0 : ~writer->many;
    bool guard = writer->options.csv_guard;
    for (; left; left &= left - 1) {
        unsigned id = (unsigned)__builtin_ctzll(left);
        const struct s7_field *field = writer->fields.first[id];
        at = put_commas(at, id - done);
        done = id;
        char *end = single >> id & 1 ? put_usual(at, report, field, guard) : NULL;
        if (!end) {
            pen->at = at;
            print_values(writer, pen, report, field);
            pen_room(pen, 0);
            end = pen->at;
        }
        at = end;
    }
    pen->at = put_commas(at, S7_FIELD_FLAG - done);
}

void row_print(struct row_writer *writer, GString *out, const struct report *report)
{
    const struct s7_message *message = report->message;
    survey(writer, report);
    struct pen pen = pen_on(out);
    pen.at = put_head(writer, pen.at, report);
    *pen.at++ = ',';
    if (message->proven && s7_find(message, S7_FIELD_CODE))
        print_value(writer, &pen, report, s7_find(message, S7_FIELD_CODE));
    *pen.at++ = ',';
    pen.at = pen_put_word(pen.at, &writer->events[message->event]);
    print_reported(writer, &pen, report);
    pen.at = put_answers(pen.at, report);
    *pen.at++ = ',';
    print_flags(&pen, report);
    *pen.at++ = ',';
    print_provenance(&pen, report);
    *pen.at++ = ',';
    row_details(writer, &pen, report);
    *pen.at++ = ',';
    print_raw(writer, &pen, report);
    *pen.at++ = '\n';
    pen_off(&pen);
}
