/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a code on the wire means: see meaning.h. */
#include "meaning.h"

#include <string.h>

struct code {
    const char *token, *meaning;
};

static const struct code gotop_codes[] = {
#define GOTOP_CODE(token, kind, event, body, meaning) {token, meaning},
#include "codes.def"
    {NULL, NULL},
};

static const struct code gotop_commands[] = {
#define GOTOP_COMMAND(token, meaning) {token, meaning},
#include "codes.def"
    {NULL, NULL},
};

static const struct code startek_codes[] = {
#define STARTEK_CODE(code, meaning) {code, meaning},
#include "codes.def"
    {NULL, NULL},
};

static const struct code fifotrack_codes[] = {
#define FIFOTRACK_CODE(code, meaning) {code, meaning},
#include "codes.def"
    {NULL, NULL},
};

struct event {
    int64_t number;
    const char *meaning;
};

static const struct event startek_events[] = {
#define STARTEK_EVENT(number, event, data, meaning) {number, meaning},
#include "codes.def"
    {-1, NULL},
};

static const struct event fifotrack_alarms[] = {
#define FIFOTRACK_EVENT(number, event, meaning) {number, meaning},
#include "codes.def"
    {-1, NULL},
};

/* Layouts of the tail, docs/PROTOCOL.md 5. */
static const struct code profiles[] = {
    {"T0", "none"},    {"T1", "course"},     {"T2", "OBD"},        {"T3", "WiFi unit"},
    {"T4", "Farnear"}, {"T5", "Farnear 4G"}, {"T6", "unlabelled"}, {NULL, NULL},
};

static const char *find(const struct code *codes, const char *text, size_t length)
{
    for (; codes->token; codes++)
        if (strlen(codes->token) == length && memcmp(codes->token, text, length) == 0)
            return codes->meaning;
    return NULL;
}

/* The table has the meaning that gives the event. */
static const char *ambiguous(const char *text, size_t length)
{
    static const struct code codes[] = {{"ALM-F", "Battery full, or ACC on (vehicle)"}, {NULL, NULL}};
    const char *both = find(codes, text, length);
    return both ? both : find(gotop_codes, text, length);
}

/* An alarm may carry a number behind its letter; then only the event says whether the letter's meaning holds. */
static const char *gotop_uplink(const struct s7_message *message, const char *text, size_t length)
{
    size_t letter = strlen("ALM-B");
    if (length > letter && memcmp(text, "ALM-", 4) == 0)
        return message->event == S7_EVENT_NONE ? NULL : find(gotop_codes, text, letter);
    return find(gotop_codes, text, length);
}

static const char *gotop_downlink(const char *text, size_t length)
{
    const char *meaning = find(gotop_commands, text, length);
    bool digit = length == 2 && text[1] >= '0' && text[1] <= '9';
    return meaning == NULL && digit ? find(gotop_commands, text, 1) : meaning;
}

static const char *event_number(const struct event *events, int64_t number)
{
    while (events->meaning && events->number != number)
        events++;
    return events->meaning;
}

static bool lies_in(const struct s7_field *part, const struct s7_field *whole)
{
    return whole && part->offset >= whole->offset && part->offset + part->length <= whole->offset + whole->length;
}

const struct s7_field *meaning_inferred_from(const struct s7_message *message, const struct s7_field *field)
{
    const struct s7_field *source = NULL;
    if (message->dialect != S7_FIFOTRACK)
        return NULL;
    switch (field->id) {
    case S7_FIELD_IGNITION:
        source = s7_find(message, S7_FIELD_INPUTS);
        break;
    case S7_FIELD_SATELLITES:
    case S7_FIELD_SIGNAL:
        source = s7_find(message, S7_FIELD_STATUS);
        break;
    case S7_FIELD_BATTERY_VOLTAGE:
    case S7_FIELD_EXTERNAL_VOLTAGE:
    case S7_FIELD_ADC:
        source = s7_find(message, S7_FIELD_VOLTAGES);
        break;
    default:
        break;
    }
    return lies_in(field, source) ? source : NULL;
}

const char *meaning_of(const struct s7_message *message, const uint8_t *frame, const struct s7_field *field)
{
    size_t length;
    const char *text;
    if (field->id == S7_FIELD_EVENT_CODE)
        return event_number(message->dialect == S7_FIFOTRACK ? fifotrack_alarms : startek_events, field->value.integer);
    if (field->id != S7_FIELD_CODE && field->id != S7_FIELD_PROFILE)
        return NULL;
    text = s7_text(frame, field, &length);
    if (field->id == S7_FIELD_PROFILE)
        return find(profiles, text, length);
    if (message->flags & S7_FLAG_BIT(AMBIGUOUS_CODE))
        return ambiguous(text, length);
    if (message->dialect == S7_FIFOTRACK) {
        bool report = length == 3 && text[0] == 'A';
        return report && message->direction == S7_DOWN ? "Acknowledgement" : find(fifotrack_codes, text, length);
    }
    if (message->dialect == S7_STARTEK) {
        bool report = length == 3 && text[0] == '0';
        return report && message->direction == S7_DOWN ? "Acknowledgement" : find(startek_codes, text, length);
    }
    return message->direction == S7_UP ? gotop_uplink(message, text, length) : gotop_downlink(text, length);
}
