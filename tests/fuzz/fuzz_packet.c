/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: records of any link type through tunnels and fragments. An input is a sequence of records: link type (an
 * index), seconds since the record before, bytes that were not captured, two bytes of length, that many bytes. */
#include "packet/packet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int link_types[] = {0,   1,  9,   12,  50,  51,  101, 104, 105, 108, 113, 127, 219, 228, 229, 276,
                                 147, 11, 107, 109, 117, 119, 163, 178, 192, 204, 205, 206, 239, 240, 258};

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

/* Touches every byte that a packet offers. */
static void check_packet(const struct packet *packet)
{
    uint64_t sum = 0;
    char text[PATH_TEXT];
    for (uint32_t i = 0; i < packet->payload_length; i++)
        sum += packet->payload[i];
    require(sum <= UINT8_MAX * (uint64_t)packet->payload_length, "payload");
    require(packet->transport == TRANSPORT_UDP || packet->transport == TRANSPORT_TCP, "transport");
    require(packet->source.version == packet->destination.version, "versions");
    require(packet->layer_count <= PATH_LAYERS, "layers");
    require(path_print(packet->layers, packet->layer_count, text) < PATH_TEXT, "length of the path");
    require(path_same_key(packet->layers, packet->layer_count, packet->layers, packet->layer_count), "key");
    require((packet->fragment_count > 0) == (packet->fragment_origins != NULL), "origins");
    for (uint32_t i = 0; i < packet->fragment_count; i++)
        require(packet->fragment_origins[i].number > 0, "origin");
}

static void given_up(const struct packet *packet, void *user)
{
    require(packet->fragment_count > 0, "given up, but no fragment");
    check_packet(packet);
}

/* The same record without memory: fragments apart, the result is the same. */
static void check_stateless(const struct record *record, enum packet_result result)
{
    struct packet packet;
    enum packet_result alone = packet_parse(record, &packet);
    if (alone == PACKET_OK)
        check_packet(&packet);
    require(alone == PACKET_FRAGMENT || alone == result || result == PACKET_OTHER_LINK,
            "result depends on what came before");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct packets_options options = {.limits = {.datagrams = 20, .bytes = 20000, .ranges = 10}, .given_up = given_up};
    struct packets *packets = packets_new(&options);
    int64_t now = 0;
    uint64_t number = 0;
    while (size >= 5) {
        uint32_t length = (uint32_t)data[3] << 8 | data[4];
        uint8_t cut = data[2];
        now += data[1] * INT64_C(1000000000);
        int link_type = link_types[data[0] % G_N_ELEMENTS(link_types)];
        data += 5;
        size -= 5;
        length = (uint32_t)MIN(length, size);
        uint8_t *memory = g_malloc(length);
        if (length > 0)
            memcpy(memory, data, length);
        struct record record = {{.time = now, .number = ++number, .file = 1}, memory, length, length + cut, link_type};
        struct packet packet;
        enum packet_result result = packets_parse(packets, &record, &packet);
        require(result < PACKET_RESULT_COUNT, "result");
        if (result == PACKET_OK)
            check_packet(&packet);
        check_stateless(&record, result);
        g_free(memory);
        data += length;
        size -= length;
    }
    packets_finish(packets);
    const struct fragment_counts *counts = packets_fragments(packets);
    require(counts->partial <= counts->incomplete && counts->conflict_bytes <= counts->duplicate_bytes, "counts");
    packets_free(packets);
    return 0;
}
