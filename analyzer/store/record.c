/* SPDX-License-Identifier: GPL-2.0-or-later
 * A report as a few bytes. In this order:
 *   form (1), kind of the frame (1), capture time (8), order (the packet, and what is more), file, packet, stream,
 *   offset, addresses and ports, the frame as the scanner found it, flags of the context, what it answers, how far its
 *   clock is ahead, packets, the frame's bytes.
 * Numbers are as base/numbers.h has them; those that may be negative are folded first. */
#include "store/record.h"

#include "base/numbers.h"

/* Bits of the form: what is there that most have not. */
enum {
    HAS_ADDRESSES = 1, /* of 16 bytes with their versions; else IPv4 */
    HAS_FLAGS = 2,     /* of the frame */
    HAS_BODY = 4,      /* body length and commas of the frame */
    HAS_CONTEXT = 8,
    HAS_ANSWERS = 16,
    HAS_PACKETS = 32, /* else the one that completed it */
    IS_TCP = 64,
    UNTIMED = 128 /* the packet that completed it has no time of its own */
};
/* The same in the byte behind it, beside the kind of the frame. */
#define IS_AHEAD   128
#define IPV4_START 12
/* All but packets and frame, whatever the numbers are. */
#define HEAD_MAX ((size_t)2 + 8 + (size_t)2 * 19 + 2 + 16 * NUMBER_MAX)

/* A member that is new must be written here, too. */
G_STATIC_ASSERT(sizeof(struct s7_frame) == 20);
G_STATIC_ASSERT(sizeof(struct endpoint) == 20);

static bool is_ipv4(const struct endpoint *endpoint)
{
    static const uint8_t mapped[IPV4_START] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return endpoint->version == 4 && endpoint->pad == 0 && memcmp(endpoint->address, mapped, sizeof mapped) == 0;
}

static uint8_t *put_endpoint(uint8_t *at, const struct endpoint *endpoint, bool whole)
{
    if (whole) {
        *at++ = endpoint->version;
        memcpy(at, endpoint->address, sizeof endpoint->address);
        at += sizeof endpoint->address;
    } else {
        memcpy(at, endpoint->address + IPV4_START, 4);
        at += 4;
    }
    *at++ = (uint8_t)(endpoint->port >> 8);
    *at++ = (uint8_t)endpoint->port;
    return at;
}

static unsigned form_of(const struct report *report)
{
    const struct s7_frame *frame = &report->frame;
    bool one = report->packet_count == 1 && origin_is_same(&report->packets[0], &report->completed);
    return (is_ipv4(&report->source) && is_ipv4(&report->destination) ? 0U : HAS_ADDRESSES) |
           (report->completed.untimed ? UNTIMED : 0U) | (frame->flags ? HAS_FLAGS : 0U) |
           (frame->body_length || frame->commas ? HAS_BODY : 0U) | (report->context ? HAS_CONTEXT : 0U) |
           (report->answers.number ? HAS_ANSWERS : 0U) | (one ? 0U : HAS_PACKETS) |
           (report->transport == TRANSPORT_TCP ? IS_TCP : 0U);
}

size_t record_room(const struct report *report)
{
    return HEAD_MAX + (size_t)report->packet_count * 2 * NUMBER_MAX + report->length;
}

static uint8_t *put_packets(uint8_t *at, const struct report *report)
{
    uint64_t number = report->completed.number;
    at = number_put(at, report->packet_count);
    for (unsigned i = 0; i < report->packet_count; i++) {
        at = number_put(at, report->packets[i].file);
        at = number_put(at, number_fold((int64_t)(report->packets[i].number - number)));
        number = report->packets[i].number;
    }
    return at;
}

static uint8_t *put_frame(uint8_t *at, const struct s7_frame *frame, unsigned form)
{
    *at++ = frame->head_length;
    *at++ = frame->id_length;
    if (form & HAS_FLAGS)
        at = number_put(at, frame->flags);
    if (form & HAS_BODY) {
        at = number_put(at, frame->commas);
        at = number_put(at, frame->body_length);
    }
    return at;
}

size_t record_write(uint8_t *out, const struct report *report)
{
    const struct s7_frame *frame = &report->frame;
    unsigned form = form_of(report);
    uint64_t time = GUINT64_TO_LE((uint64_t)report->completed.time);
    uint8_t *at = out;
    *at++ = (uint8_t)form;
    *at++ = (uint8_t)(frame->dialect | frame->direction << 3 | frame->shape << 4 | (report->ahead ? IS_AHEAD : 0));
    memcpy(at, &time, sizeof time);
    at = number_put(at + sizeof time, report->order / REPORT_ORDER(1));
    at = number_put(at, report->order % REPORT_ORDER(1));
    at = number_put(at, report->completed.file);
    at = number_put(at, report->completed.number);
    at = number_put(at, report->stream);
    at = number_put(at, report->offset);
    at = put_endpoint(at, &report->source, form & HAS_ADDRESSES);
    at = put_endpoint(at, &report->destination, form & HAS_ADDRESSES);
    at = put_frame(at, frame, form);
    if (form & HAS_CONTEXT)
        at = number_put(at, report->context);
    if (form & HAS_ANSWERS) {
        at = number_put(at, report->answers.file);
        at = number_put(at, report->answers.number);
    }
    if (report->ahead)
        at = number_put(at, number_fold(report->ahead));
    if (form & HAS_PACKETS)
        at = put_packets(at, report);
    memcpy(at, report->data, report->length);
    return (size_t)(at - out) + report->length;
}

static void get_endpoint(struct numbers *rest, bool whole, struct endpoint *endpoint)
{
    *endpoint = (struct endpoint){.version = 4, .address = {[10] = 0xff, [11] = 0xff}};
    if (whole) {
        endpoint->version = *numbers_bytes(rest, 1);
        memcpy(endpoint->address, numbers_bytes(rest, sizeof endpoint->address), sizeof endpoint->address);
    } else {
        memcpy(endpoint->address + IPV4_START, numbers_bytes(rest, 4), 4);
    }
    const uint8_t *port = numbers_bytes(rest, 2);
    endpoint->port = (uint16_t)(port[0] << 8 | port[1]);
}

static void get_frame(struct numbers *rest, unsigned form, struct s7_frame *frame)
{
    frame->head_length = *numbers_bytes(rest, 1);
    frame->id_length = *numbers_bytes(rest, 1);
    frame->flags = form & HAS_FLAGS ? (uint32_t)number_get(rest) : 0;
    frame->commas = form & HAS_BODY ? (uint16_t)number_get(rest) : 0;
    frame->body_length = form & HAS_BODY ? (uint32_t)number_get(rest) : 0;
}

/* Those of a report that came in more than one. */
static void get_packets(struct numbers *rest, GArray *packets, struct report *report)
{
    uint64_t count = number_get(rest), number = report->completed.number;
    g_array_set_size(packets, 0);
    if (count < 1 || count > (size_t)(rest->end - rest->at) / 2) {
        rest->bad = true;
        return;
    }
    for (uint64_t i = 0; i < count; i++) {
        struct origin origin = report->completed;
        origin.file = (uint32_t)number_get(rest);
        origin.number = number += (uint64_t)number_unfold(number_get(rest));
        g_array_append_val(packets, origin);
    }
    report->packets = (const struct origin *)(const void *)packets->data;
    report->packet_count = (unsigned)count;
}

/* Up to the stream. */
static unsigned get_head(struct numbers *rest, unsigned *kind, struct record_head *head)
{
    unsigned form = *numbers_bytes(rest, 1);
    *kind = *numbers_bytes(rest, 1);
    uint64_t time;
    memcpy(&time, numbers_bytes(rest, sizeof time), sizeof time);
    head->captured = (int64_t)GUINT64_FROM_LE(time);
    head->order = REPORT_ORDER(number_get(rest));
    head->order += number_get(rest);
    head->file = (uint32_t)number_get(rest);
    head->number = number_get(rest);
    head->stream = number_get(rest);
    return form;
}

bool record_read_head(const uint8_t *data, size_t length, struct record_head *head)
{
    struct numbers rest = {data, data + length, false};
    unsigned kind;
    get_head(&rest, &kind, head);
    return !rest.bad;
}

/* What all that counts with times relies on: as the capture said it, and by the first clock. */
static bool has_possible_times(const struct report *report)
{
    int64_t said;
    return origin_time_is_possible(report->completed.time) &&
           !__builtin_add_overflow(report->completed.time, report->ahead, &said) && origin_time_is_possible(said);
}

/* What the decoder relies on. */
static bool is_possible(const struct s7_frame *frame, unsigned kind)
{
    return frame->dialect < S7_DIALECT_COUNT && frame->shape <= S7_SHAPE_FIFOTRACK && kind < 128 && frame->length > 0 &&
           frame->length <= S7_ELEMENT_MAX && frame->flags < UINT32_C(1) << S7_FLAG_COUNT &&
           (uint64_t)frame->head_length + frame->body_length <= frame->length &&
           frame->id_length <= frame->length - frame->head_length;
}

bool record_read(const uint8_t *data, size_t length, GArray *packets, struct report *report)
{
    struct numbers rest = {data, data + length, false};
    struct record_head head;
    struct s7_frame *frame = &report->frame;
    unsigned kind;
    unsigned form = get_head(&rest, &kind, &head);
    *report = (struct report){.order = head.order, .stream = head.stream, .device_id = ""};
    report->transport = form & IS_TCP ? TRANSPORT_TCP : TRANSPORT_UDP;
    report->completed.time = head.captured;
    report->completed.untimed = (form & UNTIMED) != 0;
    report->completed.file = head.file;
    report->completed.number = head.number;
    report->offset = number_get(&rest);
    get_endpoint(&rest, form & HAS_ADDRESSES, &report->source);
    get_endpoint(&rest, form & HAS_ADDRESSES, &report->destination);
    get_frame(&rest, form, frame);
    report->context = form & HAS_CONTEXT ? (uint32_t)number_get(&rest) : 0;
    if (form & HAS_ANSWERS) {
        report->answers.file = (uint32_t)number_get(&rest);
        report->answers.number = number_get(&rest);
    }
    if (kind & IS_AHEAD)
        report->ahead = number_unfold(number_get(&rest));
    kind &= ~(unsigned)IS_AHEAD;
    report->packets = &report->completed;
    report->packet_count = 1;
    if (form & HAS_PACKETS)
        get_packets(&rest, packets, report);
    report->data = rest.at;
    report->length = frame->length = (uint32_t)(rest.end - rest.at);
    frame->dialect = kind & 7;
    frame->direction = kind >> 3 & 1;
    frame->shape = (uint8_t)(kind >> 4);
    return !rest.bad && is_possible(frame, kind) && has_possible_times(report) &&
           report->context < UINT32_C(1) << CONTEXT_FLAG_COUNT;
}
