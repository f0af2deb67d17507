/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which argument of which command is what: attaches its description to each ARGUMENT field of a message and checks
 * form and range. (docs/PROTOCOL.md 7, docs/STARTEK.md 6, docs/FIFOTRACK.md 7) */
#include "arguments.h"

#include "builder.h"

#include <string.h>

enum table { TABLE_GOTOP, TABLE_STARTEK, TABLE_STARTEK_ANSWER, TABLE_FIFOTRACK, TABLE_FIFOTRACK_ANSWER };
/* Sub-forms of a command. NONE: not a form that the documents have, nothing is named. */
enum form { FORM_PLAIN, FORM_DELETE, FORM_UDP, FORM_OFF, FORM_FULL, FORM_DIAL, FORM_QUERY, FORM_RESULT, FORM_NONE };
enum use { USE_NEEDED, USE_OPTIONAL, USE_REPEATED };

struct row {
    enum table table;
    enum form form;
    const char *codes;
    struct s7_argument argument;
};

#define MIN INT64_MIN
#define MAX INT64_MAX
static const struct row rows[] = {
#define ARGUMENT(table, codes, form, use, name, label, unit, type, low, high, words)                                   \
    {TABLE_##table,                                                                                                    \
     FORM_##form,                                                                                                      \
     codes,                                                                                                            \
     {name, label, unit, S7_ARGUMENT_##type, USE_##use != USE_NEEDED, USE_##use == USE_REPEATED, low, high, words}},
#include "arguments.def"
#undef ARGUMENT
};
#undef MIN
#undef MAX
static const struct row *const rows_end = rows + sizeof rows / sizeof *rows;

/* What decides the form: the code, how many arguments there are, and the first two. */
struct command {
    const uint8_t *data;
    const uint8_t *code;
    unsigned code_length, count;
    struct s7_span first, second;
};

static bool span_is(const struct command *c, struct s7_span span, const char *text)
{
    return span.length == strlen(text) && memcmp(c->data + span.offset, text, span.length) == 0;
}

/* A code of two characters has its digit in the code: its arguments are counted behind it. */
static enum form gotop_form(const struct command *c)
{
    switch (c->code[0]) {
    case 'A':
        return span_is(c, c->code_length == 2 ? c->first : c->second, "D") ? FORM_DELETE : FORM_PLAIN;
    case 'C':
        return span_is(c, c->second, "U") || span_is(c, c->second, "u") ? FORM_UDP : FORM_PLAIN;
    case 'I':
        return span_is(c, c->second, "0") ? FORM_OFF : FORM_PLAIN;
    case 'N':
        return span_is(c, c->first, "2") ? FORM_FULL : FORM_PLAIN;
    case 'V':
        /* V30 without a number may be a volume: the documents do not say. More than one argument is for vehicle
         * builds, whose format is not public. */
        if (span_is(c, c->first, "30") || span_is(c, c->first, "31"))
            return c->count > 1 ? FORM_DIAL : FORM_NONE;
        return c->count > 1 ? FORM_NONE : FORM_PLAIN;
    case 'W':
        return span_is(c, c->first, "W") ? FORM_PLAIN : FORM_NONE;
    case 'Z':
        if (c->count > 1)
            return FORM_PLAIN;
        return c->first.length == 2 && s7_digits(c->data, c->first) ? FORM_QUERY : FORM_NONE;
    default:
        return FORM_PLAIN;
    }
}

static enum form answer_form(const struct command *c, bool startek)
{
    bool result = span_is(c, c->first, "OK") || span_is(c, c->first, startek ? "Failed" : "FAILED") ||
                  span_is(c, c->first, startek ? "Unsupport" : "UNSUPPORT");
    return c->count == 1 && result ? FORM_RESULT : FORM_PLAIN;
}

static enum table table_of(const struct s7_message *m)
{
    if (m->dialect == S7_GOTOP)
        return TABLE_GOTOP;
    if (m->dialect == S7_STARTEK)
        return m->direction == S7_DOWN ? TABLE_STARTEK : TABLE_STARTEK_ANSWER;
    return m->direction == S7_DOWN ? TABLE_FIFOTRACK : TABLE_FIFOTRACK_ANSWER;
}

/* Is the code one of those, which have blanks between? */
static bool is_among(const char *codes, const struct command *c)
{
    for (;;) {
        size_t same = 0, end;
        while (same < c->code_length && (uint8_t)codes[same] > ' ' && (uint8_t)codes[same] == c->code[same])
            same++;
        for (end = same; codes[end] != ' ' && codes[end] != '\0';)
            end++;
        if (end == c->code_length && same == end)
            return true;
        if (codes[end] == '\0')
            return false;
        codes += end + 1;
    }
}

static bool row_is(const struct row *row, enum table table, enum form form, const struct command *c)
{
    return row->table == table && row->form == form && (*row->codes == '*' || is_among(row->codes, c));
}

/* The row of argument number 1, rows_end if there is none; sets *count to the number of rows. */
static const struct row *find_rows(enum table table, enum form form, const struct command *c, unsigned *count)
{
    const struct row *row = rows;
    while (row < rows_end && !row_is(row, table, form, c))
        row++;
    *count = 0;
    for (const struct row *r = row; r < rows_end && row_is(r, table, form, c); r++)
        ++*count;
    return row;
}

static void describe(struct s7_builder *b, struct s7_field *field, const struct s7_argument *argument)
{
    const uint8_t *text = b->data + field->offset;
    /* When there are too many arguments the last one is all the rest. */
    if (field->number > 1 && field->length > 0 && memchr(text, ',', field->length))
        return;
    field->value.argument = argument;
    switch (s7_argument_check(argument, text, field->length)) {
    case S7_ARGUMENT_FITS:
        break;
    case S7_ARGUMENT_OUTSIDE:
        s7_flag(b, field, S7_FLAG_OUT_OF_RANGE);
        break;
    case S7_ARGUMENT_BAD:
        s7_flag(b, field, S7_FLAG_BAD_VALUE);
        break;
    }
}

/* Reads what decides the form. False if there is nothing to describe. */
static bool read_command(const struct s7_builder *b, struct command *c)
{
    const struct s7_message *m = b->message;
    if (!s7_has(m, S7_FIELD_ARGUMENT)) /* as in all reports */
        return false;
    const struct s7_field *code = s7_find(m, S7_FIELD_CODE), *field = s7_first(m, S7_FIELD_ARGUMENT);
    if (!code || code->length == 0)
        return false;
    *c = (struct command){.data = b->data, .code = b->data + code->offset, .code_length = code->length};
    for (; field; field = s7_find_next(m, field)) {
        c->count++;
        if (field->number == 1)
            c->first = s7_span(field->offset, field->length);
        else if (field->number == 2)
            c->second = s7_span(field->offset, field->length);
    }
    return true;
}

void s7_describe_arguments(struct s7_builder *b)
{
    struct s7_message *m = b->message;
    struct command command;
    if (!read_command(b, &command))
        return;
    enum table table = table_of(m);
    enum form form = FORM_PLAIN;
    if (table == TABLE_GOTOP)
        form = gotop_form(&command);
    else if (m->direction == S7_UP)
        form = answer_form(&command, table == TABLE_STARTEK_ANSWER);
    unsigned count;
    const struct row *row = find_rows(table, form, &command, &count);
    if (count == 0)
        return;
    /* Text with commas in it at the end: its first part is not the whole. (docs/STARTEK.md 9.11) */
    const struct s7_argument *last = &row[count - 1].argument;
    bool cut = command.count > count && last->type == S7_ARGUMENT_TEXT && !last->repeated;
    for (struct s7_field *field = m->fields; field < m->fields + m->count; field++) {
        if (field->id != S7_FIELD_ARGUMENT || field->number == 0)
            continue;
        unsigned index = field->number - 1U;
        if (index >= count && row[count - 1].argument.repeated)
            index = count - 1;
        if (index < count && !(cut && index == count - 1))
            describe(b, field, &row[index].argument);
    }
}
