/* SPDX-License-Identifier: GPL-2.0-or-later
 * Commands and their answers, reports and their acknowledgements, within one conversation. */
#include "frame/exchange.h"

#include "pairing.h"

#include <string.h>

/* A command that waits for its answer; its place in the array is its token. It is also in a ring of all that wait for
 * one of the same device, oldest first, of which the device knows the first. */
struct command {
    uint64_t number; /* of its row */
    struct origin origin;
    struct stream *stream;
    struct device *device; /* in whose ring it is; NULL = in none */
    struct command *before, *next;
};

struct exchange {
    struct s7_pairing pairing;
    struct command commands[S7_REQUESTS_MAX];
    struct origin reports[S7_REPORTS_MAX]; /* that the platform may answer, by the remainder of their tokens */
    uint64_t next_report;                  /* token */
};

static void list_command(struct device *device, struct command *command)
{
    struct command *first = device->commands;
    command->device = device;
    command->next = first ? first : command;
    command->before = first ? first->before : command;
    command->next->before = command->before->next = command;
    if (!first)
        device->commands = command;
    device->command_count++;
}

static void unlist_command(struct command *command)
{
    struct device *device = command->device;
    if (!device)
        return;
    command->before->next = command->next;
    command->next->before = command->before;
    if (device->commands == command)
        device->commands = command->next == command ? NULL : command->next;
    device->command_count--;
    command->device = NULL;
}

static struct exchange *open_exchange(struct streams *shared)
{
    if (shared->exchanges_used >= EXCHANGES_MAX) {
        shared->totals.exchange_limit++;
        return NULL;
    }
    struct exchange *exchange = spares_take(&shared->exchanges);
    if (!exchange)
        exchange = g_new0(struct exchange, 1);
    memset(&exchange->pairing, 0, sizeof exchange->pairing);
    exchange->next_report = 0;
    shared->exchanges_used++;
    return exchange;
}

void exchange_close(struct stream *stream)
{
    if (!stream->exchange)
        return;
    for (unsigned i = 0; i < S7_REQUESTS_MAX; i++)
        unlist_command(&stream->exchange->commands[i]);
    spares_give(&stream->shared->exchanges, stream->exchange);
    stream->shared->exchanges_used--;
    stream->exchange = NULL;
}

static void close_if_idle(struct stream *stream)
{
    if (stream->exchange->pairing.count == 0 && stream->exchange->pairing.report_count == 0)
        exchange_close(stream);
}

/* A place that no command has; when all are taken that of the oldest, which s7_pairing_command() will give up. */
static unsigned free_place(const struct s7_pairing *pairing)
{
    uint64_t used = 0;
    for (unsigned i = pairing->count == S7_REQUESTS_MAX; i < pairing->count; i++)
        used |= UINT64_C(1) << pairing->requests[i].token;
    unsigned place = 0;
    while (used >> place & 1)
        place++;
    return place;
}

/* 1 or 2 for the codes 010 and 020 of startek, which ask for an acknowledgement or are one; else -1. 000 is 0. */
static int acknowledged_code(const struct report *report)
{
    const struct s7_field *field = s7_find(report->message, S7_FIELD_CODE);
    if (report->message->dialect != S7_STARTEK || !field || field->length != 3)
        return -1;
    const uint8_t *code = report->data + field->offset;
    return code[0] == '0' && code[2] == '0' && code[1] >= '0' && code[1] <= '2' ? code[1] - '0' : -1;
}

static uint8_t index_of(const struct report *report)
{
    const struct s7_field *field = s7_find(report->message, S7_FIELD_INDEX);
    return field ? report->data[field->offset] : 0;
}

/* The command may be answered in another conversation of the device. Of too many the first may have been. */
static void offer_command(struct stream *stream, const struct report *report, struct command *command)
{
    if (!stream->kept || report->device_id[0] == '\0')
        return;
    struct device *device = devices_get(stream->shared->options.devices, report->device_id);
    if (device->number == 0)
        return;
    if (device->command_count == DEVICE_COMMANDS_MAX) {
        struct command *first = device->commands;
        stream->shared->totals.command_limit++;
        backlog_settle(first->stream, first->number);
        unlist_command(first);
    }
    list_command(device, command);
}

static void pair_command(struct stream *stream, unsigned direction, struct report *report, struct question *question)
{
    int code = acknowledged_code(report);
    if (code >= 0) {
        backlog_acknowledge(stream, !direction, index_of(report), (uint8_t)code, report->device_id);
        return;
    }
    struct exchange *exchange = stream->exchange;
    if (!exchange)
        exchange = stream->exchange = open_exchange(stream->shared);
    if (!exchange)
        return;
    uint64_t answered;
    if (s7_pairing_acknowledged(&exchange->pairing, report->data, report->message, report->completed.time, &answered))
        report->answers = exchange->reports[answered % S7_REPORTS_MAX];
    unsigned place = free_place(&exchange->pairing);
    struct s7_request given_up;
    bool full;
    int64_t time = stream_time(stream, &report->completed);
    if (s7_pairing_command(&exchange->pairing, report->data, report->message, place, time, &given_up, &full)) {
        struct command *command = &exchange->commands[place];
        if (full) {
            stream->shared->totals.request_limit++;
            backlog_settle(stream, command->number);
        }
        unlist_command(command);
        *command =
            (struct command){.number = ++stream->shared->commands, .origin = report->completed, .stream = stream};
        offer_command(stream, report, command);
        question->wait = WAIT_ANSWER;
        question->until = time + S7_ANSWER_SECONDS * NANOSECONDS + 1;
        question->command = stream->shared->commands;
    }
    close_if_idle(stream);
}

/* A report that the platform may answer: the answer shall name it. */
static void note_report(struct stream *stream, const struct report *report)
{
    struct exchange *exchange = stream->exchange;
    if (!exchange)
        exchange = stream->exchange = open_exchange(stream->shared);
    if (!exchange)
        return;
    uint64_t token = exchange->next_report++;
    exchange->reports[token % S7_REPORTS_MAX] = report->completed;
    s7_pairing_report(&exchange->pairing, report->data, report->message, token, report->completed.time);
}

/* The command was answered. */
static void note_answer(struct command *command, struct report *report, const struct s7_request *request)
{
    struct stream *stream = command->stream;
    report->answers = command->origin;
    if (!request->answered)
        backlog_settle(stream, command->number);
    if (request->dialect != S7_STARTEK) /* of which more answers may follow */
        unlist_command(command);
    close_if_idle(stream);
}

/* Does the message answer one of its own conversation, at least as well as that? */
static bool answer_here(struct stream *stream, struct report *report, enum s7_fit least)
{
    struct exchange *exchange = stream->exchange;
    struct s7_request request;
    if (!exchange || !s7_pairing_answer(&exchange->pairing, report->data, report->message,
                                        stream_time(stream, &report->completed), least, &request))
        return false;
    note_answer(&exchange->commands[request.token], report, &request);
    return true;
}

/* Do commands to the device wait in another conversation? */
static bool waits_elsewhere(const struct device *device, const struct stream *stream)
{
    const struct command *command = device->commands;
    do {
        if (command->stream != stream)
            return true;
        command = command->next;
    } while (command != device->commands);
    return false;
}

/* The device, if they do; else NULL. */
static struct device *waiting_device(const struct stream *stream, const struct report *report)
{
    struct device *device = stream->device;
    if (!device || !report_same_id(device->id, report->device_id))
        device = devices_find(stream->shared->options.devices, report->device_id);
    return device && device->commands && waits_elsewhere(device, stream) ? device : NULL;
}

static unsigned token_of(const struct command *command)
{
    return (unsigned)(command - command->stream->exchange->commands);
}

static enum s7_fit fit_elsewhere(const struct stream *stream, const struct report *report,
                                 const struct command *command, bool *answered)
{
    if (command->stream == stream)
        return S7_FIT_NONE;
    return s7_pairing_fit(&command->stream->exchange->pairing, token_of(command), report->data, report->message,
                          stream_time(stream, &report->completed), answered);
}

/* The device answers from another port, or in another connection: the rules are the same, but the index or serial must
 * be that of the command. */
static bool answer_elsewhere(const struct stream *stream, const struct device *device, struct report *report)
{
    bool latest = s7_pairing_means_latest(report->data, report->message);
    struct command *best = NULL, *command = device->commands;
    do {
        bool answered;
        bool fits = fit_elsewhere(stream, report, command, &answered) == S7_FIT_SAME;
        if (fits && !answered && !latest) {
            best = command;
            break;
        }
        if (fits)
            best = command;
        command = command->next;
    } while (command != device->commands);
    struct s7_request request;
    if (!best || !s7_pairing_take(&best->stream->exchange->pairing, token_of(best), &request))
        return false;
    struct stream *other = best->stream;
    note_answer(best, report, &request);
    backlog_release(other);
    return true;
}

/* An answer with another index or serial names no command for sure, so nobody says of those that it fits that they have
 * none. */
static void doubt_elsewhere(const struct stream *stream, const struct device *device, const struct report *report)
{
    const struct command *command = device->commands;
    do {
        bool answered;
        if (fit_elsewhere(stream, report, command, &answered) != S7_FIT_NONE && !answered)
            backlog_settle(command->stream, command->number);
        command = command->next;
    } while (command != device->commands);
}

static void pair_answer(struct stream *stream, struct report *report)
{
    const struct device *device = waiting_device(stream, report);
    if (!device) {
        if (stream->exchange)
            answer_here(stream, report, S7_FIT_CODE);
        return;
    }
    if (!answer_here(stream, report, S7_FIT_SAME) && !answer_elsewhere(stream, device, report) &&
        !answer_here(stream, report, S7_FIT_CODE))
        doubt_elsewhere(stream, device, report);
}

static void pair_uplink(struct stream *stream, struct report *report, struct question *question)
{
    pair_answer(stream, report);
    if (s7_pairing_is_answered(report->data, report->message))
        note_report(stream, report);
    int code = acknowledged_code(report);
    if (code <= 0)
        return;
    question->wait = WAIT_ACKNOWLEDGEMENT;
    question->until = stream_time(stream, &report->completed) + ACKNOWLEDGEMENT_SECONDS * NANOSECONDS + 1;
    question->index = index_of(report);
    question->code = (uint8_t)code;
}

void exchange_frame(struct stream *stream, unsigned direction, struct report *report, struct question *question)
{
    const struct s7_message *message = report->message;
    int64_t time = stream_time(stream, &report->completed);
    *question = (struct question){.wait = WAIT_NOTHING};
    /* What is only found after later frames of the other side (behind a hole) may have been answered by them. */
    bool late = time < stream->newest[!direction];
    stream->newest[direction] = MAX(stream->newest[direction], time);
    if (!message->proven)
        return;
    struct s7_request request;
    if (stream->exchange) {
        while (s7_pairing_expired(&stream->exchange->pairing, time, &request))
            unlist_command(&stream->exchange->commands[request.token]);
        close_if_idle(stream);
    }
    if (message->direction == S7_DOWN)
        pair_command(stream, direction, report, question);
    else
        pair_uplink(stream, report, question);
    if (late)
        question->wait = WAIT_NOTHING;
}
