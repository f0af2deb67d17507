/* SPDX-License-Identifier: GPL-2.0-or-later
 * Decodes a frame of the gotop dialect: id, vendor fields, code, what the code means, position body, status group.
 * Takes a frame of the scanner, gives a message. (docs/PROTOCOL.md 2 to 6, 10) */
#include "gotop.h"

#include "digits.h"

#include <string.h>

/* Longest token of the table. */
#define TOKEN_MAX 8
/* The code is one of the fields 1 to 3. */
#define CODE_FIELD_MAX 3
/* The speed of the report stands in one of so many fields: id, vendor fields and code, six of the body. */
#define BRIEF_FIELDS (1 + CODE_FIELD_MAX + 6)
/* The longitude stands so many fields behind the date. */
#define DATE_TO_LONGITUDE 3

enum body { BODY_NO, BODY_MAYBE, BODY_YES };

struct code {
    char token[TOKEN_MAX]; /* padded with NUL, not always ended by one */
    uint8_t kind, event, body;
};

/* The codes sent most often stand first in codes.def, so the search is short for them. */
static const struct code codes[] = {
#define GOTOP_CODE(token, kind, event, body, meaning) {token, S7_KIND_##kind, S7_EVENT_##event, BODY_##body},
#include "codes.def"
};

/* What is known of the report while it is decoded. */
struct report {
    const struct s7_gotop_fields *fields;
    struct s7_span token;    /* the code */
    struct s7_span validity; /* length 0: there is no body */
    unsigned next;           /* index of the field behind the code, or behind what was consumed */
    bool alarm_f;            /* ALM-F with a body: its meaning depends on the tail */
};

struct s7_span s7_gotop_content(const struct s7_builder *b)
{
    const struct s7_frame *frame = b->frame;
    uint32_t start = b->data[0] == '#' || b->data[0] == ':' ? 1 : 0;
    uint32_t end = frame->length;
    if (end > start && b->data[end - 1] == '#' && !(frame->flags & S7_FLAG_BIT(TRUNCATED)))
        end--;
    return s7_span(start, end - start);
}

void s7_gotop_terminator(struct s7_builder *b, struct s7_span content)
{
    uint32_t end = content.offset + content.length;
    if (end < b->frame->length)
        s7_emit_text(b, S7_FIELD_TERMINATOR, s7_span(end, b->frame->length - end));
}

/* Cuts the content at commas, into max + 1 fields at most: the last one takes the rest. Not inside "..." and {...}; a
 * quote or brace that is never closed is a plain byte. (docs/PROTOCOL.md 2) */
static void split(const uint8_t *data, struct s7_span content, unsigned max, struct s7_gotop_fields *fields)
{
    const uint8_t *text = data + content.offset, *end = text + content.length, *close;
    bool quotes = true, braces = true;
    if (!s7_has_either(data, content.offset, content.offset + content.length, '"', '{')) {
        fields->count = s7_split(data, content, ',', fields->start, max);
        return;
    }
    unsigned count = 0;
    fields->start[0] = (uint16_t)content.offset;
    while (text < end && count < max) {
        uint8_t c = *text++;
        if (c == ',') {
            fields->start[++count] = (uint16_t)(text - data);
        } else if (text < end && c == '"' && quotes) {
            close = memchr(text, '"', (size_t)(end - text));
            quotes = close != NULL;
            text = close ? close + 1 : text;
        } else if (text < end && c == '{' && braces) {
            close = memchr(text, '}', (size_t)(end - text));
            braces = close != NULL;
            text = close ? close + 1 : text;
        }
    }
    fields->start[++count] = (uint16_t)(content.offset + content.length + 1);
    fields->count = count;
}

static struct s7_span skip_blanks(const uint8_t *data, struct s7_span span)
{
    while (span.length > 0 && data[span.offset] == ' ')
        span = s7_span(span.offset + 1, span.length - 1);
    return span;
}

static bool equals(const uint8_t *data, struct s7_span span, const char *text, uint32_t length)
{
    return span.length == length && memcmp(data + span.offset, text, length) == 0;
}

static bool has_code_prefix(const uint8_t *data, struct s7_span span)
{
    const uint8_t *text = data + span.offset;
    if (span.length < 4)
        return false;
    return memcmp(text, "CMD-", 4) == 0 || memcmp(text, "ALM-", 4) == 0 || memcmp(text, "Ver:", 4) == 0 ||
           (span.length >= 6 && memcmp(text, "ERROR!", 6) == 0);
}

/* The entry of the table with that token, NULL if there is none. */
static const struct code *find_code(const uint8_t *data, struct s7_span token)
{
    if (token.length - 1 >= TOKEN_MAX)
        return NULL;
    uint64_t key = s7_word(data, token);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (key == s7_word_at((const uint8_t *)codes[i].token))
            return &codes[i];
    return NULL;
}

void s7_gotop_extras(struct s7_builder *b, const struct s7_gotop_fields *fields, unsigned first, unsigned number)
{
    unsigned end = b->brief ? first : fields->count;
    while (end > first && s7_gotop_field(fields, end - 1).length == 0)
        end--;
    for (; first < end; first++) {
        s7_emit_text(b, S7_FIELD_EXTRA, s7_gotop_field(fields, first))->number = (uint16_t)number;
        number += number > 0;
    }
}

void s7_gotop_set_truncated(struct s7_builder *b)
{
    s7_flag(b, NULL, S7_FLAG_TRUNCATED);
    b->message->proven = false;
}

/* A label in front of a value, in any case; text is at least three lower-case letters and a colon. Shortens the span.
 */
S7_HOT bool skip_label(const uint8_t *data, struct s7_span *span, const char *text, uint32_t length)
{
    const char cases[4] = {' ', ' ', ' ', text[3] == ':' ? 0 : ' '};
    const uint8_t *bytes = data + span->offset;
    uint32_t word, wanted, blanks;
    if (span->length < length)
        return false;
    memcpy(&word, bytes, 4);
    memcpy(&wanted, text, 4);
    memcpy(&blanks, cases, 4);
    if ((word | blanks) != wanted || bytes[length - 1] != ':')
        return false;
    for (uint32_t i = 4; i + 1 < length; i++)
        if ((bytes[i] | 0x20) != text[i])
            return false;
    *span = s7_span(span->offset + length, span->length - length);
    return true;
}

static bool is_validity(const uint8_t *data, struct s7_span span)
{
    return span.length == 1 && (data[span.offset] == 'A' || data[span.offset] == 'V');
}

/* Degrees with 1 to 3 integer digits, decimals, and the letter of the hemisphere; limit is the greatest value. */
S7_HOT bool emit_coordinate(struct s7_builder *b, enum s7_field_id id, struct s7_span whole, struct s7_span span,
                            const char *hemispheres, int64_t limit)
{
    if (span.length < 4 || b->data[span.offset] == '-')
        return false;
    char hemisphere = (char)b->data[span.offset + span.length - 1];
    span.length--;
    int64_t value;
    unsigned digits;
    if ((hemisphere != hemispheres[0] && hemisphere != hemispheres[1]) ||
        !s7_read_decimal(b->data, span, &value, &digits))
        return false;
    if (digits < 1 || digits > 10 || span.length - digits - 1 > 3)
        return false;
    if (b->brief)
        return true;
    struct s7_field *field = s7_emit_decimal(b, id, whole, hemisphere == hemispheres[1] ? -value : value, digits);
    s7_set_sent(b, field, span);
    if (!s7_decimal_within(value, digits, 0, limit))
        s7_flag(b, field, S7_FLAG_OUT_OF_RANGE);
    return true;
}

static bool emit_speed(struct s7_builder *b, struct s7_span whole)
{
    struct s7_span span = whole;
    int64_t value;
    unsigned digits;
    if (!skip_label(b->data, &span, "speed:", 6) || span.length == 0 || b->data[span.offset] == '-' ||
        !s7_read_decimal(b->data, span, &value, &digits))
        return false;
    struct s7_field *field = s7_emit_decimal(b, S7_FIELD_SPEED, whole, value, digits);
    s7_set_sent(b, field, span);
    if (!s7_decimal_within(value, digits, 0, 500))
        s7_flag(b, field, S7_FLAG_OUT_OF_RANGE);
    return true;
}

/* Date and time, two fields. False if they do not have six digits each. */
static bool emit_device_time(struct s7_builder *b, struct report *r, bool *labelled)
{
    if (r->fields->count - r->next < 2)
        return false;
    struct s7_span date = s7_gotop_field(r->fields, r->next), time = s7_gotop_field(r->fields, r->next + 1);
    struct s7_span whole = s7_span(date.offset, date.length + 1 + time.length);
    *labelled = skip_label(b->data, &date, "date:", 5);
    skip_label(b->data, &time, "time:", 5);
    if (!s7_parse_time(b, whole, date, time))
        return false;
    r->next += 2;
    return true;
}

/* Validity to speed; false if the fields do not parse so far. r->next is the first field not consumed.
 * (docs/PROTOCOL.md 4) */
static bool decode_position(struct s7_builder *b, struct report *r, bool *labelled)
{
    bool valid = b->data[r->validity.offset] == 'A';
    struct s7_field *field = s7_emit_integer(b, S7_FIELD_VALID, r->validity, valid);
    if (!valid)
        s7_flag(b, field, S7_FLAG_STALE_FIX);
    if (!emit_device_time(b, r, labelled) || r->next == r->fields->count)
        return false;
    struct s7_span whole = s7_gotop_field(r->fields, r->next), span = whole;
    skip_label(b->data, &span, "lat:", 4);
    if (!emit_coordinate(b, S7_FIELD_LATITUDE, whole, span, "NS", 90))
        return false;
    if (++r->next == r->fields->count)
        return false;
    span = whole = s7_gotop_field(r->fields, r->next);
    if (!skip_label(b->data, &span, "lot:", 4))
        skip_label(b->data, &span, "lon:", 4);
    if (!emit_coordinate(b, S7_FIELD_LONGITUDE, whole, span, "EW", 180))
        return false;
    if (++r->next == r->fields->count || !emit_speed(b, s7_gotop_field(r->fields, r->next)))
        return false;
    r->next++;
    return true;
}

/* The next element up to a hyphen. */
static struct s7_span next_element(const uint8_t *data, struct s7_span *rest)
{
    const uint8_t *from = data + rest->offset;
    const uint8_t *hyphen = memchr(from, '-', rest->length);
    uint32_t length = hyphen ? (uint32_t)(hyphen - from) : rest->length;
    struct s7_span element = s7_span(rest->offset, length);
    uint32_t used = hyphen ? length + 1 : length;
    *rest = s7_span(rest->offset + used, rest->length - used);
    return element;
}

static bool is_not_available(const uint8_t *data, struct s7_span span)
{
    return equals(data, span, "X", 1);
}

/* Is it an element of a status group: up to longest digits, or X? */
S7_HOT bool is_status_element(const uint8_t *data, struct s7_span span, uint32_t longest)
{
    if (span.length == 1)
        return (uint8_t)(data[span.offset] - '0') <= 9 || data[span.offset] == 'X';
    return span.length - 1 < longest && s7_digits(data, span);
}

/* Cuts a status group into its elements. Returns their number, 0 if the span is none. */
static unsigned split_status(const uint8_t *data, struct s7_span span, uint16_t *starts)
{
    unsigned count = s7_split(data, span, '-', starts, S7_GOTOP_MAX);
    for (unsigned i = 0; i < count; i++)
        if (!is_status_element(data, s7_part(starts, i), i + 2 < count ? 1 : 3))
            return 0;
    return count >= 2 ? count : 0;
}

/* Flag i of a group with that many elements. Three of the six have a meaning, while they are 0 or 1. */
static void emit_status_flag(struct s7_builder *b, struct s7_span span, unsigned i, unsigned count)
{
    static const enum s7_field_id raw[] = {S7_FIELD_STATUS_FLAG_A, S7_FIELD_STATUS_FLAG_B, S7_FIELD_STATUS_FLAG_C,
                                           S7_FIELD_STATUS_FLAG_D};
    static const enum s7_field_id named[] = {S7_FIELD_EXTERNAL_POWER, S7_FIELD_GPS_ENABLED, S7_FIELD_CHARGING};
    uint8_t c = b->data[span.offset];
    if (count == 6 && i < 3 && (c == '0' || c == '1'))
        s7_emit_integer(b, named[i], span, c - '0');
    else if (i < 4)
        s7_emit_text(b, raw[i], span);
    else
        s7_emit_extra(b, span, 0);
}

/* False if the span is no status group. (docs/PROTOCOL.md 4.1) */
static bool emit_status(struct s7_builder *b, struct s7_span span)
{
    uint16_t starts[S7_SPLIT_PLACES(S7_GOTOP_MAX)];
    unsigned count = split_status(b->data, span, starts);
    if (count == 0)
        return false;
    struct s7_field *group = s7_emit_text(b, S7_FIELD_STATUS_GROUP, span);
    if (count != 2 && count != 5 && count != 6)
        s7_flag(b, group, S7_FLAG_STATUS_COUNT);
    b->depth++;
    for (unsigned i = 0; i < count; i++) {
        struct s7_span element = s7_part(starts, i);
        if (i + 2 < count)
            emit_status_flag(b, element, i, count);
        else if (!is_not_available(b->data, element) && i + 2 == count)
            s7_parse_integer(b, S7_FIELD_BATTERY, element, 0, 100);
        else if (!is_not_available(b->data, element))
            s7_parse_integer(b, S7_FIELD_SIGNAL, element, 0, INT64_MAX);
    }
    b->depth--;
    return true;
}

/* The body and the tail, or what stands there instead. */
static void decode_body(struct s7_builder *b, struct report *r)
{
    if (r->validity.length == 0) {
        s7_gotop_extras(b, r->fields, r->next, 0);
        return;
    }
    bool labelled = false;
    if (!decode_position(b, r, &labelled)) {
        s7_gotop_set_truncated(b);
        s7_gotop_extras(b, r->fields, r->next, 0);
        return;
    }
    if (b->brief)
        return;
    enum s7_gotop_profile profile = S7_T_NONE;
    if (r->next < r->fields->count) {
        struct s7_span status = s7_gotop_field(r->fields, r->next++);
        if (emit_status(b, status)) {
            profile = s7_gotop_tail(b, r->fields, r->next, labelled);
        } else {
            if (status.length > 0)
                s7_emit_bad(b, S7_FIELD_STATUS_GROUP, status, S7_FLAG_BAD_VALUE);
            s7_gotop_extras(b, r->fields, r->next, 1);
        }
    }
    if (r->alarm_f && profile == S7_T3)
        b->message->event = S7_EVENT_BATTERY_FULL;
    else if (r->alarm_f)
        s7_flag(b, NULL, S7_FLAG_AMBIGUOUS_CODE);
}

/* The token of an alarm without its "-n" suffixes; *suffix is the number of the first one, length 0 = none. */
static struct s7_span alarm_base(const uint8_t *data, struct s7_span token, struct s7_span *suffix)
{
    const struct s7_span letters = s7_span(token.offset + 4, token.length - 4);
    struct s7_span rest = letters;
    struct s7_span base = next_element(data, &rest);
    *suffix = s7_span(0, 0);
    if (base.length == letters.length)
        return token;
    struct s7_span first = next_element(data, &rest), other = first;
    while (s7_digits(data, other) && rest.length > 0)
        other = next_element(data, &rest);
    if (!s7_digits(data, other) || data[token.offset + token.length - 1] == '-')
        return token;
    *suffix = first;
    return s7_span(token.offset, base.length + 4);
}

/* ALM-B with the digit of a fence. farnear: the units whose odd digits mean entering (10.4). */
static bool classify_fence(struct s7_builder *b, struct s7_span digit, bool farnear)
{
    uint8_t c = b->data[digit.offset];
    if (c < '1' || c > (farnear ? '9' : '5'))
        return false;
    s7_emit_integer(b, S7_FIELD_GEOFENCE, digit, c - '0');
    if (!farnear)
        b->message->event = S7_EVENT_GEOFENCE;
    else
        b->message->event = c % 2 == 1 ? S7_EVENT_GEOFENCE_ENTER : S7_EVENT_GEOFENCE_EXIT;
    return true;
}

/* Does the longitude of the body carry the label of Farnear units? */
static bool has_lon_label(const uint8_t *data, const struct report *r)
{
    if (r->validity.length == 0 || r->fields->count - r->next <= DATE_TO_LONGITUDE)
        return false;
    struct s7_span longitude = s7_gotop_field(r->fields, r->next + DATE_TO_LONGITUDE);
    return skip_label(data, &longitude, "lon:", 4);
}

/* Meaning of an alarm whose token without suffix is base. Returns its entry in the table, NULL if it is unlisted.
 * (docs/PROTOCOL.md 3.3, 10.4, 10.5) */
static const struct code *classify_alarm(struct s7_builder *b, struct report *r, struct s7_span base, bool suffixed)
{
    bool has_body = r->validity.length > 0;
    uint8_t letter = base.length > 4 ? b->data[base.offset + 4] : 0;
    if (base.length == 6 && letter == 'B') {
        bool known = classify_fence(b, s7_span(base.offset + 5, 1), suffixed || has_lon_label(b->data, r));
        return known ? find_code(b->data, s7_span(base.offset, 5)) : NULL;
    }
    if (equals(b->data, base, "ALM-D1", 6)) {
        s7_flag(b, NULL, S7_FLAG_AMBIGUOUS_CODE);
        return find_code(b->data, s7_span(base.offset, 5));
    }
    const struct code *code = find_code(b->data, base);
    if (code == NULL || (letter == 'V' && !has_body))
        return NULL;
    r->alarm_f = letter == 'F' && has_body;
    b->message->event = r->alarm_f ? S7_EVENT_NONE : code->event;
    if (letter == 'G' || letter == 'J')
        s7_flag(b, NULL, S7_FLAG_AMBIGUOUS_CODE);
    return code;
}

/* A hello with a body is a position. (10.12) */
static enum s7_kind kind_of(const struct code *code, bool has_body)
{
    return has_body && code->kind == S7_KIND_HELLO ? S7_KIND_POSITION : code->kind;
}

bool s7_gotop_kind(const uint8_t *data, struct s7_span token, bool has_body, enum s7_kind *kind)
{
    const struct code *code = find_code(data, token);
    if (code)
        *kind = kind_of(code, has_body);
    return code != NULL;
}

/* What follows from the entry of the code, NULL if it is unlisted, and from whether there is a body. */
static void apply_code(struct s7_builder *b, const struct code *code, bool has_body)
{
    b->message->listed = code != NULL;
    if (code == NULL)
        s7_flag(b, NULL, S7_FLAG_UNKNOWN_CODE);
    else if (code->body == BODY_YES && !has_body)
        s7_flag(b, NULL, S7_FLAG_REPORT_TOO_SHORT);
}

/* Kind, event and flags that follow from the code and from whether there is a body. */
static void classify(struct s7_builder *b, struct report *r)
{
    bool has_body = r->validity.length > 0;
    if (r->token.length < 4 || memcmp(b->data + r->token.offset, "ALM-", 4) != 0) {
        const struct code *code = find_code(b->data, r->token);
        b->message->kind = code ? kind_of(code, has_body) : S7_KIND_UNKNOWN;
        b->message->event = code ? code->event : S7_EVENT_NONE;
        apply_code(b, code, has_body);
        return;
    }
    b->depth++;
    struct s7_span suffix, base = alarm_base(b->data, r->token, &suffix);
    const struct code *code = classify_alarm(b, r, base, suffix.length > 0);
    b->message->kind = S7_KIND_EVENT;
    s7_parse_integer(b, S7_FIELD_SUBCODE, suffix, 0, INT64_MAX);
    b->depth--;
    apply_code(b, code, has_body);
}

/* "Ver:" and all that follows up to the end of the content. The code is a text of its own, so that its span can hold
 * the colon too. */
static void decode_version(struct s7_builder *b, struct s7_span content, struct s7_span token)
{
    struct s7_field *field = s7_emit_text(b, S7_FIELD_CODE, s7_span(token.offset, 4));
    field->attributes = S7_INLINE;
    memcpy(field->value.text, "Ver", sizeof "Ver");
    uint32_t from = token.offset + 4, length = content.offset + content.length - from;
    if (length > 0 && b->data[from + length - 1] == ',')
        length--;
    if (length > 0)
        s7_emit_text(b, S7_FIELD_VERSION, s7_span(from, length));
    b->message->kind = S7_KIND_VERSION;
    b->message->listed = true;
}

/* A code and what its body holds. index: the field with the code. */
static void decode_report(struct s7_builder *b, const struct s7_gotop_fields *fields, unsigned index)
{
    struct report r = {.fields = fields, .token = skip_blanks(b->data, s7_gotop_field(fields, index))};
    r.next = index + 1;
    struct s7_span behind = s7_span(r.token.offset + 6, 1);
    if (r.token.length == 7 && memcmp(b->data + r.token.offset, "ERROR!", 6) == 0 && is_validity(b->data, behind)) {
        r.validity = behind; /* glued to the code (10.3) */
        r.token.length = 6;
    } else if (r.next < fields->count && is_validity(b->data, s7_gotop_field(fields, r.next))) {
        r.validity = s7_gotop_field(fields, r.next++);
    }
    s7_emit_text(b, S7_FIELD_CODE, r.token);
    classify(b, &r);
    decode_body(b, &r);
}

/* CMD-Z: the payload of the attached device up to the end of the content (docs/PROTOCOL.md 6). */
static void decode_passthrough(struct s7_builder *b, const struct s7_gotop_fields *fields, unsigned index,
                               struct s7_span token)
{
    s7_emit_text(b, S7_FIELD_CODE, token);
    b->message->kind = S7_KIND_PASSTHROUGH;
    b->message->listed = true;
    if (index + 1 == fields->count)
        return;
    struct s7_span payload = s7_gotop_rest(fields, index + 1);
    if (payload.length == 0)
        return;
    s7_emit_text(b, S7_FIELD_SERIAL, payload);
    s7_gotop_passthrough(b, payload);
}

/* The fields between id and code (docs/PROTOCOL.md 5.8). */
static void decode_vendor(struct s7_builder *b, const struct s7_gotop_fields *fields, unsigned code)
{
    for (unsigned i = 1; i < code; i++) {
        struct s7_span span = s7_gotop_field(fields, i);
        if (span.length == 0)
            continue;
        s7_emit_text(b, S7_FIELD_VENDOR, span)->number = (uint16_t)i;
        if (i == 2)
            s7_gotop_obd_text(b, span);
        if (i > 1 || !s7_gotop_is_vin(b->data + span.offset, span.length))
            continue;
        b->depth++;
        s7_emit_text(b, S7_FIELD_VIN, span);
        b->depth--;
    }
}

static void decode_content(struct s7_builder *b, struct s7_span content, const struct s7_gotop_fields *fields)
{
    unsigned last = fields->count > CODE_FIELD_MAX ? CODE_FIELD_MAX : fields->count - 1;
    for (unsigned i = 1; i <= last; i++) {
        struct s7_span token = skip_blanks(b->data, s7_gotop_field(fields, i));
        if (!has_code_prefix(b->data, token))
            continue;
        decode_vendor(b, fields, i);
        if (memcmp(b->data + token.offset, "Ver:", 4) == 0)
            decode_version(b, content, token);
        else if (equals(b->data, token, "CMD-Z", 5))
            decode_passthrough(b, fields, i, token);
        else
            decode_report(b, fields, i);
        return;
    }
    if (last == 0 || skip_blanks(b->data, s7_gotop_field(fields, 1)).length == 0) {
        s7_gotop_set_truncated(b);
        s7_gotop_extras(b, fields, 1, 0);
    } else {
        decode_report(b, fields, 1);
    }
}

void s7_gotop_decode(struct s7_builder *b)
{
    if (b->frame->shape != S7_SHAPE_UPLINK) {
        s7_gotop_command(b);
        return;
    }
    struct s7_gotop_fields fields;
    struct s7_span content = s7_gotop_content(b);
    split(b->data, content, b->brief ? BRIEF_FIELDS : S7_GOTOP_MAX, &fields);
    struct s7_span id = s7_gotop_field(&fields, 0);
    struct s7_field *field = s7_emit_text(b, S7_FIELD_DEVICE_ID, id);
    if (!b->brief && !s7_imei_valid((const char *)b->data + id.offset, id.length))
        s7_flag(b, field, S7_FLAG_ID_UNUSUAL);
    decode_content(b, content, &fields);
    s7_gotop_terminator(b, content);
}
