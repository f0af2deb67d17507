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

static void set_key_word(struct pen_word *word, const char *key, bool json)
{
    char text[PEN_WORD_MAX + 1];
    g_snprintf(text, sizeof text, json ? "\"%s\":" : "\"\"%s\"\":", key);
    pen_set_word(word, text);
}

void row_details_init(struct row_writer *writer)
{
    const bool json = writer->options.json;
    writer->quotes = json ? 1 : 2;
    writer->text_form = json ? TEXT_JSON : TEXT_JSON_CELL;
    for (unsigned id = 0; id < KEY_COUNT; id++)
        writer->keys[id] = (uint16_t)id;
    qsort(writer->keys, KEY_COUNT, sizeof writer->keys[0], compare_keys);
    for (unsigned rank = 0; rank < KEY_COUNT; rank++) {
        unsigned id = writer->keys[rank];
        writer->ranks[id] = (uint16_t)rank;
        writer->single[rank] = id < S7_FIELD_COUNT && !s7_fields[id].many;
        set_key_word(&writer->key_words[rank], key_name(id), json);
    }
    static const enum s7_field_id framing[] = {S7_FIELD_TERMINATOR, S7_FIELD_LENGTH, S7_FIELD_CHECKSUM};
    for (size_t i = 0; i < G_N_ELEMENTS(framing); i++)
        writer->framing[framing[i] / 64] |= UINT64_C(1) << framing[i] % 64;
    for (unsigned flag = 0; flag < S7_FLAG_COUNT; flag++)
        set_key_word(&writer->flag_words[flag], s7_flag_names[flag], json);
}

/* One, or the two that stand for one in a cell. */
static inline char *put_quotes(const struct row_source *source, char *at)
{
    memcpy(at, "\"\"", 2);
    return at + source->writer->quotes;
}

/* Closes an object or array whose members all have a comma behind them. */
static char *put_end(char *at, char c)
{
    return pen_put_char(at[-1] == ',' ? at - 1 : at, c);
}

static char *put_text(const struct row_source *source, char *at, const struct s7_field *field)
{
    size_t length;
    const char *text = s7_text(source->facts->data, field, &length);
    bool own = field->type == S7_NAME || field->attributes & S7_INLINE;
    at = put_quotes(source, at);
    if (own)
        at = text_put(at, (const uint8_t *)text, length, TEXT_UTF8, source->writer->text_form);
    else
        at = row_put_masked(source, at, field->offset, field->length, TEXT_UTF8, source->writer->text_form);
    return put_quotes(source, at);
}

static char *put_value(const struct row_source *source, char *at, const struct s7_field *field)
{
    if (field->attributes & S7_SECRET && source->masks)
        return put_quotes(source, pen_put_literal(put_quotes(source, at), ROW_MASK));
    switch ((enum s7_field_type)field->type) {
    case S7_TEXT:
    case S7_NAME:
        return put_text(source, at, field);
    case S7_BOOL:
        return field->value.integer ? pen_put_literal(at, "true") : pen_put_literal(at, "false");
    case S7_UINT:
    case S7_DECIMAL:
        break;
    case S7_HEX:
    case S7_TIME:
        at = put_quotes(source, at);
        return put_quotes(source, at + s7_value_print(field, at));
    }
    return at + s7_value_print(field, at);
}

/* An array for a field that may be repeated, always; for another one only if it is. */
static char *put_field(const struct row_source *source, char *at, unsigned id)
{
    const struct s7_message *message = source->message;
    const struct s7_field *field = s7_first(message, id);
    bool repeated = s7_is_repeated(message, id);
    if (!repeated && !s7_fields[id].many)
        return put_value(source, at, field);
    at = pen_put_char(at, '[');
    for (; field; field = repeated ? s7_find_next(message, field) : NULL)
        at = pen_put_char(put_value(source, at, field), ',');
    return put_end(at, ']');
}

static unsigned concerned(const struct s7_field *field)
{
    return field->concerns ? field->concerns - 1U : field->id;
}

/* [""latitude"",""speed""]: the fields that the flag concerns, by name, each once. */
static char *put_flag(const struct row_source *source, char *at, unsigned flag)
{
    const struct row_writer *writer = source->writer;
    uint64_t set[ROW_KEY_WORDS] = {0};
    for (unsigned i = 0; i < source->message->count; i++) {
        const struct s7_field *field = &source->message->fields[i];
        unsigned rank = writer->ranks[concerned(field)];
        if (field->flags >> flag & 1)
            set[rank / 64] |= UINT64_C(1) << rank % 64;
    }
    at = pen_put_char(at, '[');
    for (unsigned word = 0; word < ROW_KEY_WORDS; word++) {
        for (uint64_t left = set[word]; left; left &= left - 1) {
            at = pen_put_word(at, &writer->key_words[word * 64 + (unsigned)__builtin_ctzll(left)]);
            at[-1] = ','; /* in place of the colon */
        }
    }
    return put_end(at, ']');
}

/* Which fields the flags concern. */
static char *put_flag_fields(const struct row_source *source, char *at)
{
    at = pen_put_char(at, '{');
    for (uint32_t left = source->message->field_flags; left; left &= left - 1) {
        unsigned flag = (unsigned)__builtin_ctz(left);
        at = pen_put_word(at, &source->writer->flag_words[flag]);
        at = pen_put_char(put_flag(source, at, flag), ',');
    }
    return put_end(at, '}');
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

static char *put_meaning(const struct row_source *source, char *at, const struct s7_field *field)
{
    if (field->attributes & S7_SECRET && source->masks)
        return put_quotes(source, pen_put_literal(put_quotes(source, at), ROW_MASK));
    size_t size = S7_ARGUMENT_SIZE(field->length);
    char *meaning = at + TEXT_BYTE_MAX * size; /* behind what becomes of it */
    size_t length = s7_argument_print(source->facts->data, field, meaning, size);
    return put_quotes(source, text_put_json(put_quotes(source, at), meaning, length, source->writer->text_form));
}

/* {""interval"":""30 s"",""tracking"":""on""}: what the arguments mean, by name; a repeated one is an array. */
static char *put_parameters(const struct row_source *source, char *at, const struct s7_argument *const *sorted,
                            unsigned count)
{
    at = pen_put_char(at, '{');
    for (unsigned i = 0; i < count; i++) {
        at = put_quotes(source, at);
        at = put_quotes(source, pen_put_bytes(at, sorted[i]->name, strlen(sorted[i]->name)));
        at = pen_put_bytes(at, ":[", sorted[i]->repeated ? 2 : 1);
        for (const struct s7_field *field = s7_find(source->message, S7_FIELD_ARGUMENT); field;
             field = s7_find_next(source->message, field))
            if (field->value.argument == sorted[i])
                at = pen_put_char(put_meaning(source, at, field), ',');
        if (sorted[i]->repeated)
            at = pen_put_char(put_end(at, ']'), ',');
    }
    return put_end(at, '}');
}

/* With a comma behind it. */
static char *put_member(const struct row_source *source, char *at, unsigned rank)
{
    const struct row_writer *writer = source->writer;
    const struct s7_argument *sorted[PARAMETERS_MAX];
    unsigned id = writer->keys[rank], count = id == KEY_PARAMETERS ? collect_parameters(source->message, sorted) : 0;
    if (id == KEY_PARAMETERS && count == 0)
        return at;
    at = pen_put_word(at, &writer->key_words[rank]);
    if (id == KEY_FLAG_FIELDS)
        at = put_flag_fields(source, at);
    else if (id == KEY_PARAMETERS)
        at = put_parameters(source, at, sorted, count);
    else
        at = put_field(source, at, id == KEY_CLAIMED_ID ? S7_FIELD_DEVICE_ID : id);
    return pen_put_char(at, ',');
}

/* What is copied at once of a text that is not longer. */
#define SHORT_MAX 32

/* The bytes of the field; those behind it are copied, too, where the frame has them. */
static inline char *fast_put_bytes(const struct row_source *source, char *at, const struct s7_field *field)
{
    const uint8_t *from = source->facts->data + field->offset;
    if (field->length > SHORT_MAX || (uint32_t)field->offset + SHORT_MAX > source->facts->length)
        return pen_put_bytes(at, from, field->length);
    memcpy(at, from, SHORT_MAX);
    return at + field->length;
}

/* The same for the usual values; NULL if it is none of them. */
static inline char *fast_put_member(const struct row_source *source, char *at, unsigned rank)
{
    unsigned id = source->writer->keys[rank];
    if (!source->writer->single[rank] || s7_is_repeated(source->message, id))
        return NULL;
    const struct s7_field *field = s7_first(source->message, id);
    at = pen_put_word(at, &source->writer->key_words[rank]);
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
        if (field->attributes & S7_INLINE || (size_t)field->offset + field->length > source->plain)
            return NULL;
        at = put_quotes(source, at);
        at = put_quotes(source, fast_put_bytes(source, at, field));
        break;
    case S7_NAME: /* a word of one of our lists */
        at = put_quotes(source, stpcpy(put_quotes(source, at), field->value.name));
        break;
    default:
        return NULL;
    }
    return pen_put_char(at, ',');
}

/* The keys that the details have, by place. */
struct keys {
    uint64_t words[ROW_KEY_WORDS];
};

static inline void add_key(const struct row_writer *writer, struct keys *keys, unsigned id)
{
    unsigned rank = writer->ranks[id];
    keys->words[rank / 64] |= UINT64_C(1) << rank % 64;
}

static inline struct keys choose_keys(const struct row_source *source)
{
    const struct row_writer *writer = source->writer;
    const struct s7_message *message = source->message;
    struct keys keys = {{0}};
    if (!message->proven) {
        if (s7_has(message, S7_FIELD_DEVICE_ID))
            add_key(writer, &keys, KEY_CLAIMED_ID);
        return keys;
    }
    /* Fields of the framing say nothing that raw does not show better. */
    uint64_t shown = message->flags & FRAMING_FLAGS ? UINT64_MAX : 0;
    for (unsigned word = 0; word < S7_FIELD_WORDS; word++) {
        uint64_t left = message->present[word] & (shown | ~writer->framing[word]);
        if (word == 0)
            left = left >> 1 >> (ROW_COLUMNS - 1) << (ROW_COLUMNS - 1) << 1;
        for (; left; left &= left - 1)
            add_key(writer, &keys, word * 64 + (unsigned)__builtin_ctzll(left));
    }
    if (message->field_flags)
        add_key(writer, &keys, KEY_FLAG_FIELDS);
    if (s7_has(message, S7_FIELD_ARGUMENT))
        add_key(writer, &keys, KEY_PARAMETERS);
    return keys;
}

char *row_put_details(const struct row_source *source, char *at)
{
    char *start = at;
    struct keys keys = choose_keys(source);
    at = pen_put_char(at, '{');
    for (unsigned word = 0; word < ROW_KEY_WORDS; word++) {
        for (uint64_t left = keys.words[word]; left; left &= left - 1) {
            unsigned rank = word * 64 + (unsigned)__builtin_ctzll(left);
            char *end = S7_FAST_PATHS && source->fast ? fast_put_member(source, at, rank) : NULL;
            at = end ? end : put_member(source, at, rank);
        }
    }
    if (at[-1] != ',')
        return start; /* there is none */
    return put_end(at, '}');
}
