/* SPDX-License-Identifier: GPL-2.0-or-later
 * Links between frames: see relation.h. */
#include "relation.h"

#include "text.h"

/* Device id -> relation of its latest report. */
static wmem_map_t *latest_reports;

void relation_register(void)
{
    latest_reports = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), wmem_str_hash, g_str_equal);
}

static int64_t nanoseconds(const nstime_t *when)
{
    return (int64_t)when->secs * INT64_C(1000000000) + when->nsecs;
}

/* A command, and a report that may be answered, is named by the address of its relation: several stand in one packet.
 */
static struct relation *relation_named(uint64_t token)
{
    return (struct relation *)(uintptr_t)token;
}

static void fill_command(struct relation *relation, struct s7_pairing *pairing, const uint8_t *data,
                         const struct s7_message *message)
{
    struct s7_request given_up;
    bool full;
    const struct s7_field *code = s7_find(message, S7_FIELD_CODE);
    if (code)
        relation->code = text_value(wmem_file_scope(), data, code);
    uint64_t answered;
    if (s7_pairing_acknowledged(pairing, data, message, nanoseconds(&relation->time), &answered)) {
        struct relation *report = relation_named(answered);
        relation->request = report;
        report->response = relation->packet;
    }
    s7_pairing_command(pairing, data, message, (uintptr_t)relation, nanoseconds(&relation->time), &given_up, &full);
}

static void fill_answer(struct relation *relation, struct s7_pairing *pairing, const uint8_t *data,
                        const struct s7_message *message)
{
    struct s7_request request;
    int64_t now = nanoseconds(&relation->time);
    while (s7_pairing_expired(pairing, now, &request))
        ;
    if (s7_pairing_is_answered(data, message))
        s7_pairing_report(pairing, data, message, (uintptr_t)relation, now);
    if (!s7_pairing_answer(pairing, data, message, now, S7_FIT_CODE, &request))
        return;
    struct relation *command = relation_named(request.token);
    relation->request = command;
    if (command->response == 0)
        command->response = relation->packet;
}

static bool is_report(const struct s7_message *message)
{
    return message->kind == S7_KIND_POSITION || message->kind == S7_KIND_EVENT || message->kind == S7_KIND_HEARTBEAT ||
           message->kind == S7_KIND_HELLO;
}

static void fill_report(struct relation *relation, const char *device_id)
{
    const void *key = device_id;
    void *value = NULL;
    if (wmem_map_lookup_extended(latest_reports, device_id, &key, &value)) {
        struct relation *previous = value;
        previous->next = relation->packet;
        relation->previous = previous->packet;
    } else {
        key = wmem_strdup(wmem_file_scope(), device_id);
    }
    wmem_map_insert(latest_reports, key, relation);
}

void relation_fill(struct relation *relation, const packet_info *pinfo, struct s7_pairing *pairing, const uint8_t *data,
                   const struct s7_message *message, const char *device_id)
{
    relation->packet = pinfo->num;
    relation->time = pinfo->abs_ts;
    if (device_id && is_report(message))
        fill_report(relation, device_id);
    if (pairing == NULL || !message->proven)
        return;
    if (message->kind == S7_KIND_COMMAND)
        fill_command(relation, pairing, data, message);
    else if (message->direction == S7_UP)
        fill_answer(relation, pairing, data, message);
}
