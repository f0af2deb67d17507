/* SPDX-License-Identifier: GPL-2.0-or-later
 * See pairing.h. */
#include "pairing.h"

#include "number.h"

#include <string.h>

#define NANOSECONDS INT64_C(1000000000)
/* Event of a startek report that answers command 800. */
#define EVENT_POSITION_QUERY 34
/* Commands that ask for a picture by its name, and for bytes of a picture from an offset on. */
#define PICTURE_UPLOAD  "265"
#define PICTURE_PACKAGE "D06"
/* fifotrack command that a report answers, and report that a command of the same code answers. */
#define POSITION_NOW "C01"
#define ASSET_REPORT "A03"

static bool text_is(const uint8_t *data, const struct s7_field *field, const char *text)
{
    size_t length;
    if (!field)
        return false;
    const char *bytes = s7_text(data, field, &length);
    return length == strlen(text) && memcmp(bytes, text, length) == 0;
}

/* Tells one picture name or id from another; never 0. */
static uint32_t hash(const uint8_t *data, const struct s7_field *field)
{
    uint32_t value = 2166136261U;
    for (size_t i = 0; i < field->length; i++)
        value = (value ^ data[field->offset + i]) * 16777619U;
    return value | 1;
}

/* Is the argument all zeros? */
static bool is_zero(const uint8_t *data, const struct s7_field *argument)
{
    for (size_t i = 0; i < argument->length; i++)
        if (data[argument->offset + i] != '0')
            return false;
    return argument->length > 0;
}

/* Code of the answer to a gotop command where the letter does not tell it; "": only a rejection can come, NULL: nothing
 * comes. */
static const char *gotop_special(const uint8_t *data, const struct s7_message *message, const char *code)
{
    const struct s7_field *argument = s7_find(message, S7_FIELD_ARGUMENT);
    bool zero = argument && is_zero(data, argument);
    switch (code[0]) {
    case 'B':
        return text_is(data, argument, "1") ? "" : "Ver";
    case 'E':
    case 'W':
        return NULL;
    case 'K':
        if (code[1] == 'H')
            return zero ? "CMD-K2" : "CMD-K0";
        return code[1] == '\0' ? "CMD-K" : zero ? "CMD-K3" : "CMD-K1";
    case 'V':
        return text_is(data, argument, "30") || text_is(data, argument, "31") ? "CMD-V3" : "CMD-V";
    case 'Z':
        return argument && s7_find_next(message, argument) ? "CMD-Z2" : "CMD-Z";
    default:
        return code[0] == 'U' && code[1] == 'V' ? "CMD-U" : code;
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
    if (message->dialect != S7_GOTOP)
        memcpy(request->expected, code, sizeof code);
    if (message->dialect == S7_FIFOTRACK)
        return code[0] != 'A'; /* reports, and what acknowledges one */
    if (message->dialect == S7_STARTEK) {
        return strcmp(code, "000") != 0 && strcmp(code, "010") != 0 && strcmp(code, "020") != 0;
    }
    const char *special = gotop_special(data, message, code);
    if (!special)
        return false;
    if (special != code) {
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

static uint16_t index_of(const uint8_t *data, const struct s7_message *message)
{
    const struct s7_field *field = s7_find(message, S7_FIELD_INDEX);
    uint64_t serial = 0;
    if (field && message->dialect == S7_FIFOTRACK)
        s7_read_hex(data, s7_span(field->offset, field->length), &serial);
    else if (field)
        serial = data[field->offset];
    return (uint16_t)serial;
}

/* Of the id that a message carries; 0 = it has none. */
static uint32_t device_of(const uint8_t *data, const struct s7_message *message)
{
    const struct s7_field *field = s7_find(message, S7_FIELD_DEVICE_ID);
    return field && field->length > 0 ? hash(data, field) : 0;
}

/* Several devices may share a conversation: a relay, or a port that address translation gave to another one. */
static bool is_other_device(uint32_t a, uint32_t b)
{
    return a != 0 && b != 0 && a != b;
}

/* What a command asks for of a picture, and what an answer brings; 0 = it does not say. */
static uint32_t picture_of(const uint8_t *data, const struct s7_field *picture, const struct s7_field *offset)
{
    if (!picture)
        return 0;
    return offset ? (hash(data, picture) * 31U + hash(data, offset)) | 1 : hash(data, picture);
}

bool s7_pairing_command(struct s7_pairing *pairing, const uint8_t *data, const struct s7_message *message,
                        uint64_t token, int64_t time, struct s7_request *given_up, bool *full)
{
    struct s7_request request = {.token = token, .time = time, .dialect = (uint8_t)message->dialect};
    *full = false;
    if (!message->proven || message->kind != S7_KIND_COMMAND || !expect(data, message, &request))
        return false;
    request.index = index_of(data, message);
    request.device = device_of(data, message);
    const struct s7_field *picture = s7_find(message, S7_FIELD_ARGUMENT);
    if (strcmp(request.expected, PICTURE_UPLOAD) == 0)
        request.picture = picture_of(data, picture, NULL);
    else if (strcmp(request.expected, PICTURE_PACKAGE) == 0 && picture)
        request.picture = picture_of(data, picture, s7_find_next(message, picture));
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

/* Nothing is answered later than this; what was captured out of order may be earlier. */
static bool is_recent(int64_t asked, int64_t time)
{
    return time - asked <= S7_ANSWER_SECONDS * NANOSECONDS;
}

static bool is_open(const struct s7_request *request, int64_t time)
{
    return is_recent(request->time, time);
}

/* Whether an answer brings what was asked for: several uploads may be under way. */
static bool fits_picture(const uint8_t *data, const struct s7_message *message, const struct s7_request *request)
{
    const struct s7_field *picture = s7_find(message, S7_FIELD_PICTURE);
    return !picture || request->picture == 0 ||
           picture_of(data, picture, s7_find(message, S7_FIELD_PICTURE_OFFSET)) == request->picture;
}

/* An uplink message, and what is compared of it. */
struct uplink {
    const uint8_t *data;
    const struct s7_message *message;
    const struct s7_field *code;
    int64_t time;
    uint16_t index;
    uint32_t device;
    bool answer; /* it says of itself that it is one */
    bool rejected;
};

static struct uplink make_uplink(const uint8_t *data, const struct s7_message *message, int64_t time)
{
    bool rejected = message->kind == S7_KIND_REJECTED;
    return (struct uplink){.data = data,
                           .message = message,
                           .code = s7_find(message, S7_FIELD_CODE),
                           .time = time,
                           .index = index_of(data, message),
                           .device = device_of(data, message),
                           .answer = rejected || message->kind == S7_KIND_ANSWER,
                           .rejected = rejected};
}

static enum s7_fit fit_startek(const struct uplink *uplink, const struct s7_request *request)
{
    if (!fits_picture(uplink->data, uplink->message, request))
        return S7_FIT_NONE;
    if (!text_is(uplink->data, uplink->code, request->expected) &&
        !answers_position_query(uplink->data, uplink->message, request))
        return S7_FIT_NONE;
    return request->index == uplink->index ? S7_FIT_SAME : S7_FIT_CODE;
}

/* A00 to A03 */
static bool is_report(const uint8_t *data, const struct s7_field *code)
{
    return code && code->length == 3 && memcmp(data + code->offset, "A0", 2) == 0 && data[code->offset + 2] <= '3';
}

/* A report answers a request for the position only with its serial; the announcement of a picture is no answer. */
static enum s7_fit fit_fifotrack(const struct uplink *uplink, const struct s7_request *request)
{
    bool same = request->index == uplink->index;
    if (!uplink->answer)
        return same && strcmp(request->expected, POSITION_NOW) == 0 && is_report(uplink->data, uplink->code)
                   ? S7_FIT_SAME
                   : S7_FIT_NONE;
    if (!text_is(uplink->data, uplink->code, request->expected) ||
        !fits_picture(uplink->data, uplink->message, request))
        return S7_FIT_NONE;
    return same ? S7_FIT_SAME : S7_FIT_CODE;
}

static enum s7_fit fit_gotop(const struct uplink *uplink, const struct s7_request *request)
{
    return uplink->rejected || text_is(uplink->data, uplink->code, request->expected) ? S7_FIT_SAME : S7_FIT_NONE;
}

static enum s7_fit fit(const struct uplink *uplink, const struct s7_request *request)
{
    static enum s7_fit (*const fits[S7_DIALECT_COUNT])(const struct uplink *, const struct s7_request *) = {
        [S7_GOTOP] = fit_gotop, [S7_STARTEK] = fit_startek, [S7_FIFOTRACK] = fit_fifotrack};
    unsigned dialect = uplink->message->dialect;
    if (request->dialect != dialect || !is_open(request, uplink->time) ||
        is_other_device(request->device, uplink->device))
        return S7_FIT_NONE;
    return fits[dialect](uplink, request);
}

/* Is the latest of equal requests meant, not the oldest? A rejection of gotop, which has no code, belongs to the
 * latest; who asks again for the same bytes of a picture has given up the first. */
static bool means_latest(const struct uplink *uplink)
{
    if (uplink->message->dialect == S7_GOTOP)
        return uplink->rejected;
    return uplink->message->dialect == S7_FIFOTRACK && s7_find(uplink->message, S7_FIELD_PICTURE) != NULL;
}

/* The request that the message answers, count if there is none. Those with the same index or serial come first, of
 * startek those without an answer before the latest that has had one; else it is the oldest of any index without an
 * answer: many servers always send the same one. */
static unsigned find(const struct s7_pairing *pairing, const struct uplink *uplink, enum s7_fit least)
{
    unsigned again = pairing->count, other = pairing->count;
    bool latest = means_latest(uplink);
    for (unsigned i = 0; i < pairing->count; i++) {
        const struct s7_request *request = &pairing->requests[i];
        enum s7_fit how = fit(uplink, request);
        if (how == S7_FIT_SAME && !request->answered && !latest)
            return i;
        if (how == S7_FIT_SAME)
            again = i;
        else if (how == S7_FIT_CODE && !request->answered && other == pairing->count)
            other = i;
    }
    return again < pairing->count || least == S7_FIT_SAME ? again : other;
}

static void take(struct s7_pairing *pairing, unsigned i, struct s7_request *request)
{
    *request = pairing->requests[i];
    if (request->dialect == S7_STARTEK)
        pairing->requests[i].answered = true;
    else
        forget(pairing, i);
}

bool s7_pairing_answer(struct s7_pairing *pairing, const uint8_t *data, const struct s7_message *message, int64_t time,
                       enum s7_fit least, struct s7_request *request)
{
    if (!message->proven || message->direction != S7_UP || pairing->count == 0)
        return false;
    const struct uplink uplink = make_uplink(data, message, time);
    unsigned i = find(pairing, &uplink, least);
    if (i == pairing->count)
        return false;
    take(pairing, i, request);
    return true;
}

static unsigned find_token(const struct s7_pairing *pairing, uint64_t token)
{
    unsigned i = 0;
    while (i < pairing->count && pairing->requests[i].token != token)
        i++;
    return i;
}

enum s7_fit s7_pairing_fit(const struct s7_pairing *pairing, uint64_t token, const uint8_t *data,
                           const struct s7_message *message, int64_t time, bool *answered)
{
    unsigned i = find_token(pairing, token);
    if (!message->proven || message->direction != S7_UP || i == pairing->count || time < pairing->requests[i].time)
        return S7_FIT_NONE;
    const struct uplink uplink = make_uplink(data, message, time);
    *answered = pairing->requests[i].answered;
    return fit(&uplink, &pairing->requests[i]);
}

bool s7_pairing_means_latest(const uint8_t *data, const struct s7_message *message)
{
    const struct uplink uplink = make_uplink(data, message, 0);
    return means_latest(&uplink);
}

bool s7_pairing_take(struct s7_pairing *pairing, uint64_t token, struct s7_request *request)
{
    unsigned i = find_token(pairing, token);
    if (i == pairing->count)
        return false;
    take(pairing, i, request);
    return true;
}

/* A good A03: a report from the device, an answer to one from the platform. */
static bool is_asset(const uint8_t *data, const struct s7_message *message, enum s7_direction direction)
{
    return message->dialect == S7_FIFOTRACK && message->proven && message->direction == direction &&
           text_is(data, s7_find(message, S7_FIELD_CODE), ASSET_REPORT);
}

static void forget_report(struct s7_pairing *pairing, unsigned i)
{
    pairing->report_count--;
    memmove(&pairing->reports[i], &pairing->reports[i + 1], (pairing->report_count - i) * sizeof pairing->reports[0]);
}

bool s7_pairing_is_answered(const uint8_t *data, const struct s7_message *message)
{
    return is_asset(data, message, S7_UP);
}

void s7_pairing_report(struct s7_pairing *pairing, const uint8_t *data, const struct s7_message *message,
                       uint64_t token, int64_t time)
{
    if (pairing->report_count == S7_REPORTS_MAX)
        forget_report(pairing, 0);
    pairing->reports[pairing->report_count++] =
        (struct s7_reported){token, time, index_of(data, message), device_of(data, message)};
}

bool s7_pairing_acknowledged(struct s7_pairing *pairing, const uint8_t *data, const struct s7_message *message,
                             int64_t time, uint64_t *token)
{
    if (pairing->report_count == 0 || !is_asset(data, message, S7_DOWN))
        return false;
    uint16_t serial = index_of(data, message);
    for (unsigned i = 0; i < pairing->report_count; i++) {
        const struct s7_reported *report = &pairing->reports[i];
        if (report->serial != serial || !is_recent(report->time, time) ||
            is_other_device(report->device, device_of(data, message)))
            continue;
        *token = report->token;
        forget_report(pairing, i);
        return true;
    }
    return false;
}

bool s7_pairing_expired(struct s7_pairing *pairing, int64_t time, struct s7_request *request)
{
    while (pairing->report_count > 0 && !is_recent(pairing->reports[0].time, time))
        forget_report(pairing, 0);
    if (pairing->count == 0 || is_open(&pairing->requests[0], time))
        return false;
    *request = pairing->requests[0];
    forget(pairing, 0);
    return true;
}
