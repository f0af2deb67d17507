/* SPDX-License-Identifier: GPL-2.0-or-later
 * One report as a line of CSV. The columns are those of fields.def, in its order, with the analyzer's own between them.
 */
#include "row.h"

#include <string.h>

#define NANOSECONDS INT64_C(1000000000)

static void set_words(struct row_writer *writer)
{
    for (unsigned i = 0; i < S7_KIND_COUNT; i++)
        pen_set_word(&writer->kinds[i], s7_kind_names[i]);
    for (unsigned i = 0; i < S7_EVENT_COUNT; i++)
        pen_set_word(&writer->events[i], s7_event_names[i]);
    for (unsigned i = 0; i < 2; i++) {
        pen_set_word(&writer->dialects[i], s7_dialect_names[i]);
        pen_set_word(&writer->directions[i], s7_direction_names[i]);
    }
}

/* Most reports of a second have the same device time: its text and its seconds are kept. */
static void set_device_time(struct row_writer *writer, const struct s7_field *field)
{
    writer->device_time = field->value.time;
    writer->device_second = s7_time_seconds(&field->value.time);
    s7_value_print(field, writer->device_text);
}

/* Fields whose cells a row has even if the frame is not proven, or beside which cells of the analyzer stand. */
static bool is_common(unsigned id)
{
    return id == S7_FIELD_DEVICE_TIME || id == S7_FIELD_DEVICE_ID || id == S7_FIELD_DIALECT ||
           id == S7_FIELD_DIRECTION || id == S7_FIELD_KIND || id == S7_FIELD_EVENT || id == S7_FIELD_FLAG ||
           id == S7_FIELD_FRAME;
}

static bool is_number(unsigned id)
{
    enum s7_field_type type = s7_fields[id].type;
    return (type == S7_BOOL || type == S7_UINT || type == S7_DECIMAL) && !s7_fields[id].many;
}

void row_writer_init(struct row_writer *writer, const struct row_options *options)
{
    writer->options = *options;
    writer->text = g_string_sized_new(1024);
    writer->cell = g_string_sized_new(1024);
    writer->masks = false;
    writer->column_count = 0;
    writer->common = writer->numbers = 0;
    for (unsigned id = 0; id < S7_FIELD_COUNT; id++) {
        writer->column_bits[id] = s7_fields[id].column[0] ? UINT64_C(1) << writer->column_count : 0;
        if (writer->column_bits[id] == 0)
            continue;
        writer->common |= is_common(id) ? writer->column_bits[id] : 0;
        writer->numbers |= is_number(id) ? writer->column_bits[id] : 0;
        writer->columns[writer->column_count++] = (uint16_t)id;
    }
    g_assert(writer->column_count <= 64);
    text_clock_init(&writer->clock);
    set_device_time(writer, &(struct s7_field){.type = S7_TIME, .value.time = {2000, 1, 1, 0, 0, 0}});
    set_words(writer);
    row_details_init(writer);
}

/* Walks over the fields once: what is there, what is there more than once, is there a secret that must not be shown? */
static void survey(struct row_writer *writer, const struct s7_message *message)
{
    struct row_fields *fields = &writer->fields;
    unsigned attributes = 0;
    uint64_t columns = 0;
    memset(fields->present, 0, sizeof fields->present);
    memset(fields->repeated, 0, sizeof fields->repeated);
    fields->flagged_count = 0;
    fields->flags = 0;
    for (unsigned i = 0; i < message->count; i++) {
        const struct s7_field *field = &message->fields[i];
        uint64_t column = writer->column_bits[field->id];
        attributes |= field->attributes;
        columns |= column;
        if (field->flags) {
            fields->flags |= field->flags;
            fields->flagged[fields->flagged_count++] = (uint16_t)i;
        }
        if (column)
            continue;
        unsigned rank = writer->ranks[field->id];
        uint64_t bit = UINT64_C(1) << rank % 64;
        fields->repeated[rank / 64] |= fields->present[rank / 64] & bit;
        fields->present[rank / 64] |= bit;
    }
    fields->columns = columns;
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
static void print_text(struct row_writer *writer, struct pen *pen, const struct report *report,
                       const struct s7_field *field)
{
    bool guard = writer->options.csv_guard;
    size_t length;
    const char *text = s7_text(report->data, field, &length);
    if (field->attributes & S7_SECRET && writer->masks) {
        pen_literal(pen, ROW_MASK);
    } else if (!writer->masks && pen_class((const uint8_t *)text, length) == 0) {
        pen_plain(pen, text, length, guard);
    } else if (field->type == S7_NAME || field->attributes & S7_INLINE) {
        pen_cell(pen, text, length, guard);
    } else {
        g_string_truncate(writer->cell, 0);
        row_masked(writer, writer->cell, report, field->offset, field->length, TEXT_UTF8);
        pen_cell(pen, writer->cell->str, writer->cell->len, guard);
    }
}

static void print_value(struct row_writer *writer, struct pen *pen, const struct report *report,
                        const struct s7_field *field)
{
    if (field->type == S7_TEXT || field->type == S7_NAME) {
        print_text(writer, pen, report, field);
    } else if (field->attributes & S7_SECRET && writer->masks) {
        pen_literal(pen, ROW_MASK);
    } else {
        pen_room(pen, S7_VALUE_SIZE);
        pen->at += s7_value_print(field, pen->at);
    }
}

/* The cell of a column from the first field that has it. Of those that may be repeated 1=4.56;2=0.00 by number; an item
 * without a number is its value alone. */
static void print_values(struct row_writer *writer, struct pen *pen, const struct report *report,
                         const struct s7_field *field)
{
    if (!s7_fields[field->id].many) {
        print_value(writer, pen, report, field);
        return;
    }
    for (const struct s7_field *item = field; item; item = s7_find_next(report->message, item)) {
        if (item != field)
            pen_char(pen, ';');
        if (item->number > 0) {
            pen_unsigned(pen, item->number);
            pen_char(pen, '=');
        }
        print_value(writer, pen, report, item);
    }
}

/* The cells device_time and skew_s. */
static void print_device_time(struct row_writer *writer, struct pen *pen, const struct report *report)
{
    const struct s7_message *message = report->message;
    const struct s7_field *field = message->proven ? s7_find(message, S7_FIELD_DEVICE_TIME) : NULL;
    if (!field) {
        pen_char(pen, ',');
        return;
    }
    const struct s7_time *time = &field->value.time, *last = &writer->device_time;
    if (time->second != last->second || time->minute != last->minute || time->hour != last->hour ||
        time->day != last->day || time->month != last->month || time->year != last->year)
        set_device_time(writer, field);
    if (field->attributes & S7_SECRET && writer->masks)
        pen_literal(pen, ROW_MASK);
    else
        pen_bytes(pen, writer->device_text, TEXT_SECOND_SIZE);
    pen_char(pen, ',');
    pen_nanoseconds(pen, report->completed.time - writer->device_second * NANOSECONDS);
}

static void print_answers(struct pen *pen, const struct report *report)
{
    if (report->answers.number == 0)
        return;
    pen_unsigned(pen, report->answers.file);
    pen_char(pen, ':');
    pen_unsigned(pen, report->answers.number);
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
        pen_unsigned(pen, report->packets[0].number);
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
    pen_room(pen, (size_t)2 * ENDPOINT_SIZE);
    pen->at += endpoint_print(&conversation->endpoints[report->direction], pen->at);
    *pen->at++ = ',';
    pen->at += endpoint_print(&conversation->endpoints[!report->direction], pen->at);
    if (conversation->transport == TRANSPORT_TCP)
        pen_literal(pen, ",tcp,");
    else
        pen_literal(pen, ",udp,");
    pen_unsigned(pen, conversation->number);
    pen_char(pen, ',');
    pen_unsigned(pen, report->offset);
    pen_char(pen, ',');
    pen_unsigned(pen, report->completed.file);
    pen_char(pen, ',');
    print_packets(pen, report);
}

static void print_raw(struct row_writer *writer, struct pen *pen, const struct report *report)
{
    if (!writer->masks) {
        pen_frame(pen, report->data, report->length, writer->options.csv_guard);
        return;
    }
    g_string_truncate(writer->text, 0);
    row_masked(writer, writer->text, report, 0, report->length, TEXT_ASCII);
    pen_cell(pen, writer->text->str, writer->text->len, writer->options.csv_guard);
}

/* The cell of a common column, with the cells of the analyzer that stand beside it. */
static void print_common(struct row_writer *writer, struct pen *pen, const struct report *report, unsigned id)
{
    const struct s7_message *message = report->message;
    switch (id) {
    case S7_FIELD_DEVICE_TIME:
        print_device_time(writer, pen, report);
        break;
    case S7_FIELD_DEVICE_ID:
        pen_bytes(pen, report->device_id, strlen(report->device_id)); /* letters and digits */
        break;
    case S7_FIELD_DIALECT:
        pen_word(pen, &writer->dialects[message->dialect]);
        break;
    case S7_FIELD_DIRECTION:
        pen_word(pen, &writer->directions[message->direction]);
        break;
    case S7_FIELD_KIND:
        pen_word(pen, &writer->kinds[message->kind]);
        break;
    case S7_FIELD_EVENT:
        pen_word(pen, &writer->events[message->event]);
        break;
    case S7_FIELD_FLAG:
        print_answers(pen, report);
        pen_char(pen, ',');
        print_flags(pen, report);
        break;
    case S7_FIELD_FRAME:
        row_details(writer, pen, report);
        pen_char(pen, ',');
        print_provenance(pen, report);
        pen_char(pen, ',');
        print_raw(writer, pen, report);
        break;
    }
}

/* Commas up to the next column that is filled, and room for a number behind them. */
static void put_commas(struct pen *pen, unsigned count)
{
    pen_room(pen, 64 + S7_DECIMAL_MAX);
    memset(pen->at, ',', 64);
    pen->at += count;
}

/* The cell of a plain number, where there is room for it. */
static void put_number(struct pen *pen, const struct s7_field *field)
{
    if (field->type == S7_DECIMAL)
        pen->at = s7_put_decimal(pen->at, field->value.integer, field->digits);
    else
        pen->at = s7_put_unsigned(pen->at, (uint64_t)field->value.integer);
}

void row_print(struct row_writer *writer, GString *out, const struct report *report)
{
    const struct s7_message *message = report->message;
    survey(writer, message);
    struct pen pen = pen_on(out);
    pen_room(&pen, TEXT_TIME_SIZE);
    text_clock_put(&writer->clock, pen.at, report->completed.time);
    pen.at += TEXT_TIME_SIZE;
    unsigned done = 0;
    uint64_t numbers = writer->masks ? 0 : writer->numbers;
    uint64_t left = writer->common | (message->proven ? writer->fields.columns : 0);
    for (; left; left &= left - 1) {
        unsigned place = (unsigned)__builtin_ctzll(left), id = writer->columns[place];
        put_commas(&pen, place + 1 - done);
        done = place + 1;
        if (writer->common >> place & 1)
            print_common(writer, &pen, report, id);
        else if (numbers >> place & 1)
            put_number(&pen, s7_find(message, (enum s7_field_id)id));
        else
            print_values(writer, &pen, report, s7_find(message, (enum s7_field_id)id));
    }
    pen_char(&pen, '\n');
    pen_off(&pen);
}
