/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes classic pcap: a header of 24 bytes, then 16 bytes before each packet. */
#include "pcap_writer.h"

#define SNAP_LENGTH   65535
#define LINK_ETHERNET 1
#define SECOND        1000000

struct packet {
    int64_t time;
    guint order;
    GByteArray *frame;
};

struct pcap_writer {
    GArray *packets;
};

struct pcap_writer *pcap_writer_new(void)
{
    struct pcap_writer *writer = g_new(struct pcap_writer, 1);
    writer->packets = g_array_new(FALSE, FALSE, sizeof(struct packet));
    return writer;
}

void pcap_writer_add(struct pcap_writer *writer, int64_t time, const GByteArray *frame)
{
    struct packet packet = {.time = time, .order = writer->packets->len, .frame = g_byte_array_new()};
    g_byte_array_append(packet.frame, frame->data, frame->len);
    g_array_append_val(writer->packets, packet);
}

static gint compare_packets(gconstpointer a, gconstpointer b)
{
    const struct packet *left = a, *right = b;
    if (left->time != right->time)
        return left->time < right->time ? -1 : 1;
    return left->order < right->order ? -1 : 1;
}

static void put32(GByteArray *out, uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
    g_byte_array_append(out, bytes, sizeof bytes);
}

static void put_file_header(GByteArray *out)
{
    put32(out, 0xA1B2C3D4);
    put32(out, 0x00040002); /* version 2.4 */
    put32(out, 0);
    put32(out, 0);
    put32(out, SNAP_LENGTH);
    put32(out, LINK_ETHERNET);
}

GByteArray *pcap_writer_finish(struct pcap_writer *writer)
{
    GByteArray *out = g_byte_array_new();
    put_file_header(out);
    g_array_sort(writer->packets, compare_packets);
    for (guint i = 0; i < writer->packets->len; i++) {
        const struct packet *packet = &g_array_index(writer->packets, struct packet, i);
        put32(out, (uint32_t)(packet->time / SECOND));
        put32(out, (uint32_t)(packet->time % SECOND));
        put32(out, packet->frame->len);
        put32(out, packet->frame->len);
        g_byte_array_append(out, packet->frame->data, packet->frame->len);
        g_byte_array_unref(packet->frame);
    }
    g_array_unref(writer->packets);
    g_free(writer);
    return out;
}
