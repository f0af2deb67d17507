/* SPDX-License-Identifier: GPL-2.0-or-later
 * A leftover as a few bytes. In this order:
 *   conversation, reason, form, offset, bytes, first packet, last packet with its time (8), packets left out, protocol,
 *   packets, raw bytes, refused bytes; of texts and lists first how long they are.
 * A packet is its file and its number there. */
#include "shard/leftover_form.h"

#include "base/numbers.h"

#include <string.h>

/* Bits of the form. */
enum { IS_DOWN = 1, UNTIMED = 2, HAS_PACKETS = 4, HAS_RAW = 8, HAS_REFUSED = 16, FORM_ALL = 31 };
/* Of the name of a protocol. */
#define PROTOCOL_MAX 64

static void put(GByteArray *out, uint64_t value)
{
    uint8_t bytes[NUMBER_MAX];
    g_byte_array_append(out, bytes, (guint)(number_put(bytes, value) - bytes));
}

static void put_bytes(GByteArray *out, const void *bytes, size_t length)
{
    put(out, length);
    g_byte_array_append(out, bytes, (guint)length);
}

static void put_packet(GByteArray *out, const struct origin *packet)
{
    put(out, packet->file);
    put(out, packet->number);
}

void leftover_form_write(GByteArray *out, const struct leftover *leftover, uint64_t stream, int64_t ahead)
{
    uint64_t time = GUINT64_TO_LE((uint64_t)(leftover->latest.time + ahead));
    const char *protocol = leftover->protocol ? leftover->protocol : "";
    put(out, stream);
    put(out, leftover->reason);
    put(out, (leftover->down ? IS_DOWN : 0U) | (leftover->latest.untimed ? UNTIMED : 0U) |
                 (leftover->packets ? HAS_PACKETS : 0U) | (leftover->raw ? HAS_RAW : 0U) |
                 (leftover->refused ? HAS_REFUSED : 0U));
    put(out, leftover->offset);
    put(out, leftover->bytes);
    put_packet(out, &leftover->first);
    put_packet(out, &leftover->latest);
    g_byte_array_append(out, (const guint8 *)&time, sizeof time);
    put(out, leftover->packets_left_out);
    put_bytes(out, protocol, strlen(protocol));
    if (leftover->packets) {
        put(out, leftover->packets->len);
        for (guint i = 0; i < leftover->packets->len; i++)
            put_packet(out, &g_array_index(leftover->packets, struct origin, i));
    }
    if (leftover->raw)
        put_bytes(out, leftover->raw->data, leftover->raw->len);
    if (leftover->refused)
        put_bytes(out, leftover->refused->data, leftover->refused->len);
}

static void get_packet(struct numbers *rest, struct origin *packet)
{
    *packet = (struct origin){.file = (uint32_t)number_get(rest)};
    packet->number = number_get(rest);
}

/* NULL: there are fewer than it says, or more than can be. */
static const uint8_t *get_counted(struct numbers *rest, size_t most, size_t *length)
{
    uint64_t said = number_get(rest);
    if (said > most || said > (size_t)(rest->end - rest->at)) {
        rest->bad = true;
        return NULL;
    }
    *length = (size_t)said;
    rest->at += said;
    return rest->at - said;
}

static GByteArray *get_raw(struct numbers *rest)
{
    size_t length;
    const uint8_t *bytes = get_counted(rest, LEFTOVER_RAW_MAX, &length);
    rest->bad |= bytes && length == 0;
    return bytes ? g_byte_array_append(g_byte_array_new(), bytes, (guint)length) : NULL;
}

static const char *get_protocol(struct numbers *rest)
{
    size_t length;
    char name[PROTOCOL_MAX + 1] = "";
    const uint8_t *bytes = get_counted(rest, PROTOCOL_MAX, &length);
    if (bytes)
        memcpy(name, bytes, length);
    for (const char *at = name; *at; at++)
        rest->bad |= !g_ascii_isprint(*at) || *at == ',' || *at == '"';
    return rest->bad ? "" : g_intern_string(name);
}

static void get_packets(struct numbers *rest, struct leftover *leftover)
{
    uint64_t count = number_get(rest);
    leftover->packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
    if (count > (size_t)(rest->end - rest->at) / 2)
        rest->bad = true;
    for (uint64_t i = 0; i < count && !rest->bad; i++) {
        struct origin packet;
        get_packet(rest, &packet);
        g_array_append_val(leftover->packets, packet);
    }
}

bool leftover_form_read(const uint8_t *data, size_t length, struct leftover *leftover, uint64_t *stream)
{
    struct numbers rest = {data, data + length, false};
    uint64_t time;
    *stream = number_get(&rest);
    uint64_t reason = number_get(&rest), form = number_get(&rest);
    *leftover = (struct leftover){.down = (form & IS_DOWN) != 0, .protocol = ""};
    leftover->offset = number_get(&rest);
    leftover->bytes = number_get(&rest);
    get_packet(&rest, &leftover->first);
    get_packet(&rest, &leftover->latest);
    memcpy(&time, numbers_bytes(&rest, sizeof time), sizeof time);
    leftover->latest.time = (int64_t)GUINT64_FROM_LE(time);
    leftover->latest.untimed = (form & UNTIMED) != 0;
    leftover->packets_left_out = number_get(&rest);
    leftover->protocol = get_protocol(&rest);
    if (form & HAS_PACKETS)
        get_packets(&rest, leftover);
    if (form & HAS_RAW)
        leftover->raw = get_raw(&rest);
    if (form & HAS_REFUSED)
        leftover->refused = get_raw(&rest);
    if (!rest.bad && rest.at == rest.end && reason < S7_LEFTOVER_COUNT && form <= FORM_ALL &&
        origin_time_is_possible(leftover->latest.time)) {
        leftover->reason = (enum s7_reason)reason;
        return true;
    }
    leftover_clear(leftover);
    return false;
}
