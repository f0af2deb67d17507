/* SPDX-License-Identifier: GPL-2.0-or-later
 * Commands and their answers, reports and their acknowledgements, within one conversation. */
#include "frame/exchange.h"

#include "pairing.h"

#include <string.h>

/* A command that waits for its answer; its place in the array is its token. */
struct command {
    uint64_t number; /* of its row */
    struct origin origin;
};

struct exchange {
    struct s7_pairing pairing;
    struct command commands[S7_REQUESTS_MAX];
    struct origin reports[S7_REPORTS_MAX]; /* that the platform may answer, by the remainder of their tokens */
    uint64_t next_report;                  /* token */
};

static struct exchange *open_exchange(struct streams *shared)
{
    if (shared->exchanges_used >= EXCHANGES_MAX) {
        shared->totals.exchange_limit++;
        return NULL;
    }
    struct exchange *exchange = spares_take(&shared->exchanges);
    if (!exchange)
        exchange = g_new(struct exchange, 1);
    memset(&exchange->pairing, 0, sizeof exchange->pairing);
    exchange->next_report = 0;
    shared->exchanges_used++;
    return exchange;
}

void exchange_close(struct stream *stream)
{
    if (!stream->exchange)
        return;
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

static void pair_command(struct stream *stream, unsigned direction, struct report *report, struct question *question)
{
    int code = acknowledged_code(report);
    if (code >= 0) {
        backlog_acknowledge(stream, !direction, index_of(report), (uint8_t)code);
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
    int64_t time = report->completed.time;
    if (s7_pairing_command(&exchange->pairing, report->data, report->message, place, time, &given_up, &full)) {
        if (full) {
            stream->shared->totals.request_limit++;
            backlog_settle(stream, exchange->commands[place].number);
        }
        exchange->commands[place] = (struct command){++stream->shared->commands, report->completed};
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

static void pair_uplink(struct stream *stream, struct report *report, struct question *question)
{
    struct exchange *exchange = stream->exchange;
    struct s7_request request;
    if (exchange &&
        s7_pairing_answer(&exchange->pairing, report->data, report->message, report->completed.time, &request)) {
        const struct command *command = &exchange->commands[request.token];
        report->answers = command->origin;
        if (!request.answered)
            backlog_settle(stream, command->number);
        close_if_idle(stream);
    }
    if (s7_pairing_is_answered(report->data, report->message))
        note_report(stream, report);
    int code = acknowledged_code(report);
    if (code <= 0)
        return;
    question->wait = WAIT_ACKNOWLEDGEMENT;
    question->until = report->completed.time + ACKNOWLEDGEMENT_SECONDS * NANOSECONDS + 1;
    question->index = index_of(report);
    question->code = (uint8_t)code;
}

void exchange_frame(struct stream *stream, unsigned direction, struct report *report, struct question *question)
{
    const struct s7_message *message = report->message;
    int64_t time = report->completed.time;
    *question = (struct question){.wait = WAIT_NOTHING};
    /* What is only found after later frames of the other side (behind a hole) may have been answered by them. */
    bool late = time < stream->newest[!direction];
    stream->newest[direction] = MAX(stream->newest[direction], time);
    if (!message->proven)
        return;
    struct s7_request request;
    if (stream->exchange) {
        while (s7_pairing_expired(&stream->exchange->pairing, time, &request))
            ;
        close_if_idle(stream);
    }
    if (message->direction == S7_DOWN)
        pair_command(stream, direction, report, question);
    else
        pair_uplink(stream, report, question);
    if (late)
        question->wait = WAIT_NOTHING;
}
