/* SPDX-License-Identifier: GPL-2.0-or-later
 * See pairing.h. */
#include "pairing.h"

#include <string.h>

#define NANOSECONDS INT64_C(1000000000)
/* Event of a startek report that answers command 800. */
#define EVENT_POSITION_QUERY 34

static bool text_is(const uint8_t *data, const struct s7_field *field, const char *text)
{
    size_t length;
    if (!field)
        return false;
    const char *bytes = s7_text(data, field, &length);
    return length == strlen(text) && memcmp(bytes, text, length) == 0;
}

/* First byte of the n-th argument (from 0), -1 if there is none. */
static int argument_start(const uint8_t *data, const struct s7_message *message, unsigned n, size_t *length)
{
    const struct s7_field *field = s7_find(message, S7_FIELD_ARGUMENT);
    while (field && n-- > 0)
        field = s7_find_next(message, field);
    *length = field ? field->length : 0;
    return field && field->length > 0 ? data[field->offset] : -1;
}

/* Code of the answer to a gotop command whose letters are code; NULL: none comes. */
static const char *gotop_special(const uint8_t *data, const struct s7_message *message, const char *code)
{
    size_t length;
    int first = argument_start(data, message, 0, &length);
    bool zero = true;
    const struct s7_field *value = s7_find(message, S7_FIELD_ARGUMENT);
    for (size_t i = 0; value && i < value->length; i++)
        zero = zero && data[value->offset + i] == '0';
    switch (code[0]) {
    case 'B':
        return first == '1' ? "" : "Ver";
    case 'E':
    case 'W':
    case 'R':
        return code[0] == 'R' && code[1] == '\0' ? "CMD-R" : NULL;
    case 'K':
        if (code[1] == '\0')
            return "CMD-K";
        return code[1] == 'H' ? (zero ? "CMD-K2" : "CMD-K0") : (zero ? "CMD-K3" : "CMD-K1");
    case 'U':
        return code[1] == 'V' ? "CMD-U" : "";
    case 'V':
        return length == 2 && first == '3' ? "CMD-V3" : "CMD-V";
    case 'Z':
        return s7_find_next(message, value) ? "CMD-Z2" : "CMD-Z";
    default:
        return "";
    }
}

/* Fills expected; false if the command gets no answer. */
static bool expect(const uint8_t *data, const struct s7_message *message, struct s7_request *request)
{
    const struct s7_field *field = s7_find(message, S7_FIELD_CODE);
    size_t length;
    if (!field)
        return false;
    const char *text = s7_text(data, field, &length);
    if (length == 0 || length > 3)
        return false; /* RESET! and RESET!1 */
    char code[4] = {0};
    memcpy(code, text, length);
    if (message->dialect == S7_STARTEK) {
        memcpy(request->expected, code, sizeof code);
        return strcmp(code, "000") != 0 && strcmp(code, "010") != 0 && strcmp(code, "020") != 0;
    }
    const char *special = gotop_special(data, message, code);
    if (!special)
        return false;
    if (special[0] || code[0] == 'B') {
        memcpy(request->expected, special, strlen(special) + 1);
    } else {
        memcpy(request->expected, "CMD-", 4);
        memcpy(request->expected + 4, code, sizeof code);
    }
    return true;
}

static void forget(struct s7_pairing *pairing, unsigned i)
{
    pairing->count--;
    memmove(&pairing->requests[i], &pairing->requests[i + 1], (pairing->count - i) * sizeof pairing->requests[0]);
}

static uint8_t index_of(const uint8_t *data, const struct s7_message *message)
{
    const struct s7_field *field = s7_find(message, S7_FIELD_INDEX);
    return field ? data[field->offset] : 0;
}

bool s7_pairing_command(struct s7_pairing *pairing, const uint8_t *data, const struct s7_message *message,
                        uint64_t token, int64_t time, struct s7_request *given_up, bool *full)
{
    struct s7_request request = {.token = token, .time = time, .dialect = (uint8_t)message->dialect};
    *full = false;
    if (!message->proven || message->kind != S7_KIND_COMMAND || !expect(data, message, &request))
        return false;
    request.index = index_of(data, message);
    if (pairing->count == S7_REQUESTS_MAX) {
        *given_up = pairing->requests[0];
        *full = true;
        forget(pairing, 0);
    }
    pairing->requests[pairing->count++] = request;
    return true;
}

/* The report that command 800 asked for. */
static bool answers_position_query(const uint8_t *data, const struct s7_message *message,
                                   const struct s7_request *request)
{
    const struct s7_field *event = s7_find(message, S7_FIELD_EVENT_CODE);
    if (strcmp(request->expected, "800") != 0 || !event || request->answered)
        return false;
    return event->value.integer == EVENT_POSITION_QUERY || index_of(data, message) == request->index;
}

/* The request that a startek message answers: with the same index if there is one, else the oldest without an answer.
 */
static unsigned find_startek(const struct s7_pairing *pairing, const uint8_t *data, const struct s7_message *message)
{
    const struct s7_field *code = s7_find(message, S7_FIELD_CODE);
    unsigned found = pairing->count;
    uint8_t index = index_of(data, message);
    for (unsigned i = 0; i < pairing->count; i++) {
        const struct s7_request *request = &pairing->requests[i];
        if (request->dialect != S7_STARTEK)
            continue;
        bool same = text_is(data, code, request->expected);
        if (!same && !answers_position_query(data, message, request))
            continue;
        if (request->index == index)
            return i;
        if (!request->answered && found == pairing->count)
            found = i;
    }
    return found;
}

static unsigned find_gotop(const struct s7_pairing *pairing, const uint8_t *data, const struct s7_message *message)
{
    const struct s7_field *code = s7_find(message, S7_FIELD_CODE);
    unsigned found = pairing->count;
    bool rejected = message->kind == S7_KIND_REJECTED;
    for (unsigned i = 0; i < pairing->count; i++) {
        const struct s7_request *request = &pairing->requests[i];
        if (request->dialect != S7_GOTOP || (!rejected && !text_is(data, code, request->expected)))
            continue;
        found = i;
        if (!rejected) /* the oldest; a rejection belongs to the latest */
            break;
    }
    return found;
}

bool s7_pairing_answer(struct s7_pairing *pairing, const uint8_t *data, const struct s7_message *message, int64_t time,
                       struct s7_request *request)
{
    if (!message->proven || message->direction != S7_UP || pairing->count == 0)
        return false;
    unsigned i =
        message->dialect == S7_STARTEK ? find_startek(pairing, data, message) : find_gotop(pairing, data, message);
    if (i == pairing->count || time - pairing->requests[i].time > S7_ANSWER_SECONDS * NANOSECONDS)
        return false;
    *request = pairing->requests[i];
    if (message->dialect == S7_STARTEK)
        pairing->requests[i].answered = true;
    else
        forget(pairing, i);
    return true;
}

bool s7_pairing_expired(struct s7_pairing *pairing, int64_t time, struct s7_request *request)
{
    if (pairing->count == 0 || time - pairing->requests[0].time <= S7_ANSWER_SECONDS * NANOSECONDS)
        return false;
    *request = pairing->requests[0];
    forget(pairing, 0);
    return true;
}
