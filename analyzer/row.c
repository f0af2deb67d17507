/* SPDX-License-Identifier: GPL-2.0-or-later
 * One report as a line of CSV. The columns are those of fields.def, in its order, with the analyzer's own between them.
 */
#include "row.h"

#include <string.h>

#define NANOSECONDS INT64_C(1000000000)

void row_writer_init(struct row_writer *writer, const struct row_options *options)
{
    writer->options = *options;
    writer->text = g_string_sized_new(1024);
    writer->cell = g_string_sized_new(1024);
    writer->masks = false;
    writer->column_count = 0;
    for (unsigned id = 0; id < S7_FIELD_COUNT; id++)
        if (s7_fields[id].column[0] != '\0')
            writer->columns[writer->column_count++] = (uint16_t)id;
    row_details_init(writer);
}

/* Is there a secret in the report that must not be shown? */
static bool has_masks(const struct row_writer *writer, const struct s7_message *message)
{
    for (unsigned i = 0; i < message->count && !writer->options.show_secrets; i++)
        if (message->fields[i].attributes & S7_SECRET)
            return true;
    return false;
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
            g_string_append(out, ",details,source,destination,transport,stream,stream_offset,capture_file,packets");
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
static void print_text(struct row_writer *writer, GString *out, const struct report *report,
                       const struct s7_field *field)
{
    g_string_truncate(writer->cell, 0);
    if (field->type == S7_NAME || field->attributes & S7_INLINE) {
        size_t length;
        const char *text = s7_text(report->data, field, &length);
        bool hide = field->attributes & S7_SECRET && !writer->options.show_secrets;
        g_string_append_len(writer->cell, hide ? ROW_MASK : text, hide ? -1 : (gssize)length);
    } else {
        row_masked(writer, writer->cell, report, field->offset, field->length, TEXT_UTF8);
    }
    text_cell(out, writer->cell->str, writer->cell->len, writer->options.csv_guard);
}

static void print_value(struct row_writer *writer, GString *out, const struct report *report,
                        const struct s7_field *field)
{
    if (field->attributes & S7_SECRET && !writer->options.show_secrets) {
        g_string_append(out, ROW_MASK);
        return;
    }
    if (field->type == S7_TEXT || field->type == S7_NAME) {
        print_text(writer, out, report, field);
        return;
    }
    char value[S7_VALUE_SIZE];
    size_t length = s7_value_print(field, value);
    g_string_append_len(out, value, (gssize)length);
}

/* 1=4.56;2=0.00 by number; an item without a number is its value alone. */
static void print_many(struct row_writer *writer, GString *out, const struct report *report,
                       const struct s7_field *field)
{
    for (const struct s7_field *item = field; item; item = s7_find_next(report->message, item)) {
        if (item != field)
            g_string_append_c(out, ';');
        if (item->number > 0) {
            text_unsigned(out, item->number);
            g_string_append_c(out, '=');
        }
        print_value(writer, out, report, item);
    }
}

static void print_skew(GString *out, const struct report *report)
{
    const struct s7_field *time = report->message->proven ? s7_find(report->message, S7_FIELD_DEVICE_TIME) : NULL;
    if (time)
        text_nanoseconds(out, report->completed.time - s7_time_seconds(&time->value.time) * NANOSECONDS);
}

static void print_packets(GString *out, const struct report *report)
{
    for (unsigned i = 0; i < report->packet_count; i++) {
        if (i > 0)
            g_string_append_c(out, ';');
        if (report->packets[i].file != report->completed.file) {
            text_unsigned(out, report->packets[i].file);
            g_string_append_c(out, ':');
        }
        text_unsigned(out, report->packets[i].number);
    }
}

static void print_answers(GString *out, const struct report *report)
{
    if (report->answers.number == 0)
        return;
    text_unsigned(out, report->answers.file);
    g_string_append_c(out, ':');
    text_unsigned(out, report->answers.number);
}

/* details to packets, each with the comma behind it. */
static void print_provenance(struct row_writer *writer, GString *out, const struct report *report)
{
    const struct conversation *conversation = report->conversation;
    char endpoint[ENDPOINT_SIZE];
    g_string_truncate(writer->text, 0);
    row_details(writer, writer->text, report);
    text_cell(out, writer->text->str, writer->text->len, writer->options.csv_guard);
    g_string_append_c(out, ',');
    g_string_append_len(out, endpoint, (gssize)endpoint_print(&conversation->endpoints[report->direction], endpoint));
    g_string_append_c(out, ',');
    g_string_append_len(out, endpoint, (gssize)endpoint_print(&conversation->endpoints[!report->direction], endpoint));
    g_string_append(out, conversation->transport == TRANSPORT_TCP ? ",tcp," : ",udp,");
    text_unsigned(out, conversation->number);
    g_string_append_c(out, ',');
    text_unsigned(out, report->offset);
    g_string_append_c(out, ',');
    text_unsigned(out, report->completed.file);
    g_string_append_c(out, ',');
    print_packets(out, report);
    g_string_append_c(out, ',');
}

/* The cells that a frame has even if it is not proven. False if the field is none of them. */
static bool print_common(struct row_writer *writer, GString *out, const struct report *report, unsigned id)
{
    const struct s7_message *message = report->message;
    switch (id) {
    case S7_FIELD_DEVICE_ID:
        text_cell(out, report->device_id, strlen(report->device_id), writer->options.csv_guard);
        return true;
    case S7_FIELD_DIALECT:
        g_string_append(out, s7_dialect_names[message->dialect]);
        return true;
    case S7_FIELD_DIRECTION:
        g_string_append(out, s7_direction_names[message->direction]);
        return true;
    case S7_FIELD_KIND:
        g_string_append(out, s7_kind_names[message->kind]);
        return true;
    case S7_FIELD_EVENT:
        g_string_append(out, s7_event_names[message->event]);
        return true;
    case S7_FIELD_FLAG:
        report_flags(out, message->flags, report->context);
        return true;
    case S7_FIELD_FRAME:
        g_string_truncate(writer->text, 0);
        row_masked(writer, writer->text, report, 0, report->length, TEXT_ASCII);
        text_cell(out, writer->text->str, writer->text->len, writer->options.csv_guard);
        return true;
    default:
        return false;
    }
}

void row_print(struct row_writer *writer, GString *out, const struct report *report)
{
    writer->masks = has_masks(writer, report->message);
    text_time(out, report->completed.time);
    for (unsigned i = 0; i < writer->column_count; i++) {
        unsigned id = writer->columns[i];
        g_string_append_c(out, ',');
        if (id == S7_FIELD_FLAG) {
            print_answers(out, report);
            g_string_append_c(out, ',');
        }
        if (id == S7_FIELD_FRAME)
            print_provenance(writer, out, report);
        if (!print_common(writer, out, report, id) && report->message->proven) {
            const struct s7_field *field = s7_find(report->message, (enum s7_field_id)id);
            if (field && s7_fields[id].many)
                print_many(writer, out, report, field);
            else if (field)
                print_value(writer, out, report, field);
        }
        if (id == S7_FIELD_DEVICE_TIME) {
            g_string_append_c(out, ',');
            print_skew(out, report);
        }
    }
    g_string_append_c(out, '\n');
}
