/* SPDX-License-Identifier: GPL-2.0-or-later
 * One report as a line of CSV. The columns are those of fields.def, in its order, with the analyzer's own between them.
 */
#include "result/row.h"

#include "arguments.h"

#include <stddef.h>
#include <string.h>

/* Of a struct s7_time, without what only fills it up. */
#define TIME_BYTES (offsetof(struct s7_time, second) + 1)

/* The order of fields.def that row_print() relies on. */
G_STATIC_ASSERT(S7_FIELD_DEVICE_TIME == 0 && S7_FIELD_DEVICE_ID == 1 && S7_FIELD_DIALECT == 2 &&
                S7_FIELD_DIRECTION == 3 && S7_FIELD_KIND == 4 && S7_FIELD_CODE == 5 && S7_FIELD_EVENT == 6 &&
                S7_FIELD_FLAG == S7_FIELD_FRAME - 1 && ROW_COLUMNS <= 64);
/* Commas that may stand side by side there. */
#define COMMAS 32
G_STATIC_ASSERT(S7_FIELD_FLAG - S7_FIELD_EVENT <= COMMAS);
/* The columns between event and answers: what the device reports. */
#define REPORTED ((UINT64_C(1) << S7_FIELD_FLAG) - (UINT64_C(2) << S7_FIELD_EVENT))

/* What row_bound() reckons with, in bytes. A packet: f2:17; */
#define PACKET_MAX ((size_t)2 * S7_UNSIGNED_MAX + sizeof "f:;")
/* Head, commas, answers, path, offset, file, braces and line end, all that there is once. */
#define FIXED_MAX                                                                                                      \
    (TEXT_TIME_SIZE + S7_VALUE_SIZE + PEN_NANOSECONDS_MAX + DEVICE_ID_MAX + 4 * sizeof(struct pen_word) + COMMAS +     \
     (size_t)2 * ROW_COLUMNS + PACKET_MAX + REPORT_FLAGS_MAX + ROW_PATH_MAX + (size_t)2 * S7_UNSIGNED_MAX + 16 +       \
     PEN_SLACK)
/* A field: its key or number, brackets, quotes and comma, and a value that is not in the frame. */
#define FIELD_MAX (sizeof(struct pen_word) + 16 + TEXT_BYTE_MAX * sizeof((struct s7_message *)0)->stored)
G_STATIC_ASSERT(FIELD_MAX >= sizeof(struct pen_word) + 16 + S7_VALUE_SIZE &&
                FIELD_MAX >= sizeof(struct pen_word) + 16 + sizeof(ROW_MASK));
/* A byte of a text: its escape, and a mask for a secret of no length behind it. */
#define BYTE_MAX (TEXT_BYTE_MAX + sizeof ROW_MASK)
/* The names of the fields that one flag concerns. */
#define CONCERNED_MAX (sizeof(struct pen_word) * (ROW_KEYS + 1))
/* What an argument means: as text and, behind that, before it is one. */
#define MEANING_MAX(length) ((size_t)(TEXT_BYTE_MAX + 1) * S7_ARGUMENT_SIZE(length))

size_t row_bound(const struct s7_message *message, unsigned packet_count)
{
    size_t bytes = message->span_bytes, count = message->count;
    size_t bound = FIXED_MAX + count * FIELD_MAX + bytes * BYTE_MAX + packet_count * PACKET_MAX;
    if (message->field_flags)
        bound += (size_t)__builtin_popcount(message->field_flags) * CONCERNED_MAX;
    if (s7_has(message, S7_FIELD_ARGUMENT))
        bound += count * (FIELD_MAX + MEANING_MAX(0)) + (size_t)(TEXT_BYTE_MAX + 1) * 4 * bytes;
    return bound;
}

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

void row_writer_init(struct row_writer *writer, const struct row_options *options)
{
    memset(writer, 0, sizeof *writer);
    writer->options = *options;
    writer->fast = S7_FAST_PATHS;
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

void row_path_set(struct row_path *path, const struct endpoint *source, const struct endpoint *destination,
                  enum transport transport, uint64_t stream)
{
    char *at = path->text;
    at += endpoint_print(source, at);
    at = pen_put_char(at, ',');
    at += endpoint_print(destination, at);
    at = pen_put_bytes(at, transport == TRANSPORT_TCP ? ",tcp," : ",udp,", 5);
    at = pen_put_char(s7_put_unsigned(at, stream), ',');
    path->length = (uint8_t)(at - path->text);
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
        g_string_append_c(out, ',');
        g_string_append(out, s7_fields[id].column);
        if (id == S7_FIELD_DEVICE_TIME)
            g_string_append(out, ",skew_s");
    }
    g_string_append_c(out, '\n');
}

/* A text field as its cell. */
static char *put_text(const struct row_source *source, char *at, const struct s7_field *field)
{
    bool guard = source->writer->options.csv_guard;
    size_t length;
    const char *text = s7_text(source->facts->data, field, &length);
    char *end;
    if (field->type == S7_NAME || field->attributes & S7_INLINE)
        end = pen_put_bytes(at, text, length);
    else
        end = row_put_masked(source, at, field->offset, field->length, TEXT_UTF8, TEXT_BARE);
    return pen_make_cell(at, end, guard);
}

static char *put_value(const struct row_source *source, char *at, const struct s7_field *field)
{
    if (field->attributes & S7_SECRET && source->masks)
        return pen_put_literal(at, ROW_MASK);
    if (field->type == S7_TEXT || field->type == S7_NAME)
        return put_text(source, at, field);
    return at + s7_value_print(field, at);
}

/* The cell of a column from the first field that has it. Of those that may be repeated 1=4.56;2=0.00 by number; an item
 * without a number is its value alone. */
static char *put_values(const struct row_source *source, char *at, const struct s7_field *field)
{
    const struct s7_message *message = source->message;
    bool many = source->writer->many >> field->id & 1;
    bool repeated = many && s7_is_repeated(message, field->id);
    for (const struct s7_field *item = field; item; item = repeated ? s7_find_next(message, item) : NULL) {
        if (item != field)
            at = pen_put_char(at, ';');
        if (many && item->number > 0)
            at = pen_put_char(s7_put_unsigned(at, item->number), '=');
        at = put_value(source, at, item);
    }
    return at;
}

/* The capture time minus that second. The writer's clock has the capture time. */
static char *put_skew(const struct row_writer *writer, char *at, int64_t time)
{
    int64_t seconds = writer->clock.second - writer->device_second;
    if (seconds < 0)
        return pen_put_nanoseconds(at, time - writer->device_second * NANOSECONDS);
    at = pen_put_char(s7_put_unsigned(at, (uint64_t)seconds), '.');
    s7_put_nine(at, writer->clock.fraction);
    return at + 9;
}

/* The cells device_time and skew_s. */
static char *put_device_time(struct row_writer *writer, char *at, const struct s7_message *message, int64_t time,
                             bool masks)
{
    const struct s7_field *field = message->proven ? s7_find(message, S7_FIELD_DEVICE_TIME) : NULL;
    if (!field)
        return pen_put_char(at, ',');
    if (memcmp(&field->value.time, &writer->device_time, TIME_BYTES) != 0)
        set_device_time(writer, field);
    if (field->attributes & S7_SECRET && masks)
        at = pen_put_literal(at, ROW_MASK);
    else
        at = pen_put_bytes(at, writer->device_text, TEXT_SECOND_SIZE);
    at = pen_put_char(at, ',');
    return time == ROW_NO_TIME ? at : put_skew(writer, at, time);
}

/* Letters and digits, with NULs behind them. */
static char *put_device_id(char *at, const char *id)
{
    memcpy(at, id, DEVICE_ID_MAX + 1);
    uint64_t word = s7_word_at((const uint8_t *)id + 8);
    uint64_t ends = (word - UINT64_C(0x0101010101010101)) & ~word & UINT64_C(0x8080808080808080);
    if (id[0] != '\0' && id[7] != '\0' && ends != 0) /* 8 to 15 of them, as an IMEI has */
        return at + 8 + __builtin_ctzll(ends) / 8;
    return at + strlen(id);
}

/* The cells capture_time to kind. */
static char *put_head(struct row_writer *writer, char *at, const struct s7_message *message,
                      const struct row_facts *facts, bool masks)
{
    if (facts->time != ROW_NO_TIME) {
        text_clock_put(&writer->clock, at, facts->time);
        at += TEXT_TIME_SIZE;
    }
    at = pen_put_char(at, ',');
    at = put_device_time(writer, at, message, facts->time, masks);
    at = pen_put_char(at, ',');
    at = pen_put_char(put_device_id(at, facts->device_id), ',');
    at = pen_put_char(pen_put_word(at, &writer->dialects[message->dialect]), ',');
    at = pen_put_char(pen_put_word(at, &writer->directions[message->direction]), ',');
    return pen_put_word(at, &writer->kinds[message->kind]);
}

static char *put_commas(char *at, unsigned count)
{
    memset(at, ',', COMMAS);
    return at + count;
}

/* --- Fast paths: the same bytes as put_values() gives, for the usual values --- */

/* What is copied at once of a number that stands in the frame as it is printed. */
#define SENT_MAX 16

/* Its digits out of the frame, if they stand there and the copy does not reach behind its end. */
S7_ALWAYS_INLINE bool fast_is_sent(const struct row_facts *facts, const struct s7_field *field)
{
    return field->sent - 1U < SENT_MAX && (uint32_t)field->offset + field->sent_at + SENT_MAX <= facts->length;
}

S7_ALWAYS_INLINE char *fast_put_sent(char *at, const struct row_facts *facts, const struct s7_field *field)
{
    memcpy(at, facts->data + field->offset + field->sent_at, SENT_MAX);
    return at + field->sent;
}

S7_ALWAYS_INLINE char *fast_put_decimal(char *at, const struct row_facts *facts, const struct s7_field *field)
{
    if (!fast_is_sent(facts, field))
        return s7_put_decimal(at, field->value.integer, field->digits);
    *at = '-';
    return fast_put_sent(at + (field->value.integer < 0), facts, field);
}

/* Lower-case letters have a bit set that digits have, too. */
S7_ALWAYS_INLINE char *fast_put_hex(char *at, const struct row_facts *facts, const struct s7_field *field)
{
    if (!fast_is_sent(facts, field))
        return s7_put_hex(at, (uint64_t)field->value.integer, field->digits);
    const uint8_t *digits = facts->data + field->offset + field->sent_at;
    uint64_t first = s7_word_at(digits) | UINT64_C(0x2020202020202020);
    uint64_t second = s7_word_at(digits + 8) | UINT64_C(0x2020202020202020);
    memcpy(at, "0x", 2);
    s7_put_word(at + 2, first);
    s7_put_word(at + 10, second);
    return at + 2 + field->sent;
}

S7_ALWAYS_INLINE char *fast_put_text(const struct row_source *source, char *at, const struct s7_field *field)
{
    bool guard = source->writer->options.csv_guard;
    bool own = field->attributes & S7_INLINE;
    char *end = own ? NULL : fast_pen_short(at, source->facts->data + field->offset, field->length, guard);
    return end ? end : put_values(source, at, field);
}

/* Of a field that can not be repeated; type is that of the table. */
S7_ALWAYS_INLINE char *fast_put_value(const struct row_source *source, char *at, unsigned id, enum s7_field_type type)
{
    const struct s7_field *field = s7_first(source->message, id);
    switch (type) {
    case S7_BOOL:
    case S7_UINT:
        return s7_put_unsigned(at, (uint64_t)field->value.integer);
    case S7_DECIMAL:
        return fast_put_decimal(at, source->facts, field);
    case S7_HEX:
        return fast_put_hex(at, source->facts, field);
    case S7_TEXT:
        return fast_put_text(source, at, field);
    default:
        return put_values(source, at, field);
    }
}

/* 1=4.56;2=0.00 */
static char *fast_put_decimals(const struct row_source *source, char *at, unsigned id)
{
    const struct s7_field *field = s7_first(source->message, id),
                          *end = source->message->fields + source->message->count;
    bool repeated = s7_is_repeated(source->message, id);
    do {
        if (field->number > 0)
            at = pen_put_char(s7_put_unsigned(at, field->number), '=');
        at = pen_put_char(s7_put_decimal(at, field->value.integer, field->digits), ';');
        for (field++; repeated && field < end && field->id != id;)
            field++;
    } while (repeated && field < end);
    return at - 1;
}

/* One column after the other, in the order of fields.def: their types are known here. */
static G_GNUC_NO_INLINE char *fast_put_reported(const struct row_source *source, char *at, uint64_t columns)
{
#define ONE  false
#define MANY true
#define FIELD(identifier, filter, column, type, occurs, unit, label, help)                                             \
    if (REPORTED >> S7_FIELD_##identifier % 64 & (S7_FIELD_##identifier < 64)) {                                       \
        if (columns >> S7_FIELD_##identifier % 64 & 1)                                                                 \
            at = occurs ? fast_put_decimals(source, at, S7_FIELD_##identifier)                                         \
                        : fast_put_value(source, at, S7_FIELD_##identifier, S7_##type);                                \
        at = pen_put_char(at, ',');                                                                                    \
    }
#include "fields.def"
#undef FIELD
#undef ONE
#undef MANY
    return at;
}
/* The cells between event and answers with the commas around them. */
static char *put_reported(const struct row_source *source, char *at)
{
    const struct s7_message *message = source->message;
    uint64_t columns = message->proven ? message->present[0] & REPORTED : 0;
    at = pen_put_char(at, ',');
    if (S7_FAST_PATHS && source->fast && columns)
        return fast_put_reported(source, at, columns);
    unsigned done = S7_FIELD_EVENT + 1;
    for (; columns; columns &= columns - 1) {
        unsigned id = (unsigned)__builtin_ctzll(columns);
        at = put_values(source, put_commas(at, id - done), s7_first(message, id));
        done = id;
    }
    return put_commas(at, S7_FIELD_FLAG - done);
}

static char *put_code(const struct row_source *source, char *at, const struct s7_field *field)
{
    return S7_FAST_PATHS && source->fast ? fast_put_text(source, at, field) : put_value(source, at, field);
}

static char *put_origin(char *at, const struct origin *origin)
{
    at = s7_put_unsigned(pen_put_char(at, 'f'), origin->file);
    return s7_put_unsigned(pen_put_char(at, ':'), origin->number);
}

/* source to packets. */
static char *put_provenance(char *at, const struct row_facts *facts)
{
    memcpy(at, facts->path->text, ROW_PATH_MAX);
    at = s7_put_unsigned(at + facts->path->length, facts->offset);
    at = s7_put_unsigned(pen_put_char(at, ','), facts->file);
    at = pen_put_char(at, ',');
    for (unsigned i = 0; i < facts->packet_count; i++) {
        const struct origin *packet = &facts->packets[i];
        if (i > 0)
            at = pen_put_char(at, ';');
        at = packet->file == facts->file ? s7_put_unsigned(at, packet->number) : put_origin(at, packet);
    }
    return at;
}

static char *put_raw(const struct row_source *source, char *at)
{
    const struct row_facts *facts = source->facts;
    bool guard = source->writer->options.csv_guard;
    if (S7_FAST_PATHS && source->fast)
        return fast_pen_frame(at, facts->data, facts->length, source->plain, guard);
    return pen_make_cell(at, row_put_masked(source, at, 0, facts->length, TEXT_ASCII, TEXT_BARE), guard);
}

struct row_source row_source(const struct row_writer *writer, const struct s7_message *message,
                             const struct row_facts *facts)
{
    bool masks = message->secret && !writer->options.show_secrets, fast = S7_FAST_PATHS && writer->fast && !masks;
    return (struct row_source){.writer = writer,
                               .message = message,
                               .facts = facts,
                               .masks = masks,
                               .fast = fast,
                               .plain = fast ? pen_plain(facts->data, facts->length) : 0};
}

static char *put_details(const struct row_source *source, char *at)
{
    char *start = pen_put_char(at, '"'), *end = row_put_details(source, start);
    return end == start ? at : pen_put_char(end, '"');
}

char *row_print(struct row_writer *writer, char *at, const struct s7_message *message, const struct row_facts *facts)
{
    const struct row_source source = row_source(writer, message, facts);
    at = pen_put_char(put_head(writer, at, message, facts, source.masks), ',');
    if (message->proven && s7_has(message, S7_FIELD_CODE))
        at = put_code(&source, at, s7_first(message, S7_FIELD_CODE));
    at = pen_put_word(pen_put_char(at, ','), &writer->events[message->event]);
    at = put_reported(&source, at);
    if (facts->answers.number != 0)
        at = put_origin(at, &facts->answers);
    at = pen_put_char(at, ',');
    if ((message->flags | facts->context) != 0)
        at = report_put_flags(at, message->flags, facts->context);
    at = put_provenance(pen_put_char(at, ','), facts);
    at = put_details(&source, pen_put_char(at, ','));
    at = put_raw(&source, pen_put_char(at, ','));
    return pen_put_char(at, '\n');
}
