/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads the first packets of each input, once more than the run itself does. */
#include "survey.h"

#include "conversation/witness.h"
#include "packet/packet.h"

/* Packets that are read at once. */
#define RECORDS 64
/* In so many packets a second interface shows itself where there is but one input. */
#define ALONE_PACKETS 1024

struct survey {
    struct inputs *inputs;
    const GArray *ports;
    struct witness *witness;
    size_t packets; /* that may be read of each input */
    size_t facts;   /* that may be known when it is read */
    unsigned count; /* of clocks so far */
};

static bool is_chosen(const GArray *ports, const struct packet *packet)
{
    for (guint i = 0; ports && i < ports->len; i++) {
        uint16_t port = g_array_index(ports, uint16_t, i);
        if (packet->source.port == port || packet->destination.port == port)
            return true;
    }
    return ports == NULL;
}

static void take_record(struct survey *survey, struct input *input, const struct record *record)
{
    struct packet packet;
    unsigned interface = MIN(record->origin.clock, INPUT_CLOCKS - 1);
    input->interfaces = MAX(input->interfaces, interface + 1);
    if (packet_parse(record, &packet) != PACKET_OK || !is_chosen(survey->ports, &packet))
        return;
    packet.origin.clock = (uint16_t)(survey->count + interface);
    witness_take(survey->witness, &packet);
}

static void read_input(struct survey *survey, struct input *input)
{
    struct record records[RECORDS] = {{.data = NULL}};
    enum capture_result result;
    size_t read = 0, count;
    struct capture *capture = capture_open(input->path, input->number, NULL, NULL);
    while (capture && read < survey->packets && witness_facts(survey->witness) < survey->facts &&
           (count = capture_some(capture, records, RECORDS, &result)) > 0) {
        for (size_t i = 0; i < count; i++)
            take_record(survey, input, &records[i]);
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
    size_t known = witness_facts(survey->witness);
    input->clock = survey->count;
    input->interfaces = 1;
    survey->facts = known + (WITNESS_FACTS - known) / left;
    if (!input->once)
        read_input(survey, input);
    survey->count += input->interfaces + 1;
}

static void name_clocks(const struct survey *survey, struct clocks *clocks)
{
    for (guint i = 0; i < survey->inputs->list->len; i++) {
        const struct input *input = &g_array_index(survey->inputs->list, struct input, i);
        for (unsigned interface = 0; interface < input->interfaces; interface++)
            clocks->list[input->clock + interface] =
                (struct capture_clock){.file = input->number, .interface = interface};
    }
}

static void place_others(const struct survey *survey, struct clocks *clocks)
{
    for (guint i = 0; i < survey->inputs->list->len; i++) {
        const struct input *input = &g_array_index(survey->inputs->list, struct input, i);
        clocks->list[input->clock + input->interfaces].ahead = clocks->list[input->clock].ahead;
    }
}

struct clocks *survey_clocks(struct inputs *inputs, const GArray *ports)
{
    const guint count = inputs->list->len;
    struct survey survey = {.inputs = inputs, .ports = ports, .packets = SURVEY_PACKETS / MAX(count, 1)};
    struct clocks *clocks = NULL;
    if (count == 1 && g_str_has_prefix(g_array_index(inputs->list, struct input, 0).format, "pcapng") == FALSE)
        return NULL;
    if (count > WITNESS_CLOCKS / (INPUT_CLOCKS + 1))
        return NULL;
    survey.witness = witness_new();
    for (guint i = 0; i < count; i++)
        look_at(&survey, &g_array_index(inputs->list, struct input, i), count - i);
    if (survey.count > 2) { /* else one, and that of which nothing is known */
        clocks = g_malloc0(sizeof *clocks + survey.count * sizeof clocks->list[0]);
        clocks->count = survey.count;
        name_clocks(&survey, clocks);
        witness_judge(survey.witness, clocks);
        place_others(&survey, clocks);
    }
    witness_free(survey.witness);
    return clocks;
}
