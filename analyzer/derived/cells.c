/* SPDX-License-Identifier: GPL-2.0-or-later
 * The columns of a row as members of a JSON object. */
#include "derived/cells.h"

/* From valid to serial. */
#define REPORTED ((UINT64_C(1) << S7_FIELD_FLAG) - (UINT64_C(2) << S7_FIELD_EVENT))
/* Of each value: its key, brackets, and the name of its number. */
#define VALUE_MAX (sizeof(struct pen_word) + sizeof "{\"number\":65535,\"value\":}")

void cells_init(struct cells *cells, bool show_secrets)
{
    const struct row_options options = {.show_secrets = show_secrets, .json = true};
    printer_init(&cells->printer, &options);
    for (unsigned id = 0; id < ROW_COLUMNS; id++) {
        char key[PEN_WORD_MAX + 1];
        g_snprintf(key, sizeof key, ",\"%s\":", s7_fields[id].column);
        pen_set_word(&cells->keys[id], key);
    }
}

void cells_take(struct cells *cells, const struct report *report)
{
    cells->message = report->message;
    cells->facts = printer_facts(&cells->printer, report);
    cells->source = row_source(&cells->printer.writer, report->message, &cells->facts);
}

size_t cells_bound(const struct cells *cells)
{
    return row_bound(cells->message, cells->facts.packet_count) + VALUE_MAX * (ROW_COLUMNS + cells->message->count) +
           (size_t)4 * cells->facts.packet_count;
}

uint64_t cells_reported(const struct cells *cells)
{
    return cells->message->proven ? cells->message->present[0] & REPORTED : 0;
}

static char *put_json_text(const struct cells *cells, char *at, const struct s7_field *field)
{
    size_t length;
    const char *text = s7_text(cells->facts.data, field, &length);
    at = pen_put_char(at, '"');
    if (field->type == S7_NAME || field->attributes & S7_INLINE)
        at = text_put_json(at, text, length, TEXT_JSON);
    else
        at = row_put_masked(&cells->source, at, field->offset, field->length, TEXT_UTF8, TEXT_JSON);
    return pen_put_char(at, '"');
}

char *cells_put_field_text(const struct cells *cells, char *at, const struct s7_field *field)
{
    size_t length;
    const char *text = s7_text(cells->facts.data, field, &length);
    if (field->type == S7_NAME || field->attributes & S7_INLINE)
        return pen_put_bytes(at, text, length);
    return row_put_masked(&cells->source, at, field->offset, field->length, TEXT_UTF8, TEXT_BARE);
}

static char *put_value(const struct cells *cells, char *at, const struct s7_field *field)
{
    if (field->attributes & S7_SECRET && cells->source.masks)
        return pen_put_literal(at, "\"" ROW_MASK "\"");
    switch ((enum s7_field_type)field->type) {
    case S7_TEXT:
    case S7_NAME:
        return put_json_text(cells, at, field);
    case S7_BOOL:
        return field->value.integer ? pen_put_literal(at, "true") : pen_put_literal(at, "false");
    case S7_UINT:
        return s7_put_unsigned(at, (uint64_t)field->value.integer);
    case S7_DECIMAL:
        return s7_put_decimal(at, field->value.integer, field->digits);
    case S7_HEX:
        at = s7_put_hex(pen_put_char(at, '"'), (uint64_t)field->value.integer, field->digits);
        return pen_put_char(at, '"');
    case S7_TIME:
        break;
    }
    at = pen_put_char(at, '"');
    return pen_put_char(at + s7_value_print(field, at), '"');
}

/* [{"number":1,"value":4.56},{"value":21.5}] */
static char *put_array(const struct cells *cells, char *at, const struct s7_field *field)
{
    bool repeated = s7_is_repeated(cells->message, field->id);
    at = pen_put_char(at, '[');
    for (; field; field = repeated ? s7_find_next(cells->message, field) : NULL) {
        at = pen_put_char(at, '{');
        if (field->number > 0)
            at = pen_put_char(s7_put_unsigned(pen_put_literal(at, "\"number\":"), field->number), ',');
        at = put_value(cells, pen_put_literal(at, "\"value\":"), field);
        at = pen_put_literal(at, "},");
    }
    at[-1] = ']';
    return at;
}

char *cells_put_values(const struct cells *cells, char *at, const struct s7_field *field)
{
    bool repeated = s7_is_repeated(cells->message, field->id);
    for (const struct s7_field *item = field; item; item = repeated ? s7_find_next(cells->message, item) : NULL) {
        if (item != field)
            at = pen_put_char(at, ';');
        if (item->number > 0)
            at = pen_put_char(s7_put_unsigned(at, item->number), '=');
        at = s7_put_decimal(at, item->value.integer, item->digits);
    }
    return at;
}

static char *put_list(const struct cells *cells, char *at, const struct s7_field *field, enum cells_lists lists)
{
    if (lists == CELLS_ARRAYS)
        return put_array(cells, at, field);
    return pen_put_char(cells_put_values(cells, pen_put_char(at, '"'), field), '"');
}

char *cells_put_reported(const struct cells *cells, char *at, uint64_t but, enum cells_lists lists)
{
    for (uint64_t left = cells_reported(cells) & ~but; left; left &= left - 1) {
        unsigned id = (unsigned)__builtin_ctzll(left);
        const struct s7_field *field = s7_first(cells->message, id);
        at = pen_put_word(at, &cells->keys[id]);
        at = s7_fields[id].many ? put_list(cells, at, field, lists) : put_value(cells, at, field);
    }
    return at;
}

/* source,destination,transport,stream, as a path has it. */
char *cells_put_path(const struct cells *cells, char *at)
{
    static const char *const keys[] = {",\"source\":\"", "\",\"destination\":\"", "\",\"transport\":\"",
                                       "\",\"stream\":"};
    const char *from = cells->facts.path->text, *end = from + cells->facts.path->length;
    for (size_t i = 0; i < G_N_ELEMENTS(keys) && from < end; i++) {
        const char *comma = memchr(from, ',', (size_t)(end - from));
        at = pen_put_bytes(stpcpy(at, keys[i]), from, (size_t)(comma - from));
        from = comma + 1;
    }
    return at;
}

char *cells_put_code(const struct cells *cells, char *at)
{
    return put_value(cells, at, s7_first(cells->message, S7_FIELD_CODE));
}

char *cells_put_device_time(const struct cells *cells, char *at)
{
    return put_value(cells, at, s7_first(cells->message, S7_FIELD_DEVICE_TIME));
}

static char *put_raw(const struct cells *cells, char *at, enum text_form form)
{
    uint32_t plain = (uint32_t)cells->source.plain;
    at = pen_put_bytes(at, cells->facts.data, plain);
    return row_put_masked(&cells->source, at, plain, cells->facts.length - plain, TEXT_ASCII, form);
}

char *cells_put_raw(const struct cells *cells, char *at)
{
    return pen_put_char(put_raw(cells, pen_put_char(at, '"'), TEXT_JSON), '"');
}

char *cells_put_raw_text(const struct cells *cells, char *at)
{
    return put_raw(cells, at, TEXT_BARE);
}

/* a;b becomes ["a","b"]. The items have no quotes. */
static char *put_items(char *at, const char *items, const char *end)
{
    at = pen_put_literal(at, "[\"");
    for (; items < end; items++)
        at = *items == ';' ? pen_put_literal(at, "\",\"") : pen_put_char(at, *items);
    return pen_put_literal(at, "\"]");
}

char *cells_put_flags(const struct cells *cells, char *at)
{
    char flags[REPORT_FLAGS_MAX];
    const char *end = report_put_flags(flags, cells->message->flags, cells->facts.context);
    return put_items(at, flags, end);
}

char *cells_put_packet_text(const struct cells *cells, char *at)
{
    const struct row_facts *facts = &cells->facts;
    for (unsigned i = 0; i < facts->packet_count; i++) {
        const struct origin *packet = &facts->packets[i];
        if (i > 0)
            at = pen_put_char(at, ';');
        if (packet->file != facts->file)
            at = pen_put_char(s7_put_unsigned(pen_put_char(at, 'f'), packet->file), ':');
        at = s7_put_unsigned(at, packet->number);
    }
    return at;
}

char *cells_put_packets(const struct cells *cells, char *at)
{
    const struct row_facts *facts = &cells->facts;
    at = pen_put_char(at, '[');
    for (unsigned i = 0; i < facts->packet_count; i++) {
        const struct origin *packet = &facts->packets[i];
        at = pen_put_char(at, '"');
        if (packet->file != facts->file)
            at = pen_put_char(s7_put_unsigned(pen_put_char(at, 'f'), packet->file), ':');
        at = pen_put_literal(s7_put_unsigned(at, packet->number), "\",");
    }
    at[-1] = ']';
    return at;
}

char *cells_put_details(const struct cells *cells, char *at)
{
    return row_put_details(&cells->source, at);
}
