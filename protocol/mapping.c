/* SPDX-License-Identifier: GPL-2.0-or-later
 * The mapping file: text to rules, line by line and word by word (docs/MAPPING.md). See mapping.h. */
#include "mapping.h"

#include "builder.h"
#include "dialect.h"

#include <string.h>

/* Greatest number of a field, input, tank or sensor. */
#define NUMBER_MAX 999
/* Digits of a number in a rule. */
#define DIGITS_MAX 9

/* What stands behind the name of a target to say which one. */
enum index { INDEX_NONE, INDEX_TANK, INDEX_SENSOR, INDEX_NUMBER };

/* The fields that a rule can give, with what is sensible of them. */
static const struct target {
    enum s7_field_id id;
    enum index index;
    int64_t low, high;
} targets[] = {
    {S7_FIELD_ALTITUDE, INDEX_NONE, -500, 9000},
    {S7_FIELD_COURSE, INDEX_NONE, 0, 360},
    {S7_FIELD_SATELLITES, INDEX_NONE, 0, 60},
    {S7_FIELD_HDOP, INDEX_NONE, 0, 100},
    {S7_FIELD_ODOMETER, INDEX_NONE, 0, INT64_MAX},
    {S7_FIELD_IGNITION, INDEX_NONE, 0, 1},
    {S7_FIELD_EXTERNAL_POWER, INDEX_NONE, 0, 1},
    {S7_FIELD_CHARGING, INDEX_NONE, 0, 1},
    {S7_FIELD_EXTERNAL_VOLTAGE, INDEX_NONE, 0, 100},
    {S7_FIELD_BATTERY_VOLTAGE, INDEX_NONE, 0, 100},
    {S7_FIELD_BATTERY, INDEX_NONE, 0, 100},
    {S7_FIELD_SIGNAL, INDEX_NONE, 0, INT64_MAX},
    {S7_FIELD_ADC, INDEX_NUMBER, 0, 100},
    {S7_FIELD_FUEL, INDEX_TANK, 0, 100000},
    {S7_FIELD_FUEL_LEVEL, INDEX_NONE, 0, 100},
    {S7_FIELD_TEMPERATURE, INDEX_SENSOR, -273, 2000},
    {S7_FIELD_DRIVER_ID, INDEX_NONE, 0, 0},
};

/* A stretch of the text. */
struct word {
    const char *at;
    size_t length;
};

struct parser {
    const char *position, *end; /* of the line */
    struct word word;           /* at hand; empty at the end */
    struct s7_mapping_rule *rule;
    struct s7_mapping_error *error;
};

static bool fail(struct parser *p, const char *reason)
{
    size_t length = p->word.length < S7_MAPPING_TEXT_SIZE ? p->word.length : S7_MAPPING_TEXT_SIZE - 1;
    p->error->reason = reason;
    for (size_t i = 0; i < length; i++)
        p->error->near[i] = (char)(p->word.at[i] > ' ' && p->word.at[i] < 0x7F ? p->word.at[i] : '?');
    p->error->near[length] = '\0';
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_mark(char c)
{
    return c == '=' || c == ',' || c == ':';
}

/* The next word is the one at hand. */
static void step(struct parser *p)
{
    while (p->position < p->end && is_blank(*p->position))
        p->position++;
    const char *start = p->position;
    while (p->position < p->end && !is_blank(*p->position) && !is_mark(*p->position))
        p->position++;
    if (p->position == start && p->position < p->end)
        p->position++;
    p->word = (struct word){start, (size_t)(p->position - start)};
}

static bool at_end(const struct parser *p)
{
    return p->word.length == 0;
}

static bool word_is(struct word word, const char *text)
{
    return word.length == strlen(text) && memcmp(word.at, text, word.length) == 0;
}

/* Steps over the word if it is that one. */
static bool accept(struct parser *p, const char *text)
{
    if (!word_is(p->word, text))
        return false;
    step(p);
    return true;
}

/* Digits up to NUMBER_MAX and above 0. */
static bool read_number(struct word word, unsigned *number)
{
    int64_t value;
    if (word.length > 3 || !s7_read_uint((const uint8_t *)word.at, s7_span(0, (uint32_t)word.length), &value) ||
        value < 1 || value > NUMBER_MAX)
        return false;
    *number = (unsigned)value;
    return true;
}

static bool take_number(struct parser *p, unsigned *number)
{
    if (!read_number(p->word, number))
        return fail(p, "a number from 1 to 999 must stand here");
    step(p);
    return true;
}

static bool take_decimal(struct parser *p, struct s7_mapping_number *number)
{
    if (p->word.length > DIGITS_MAX + 2)
        return fail(p, "a number has at most 9 digits");
    struct s7_span span = s7_span(0, (uint32_t)p->word.length);
    if (!s7_read_decimal((const uint8_t *)p->word.at, span, &number->value, &number->digits))
        return fail(p, "a number such as 12, 0.5 or -40 must stand here");
    if (number->value > 999999999 || number->value < -999999999 || number->digits > DIGITS_MAX)
        return fail(p, "a number has at most 9 digits");
    step(p);
    return true;
}

/* Any word but a mark. */
static bool take_text(struct parser *p, char *out)
{
    if (at_end(p) || is_mark(*p->word.at))
        return fail(p, "a word must stand here");
    if (p->word.length >= S7_MAPPING_TEXT_SIZE)
        return fail(p, "a word has at most 31 characters");
    memcpy(out, p->word.at, p->word.length);
    out[p->word.length] = '\0';
    step(p);
    return true;
}

static bool take_device(struct parser *p)
{
    struct s7_mapping_rule *rule = p->rule;
    struct word word = p->word;
    rule->prefix = word.length > 0 && word.at[word.length - 1] == '*';
    size_t length = word.length - rule->prefix;
    for (size_t i = 0; i < length; i++)
        if (!s7_is_digit((uint8_t)word.at[i]) && !s7_is_letter((uint8_t)word.at[i]))
            return fail(p, "a device id has letters and digits only, and * behind its beginning");
    if (length == 0)
        return fail(p, "a device id must stand here");
    if (!take_text(p, rule->device))
        return false;
    rule->device[length] = '\0';
    return true;
}

static bool take_profile(struct parser *p)
{
    if (p->word.length != 2 || p->word.at[0] != 'T' || p->word.at[1] < '0' || p->word.at[1] > '6')
        return fail(p, "a profile is T0 to T6");
    return take_text(p, p->rule->profile);
}

static bool take_dialect(struct parser *p)
{
    for (unsigned dialect = 0; dialect < S7_DIALECT_COUNT; dialect++)
        if (accept(p, s7_dialect_names[dialect])) {
            p->rule->dialect = (uint8_t)(dialect + 1);
            return true;
        }
    return fail(p, "a dialect is gotop, startek or fifotrack");
}

static bool take_condition(struct parser *p)
{
    struct s7_mapping_rule *rule = p->rule;
    struct word name = p->word;
    bool again = false, good;
    step(p);
    if (word_is(name, "dialect")) {
        again = rule->dialect != 0;
        good = take_dialect(p);
    } else if (word_is(name, "device")) {
        again = rule->device[0] != '\0';
        good = take_device(p);
    } else if (word_is(name, "profile")) {
        again = rule->profile[0] != '\0';
        good = take_profile(p);
    } else if (word_is(name, "fields")) {
        again = rule->fields != 0;
        good = take_number(p, &rule->fields);
    } else {
        p->word = name;
        return fail(p, "a condition is dialect, device, profile or fields");
    }
    if (good && again) {
        p->word = name;
        return fail(p, "a condition can stand only once");
    }
    return good;
}

static bool take_conditions(struct parser *p)
{
    do {
        if (!take_condition(p))
            return false;
    } while (accept(p, ","));
    return accept(p, ":") || fail(p, "\":\" must stand behind the conditions");
}

/* "5" or "5.2": field and part of it. */
static bool take_field(struct parser *p, struct word word)
{
    const char *point = word.length ? memchr(word.at, '.', word.length) : NULL;
    struct word number = {word.at, point ? (size_t)(point - word.at) : word.length};
    bool good = read_number(number, &p->rule->number);
    if (point) {
        struct word part = {point + 1, word.length - number.length - 1};
        good = good && read_number(part, &p->rule->part);
    }
    if (!good)
        return fail(p, "the number of a field must stand here, perhaps with the part of it: 6 or 6.2");
    step(p);
    return true;
}

static bool take_flag(struct parser *p)
{
    if (p->word.length != 1 || *p->word.at < 'A' || *p->word.at > 'D')
        return fail(p, "a flag is A, B, C or D");
    p->rule->number = (unsigned)(*p->word.at - 'A') + 1;
    step(p);
    return true;
}

static bool take_source(struct parser *p)
{
    static const struct {
        const char *name;
        enum s7_mapping_source source;
    } sources[] = {{"flag", S7_SOURCE_FLAG},         {"extra", S7_SOURCE_EXTRA}, {"adc", S7_SOURCE_ADC},
                   {"tail", S7_SOURCE_STARTEK_TAIL}, {"input", S7_SOURCE_INPUT}, {"output", S7_SOURCE_OUTPUT},
                   {"last", S7_SOURCE_LAST},         {"word", S7_SOURCE_WORD},   {"run_time", S7_SOURCE_RUN_TIME}};
    struct s7_mapping_rule *rule = p->rule;
    if (p->word.length > 1 && *p->word.at == 'R') {
        rule->source = S7_SOURCE_TAIL;
        return take_field(p, (struct word){p->word.at + 1, p->word.length - 1});
    }
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        if (!accept(p, sources[i].name))
            continue;
        rule->source = sources[i].source;
        if (rule->source == S7_SOURCE_LAST || rule->source == S7_SOURCE_RUN_TIME)
            return true;
        if (rule->source == S7_SOURCE_FLAG)
            return take_flag(p);
        if (rule->source == S7_SOURCE_EXTRA || rule->source == S7_SOURCE_STARTEK_TAIL)
            return take_field(p, p->word);
        return take_number(p, &rule->number);
    }
    return fail(
        p,
        "a source is flag A to D, R1, R2, ..., last, run_time, extra, tail, adc, word, input or output with a number");
}

/* Does the source stand in the frame as text? */
static bool is_text(const struct s7_mapping_rule *rule)
{
    return rule->source != S7_SOURCE_ADC && rule->source != S7_SOURCE_INPUT && rule->source != S7_SOURCE_OUTPUT &&
           rule->source != S7_SOURCE_WORD;
}

static const struct target *find_target(struct word name)
{
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        if (word_is(name, s7_fields[targets[i].id].filter))
            return &targets[i];
    return NULL;
}

/* A name of its own: lower-case letters, digits and "_". */
static bool take_name(struct parser *p)
{
    for (size_t i = 0; i < p->word.length; i++) {
        char c = p->word.at[i];
        if (!((c >= 'a' && c <= 'z') || c == '_' || (i > 0 && s7_is_digit((uint8_t)c))))
            return fail(p, "a name has small letters, digits and _ only");
    }
    p->rule->target = S7_FIELD_MAPPED_VALUE;
    p->rule->low = INT64_MIN;
    p->rule->high = INT64_MAX;
    return take_text(p, p->rule->name);
}

static bool take_target(struct parser *p)
{
    struct s7_mapping_rule *rule = p->rule;
    if (accept(p, "named"))
        return take_name(p);
    const struct target *target = find_target(p->word);
    if (!target)
        return fail(p, "no field with that name can be mapped; for a name of your own write \"named\" before it");
    step(p);
    rule->target = target->id;
    rule->low = target->low;
    rule->high = target->high;
    const char *column = s7_fields[target->id].column;
    memcpy(rule->name, column, strlen(column) + 1);
    if (target->index == INDEX_NUMBER || (target->index == INDEX_TANK && accept(p, "tank")) ||
        (target->index == INDEX_SENSOR && accept(p, "sensor")))
        return take_number(p, &rule->target_number);
    return true;
}

static bool take_words(struct parser *p)
{
    struct s7_mapping_rule *rule = p->rule;
    bool boolean = s7_fields[rule->target].type == S7_BOOL;
    rule->transform = S7_TRANSFORM_WORDS;
    while (!at_end(p)) {
        if (rule->count == S7_MAPPING_WORDS)
            return fail(p, "a rule has at most 16 words");
        struct s7_mapping_word *word = &rule->with.words[rule->count];
        struct word sent = p->word;
        if (!take_text(p, word->sent))
            return false;
        for (unsigned i = 0; i < rule->count; i++)
            if (strcmp(rule->with.words[i].sent, word->sent) == 0) {
                p->word = sent;
                return fail(p, "this value has a word already");
            }
        if (boolean && !word_is(p->word, "on") && !word_is(p->word, "off"))
            return fail(p, "the words of this field are on and off");
        if (!take_text(p, word->word))
            return false;
        rule->count++;
    }
    return true;
}

static bool take_linear(struct parser *p)
{
    struct s7_mapping_rule *rule = p->rule;
    rule->transform = S7_TRANSFORM_LINEAR;
    rule->with.linear.scale = (struct s7_mapping_number){1, 0};
    if (accept(p, "scale")) {
        if (!take_decimal(p, &rule->with.linear.scale))
            return false;
        if (rule->with.linear.scale.value == 0)
            return fail(p, "a scale of 0 leaves nothing");
    }
    return !accept(p, "offset") || take_decimal(p, &rule->with.linear.offset);
}

/* Numbers of at most 9 digits with at most 9 decimals: brought to 9 decimals they fit. */
static int64_t comparable(struct s7_mapping_number number)
{
    for (; number.digits < DIGITS_MAX; number.digits++)
        number.value *= 10;
    return number.value;
}

static bool take_points(struct parser *p)
{
    struct s7_mapping_rule *rule = p->rule;
    rule->transform = S7_TRANSFORM_POINTS;
    while (!at_end(p)) {
        if (rule->count == S7_MAPPING_POINTS)
            return fail(p, "a rule has at most 32 points");
        struct s7_mapping_point *point = &rule->with.points[rule->count];
        struct word start = p->word;
        if (!take_decimal(p, &point->sent))
            return false;
        if (!accept(p, ":"))
            return fail(p, "a point is two numbers with \":\" between them");
        if (!take_decimal(p, &point->value))
            return false;
        if (rule->count > 0 && comparable(point[-1].sent) >= comparable(point->sent)) {
            p->word = start;
            return fail(p, "the points must stand in ascending order");
        }
        rule->count++;
    }
    return rule->count >= 2 || fail(p, "at least two points are needed");
}

static bool take_transform(struct parser *p)
{
    enum s7_field_type type = s7_fields[p->rule->target].type;
    bool named = p->rule->target == S7_FIELD_MAPPED_VALUE;
    bool number = type == S7_UINT || type == S7_DECIMAL || named;
    if (word_is(p->word, "scale") || word_is(p->word, "offset"))
        return number ? take_linear(p) : fail(p, "this field is no number");
    if (word_is(p->word, "points")) {
        step(p);
        return number ? take_points(p) : fail(p, "this field is no number");
    }
    if (type != S7_BOOL && !named)
        return fail(p, "only scale, offset and points fit this field");
    if (p->rule->source == S7_SOURCE_ADC || p->rule->source == S7_SOURCE_WORD)
        return fail(p, "an analog input is a number and has no words");
    return at_end(p) ? fail(p, "words, scale, offset or points must stand behind the comma") : take_words(p);
}

static bool take_rule(struct parser *p)
{
    step(p);
    if (accept(p, "when") && !take_conditions(p))
        return false;
    if (!take_source(p))
        return false;
    if (!accept(p, "="))
        return fail(p, "\"=\" must stand behind the source");
    if (!take_target(p))
        return false;
    if (s7_fields[p->rule->target].type == S7_TEXT && p->rule->target != S7_FIELD_MAPPED_VALUE && !is_text(p->rule))
        return fail(p, "an input is no text");
    if (accept(p, ",") && !take_transform(p))
        return false;
    return at_end(p) || fail(p, "this is too much");
}

/* The line without its end, comment and blanks around it. */
static struct word trim(const char *line, size_t length)
{
    const char *comment = length ? memchr(line, '#', length) : NULL;
    const char *end = comment ? comment : line + length;
    if (!comment && end > line && end[-1] == '\r')
        end--;
    while (line < end && is_blank(*line))
        line++;
    while (end > line && is_blank(end[-1]))
        end--;
    return (struct word){line, (size_t)(end - line)};
}

static bool parse_line(const char *text, struct word line, struct s7_mapping *mapping, struct s7_mapping_error *error)
{
    struct parser p = {.position = line.at, .end = line.at + line.length, .word = {line.at, 0}, .error = error};
    for (size_t i = 0; i < line.length; i++)
        if (!is_blank(line.at[i]) && (line.at[i] < ' ' || line.at[i] > '~'))
            return fail(&p, "only printable ASCII can stand outside of comments");
    if (line.length == 0)
        return true;
    if (mapping->count == S7_MAPPING_RULES)
        return fail(&p, "a mapping has at most 64 rules");
    p.rule = &mapping->rules[mapping->count];
    p.rule->line = error->line;
    p.rule->offset = (uint32_t)(line.at - text);
    p.rule->length = (uint32_t)line.length;
    if (!take_rule(&p))
        return false;
    mapping->count++;
    return true;
}

bool s7_mapping_parse(const char *text, size_t length, struct s7_mapping *mapping, struct s7_mapping_error *error)
{
    memset(mapping, 0, sizeof *mapping);
    *error = (struct s7_mapping_error){.line = 1, .reason = "the file is longer than 65536 bytes"};
    if (length > S7_MAPPING_FILE_MAX)
        return false;
    /* What editors on Windows put in front of UTF-8. */
    size_t position = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    for (; position < length; error->line++) {
        const char *line = text + position, *end = memchr(line, '\n', length - position);
        size_t size = end ? (size_t)(end - line) : length - position;
        if (!parse_line(text, trim(line, size), mapping, error)) {
            memset(mapping, 0, sizeof *mapping);
            return false;
        }
        position += size + 1;
    }
    *error = (struct s7_mapping_error){0};
    return true;
}
