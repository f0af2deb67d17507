/* SPDX-License-Identifier: GPL-2.0-or-later
 * The last reports of a device, to tell a report that was sent again. */
#include "device/recent.h"

#include "base/digest.h"

#include <string.h>

/* A gotop frame counts as sent again within this time; reports of the others carry their time and need no limit. */
#define GOTOP_WINDOW (60 * NANOSECONDS)

struct sent {
    struct digest digest;
    int64_t time;
};

static uint16_t part_of(const struct sent *sent)
{
    return (uint16_t)digest_short(&sent->digest);
}

/* The bytes that are compared: gotop the whole frame; fifotrack from the type to the byte before the checksum (so
 * neither serial nor length); startek from the id to the byte before the checksum (so neither index nor length),
 * without the two bits of the status that say which server is connected. */
static struct digest digest_report(const struct report *report)
{
    struct digest digest = digest_start();
    const struct s7_message *message = report->message;
    if (message->dialect == S7_GOTOP) {
        digest_bytes(&digest, report->data, report->length);
        return digest;
    }
    bool fifotrack = message->dialect == S7_FIFOTRACK;
    const struct s7_field *first = s7_find(message, fifotrack ? S7_FIELD_CODE : S7_FIELD_DEVICE_ID);
    const struct s7_field *checksum = s7_find(message, S7_FIELD_CHECKSUM);
    const struct s7_field *status = fifotrack ? NULL : s7_find(message, S7_FIELD_STATUS);
    uint32_t start = first ? first->offset : 0, end = checksum ? checksum->offset : report->length;
    if (status && status->length > 0) {
        uint32_t masked = (uint32_t)status->offset + status->length - 1;
        digest_bytes(&digest, report->data + start, masked - start);
        digest_words(&digest, (uint64_t)(g_ascii_xdigit_value((char)report->data[masked]) & ~3), 0);
        start = masked + 1;
    }
    digest_bytes(&digest, report->data + start, end - start);
    return digest;
}

/* Heartbeats, hellos and last known positions of gotop repeat by nature; of startek only reports with their time can be
 * told from commands that were answered alike twice. Reports of fifotrack always can (docs/FIFOTRACK.md 9.17); what it
 * sends under a code without a form is one if it has a time. */
static bool is_comparable(const struct s7_message *message)
{
    if (message->direction != S7_UP || !message->proven)
        return false;
    if (message->dialect == S7_STARTEK)
        return s7_find(message, S7_FIELD_EVENT_CODE) && s7_find(message, S7_FIELD_DEVICE_TIME);
    if (message->dialect == S7_FIFOTRACK)
        return message->kind == S7_KIND_POSITION || message->kind == S7_KIND_EVENT ||
               s7_find(message, S7_FIELD_DEVICE_TIME);
    const struct s7_field *valid = s7_find(message, S7_FIELD_VALID);
    return message->kind != S7_KIND_HEARTBEAT && message->kind != S7_KIND_HELLO && !(valid && !valid->value.integer);
}

static void grow(struct recent *recent)
{
    unsigned capacity = recent->sent ? MIN(recent->capacity * 2U, RECENT_MAX) : 4U;
    recent->sent = g_renew(struct sent, recent->sent, capacity);
    recent->next = recent->count;
    recent->capacity = (uint8_t)capacity;
}

static void remember(struct recent *recent, const struct sent *sent)
{
    if (recent->count == recent->capacity && recent->capacity < RECENT_MAX)
        grow(recent);
    recent->sent[recent->next] = *sent;
    recent->parts[recent->next] = part_of(sent);
    recent->next = (uint8_t)((recent->next + 1) % RECENT_MAX);
    if (recent->count < recent->capacity)
        recent->count++;
}

/* Does one of the parts equal this one? Those that are not in use, too. */
static bool is_among(const struct recent *recent, uint16_t part)
{
    typedef uint16_t block __attribute__((vector_size(16)));
    block equal = {0};
    G_STATIC_ASSERT(sizeof recent->parts % sizeof equal == 0);
    for (size_t i = 0; i < G_N_ELEMENTS(recent->parts); i += sizeof equal / sizeof part) {
        block parts;
        memcpy(&parts, &recent->parts[i], sizeof parts);
        equal |= (block)(parts == part);
    }
    uint64_t halves[2];
    memcpy(halves, &equal, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/* Was the same sent before, not too long ago? */
static bool was_sent(const struct recent *recent, const struct sent *sent, bool timeless)
{
    uint16_t part = part_of(sent);
    if (!is_among(recent, part))
        return false;
    for (unsigned i = 0; i < recent->count; i++) {
        if (recent->parts[i] != part)
            continue;
        const struct sent *old = &recent->sent[i];
        int64_t age = sent->time - old->time;
        bool fresh = timeless || (age <= GOTOP_WINDOW && age >= -GOTOP_WINDOW);
        if (fresh && memcmp(&old->digest, &sent->digest, sizeof sent->digest) == 0)
            return true;
    }
    return false;
}

bool recent_is_duplicate(struct recent *recent, const struct report *report)
{
    bool comparable = is_comparable(report->message);
    struct sent sent = {comparable ? digest_report(report) : (struct digest){0}, report->completed.time};
    bool found = comparable && was_sent(recent, &sent, report->message->dialect != S7_GOTOP);
    if (report->message->direction == S7_UP && report->message->proven)
        remember(recent, &sent);
    return found;
}

void recent_clear(struct recent *recent)
{
    g_free(recent->sent);
    *recent = (struct recent){.sent = NULL};
}
