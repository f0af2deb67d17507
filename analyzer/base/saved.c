/* SPDX-License-Identifier: GPL-2.0-or-later
 * A decoded report put aside: the report, the beginning of the message, its fields. */
#include "base/saved.h"

#include <stddef.h>
#include <string.h>

/* Of a message, what stands before the texts of a mapping, which are large. */
#define HEAD_BYTES (offsetof(struct s7_message, mapped) / 8 * 8 + 8)
#define DATA_AT    sizeof(struct report)
#define MESSAGE_AT (DATA_AT + sizeof(uint64_t))
#define FIELDS_AT  (MESSAGE_AT + HEAD_BYTES)

G_STATIC_ASSERT(sizeof(struct report) % 8 == 0 && offsetof(struct s7_message, fields) >= HEAD_BYTES);

size_t saved_size(const struct report *report)
{
    /* The packets of one that came in several are an array of their own. */
    return report->packet_count == 1 ? FIELDS_AT + report->message->count * sizeof(struct s7_field) : 0;
}

void saved_write(uint8_t *out, const struct report *report, const uint8_t *record)
{
    const struct s7_message *message = report->message;
    uint64_t data = (uint64_t)(report->data - record);
    memcpy(out, report, sizeof *report);
    memcpy(out + DATA_AT, &data, sizeof data);
    memcpy(out + MESSAGE_AT, message, HEAD_BYTES);
    memcpy(out + FIELDS_AT, message->fields, message->count * sizeof message->fields[0]);
}

/* The text of a field that stands in the message, of which this is another one now. */
static void point_into(struct s7_message *message)
{
    for (unsigned i = 0; i < message->count; i++)
        if (message->fields[i].attributes & S7_STORED)
            message->fields[i].value.name = message->stored;
}

void saved_read(const uint8_t *saved, const uint8_t *record, struct s7_message *message, struct report *report)
{
    uint64_t data;
    memcpy(report, saved, sizeof *report);
    memcpy(&data, saved + DATA_AT, sizeof data);
    memcpy((void *)message, saved + MESSAGE_AT, HEAD_BYTES);
    memcpy(message->fields, saved + FIELDS_AT, message->count * sizeof message->fields[0]);
    if (report->message != message)
        point_into(message);
    report->data = record + data;
    report->message = message;
    report->packets = &report->completed;
}
