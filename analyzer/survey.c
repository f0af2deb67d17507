/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads the first packets of each input, once more than the run itself does. */
#include "survey.h"

#include <string.h>

/* Packets that are read at once. */
#define RECORDS 64
/* In so many packets a second interface shows itself where there is but one input. */
#define ALONE_PACKETS 1024

struct survey {
    struct inputs *inputs;
    const struct survey_taker *taker;
    size_t packets; /* that may be read of each input */
    size_t facts;   /* that may be known when it is read */
    unsigned count; /* of clocks so far */
};

/* Of each packet its clock, instead of its interface. */
static void number_clocks(const struct survey *survey, struct input *input, struct record *records, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned interface = MIN(records[i].origin.clock, INPUT_CLOCKS - 1);
        input->interfaces = MAX(input->interfaces, interface + 1);
        records[i].origin.clock = (uint16_t)(survey->count + interface);
    }
}

static void read_input(struct survey *survey, struct input *input)
{
    const struct survey_taker *taker = survey->taker;
    struct record records[RECORDS];
    enum capture_result result;
    size_t read = 0, count;
    struct capture *capture = capture_open(input->path, input->number, NULL, NULL);
    bool several = capture && strstr(capture_format(capture), "pcapng") != NULL;
    while (capture && read < survey->packets && witness_facts(taker->witness) < survey->facts &&
           (count = capture_some(capture, records, RECORDS, &result)) > 0) {
        for (size_t i = 0; !several && i < count; i++)
            records[i].origin.clock = 0;
        number_clocks(survey, input, records, count);
        taker->take(records, count, taker->user);
        read += count;
        if (survey->inputs->list->len == 1 && read >= ALONE_PACKETS && input->interfaces == 1)
            break;
    }
    capture_close(capture);
}

/* What is behind the part of an input that was looked at may have interfaces of its own: one clock more, of which
 * nothing is known but that its packets stand among the others. */
static void look_at(struct survey *survey, struct input *input, size_t left)
{
    size_t known = witness_facts(survey->taker->witness);
    input->clock = survey->count;
    input->interfaces = 1;
    survey->facts = known + (WITNESS_FACTS - known) / left;
    if (!input->once)
        read_input(survey, input);
    survey->count += input->interfaces + 1;
}

static void name_clocks(const struct survey *survey, struct capture_clocks *clocks)
{
    for (guint i = 0; i < survey->inputs->list->len; i++) {
        const struct input *input = &g_array_index(survey->inputs->list, struct input, i);
        for (unsigned interface = 0; interface < input->interfaces; interface++)
            clocks->list[input->clock + interface] =
                (struct capture_clock){.file = input->number, .interface = interface};
    }
}

static void place_others(const struct survey *survey, struct capture_clocks *clocks)
{
    for (guint i = 0; i < survey->inputs->list->len; i++) {
        const struct input *input = &g_array_index(survey->inputs->list, struct input, i);
        clocks->list[input->clock + input->interfaces].ahead = clocks->list[input->clock].ahead;
    }
}

struct capture_clocks *survey_clocks(struct inputs *inputs, const struct survey_taker *taker)
{
    const guint count = inputs->list->len;
    struct survey survey = {.inputs = inputs, .taker = taker, .packets = SURVEY_PACKETS / MAX(count, 1)};
    if (!survey_is_needed(inputs))
        return NULL;
    for (guint i = 0; i < count; i++)
        look_at(&survey, &g_array_index(inputs->list, struct input, i), count - i);
    if (survey.count == 2) /* one, and that of which nothing is known */
        return NULL;
    struct capture_clocks *clocks = g_malloc0(sizeof *clocks + survey.count * sizeof clocks->list[0]);
    clocks->count = survey.count;
    name_clocks(&survey, clocks);
    witness_judge(taker->witness, clocks);
    place_others(&survey, clocks);
    return clocks;
}

bool survey_is_needed(const struct inputs *inputs)
{
    const guint count = inputs->list->len;
    if (count == 1)
        return strstr(g_array_index(inputs->list, struct input, 0).format, "pcapng") != NULL;
    return count <= WITNESS_CLOCKS / (INPUT_CLOCKS + 1);
}
