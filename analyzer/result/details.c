/* SPDX-License-Identifier: GPL-2.0-or-later
 * The column details: the fields of a message that have no column of their own, as one JSON object with sorted keys.
 * Beside them claimed_id (of a frame that is not proven), flag_fields (which fields a flag concerns) and parameters
 * (what the arguments mean). */
#include "result/row.h"

#include "arguments.h"

#include <stdlib.h>
#include <string.h>

/* Different parameters of one command; the longest has 6. */
#define PARAMETERS_MAX 16

enum { KEY_CLAIMED_ID = S7_FIELD_COUNT, KEY_FLAG_FIELDS, KEY_PARAMETERS, KEY_COUNT };
G_STATIC_ASSERT(KEY_COUNT == ROW_KEYS);

#define FRAMING_FLAGS                                                                                                  \
    (S7_FLAG_BIT(CHECKSUM_BAD) | S7_FLAG_BIT(DAMAGED) | S7_FLAG_BIT(LENGTH_WRONG) | S7_FLAG_BIT(TERMINATOR_MISSING) |  \
     S7_FLAG_BIT(TRUNCATED))

static const char *key_name(unsigned id)
{
    if (id == KEY_CLAIMED_ID)
        return "claimed_id";
    if (id == KEY_FLAG_FIELDS)
        return "flag_fields";
    if (id == KEY_PARAMETERS)
        return "parameters";
    return s7_field_key((enum s7_field_id)id);
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(key_name(*(const uint16_t *)a), key_name(*(const uint16_t *)b));
}

static void set_key_word(struct pen_word *word, const char *key)
{
    char text[PEN_WORD_MAX + 1];
    g_snprintf(text, sizeof text, "\"\"%s\"\":", key);
    pen_set_word(word, text);
}

void row_details_init(struct row_writer *writer)
{
    for (unsigned id = 0; id < KEY_COUNT; id++)
        writer->keys[id] = (uint16_t)id;
    qsort(writer->keys, KEY_COUNT, sizeof writer->keys[0], compare_keys);
    memset(writer->single, 0, sizeof writer->single);
    memset(writer->framing, 0, sizeof writer->framing);
    for (unsigned rank = 0; rank < KEY_COUNT; rank++) {
        unsigned id = writer->keys[rank];
        uint64_t bit = UINT64_C(1) << rank % 64;
        writer->ranks[id] = (uint16_t)rank;
        if (id < S7_FIELD_COUNT && !s7_fields[id].many)
            writer->single[rank / 64] |= bit;
        if (id == S7_FIELD_TERMINATOR || id == S7_FIELD_LENGTH || id == S7_FIELD_CHECKSUM)
            writer->framing[rank / 64] |= bit;
        set_key_word(&writer->key_words[rank], key_name(id));
    }
    for (unsigned flag = 0; flag < S7_FLAG_COUNT; flag++)
        set_key_word(&writer->flag_words[flag], s7_flag_names[flag]);
}

/* Closes an object or array whose members all have a comma behind them. */
static void put_end(struct pen *pen, char c)
{
    if (pen->at[-1] == ',')
        pen->at[-1] = c;
    else
        pen_char(pen, c);
}

/* Text that is not plain, as a JSON string in a quoted cell: from writer->cell. */
static void put_json(struct row_writer *writer, struct pen *pen)
{
    g_string_truncate(writer->text, 0);
    text_json(writer->text, writer->cell->str, writer->cell->len);
    pen_doubled(pen, writer->text->str, writer->text->len);
}

/* Does it stand in a JSON string in a quoted cell as it is? */
static bool is_plain(const struct row_writer *writer, const struct s7_field *field, bool own, const char *text,
                     size_t length)
{
    if (!own && (writer->masks || field->offset + length <= writer->fields.plain))
        return !writer->masks;
    return pen_plain((const uint8_t *)text, length) == length;
}

static void put_text(struct row_writer *writer, struct pen *pen, const struct report *report,
                     const struct s7_field *field)
{
    size_t length;
    const char *text = s7_text(report->data, field, &length);
    bool own = field->type == S7_NAME || field->attributes & S7_INLINE;
    if (is_plain(writer, field, own, text, length)) {
        pen_room(pen, length);
        char *at = pen->at;
        memcpy(at, "\"\"", 2);
        memcpy(at + 2, text, length);
        memcpy(at + 2 + length, "\"\"", 2);
        pen->at = at + length + 4;
        return;
    }
    g_string_truncate(writer->cell, 0);
    if (own)
        text_escape(writer->cell, (const uint8_t *)text, length, TEXT_UTF8);
    else
        row_masked(writer, writer->cell, report, field->offset, field->length, TEXT_UTF8);
    put_json(writer, pen);
}

static void put_value(struct row_writer *writer, struct pen *pen, const struct report *report,
                      const struct s7_field *field)
{
    if (field->attributes & S7_SECRET && writer->masks) {
        pen_literal(pen, "\"\"" ROW_MASK "\"\"");
        return;
    }
    pen_room(pen, 0);
    switch ((enum s7_field_type)field->type) {
    case S7_TEXT:
    case S7_NAME:
        put_text(writer, pen, report, field);
        break;
    case S7_BOOL:
        memcpy(pen->at, field->value.integer ? "true " : "false", 5);
        pen->at += field->value.integer ? 4 : 5;
        break;
    case S7_UINT:
    case S7_DECIMAL:
        pen->at += s7_value_print(field, pen->at);
        break;
    case S7_HEX:
    case S7_TIME:
        memcpy(pen->at, "\"\"", 2);
        pen->at += 2;
        pen->at += s7_value_print(field, pen->at);
        memcpy(pen->at, "\"\"", 2);
        pen->at += 2;
        break;
    }
}

/* An array for a field that may be repeated, always; for another one only if it is. */
static void put_field(struct row_writer *writer, struct pen *pen, const struct report *report, unsigned id)
{
    const struct s7_field *field = writer->fields.first[id];
    unsigned rank = writer->ranks[id];
    bool repeated = writer->fields.repeated[rank / 64] >> rank % 64 & 1;
    if (!repeated && !s7_fields[id].many) {
        put_value(writer, pen, report, field);
        return;
    }
    pen_char(pen, '[');
    for (; field; field = repeated ? s7_find_next(report->message, field) : NULL) {
        put_value(writer, pen, report, field);
        pen_char(pen, ',');
    }
    put_end(pen, ']');
}

static unsigned concerned(const struct s7_field *field)
{
    return field->concerns ? field->concerns - 1U : field->id;
}

/* [""latitude"",""speed""]: the fields that the flag concerns, by name, each once. */
static void put_flag(const struct row_writer *writer, struct pen *pen, const struct s7_message *message, unsigned flag)
{
    uint64_t set[ROW_KEY_WORDS] = {0};
    for (unsigned i = 0; i < message->count; i++) {
        const struct s7_field *field = &message->fields[i];
        unsigned rank = writer->ranks[concerned(field)];
        if (field->flags >> flag & 1)
            set[rank / 64] |= UINT64_C(1) << rank % 64;
    }
    pen_char(pen, '[');
    for (unsigned word = 0; word < ROW_KEY_WORDS; word++) {
        for (uint64_t left = set[word]; left; left &= left - 1) {
            pen_word(pen, &writer->key_words[word * 64 + (unsigned)__builtin_ctzll(left)]);
            pen->at[-1] = ','; /* in place of the colon */
        }
    }
    put_end(pen, ']');
}

/* Which fields the flags concern. */
static void put_flag_fields(const struct row_writer *writer, struct pen *pen, const struct s7_message *message)
{
    pen_char(pen, '{');
    for (uint32_t left = writer->fields.flags; left; left &= left - 1) {
        unsigned flag = (unsigned)__builtin_ctz(left);
        pen_word(pen, &writer->flag_words[flag]);
        put_flag(writer, pen, message, flag);
        pen_char(pen, ',');
    }
    put_end(pen, '}');
}

static int compare_arguments(const void *a, const void *b)
{
    return strcmp((*(const struct s7_argument *const *)a)->name, (*(const struct s7_argument *const *)b)->name);
}

/* The descriptions of the arguments, each once, by name. */
static unsigned collect_parameters(const struct s7_message *message, const struct s7_argument **sorted)
{
    unsigned count = 0;
    const struct s7_argument *last = NULL;
    for (const struct s7_field *field = s7_find(message, S7_FIELD_ARGUMENT); field && count < PARAMETERS_MAX;
         field = s7_find_next(message, field)) {
        if (field->value.argument && field->value.argument != last)
            sorted[count++] = last = field->value.argument;
    }
    qsort(sorted, count, sizeof(const struct s7_argument *), compare_arguments);
    return count;
}

static void put_meaning(struct row_writer *writer, struct pen *pen, const struct report *report,
                        const struct s7_field *field)
{
    if (field->attributes & S7_SECRET && writer->masks) {
        pen_literal(pen, "\"\"" ROW_MASK "\"\"");
        return;
    }
    size_t size = S7_ARGUMENT_SIZE(field->length);
    g_string_set_size(writer->cell, size);
    g_string_truncate(writer->cell, s7_argument_print(report->data, field, writer->cell->str, size));
    put_json(writer, pen);
}

/* {""interval"":""30 s"",""tracking"":""on""}: what the arguments mean, by name; a repeated one is an array. */
static void put_parameters(struct row_writer *writer, struct pen *pen, const struct report *report,
                           const struct s7_argument *const *sorted, unsigned count)
{
    pen_char(pen, '{');
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            pen_char(pen, ',');
        pen_literal(pen, "\"\"");
        pen_bytes(pen, sorted[i]->name, strlen(sorted[i]->name));
        pen_literal(pen, "\"\":");
        unsigned found = 0;
        if (sorted[i]->repeated)
            pen_char(pen, '[');
        for (const struct s7_field *field = s7_find(report->message, S7_FIELD_ARGUMENT); field;
             field = s7_find_next(report->message, field)) {
            if (field->value.argument != sorted[i])
                continue;
            if (found++ > 0)
                pen_char(pen, ',');
            put_meaning(writer, pen, report, field);
        }
        if (sorted[i]->repeated)
            pen_char(pen, ']');
    }
    pen_char(pen, '}');
}

static void add_key(struct row_writer *writer, unsigned id)
{
    writer->fields.present[writer->ranks[id] / 64] |= UINT64_C(1) << writer->ranks[id] % 64;
}

/* Turns the fields that the report has into the keys that its details have. */
static void choose_keys(struct row_writer *writer, const struct s7_message *message)
{
    if (!message->proven) {
        memset(writer->fields.present, 0, sizeof writer->fields.present);
        if (s7_find(message, S7_FIELD_DEVICE_ID))
            add_key(writer, KEY_CLAIMED_ID);
        return;
    }
    if (writer->fields.flags)
        add_key(writer, KEY_FLAG_FIELDS);
    if (s7_find(message, S7_FIELD_ARGUMENT))
        add_key(writer, KEY_PARAMETERS);
    if ((message->flags & FRAMING_FLAGS) == 0) /* says nothing that raw does not show better */
        for (unsigned word = 0; word < ROW_KEY_WORDS; word++)
            writer->fields.present[word] &= ~writer->framing[word];
}

/* With a comma behind it. */
static void put_member(struct row_writer *writer, struct pen *pen, const struct report *report, unsigned rank)
{
    const struct s7_message *message = report->message;
    const struct s7_argument *sorted[PARAMETERS_MAX];
    unsigned id = writer->keys[rank], count = id == KEY_PARAMETERS ? collect_parameters(message, sorted) : 0;
    if (id == KEY_PARAMETERS && count == 0)
        return;
    pen_word(pen, &writer->key_words[rank]);
    if (id == KEY_FLAG_FIELDS)
        put_flag_fields(writer, pen, message);
    else if (id == KEY_PARAMETERS)
        put_parameters(writer, pen, report, sorted, count);
    else
        put_field(writer, pen, report, id == KEY_CLAIMED_ID ? S7_FIELD_DEVICE_ID : id);
    pen_char(pen, ',');
}

/* The same for the usual values, in the spare room; NULL if it is none of them. */
static inline char *put_usual(const struct row_writer *writer, char *at, const struct report *report, unsigned rank)
{
    const struct s7_field *field = writer->fields.first[writer->keys[rank]];
    at = pen_put_word(at, &writer->key_words[rank]);
    switch (field->type) {
    case S7_BOOL:
        memcpy(at, field->value.integer ? "true," : "false", 5);
        at += field->value.integer ? 4 : 5;
        break;
    case S7_UINT:
        at = s7_put_unsigned(at, (uint64_t)field->value.integer);
        break;
    case S7_DECIMAL:
        at = s7_put_decimal(at, field->value.integer, field->digits);
        break;
    case S7_TEXT:
        if (field->attributes & S7_INLINE || field->length > PEN_SHORT ||
            (size_t)field->offset + field->length > writer->fields.plain)
            return NULL;
        memcpy(at, "\"\"", 2);
        memcpy(at + 2, report->data + field->offset, field->length);
        at += 2 + field->length;
        memcpy(at, "\"\"", 2);
        at += 2;
        break;
    case S7_NAME: {
        size_t length = strlen(field->value.name);
        if (length > PEN_SHORT)
            return NULL;
        memcpy(at, "\"\"", 2);
        memcpy(at + 2, field->value.name, length);
        at += 2 + length;
        memcpy(at, "\"\"", 2);
        at += 2;
        break;
    }
    default:
        return NULL;
    }
    *at = ',';
    return at + 1;
}

/* With a comma behind each. */
static void put_members(struct row_writer *writer, struct pen *pen, const struct report *report, unsigned word)
{
    uint64_t usual = writer->masks ? 0 : writer->single[word] & ~writer->fields.repeated[word];
    for (uint64_t left = writer->fields.present[word]; left; left &= left - 1) {
        unsigned bit = (unsigned)__builtin_ctzll(left);
        pen_room(pen, 0);
        char *end = usual >> bit & 1 ? put_usual(writer, pen->at, report, word * 64 + bit) : NULL;
        if (end)
            pen->at = end;
        else
            put_member(writer, pen, report, word * 64 + bit);
    }
}

void row_details(struct row_writer *writer, struct pen *pen, const struct report *report)
{
    choose_keys(writer, report->message);
    pen_literal(pen, "\"{");
    for (unsigned word = 0; word < ROW_KEY_WORDS; word++)
        put_members(writer, pen, report, word);
    if (pen->at[-1] == ',') {
        pen->at[-1] = '}';
        pen_char(pen, '"');
    } else {
        pen->at -= 2; /* there is none */
    }
}
