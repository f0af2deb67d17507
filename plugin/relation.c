/* SPDX-License-Identifier: GPL-2.0-or-later
 * Links between frames: see relation.h. */
#include "relation.h"

static int64_t nanoseconds(const nstime_t *time)
{
    return (int64_t)time->secs * INT64_C(1000000000) + time->nsecs;
}

/* A command is named by the address of its relation: several stand in one packet. */
static struct relation *relation_of(const struct s7_request *request)
{
    return (struct relation *)(uintptr_t)request->token;
}

static void fill_command(struct relation *relation, struct s7_pairing *pairing, const uint8_t *data,
                         const struct s7_message *message)
{
    struct s7_request given_up;
    bool full;
    s7_pairing_command(pairing, data, message, (uintptr_t)relation, nanoseconds(&relation->time), &given_up, &full);
}

static void fill_answer(struct relation *relation, struct s7_pairing *pairing, const uint8_t *data,
                        const struct s7_message *message)
{
    struct s7_request request;
    int64_t now = nanoseconds(&relation->time);
    while (s7_pairing_expired(pairing, now, &request))
        ;
    if (!s7_pairing_answer(pairing, data, message, now, &request))
        return;
    struct relation *command = relation_of(&request);
    relation->request = command->packet;
    nstime_delta(&relation->response_time, &relation->time, &command->time);
    if (command->response == 0)
        command->response = relation->packet;
}

void relation_fill(struct relation *relation, const packet_info *pinfo, struct s7_pairing *pairing, const uint8_t *data,
                   const struct s7_message *message)
{
    relation->known = true;
    relation->packet = pinfo->num;
    relation->time = pinfo->abs_ts;
    if (pairing == NULL || !message->proven)
        return;
    if (message->kind == S7_KIND_COMMAND)
        fill_command(relation, pairing, data, message);
    else if (message->direction == S7_UP)
        fill_answer(relation, pairing, data, message);
}
