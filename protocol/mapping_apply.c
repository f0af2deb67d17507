/* SPDX-License-Identifier: GPL-2.0-or-later
 * The mapping file: rules and a message to generated fields, with exact decimals. See mapping.h. */
#include "mapping.h"

#include "builder.h"
#include "startek.h"

#include <string.h>

/* Decimals that a value can have, and its digits. */
#define DIGITS_MAX 18
/* Bytes of a value that is taken over as it stands. */
#define VALUE_MAX 32

/* What the rules may write fits by construction: a name, a number or "=", a value or a reason, and the NUL. */
#define REASON_MAX 34
_Static_assert(S7_MAPPED_SIZE >= S7_MAPPING_RULES * (S7_MAPPING_TEXT_SIZE + 5 + REASON_MAX), "text of all rules fits");
_Static_assert(S7_FIELDS_MAPPED >= 2 * S7_MAPPING_RULES, "fields of all rules fit");

/* Why there is no value; at most REASON_MAX bytes with the NUL. */
static const char no_word[] = "no word for this value", no_number[] = "not a number",
                  outside_points[] = "outside the points", outside_range[] = "out of range",
                  not_whole[] = "not a whole number", too_long[] = "too many digits",
                  not_plain[] = "no short plain text";

struct applier {
    const uint8_t *data;
    struct s7_message *message;
    size_t stored; /* bytes of message->mapped in use */
};

/* What the source has: the bytes, and for an ADC, a word or a bit the number that was decoded. */
struct source {
    struct s7_span span;
    const char *text; /* empty for an ADC or a word */
    size_t length;
    bool decoded;
    struct s7_mapping_number number;
};

static struct s7_span span_of(const struct s7_field *field)
{
    return s7_span(field->offset, field->length);
}

/* An unnamed field of the frame by its number, 0 = the last one. */
static const struct s7_field *find_extra(const struct s7_message *message, unsigned number)
{
    const struct s7_field *found = NULL;
    for (const struct s7_field *field = s7_find(message, S7_FIELD_EXTRA); field; field = s7_find_next(message, field)) {
        if (field->depth > 0 || field->number == 0)
            continue;
        if (number > 0 ? field->number == number : !found || field->number > found->number)
            found = field;
    }
    return found;
}

/* The part between those marks, counted from 1; length 0 if there is none. */
static struct s7_span part_of(const uint8_t *data, struct s7_span span, uint8_t mark, unsigned part)
{
    uint32_t start = span.offset, end = span.offset + span.length;
    for (uint32_t i = start; i <= end; i++) {
        if (i < end && data[i] != mark)
            continue;
        if (--part == 0)
            return s7_span(start, i - start);
        start = i + 1;
    }
    return s7_span(end, 0);
}

/* The last two elements of a status group are battery and signal, what stands before them are flags. */
static struct s7_span flag_of(const uint8_t *data, const struct s7_field *group, unsigned flag)
{
    unsigned elements = 1;
    for (uint32_t i = 0; i < group->length; i++)
        elements += data[group->offset + i] == '-';
    return flag + 2 <= elements ? part_of(data, span_of(group), '-', flag) : s7_span(group->offset, 0);
}

static const struct s7_field *find_numbered(const struct s7_message *message, enum s7_field_id id, unsigned number)
{
    const struct s7_field *field = s7_find(message, id);
    while (field && field->number != number)
        field = s7_find_next(message, field);
    return field;
}

/* The field that the source is in. */
static const struct s7_field *find_source(const struct s7_message *message, const struct s7_mapping_rule *rule)
{
    bool gotop = message->dialect == S7_GOTOP;
    switch (rule->source) {
    case S7_SOURCE_FLAG:
        return s7_find(message, S7_FIELD_STATUS_GROUP);
    case S7_SOURCE_TAIL:
    case S7_SOURCE_LAST:
        return gotop ? find_extra(message, rule->number) : NULL;
    case S7_SOURCE_EXTRA:
        return find_extra(message, rule->number);
    case S7_SOURCE_STARTEK_TAIL: /* of a report */
        return s7_find(message, S7_FIELD_VALID) && message->dialect == S7_STARTEK
                   ? find_extra(message, S7_STARTEK_REPORT_FIELDS + rule->number)
                   : NULL;
    case S7_SOURCE_ADC:
        return find_numbered(message, S7_FIELD_ADC, rule->number);
    case S7_SOURCE_INPUT:
        return s7_find(message, S7_FIELD_INPUTS);
    case S7_SOURCE_OUTPUT:
        return s7_find(message, S7_FIELD_OUTPUTS);
    case S7_SOURCE_WORD:
        return s7_find(message, S7_FIELD_VOLTAGES);
    case S7_SOURCE_RUN_TIME:
        return s7_find(message, S7_FIELD_RUN_TIME);
    }
    return NULL;
}

/* False if the frame has none. */
static bool read_source(const struct applier *a, const struct s7_mapping_rule *rule, struct source *source)
{
    const struct s7_field *field = find_source(a->message, rule);
    if (!field)
        return false;
    *source = (struct source){.span = span_of(field), .text = ""};
    if (rule->source == S7_SOURCE_ADC) {
        source->decoded = true;
        source->number = (struct s7_mapping_number){field->value.integer, field->digits};
        /* Not one that a rule gave; those of fifotrack are worked out of the words that they stand below. */
        return (field->attributes & S7_GENERATED) == 0 || field->depth > 0;
    }
    if (rule->source == S7_SOURCE_WORD) {
        uint64_t word;
        source->span = part_of(a->data, source->span, '|', rule->number);
        if (!s7_read_hex(a->data, source->span, &word))
            return false;
        source->decoded = true;
        source->number.value = (int64_t)word;
        return true;
    }
    if (rule->source == S7_SOURCE_INPUT || rule->source == S7_SOURCE_OUTPUT) {
        /* Bits are there as far as digits were sent. */
        if (rule->number > field->digits * 4U || rule->number > 63)
            return false;
        source->decoded = true;
        source->number.value = field->value.integer >> (rule->number - 1) & 1;
        source->text = source->number.value ? "1" : "0";
        source->length = 1;
        return true;
    }
    if (rule->source == S7_SOURCE_FLAG)
        source->span = flag_of(a->data, field, rule->number);
    else if (rule->part > 0)
        source->span = part_of(a->data, source->span, '-', rule->part);
    source->text = (const char *)a->data + source->span.offset;
    source->length = source->span.length;
    return source->length > 0;
}

static bool applies(const struct applier *a, const struct s7_mapping_rule *rule)
{
    const struct s7_message *m = a->message;
    if (rule->dialect && rule->dialect != 1 + (unsigned)m->dialect)
        return false;
    if (rule->profile[0]) {
        const struct s7_field *profile = s7_find(m, S7_FIELD_PROFILE);
        if (!profile || strcmp(profile->value.name, rule->profile) != 0)
            return false;
    }
    if (rule->fields) {
        const struct s7_field *last = m->dialect == S7_GOTOP ? find_extra(m, 0) : NULL;
        if (!last || last->number != rule->fields)
            return false;
    }
    if (rule->device[0]) {
        const struct s7_field *id = s7_find(m, S7_FIELD_DEVICE_ID);
        size_t length = strlen(rule->device);
        if (!id || id->length < length || (!rule->prefix && id->length > length) ||
            memcmp(a->data + id->offset, rule->device, length) != 0)
            return false;
    }
    return true;
}

/* Is the place of the target taken: was it sent, well or badly formed, or did a rule before give it? Something without
 * a number might be any of them. */
static bool is_taken(const struct s7_message *message, const struct s7_mapping_rule *rule)
{
    size_t length = strlen(rule->name);
    for (unsigned i = 0; i < message->count; i++) {
        const struct s7_field *field = &message->fields[i];
        if (field->concerns == rule->target + 1U)
            return true;
        if (field->id != rule->target)
            continue;
        if (rule->target == S7_FIELD_MAPPED_VALUE) {
            if (strncmp(field->value.name, rule->name, length) == 0 && field->value.name[length] == '=')
                return true;
        } else if (field->number == rule->target_number || field->number == 0 || rule->target_number == 0) {
            return true;
        }
    }
    return false;
}

static struct s7_field *append(struct applier *a, enum s7_field_id id, struct s7_span span)
{
    struct s7_message *m = a->message;
    struct s7_field *field = &m->fields[m->count++];
    *field = (struct s7_field){.id = (uint16_t)id,
                               .type = (uint8_t)s7_fields[id].type,
                               .offset = (uint16_t)span.offset,
                               .length = (uint16_t)span.length,
                               .attributes = S7_GENERATED};
    s7_note(m, field, id, span.length);
    return field;
}

/* Adds to the text that is being written. */
static void store(struct applier *a, const char *text, size_t length)
{
    memcpy(a->message->mapped + a->stored, text, length);
    a->stored += length;
    a->message->span_bytes += (uint32_t)length;
}

/* name, or name and number */
static void store_name(struct applier *a, const struct s7_mapping_rule *rule)
{
    store(a, rule->name, strlen(rule->name));
    if (rule->target_number == 0)
        return;
    struct s7_field number = {.type = S7_UINT, .value.integer = rule->target_number};
    char text[S7_VALUE_SIZE];
    store(a, " ", 1);
    store(a, text, s7_value_print(&number, text));
}

/* Ends the text that was written from start on, as that of a field. */
static struct s7_field *append_stored(struct applier *a, enum s7_field_id id, struct s7_span span, size_t start)
{
    store(a, "", 1);
    struct s7_field *field = append(a, id, span);
    field->attributes |= S7_INLINE | S7_STORED;
    field->value.name = a->message->mapped + start;
    return field;
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* False if the product does not fit. */
static bool multiply(int64_t a, int64_t b, int64_t *product)
{
    uint64_t x = magnitude(a), y = magnitude(b);
    if (y != 0 && x > (uint64_t)INT64_MAX / y)
        return false;
    *product = (a < 0) != (b < 0) ? -(int64_t)(x * y) : (int64_t)(x * y);
    return true;
}

static bool add(int64_t a, int64_t b, int64_t *sum)
{
    if (b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b)
        return false;
    *sum = a + b;
    return true;
}

/* Brings a number to that many decimals, not fewer than it has. */
static bool raise(struct s7_mapping_number *number, unsigned digits)
{
    for (; number->digits < digits; number->digits++)
        if (!multiply(number->value, 10, &number->value))
            return false;
    return true;
}

static bool scale_linear(const struct s7_mapping_rule *rule, struct s7_mapping_number *number)
{
    struct s7_mapping_number scale = rule->with.linear.scale, offset = rule->with.linear.offset;
    if (!multiply(number->value, scale.value, &number->value))
        return false;
    number->digits += scale.digits;
    unsigned digits = number->digits > offset.digits ? number->digits : offset.digits;
    return raise(number, digits) && raise(&offset, digits) && add(number->value, offset.value, &number->value) &&
           digits <= DIGITS_MAX;
}

/* start + a * b / c for c > 0, rounded, half away from zero. False if something does not fit. */
static bool add_ratio(int64_t start, int64_t a, int64_t b, int64_t c, int64_t *sum)
{
    int64_t product;
    if (!multiply(a, b, &product) || !add(start, product / c, sum))
        return false;
    int64_t rest = product % c;
    if (rest < 0) {
        rest += c;
        if (!add(*sum, -1, sum))
            return false;
    }
    bool up = rest == c - rest ? *sum >= 0 : rest > c - rest;
    return add(*sum, up, sum);
}

/* On the line between two points, rounded to digits decimals. */
static bool between(struct s7_mapping_point from, struct s7_mapping_point to, unsigned digits,
                    struct s7_mapping_number *number)
{
    int64_t width, height, part, sum;
    if (!raise(&from.value, digits) || !raise(&to.value, digits) || !add(to.sent.value, -from.sent.value, &width) ||
        !add(to.value.value, -from.value.value, &height) || !add(number->value, -from.sent.value, &part) ||
        !add_ratio(from.value.value, part, height, width, &sum))
        return false;
    *number = (struct s7_mapping_number){sum, digits};
    return true;
}

/* Nothing is extrapolated. Returns the reason if there is no value. */
static const char *interpolate(const struct s7_mapping_rule *rule, struct s7_mapping_number *number)
{
    unsigned digits = 0, sent_digits = number->digits;
    for (unsigned i = 0; i < rule->count; i++) {
        const struct s7_mapping_point *point = &rule->with.points[i];
        digits = point->value.digits > digits ? point->value.digits : digits;
        sent_digits = point->sent.digits > sent_digits ? point->sent.digits : sent_digits;
    }
    if (!raise(number, sent_digits))
        return too_long;
    struct s7_mapping_point from = rule->with.points[0];
    if (!raise(&from.sent, sent_digits))
        return too_long;
    if (number->value < from.sent.value)
        return outside_points;
    for (unsigned i = 1; i < rule->count; i++) {
        struct s7_mapping_point to = rule->with.points[i];
        if (!raise(&to.sent, sent_digits))
            return too_long;
        if (number->value <= to.sent.value)
            return between(from, to, digits, number) ? NULL : too_long;
        from = to;
    }
    return outside_points;
}

/* The number that the rule makes of the source. Returns the reason if there is none. */
static const char *calculate(const struct applier *a, const struct s7_mapping_rule *rule, const struct source *source,
                             struct s7_mapping_number *number)
{
    if (source->decoded)
        *number = source->number;
    else if (!s7_read_decimal(a->data, source->span, &number->value, &number->digits))
        return no_number;
    if (rule->transform == S7_TRANSFORM_LINEAR)
        return scale_linear(rule, number) ? NULL : too_long;
    return rule->transform == S7_TRANSFORM_POINTS ? interpolate(rule, number) : NULL;
}

static const char *find_word(const struct s7_mapping_rule *rule, const struct source *source)
{
    for (unsigned i = 0; i < rule->count; i++) {
        const struct s7_mapping_word *word = &rule->with.words[i];
        if (strlen(word->sent) == source->length && memcmp(word->sent, source->text, source->length) == 0)
            return word->word;
    }
    return NULL;
}

/* A yes or no: by the words, without them 1 and 0. */
static const char *read_switch(const struct s7_mapping_rule *rule, const struct source *source, int64_t *value)
{
    static const char zero_one[] = "01";
    if (rule->transform == S7_TRANSFORM_WORDS) {
        const char *word = find_word(rule, source);
        *value = word && strcmp(word, "on") == 0;
        return word ? NULL : no_word;
    }
    const char *digit = source->length == 1 && source->text[0] ? strchr(zero_one, source->text[0]) : NULL;
    *value = digit == zero_one + 1;
    return digit ? NULL : no_word;
}

static bool is_plain(const struct source *source)
{
    for (size_t i = 0; i < source->length; i++)
        if (source->text[i] < ' ' || source->text[i] > '~')
            return false;
    return source->length <= VALUE_MAX;
}

/* name=value */
static const char *give_named(struct applier *a, const struct s7_mapping_rule *rule, const struct source *source)
{
    struct s7_mapping_number number;
    char printed[S7_VALUE_SIZE];
    const char *text = source->text, *reason = NULL;
    size_t length = source->length;
    if (rule->transform == S7_TRANSFORM_WORDS) {
        text = find_word(rule, source);
        length = text ? strlen(text) : 0;
        reason = text ? NULL : no_word;
    } else if (rule->transform != S7_TRANSFORM_NONE || source->decoded) {
        reason = calculate(a, rule, source, &number);
        struct s7_field field = {.type = S7_DECIMAL};
        if (!reason) {
            field.digits = (uint8_t)number.digits;
            field.value.integer = number.value;
            length = s7_value_print(&field, printed);
            text = printed;
        }
    } else if (!is_plain(source)) {
        reason = not_plain;
    }
    if (reason)
        return reason;
    size_t start = a->stored;
    store_name(a, rule);
    store(a, "=", 1);
    store(a, text, length);
    append_stored(a, S7_FIELD_MAPPED_VALUE, source->span, start);
    return NULL;
}

/* A field of the contract, and below it that it was mapped. */
static const char *give_field(struct applier *a, const struct s7_mapping_rule *rule, const struct source *source)
{
    enum s7_field_type type = s7_fields[rule->target].type;
    struct s7_mapping_number number = {0, 0};
    const char *reason = NULL;
    if (type == S7_BOOL)
        reason = read_switch(rule, source, &number.value);
    else if (type != S7_TEXT)
        reason = calculate(a, rule, source, &number);
    if (!reason && type == S7_UINT) {
        for (; number.digits > 0 && number.value % 10 == 0; number.digits--)
            number.value /= 10;
        reason = number.digits > 0 ? not_whole : NULL;
    }
    if (!reason && type != S7_TEXT && !s7_decimal_within(number.value, number.digits, rule->low, rule->high))
        reason = outside_range;
    if (reason)
        return reason;
    struct s7_field *field = append(a, rule->target, source->span);
    field->number = (uint16_t)rule->target_number;
    if (type != S7_TEXT) {
        field->value.integer = number.value;
        field->digits = (uint8_t)(type == S7_DECIMAL ? number.digits : 0);
    }
    size_t start = a->stored;
    store_name(a, rule);
    append_stored(a, S7_FIELD_MAPPED, source->span, start)->depth = 1;
    return NULL;
}

/* "not available" is no value, unless the rule has a word for it. */
static bool is_available(const struct s7_mapping_rule *rule, const struct source *source)
{
    bool absent = rule->source == S7_SOURCE_FLAG && source->length == 1 && source->text[0] == 'X';
    return !absent || (rule->transform == S7_TRANSFORM_WORDS && find_word(rule, source));
}

static void apply_rule(struct applier *a, const struct s7_mapping_rule *rule)
{
    struct source source;
    if (!applies(a, rule) || is_taken(a->message, rule) || !read_source(a, rule, &source) ||
        !is_available(rule, &source))
        return;
    bool named = rule->target == S7_FIELD_MAPPED_VALUE;
    const char *reason = named ? give_named(a, rule, &source) : give_field(a, rule, &source);
    if (!reason)
        return;
    size_t start = a->stored;
    store_name(a, rule);
    store(a, ": ", 2);
    store(a, reason, strlen(reason));
    append_stored(a, S7_FIELD_UNMAPPED, source.span, start);
}

void s7_mapping_apply(const struct s7_mapping *mapping, const uint8_t *data, struct s7_message *message)
{
    struct applier a = {.data = data, .message = message};
    if (!message->proven || message->direction != S7_UP)
        return;
    for (unsigned i = 0; i < mapping->count; i++)
        apply_rule(&a, &mapping->rules[i]);
}
