/* SPDX-License-Identifier: GPL-2.0-or-later
 * Commands and what came of them. */
#include "life/talk.h"

#include "life/words.h"

#include <string.h>

/* Commands that set what analysts ask for. */
static const struct {
    enum s7_dialect dialect;
    const char *code, *what;
} settings[] = {
    {S7_GOTOP, "C", "server"},       {S7_GOTOP, "R", "server"},           {S7_GOTOP, "O", "access point"},
    {S7_GOTOP, "M", "interval"},     {S7_GOTOP, "M2", "interval"},        {S7_GOTOP, "T", "relay"},
    {S7_GOTOP, "T0", "relay"},       {S7_GOTOP, "T1", "relay"},           {S7_GOTOP, "L", "time zone"},
    {S7_STARTEK, "100", "server"},   {S7_STARTEK, "101", "server"},       {S7_STARTEK, "105", "server"},
    {S7_STARTEK, "111", "server"},   {S7_STARTEK, "109", "access point"}, {S7_STARTEK, "102", "interval"},
    {S7_STARTEK, "106", "interval"}, {S7_STARTEK, "120", "interval"},     {S7_STARTEK, "121", "interval"},
    {S7_STARTEK, "122", "interval"}, {S7_STARTEK, "150", "interval"},     {S7_STARTEK, "900", "output"},
    {S7_STARTEK, "901", "output"},   {S7_FIFOTRACK, "B00", "server"},     {S7_FIFOTRACK, "B01", "access point"},
    {S7_FIFOTRACK, "B02", "link"},   {S7_FIFOTRACK, "B03", "interval"},   {S7_FIFOTRACK, "S09", "interval"},
};

/* Codes of commands that ask for nothing: acknowledgements of reports, and the next bytes of a picture. */
static const struct {
    const char *code;
    enum s7_dialect dialect;
    bool report; /* that of the device may answer another command */
} passed_over[] = {
    {"010", S7_STARTEK, true}, {"020", S7_STARTEK, true}, {"A03", S7_FIFOTRACK, true}, {"D06", S7_FIFOTRACK, false}};

void talk_begin(struct talk *talk, struct life_log *log, bool shown)
{
    talk->log = log;
    talk->shown = shown;
    talk->count = 0;
}

/* The code of the frame, of an answer in gotop without CMD- in front. */
static const char *code_of(const struct sight *sight, size_t *length)
{
    const struct s7_field *field = s7_find(sight->message, S7_FIELD_CODE);
    const char *code = field ? s7_text(sight->report->data, field, length) : NULL;
    if (code && sight->message->dialect == S7_GOTOP && *length > 4 && memcmp(code, "CMD-", 4) == 0) {
        *length -= 4;
        code += 4;
    }
    return code;
}

static bool is_code(const struct sight *sight, enum s7_dialect dialect, const char *wanted)
{
    size_t length;
    const char *code = sight->message->dialect == dialect ? code_of(sight, &length) : NULL;
    return code && length == strlen(wanted) && memcmp(code, wanted, length) == 0;
}

/* answers: it is known which command it does. */
static bool is_passed_over(const struct sight *sight, bool answers)
{
    for (size_t i = 0; i < G_N_ELEMENTS(passed_over); i++)
        if (is_code(sight, passed_over[i].dialect, passed_over[i].code))
            return !answers || !passed_over[i].report;
    return false;
}

static const char *setting_of(const struct sight *sight)
{
    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++)
        if (is_code(sight, settings[i].dialect, settings[i].code))
            return settings[i].what;
    return NULL;
}

/* Does the answer say that it was done? In gotop one that refuses nothing does; elsewhere it says OK, and other words
 * may as well be what was set before. */
static bool agrees(const struct sight *sight)
{
    size_t length;
    if (sight->message->kind != S7_KIND_ANSWER || sight->message->dialect == S7_GOTOP)
        return sight->message->kind == S7_KIND_ANSWER;
    const struct s7_field *field = s7_find(sight->message, S7_FIELD_ARGUMENT);
    const char *text = field ? s7_text(sight->report->data, field, &length) : NULL;
    return text && length == 2 && g_ascii_strncasecmp(text, "OK", 2) == 0;
}

static void put_words(struct talk *talk, const struct sight *sight)
{
    GString *detail = log_detail(talk->log);
    words_put_code(detail, sight, talk->shown);
    words_put_arguments(detail, sight, talk->shown);
}

static void see_command(struct talk *talk, const struct sight *sight)
{
    uint64_t row = sight->mark.row, place = talk->count++ % TALK_COMMANDS;
    talk->commands[place].origin = sight->report->completed;
    talk->commands[place].row = row;
    put_words(talk, sight);
    log_event(talk->log, CONCLUSION_COMMAND, &sight->mark, row, row);
    if (!(sight->report->context & CONTEXT_BIT(UNANSWERED)))
        return;
    put_words(talk, sight);
    log_event(talk->log, CONCLUSION_UNANSWERED, &sight->mark, row, row);
}

/* Row of the command that it answers, its own if that is not known. */
static uint64_t command_of(const struct talk *talk, const struct sight *sight)
{
    const struct origin *wanted = &sight->report->answers;
    for (uint64_t i = talk->count; wanted->number > 0 && i > 0 && i + TALK_COMMANDS > talk->count; i--)
        if (origin_is_same(&talk->commands[(i - 1) % TALK_COMMANDS].origin, wanted))
            return talk->commands[(i - 1) % TALK_COMMANDS].row;
    return sight->mark.row;
}

static void see_answer(struct talk *talk, const struct sight *sight)
{
    bool refused = sight->message->kind == S7_KIND_REJECTED;
    uint64_t row = sight->mark.row, command = command_of(talk, sight);
    put_words(talk, sight);
    log_event(talk->log, refused ? CONCLUSION_REFUSAL : CONCLUSION_ANSWER, &sight->mark, command, row);
    const char *what = agrees(sight) ? setting_of(sight) : NULL;
    if (!what)
        return;
    GString *detail = log_detail(talk->log);
    g_string_append_printf(detail, "%s: ", what);
    words_put_code(detail, sight, talk->shown);
    log_event(talk->log, CONCLUSION_CONFIG_CHANGED, &sight->mark, command, row);
}

void talk_row(struct talk *talk, const struct sight *sight)
{
    enum s7_kind kind = sight->message->kind;
    if (!sight->message->proven)
        return;
    bool answers = sight->report->answers.number > 0, command = !sight->up && kind == S7_KIND_COMMAND;
    bool answer =
        sight->says && (answers || kind == S7_KIND_ANSWER || kind == S7_KIND_VERSION || kind == S7_KIND_REJECTED);
    if ((!command && !answer) || is_passed_over(sight, answer && answers))
        return;
    if (command)
        see_command(talk, sight);
    else
        see_answer(talk, sight);
}
