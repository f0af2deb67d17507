/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: segments and datagrams through conversations and the store to rows. An input is a sequence of packets:
 * one byte of form (direction, port, UDP, SYN, FIN, RST, ACK), a signed byte that moves the sequence number, tenths of
 * seconds since the packet before, a length, that many bytes. The ledger must balance, and each record be read as it
 * was written. */
#include "device/judge.h"
#include "frame/framing.h"
#include "result/leftover_row.h"
#include "result/printer.h"
#include "store/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

/* What takes the reports. */
struct rows {
    struct printer printer;
    struct judge judge;
    uint64_t taken, written, bytes;
    GString *text;
    GArray *packets;
    struct s7_message message;
};

static bool take(struct report *report, struct device *device, void *user)
{
    ((struct rows *)user)->taken++;
    return true;
}

static void write_row(struct report *report, struct device *device, void *user)
{
    struct rows *rows = user;
    const struct selection all = {NULL, INT64_MIN, INT64_MAX};
    g_autofree uint8_t *record = g_malloc(record_room(report));
    size_t length = record_write(record, report);
    struct report read;
    struct place place;
    struct said said;
    require(length <= record_room(report), "room of a record");
    require(record_read(record, length, rows->packets, &read), "a record cannot be read");
    require(read.length == report->length && memcmp(read.data, report->data, read.length) == 0, "frame of a record");
    require(memcmp(&read.frame, &report->frame, sizeof read.frame) == 0, "what the scanner said of it");
    require(read.packet_count == report->packet_count && read.stream == report->stream &&
                read.offset == report->offset && read.order == report->order,
            "numbers of a record");
    s7_decode_values(read.data, &read.frame, &rows->message);
    read.message = &rows->message;
    read.device_id = device->id;
    judge_report(&rows->judge, device, &all, &read, &place, &said);
    g_string_truncate(rows->text, 0);
    printer_print(&rows->printer, rows->text, &read);
    require(rows->text->len > 0 && rows->text->str[rows->text->len - 1] == '\n', "a row without an end");
    rows->written++;
    rows->bytes += report->length;
}

static void write_leftover(const struct leftover *leftover, uint64_t stream, void *user)
{
    struct rows *rows = user;
    const struct row_options options = {.csv_guard = true};
    g_string_truncate(rows->text, 0);
    leftover_row_print(rows->text, leftover, stream, &options);
}

static void write_stream(const struct stream_row *row, void *user)
{
    require(ledger_balanced(row->ledger), "the ledger of a conversation does not balance");
}

/* Bits of the form. */
enum { DOWN = 1, OTHER_PORT = 2, DATAGRAM = 4, SYN = 8, FIN = 16, RST = 32, ACK = 64 };

static struct packet make_packet(uint8_t form, uint32_t next[2][2][2])
{
    struct endpoint client = {.version = 4, .port = form & OTHER_PORT ? 4001 : 4000, .address = {[15] = 1}};
    struct endpoint server = {.version = 4, .port = 8888, .address = {[15] = 2}};
    bool down = form & DOWN, datagram = form & DATAGRAM;
    return (struct packet){.source = down ? server : client,
                           .destination = down ? client : server,
                           .transport = datagram ? TRANSPORT_UDP : TRANSPORT_TCP,
                           .tcp_flags = (uint8_t)((form & SYN ? TCP_SYN : 0) | (form & FIN ? TCP_FIN : 0) |
                                                  (form & RST ? TCP_RST : 0) | (form & ACK ? TCP_ACK : 0)),
                           .sequence = next[datagram][(form & OTHER_PORT) != 0][down],
                           .acknowledgement = next[datagram][(form & OTHER_PORT) != 0][!down]};
}

static void feed(struct conversations *conversations, const uint8_t *data, size_t size)
{
    uint32_t next[2][2][2] = {{{1000, 5000}, {1000, 5000}}, {{0}}};
    int64_t now = 0;
    for (uint64_t number = 1; size >= 4; number++) {
        struct packet packet = make_packet(data[0], next);
        uint32_t length = (uint32_t)MIN(data[3], size - 4);
        uint32_t *own = &next[(data[0] & DATAGRAM) != 0][(data[0] & OTHER_PORT) != 0][data[0] & DOWN];
        now += data[2] * (NANOSECONDS / 10);
        packet.origin = (struct origin){.time = now, .number = number, .file = 1};
        packet.sequence += data[1] - (data[1] < 128 ? 0U : 256U);
        packet.payload = g_memdup2(data + 4, length);
        packet.payload_length = length;
        *own = packet.sequence + length;
        conversations_packets(conversations, &packet, 1);
        g_free((gpointer)(uintptr_t)packet.payload);
        data += 4 + length;
        size -= 4 + length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct row_options row = {.csv_guard = true};
    uint16_t port = 8888;
    g_autoptr(GArray) ports = g_array_append_vals(g_array_new(FALSE, FALSE, sizeof port), &port, 1);
    struct rows *rows = g_new0(struct rows, 1);
    struct devices *devices = devices_new(DEVICES_MAX);
    printer_init(&rows->printer, &row);
    judge_init(&rows->judge, false);
    rows->text = g_string_new(NULL);
    rows->packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
    const struct stream_options options = {.mode = STREAMS_RECORDS,
                                           .ports = ports,
                                           .devices = devices,
                                           .taker = {rows, take, write_row, write_leftover, write_stream, NULL, NULL}};
    struct streams *streams = streams_new(&options);
    const struct sink sink = framing_sink(streams);
    const struct conversation_options conversation = {.ports = ports, .sink = &sink};
    struct conversations *conversations = conversations_new(&conversation);
    feed(conversations, data, size);
    conversations_free(conversations);
    const struct stream_totals *totals = streams_totals(streams);
    require(totals->unbalanced == 0 && ledger_balanced(&totals->ledger), "the ledger does not balance");
    require(totals->frames == rows->written && rows->taken == rows->written, "a frame without a row");
    require(totals->ledger.frame_bytes == rows->bytes, "bytes of frames");
    streams_free(streams);
    judge_clear(&rows->judge);
    g_string_free(rows->text, TRUE);
    g_array_unref(rows->packets);
    devices_free(devices);
    g_free(rows);
    return 0;
}
