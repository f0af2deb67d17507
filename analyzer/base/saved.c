/* SPDX-License-Identifier: GPL-2.0-or-later
 * A decoded report put aside: the report, where its frame begins, the message up to the last of its fields. */
#include "base/saved.h"

#include <stddef.h>
#include <string.h>

#define DATA_AT    sizeof(struct report)
#define MESSAGE_AT (DATA_AT + sizeof(uint64_t))

G_STATIC_ASSERT(sizeof(struct report) % 8 == 0 && _Alignof(struct s7_message) <= 8);

static size_t message_size(const struct s7_message *message)
{
    return offsetof(struct s7_message, fields) + message->count * sizeof message->fields[0];
}

size_t saved_size(const struct report *report)
{
    /* The packets of one that came in several are an array of their own; a field may point to the stored text. */
    if (report->packet_count != 1 || report->message->stored[0] != '\0')
        return 0;
    return MESSAGE_AT + message_size(report->message);
}

void saved_write(uint8_t *out, const struct report *report, const uint8_t *record)
{
    uint64_t data = (uint64_t)(report->data - record);
    memcpy(out, report, sizeof *report);
    memcpy(out + DATA_AT, &data, sizeof data);
    memcpy(out + MESSAGE_AT, report->message, message_size(report->message));
}

void saved_read(const uint8_t *saved, const uint8_t *record, struct report *report)
{
    uint64_t data;
    memcpy(report, saved, sizeof *report);
    memcpy(&data, saved + DATA_AT, sizeof data);
    report->data = record + data;
    report->message = (const struct s7_message *)(const void *)(saved + MESSAGE_AT);
    report->packets = &report->completed;
}
