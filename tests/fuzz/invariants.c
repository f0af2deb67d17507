/* SPDX-License-Identifier: GPL-2.0-or-later
 * See invariants.h. */
#include "invariants.h"

#include "arguments.h"
#include "coverage.h"
#include "identify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRE(condition)                                                                                             \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: violated: %s\n", __FILE__, __LINE__, #condition);                                  \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

static size_t next_piece(const uint8_t *cuts, size_t cut_count, size_t *turn, size_t left)
{
    size_t piece = cut_count == 0 ? left : (size_t)cuts[(*turn)++ % cut_count] + 1;
    return piece < left ? piece : left;
}

size_t scan_stream(const uint8_t *data, size_t length, const uint8_t *cuts, size_t cut_count, struct element *elements,
                   size_t max)
{
    struct s7_scanner scanner = {0};
    size_t count = 0, done = 0, arrived = 0, turn = 0;
    int previous = -1;
    uint8_t reason = 0;
    while (done < length) {
        bool waiting = arrived == done;
        struct s7_frame frame;
        enum s7_scan_result result = S7_SCAN_MORE;
        if (!waiting)
            result = s7_scan(&scanner, data + done, arrived - done, arrived == length, &frame);
        if (result == S7_SCAN_MORE) {
            REQUIRE(arrived < length);
            REQUIRE(arrived - done < S7_ELEMENT_MAX);
            arrived += next_piece(cuts, cut_count, &turn, length - arrived);
            continue;
        }
        REQUIRE(frame.length > 0 && frame.length <= arrived - done);
        bool joined = result == S7_SCAN_LEFTOVER && previous == S7_SCAN_LEFTOVER && reason == frame.reason;
        if (!joined)
            count++;
        if (count <= max) {
            struct element *e = &elements[count - 1];
            if (joined)
                e->length += frame.length;
            else
                *e = (struct element){.offset = done, .length = frame.length, .result = (int)result, .frame = frame};
        }
        if (result == S7_SCAN_FRAME)
            REQUIRE(frame.length <= S7_ELEMENT_MAX);
        previous = (int)result;
        reason = frame.reason;
        done += frame.length;
    }
    return count;
}

/* An argument: whatever it is, its meaning has a name and fits where it must. */
static void check_argument(const uint8_t *data, const struct s7_field *field)
{
    static char text[S7_ARGUMENT_SIZE(S7_ELEMENT_MAX)];
    const struct s7_argument *argument = field->value.argument;
    size_t length = s7_argument_print(data, field, text, S7_ARGUMENT_SIZE(field->length));
    REQUIRE(length + 1 < S7_ARGUMENT_SIZE(field->length) && strlen(text) == length);
    REQUIRE(!argument || (*argument->name && *argument->label));
    REQUIRE(argument || field->flags == 0);
}

static void check_field(const uint8_t *data, const struct s7_frame *frame, const struct s7_field *field)
{
    char text[S7_VALUE_SIZE];
    size_t length;
    REQUIRE(field->id < S7_FIELD_COUNT);
    REQUIRE((size_t)field->offset + field->length <= frame->length);
    REQUIRE(s7_value_print(field, text) < sizeof text);
    if (field->type == S7_TEXT || field->type == S7_NAME)
        REQUIRE(s7_text(data, field, &length) != NULL);
    if (field->id == S7_FIELD_ARGUMENT)
        check_argument(data, field);
    if (field->type == S7_TIME)
        REQUIRE(field->value.time.month >= 1 && field->value.time.month <= 12);
}

/* What is masked of a damaged frame: all that stands behind a code that may have secrets behind it.
 * (docs/FIFOTRACK.md 9.28) */
static bool hides_all(const uint8_t *data, const struct s7_message *message, const struct s7_field *code)
{
    static const char *const codes[] = {"B01", "B99", "S17", "C04", "C06"};
    bool among = false;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        among = among || (code->length == 3 && memcmp(data + code->offset, codes[i], 3) == 0);
    for (const struct s7_field *f = code + 1; among && f < message->fields + message->count; f++)
        if (f->offset > code->offset && f->length > 0 && !(f->attributes & (S7_SECRET | S7_GENERATED)) &&
            f->id != S7_FIELD_TERMINATOR && f->offset != code->offset + 4) /* "B01*57" */
            return false;
    return true;
}

/* What is worked out has its source, what is inferred is so only where the document says it. (docs/FIFOTRACK.md 4) */
static void check_fifotrack(const uint8_t *data, const struct s7_message *message)
{
    const struct s7_field *code = s7_find(message, S7_FIELD_CODE), *scale = s7_find(message, S7_FIELD_VOLTAGE_SCALE);
    const struct s7_field *battery = s7_find(message, S7_FIELD_BATTERY_VOLTAGE);
    const struct s7_field *satellites = s7_find(message, S7_FIELD_SATELLITES);
    const struct s7_field *ignition = s7_find(message, S7_FIELD_IGNITION);
    bool answer = code && data[code->offset] == 'C';
    REQUIRE(code || !message->listed);
    if (!code)
        return;
    REQUIRE(message->listed == !(code->flags & S7_FLAG_BIT(UNKNOWN_CODE)));
    REQUIRE(message->proven || hides_all(data, message, code));
    REQUIRE(!s7_find(message, S7_FIELD_EXTERNAL_POWER));
    REQUIRE(!scale || (battery && battery->depth == scale->depth && s7_find(message, S7_FIELD_VOLTAGES)));
    REQUIRE(!s7_find(message, S7_FIELD_ADC) || scale);
    REQUIRE(!ignition || answer || (memcmp(data + code->offset, "A01", 3) == 0 && s7_find(message, S7_FIELD_INPUTS)));
    REQUIRE(!satellites || s7_find(message, S7_FIELD_STATUS) || s7_find(message, S7_FIELD_LOCATION_TYPE));
    REQUIRE(!s7_find(message, S7_FIELD_CHARGING) || answer);
    REQUIRE(!(message->flags & S7_FLAG_BIT(REPORT_TOO_SHORT)) || !s7_find(message, S7_FIELD_VALID));
}

static bool same_field(const struct s7_message *a, const struct s7_message *b, enum s7_field_id id)
{
    const struct s7_field *x = s7_find(a, id), *y = s7_find(b, id);
    return x && y ? x->offset == y->offset && x->length == y->length : x == y;
}

void check_message(const uint8_t *data, const struct s7_frame *frame, const struct s7_message *message)
{
    REQUIRE(message->count <= S7_FIELDS_MAX);
    for (unsigned i = 0; i < message->count; i++)
        check_field(data, frame, &message->fields[i]);
    REQUIRE(coverage_hole(data, frame, message) < 0);
    for (unsigned id = 0; id < S7_FIELD_COUNT; id++) {
        const struct s7_field *first = s7_find(message, (enum s7_field_id)id);
        if (!first)
            continue;
        REQUIRE(first < message->fields + message->count && first->id == id);
        REQUIRE(s7_is_repeated(message, id) == (s7_find_next(message, first) != NULL));
        if (!s7_fields[id].many && *s7_fields[id].column) /* one cell, one value */
            REQUIRE(!s7_find_next(message, first));
    }
    static struct s7_message brief;
    s7_identify(data, frame, &brief);
    REQUIRE(brief.kind == message->kind && brief.proven == message->proven && brief.listed == message->listed);
    REQUIRE(same_field(message, &brief, S7_FIELD_DEVICE_ID) && same_field(message, &brief, S7_FIELD_CODE));
    REQUIRE(s7_proves(data, message) == s7_proves(data, &brief));
    static struct s7_usual usual; /* it remembers */
    if (s7_usual(data, frame, &usual)) {
        const struct s7_field *id = s7_find(message, S7_FIELD_DEVICE_ID);
        REQUIRE(message->proven && message->listed && message->direction == S7_UP && usual.kind == message->kind);
        REQUIRE(id && id->offset == usual.id_offset && id->length == usual.id_length);
    }
    if (message->dialect == S7_FIFOTRACK && !message->spilled)
        check_fifotrack(data, message);
    if (!message->proven)
        REQUIRE(message->kind == S7_KIND_UNKNOWN && message->event == S7_EVENT_NONE);
}
