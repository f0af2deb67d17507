/* SPDX-License-Identifier: GPL-2.0-or-later
 * The column details: the fields of a message that have no column of their own, as one JSON object with sorted keys.
 * Beside them claimed_id (of a frame that is not proven), flag_fields (which fields a flag concerns) and parameters
 * (what the arguments mean). */
#include "row.h"

#include "arguments.h"

#include <stdlib.h>
#include <string.h>

/* Different parameters of one command; the longest has 6. */
#define PARAMETERS_MAX 16

enum { KEY_CLAIMED_ID = S7_FIELD_COUNT, KEY_FLAG_FIELDS, KEY_PARAMETERS, KEY_COUNT };
G_STATIC_ASSERT(KEY_COUNT == ROW_KEYS);

/* A set of keys by their place in the order. */
#define SET_WORDS ((ROW_KEYS + 63) / 64)

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
    return strcmp(key_name(*(const unsigned *)a), key_name(*(const unsigned *)b));
}

void row_details_init(struct row_writer *writer)
{
    unsigned sorted[KEY_COUNT];
    writer->key_count = 0;
    for (unsigned id = 0; id < KEY_COUNT; id++)
        if (id >= S7_FIELD_COUNT || s7_fields[id].column[0] == '\0')
            sorted[writer->key_count++] = id;
    qsort(sorted, writer->key_count, sizeof sorted[0], compare_keys);
    for (unsigned rank = 0; rank < writer->key_count; rank++) {
        writer->keys[rank] = (uint16_t)sorted[rank];
        writer->ranks[sorted[rank]] = (uint16_t)rank;
    }
}

/* Begins a member of the object. */
static void append_key(GString *out, size_t start, const char *key)
{
    g_string_append_c(out, out->len > start ? ',' : '{');
    g_string_append_c(out, '"');
    g_string_append(out, key);
    g_string_append(out, "\":");
}

static void append_value(struct row_writer *writer, GString *out, const struct report *report,
                         const struct s7_field *field)
{
    char value[S7_VALUE_SIZE];
    GString *cell = writer->cell;
    g_string_truncate(cell, 0);
    if (field->attributes & S7_SECRET && !writer->options.show_secrets) {
        g_string_append(cell, ROW_MASK);
    } else if (field->type == S7_BOOL) {
        g_string_append(out, field->value.integer ? "true" : "false");
        return;
    } else if (field->type == S7_UINT || field->type == S7_DECIMAL) {
        g_string_append_len(out, value, (gssize)s7_value_print(field, value));
        return;
    } else if (field->type == S7_HEX || field->type == S7_TIME) {
        g_string_append_len(cell, value, (gssize)s7_value_print(field, value));
    } else if (field->type == S7_NAME || field->attributes & S7_INLINE) {
        size_t length;
        const char *text = s7_text(report->data, field, &length);
        text_escape(cell, (const uint8_t *)text, length, TEXT_UTF8);
    } else {
        row_masked(writer, cell, report, field->offset, field->length, TEXT_UTF8);
    }
    text_json(out, cell->str, cell->len);
}

/* An array for a field that may be repeated, always; for another one only if it is. */
static void append_field(struct row_writer *writer, GString *out, const struct report *report,
                         const struct s7_field *field)
{
    const struct s7_field *next = s7_find_next(report->message, field);
    if (!next && !s7_fields[field->id].many) {
        append_value(writer, out, report, field);
        return;
    }
    g_string_append_c(out, '[');
    append_value(writer, out, report, field);
    for (; next; next = s7_find_next(report->message, next)) {
        g_string_append_c(out, ',');
        append_value(writer, out, report, next);
    }
    g_string_append_c(out, ']');
}

static unsigned concerned(const struct s7_field *field)
{
    return field->concerns ? field->concerns - 1U : field->id;
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* ["latitude","speed"]: the fields that the flag concerns, sorted, each once. */
static void append_flag(GString *out, const struct s7_message *message, unsigned flag)
{
    bool seen[S7_FIELD_COUNT] = {false};
    const char *names[S7_FIELD_COUNT];
    size_t count = 0;
    for (unsigned i = 0; i < message->count; i++) {
        unsigned id = concerned(&message->fields[i]);
        if (!(message->fields[i].flags >> flag & 1) || seen[id])
            continue;
        seen[id] = true;
        names[count++] = s7_field_key((enum s7_field_id)id);
    }
    qsort(names, count, sizeof names[0], compare_strings);
    for (size_t i = 0; i < count; i++) {
        g_string_append_c(out, i == 0 ? '[' : ',');
        text_json(out, names[i], strlen(names[i]));
    }
    g_string_append_c(out, ']');
}

static void append_flag_fields(GString *out, size_t start, const struct s7_message *message)
{
    uint32_t flags = 0;
    for (unsigned i = 0; i < message->count; i++)
        flags |= message->fields[i].flags;
    if (flags == 0)
        return;
    append_key(out, start, "flag_fields");
    size_t inner = out->len;
    for (unsigned flag = 0; flag < S7_FLAG_COUNT; flag++) {
        if (!(flags >> flag & 1))
            continue;
        append_key(out, inner, s7_flag_names[flag]);
        append_flag(out, message, flag);
    }
    g_string_append_c(out, '}');
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

static void append_meaning(struct row_writer *writer, GString *out, const struct report *report,
                           const struct s7_field *field)
{
    GString *cell = writer->cell;
    if (field->attributes & S7_SECRET && !writer->options.show_secrets) {
        text_json(out, ROW_MASK, strlen(ROW_MASK));
        return;
    }
    size_t size = S7_ARGUMENT_SIZE(field->length);
    g_string_set_size(cell, size);
    text_json(out, cell->str, s7_argument_print(report->data, field, cell->str, size));
}

/* {"interval":"30 s","tracking":"on"}: what the arguments mean, by name; a repeated one is an array. */
static void append_parameters(struct row_writer *writer, GString *out, size_t start, const struct report *report)
{
    const struct s7_argument *sorted[PARAMETERS_MAX];
    unsigned count = collect_parameters(report->message, sorted);
    if (count == 0)
        return;
    append_key(out, start, "parameters");
    size_t inner = out->len;
    for (unsigned i = 0; i < count; i++) {
        append_key(out, inner, sorted[i]->name);
        unsigned found = 0;
        if (sorted[i]->repeated)
            g_string_append_c(out, '[');
        for (const struct s7_field *field = s7_find(report->message, S7_FIELD_ARGUMENT); field;
             field = s7_find_next(report->message, field)) {
            if (field->value.argument != sorted[i])
                continue;
            if (found++ > 0)
                g_string_append_c(out, ',');
            append_meaning(writer, out, report, field);
        }
        if (sorted[i]->repeated)
            g_string_append_c(out, ']');
    }
    g_string_append_c(out, '}');
}

/* The framing of a sound frame says nothing that raw does not show better. */
static bool is_noise(unsigned id, const struct s7_message *message)
{
    return (id == S7_FIELD_TERMINATOR || id == S7_FIELD_LENGTH || id == S7_FIELD_CHECKSUM) &&
           (message->flags & FRAMING_FLAGS) == 0;
}

static void add_key(const struct row_writer *writer, uint64_t *set, unsigned id)
{
    set[writer->ranks[id] / 64] |= UINT64_C(1) << writer->ranks[id] % 64;
}

/* The keys that the report has. */
static void collect_keys(const struct row_writer *writer, const struct s7_message *message, uint64_t *set)
{
    if (!message->proven) {
        if (s7_find(message, S7_FIELD_DEVICE_ID))
            add_key(writer, set, KEY_CLAIMED_ID);
    } else {
        if (message->flags)
            add_key(writer, set, KEY_FLAG_FIELDS);
        if (s7_find(message, S7_FIELD_ARGUMENT))
            add_key(writer, set, KEY_PARAMETERS);
    }
    for (unsigned i = 0; i < message->count && message->proven; i++) {
        unsigned id = message->fields[i].id;
        if (s7_fields[id].column[0] == '\0' && !is_noise(id, message))
            add_key(writer, set, id);
    }
}

static void append_member(struct row_writer *writer, GString *out, size_t start, const struct report *report,
                          unsigned id)
{
    if (id == KEY_FLAG_FIELDS) {
        append_flag_fields(out, start, report->message);
    } else if (id == KEY_PARAMETERS) {
        append_parameters(writer, out, start, report);
    } else {
        enum s7_field_id source = id == KEY_CLAIMED_ID ? S7_FIELD_DEVICE_ID : (enum s7_field_id)id;
        append_key(out, start, key_name(id));
        append_field(writer, out, report, s7_find(report->message, source));
    }
}

void row_details(struct row_writer *writer, GString *out, const struct report *report)
{
    uint64_t set[SET_WORDS] = {0};
    size_t start = out->len;
    collect_keys(writer, report->message, set);
    for (unsigned word = 0; word < SET_WORDS; word++)
        for (uint64_t left = set[word]; left; left &= left - 1)
            append_member(writer, out, start, report, writer->keys[word * 64 + (unsigned)__builtin_ctzll(left)]);
    if (out->len > start)
        g_string_append_c(out, '}');
}
