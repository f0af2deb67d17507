/* SPDX-License-Identifier: GPL-2.0-or-later
 * Captures written byte by byte: pcapng blocks, classic pcap, and what gzip, zstd and lz4 make of them without packing.
 */
#ifndef CAPTURE_BYTES_H
#define CAPTURE_BYTES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    GByteArray *array;
    bool big_endian;
};

static inline void put(struct bytes *out, const void *data, size_t length)
{
    g_byte_array_append(out->array, data, (guint)length);
}

static inline void put_number(struct bytes *out, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)(value >> 8 * (out->big_endian ? size - 1 - i : i));
        put(out, &byte, 1);
    }
}

/* A block of pcapng: type, length, body padded to four bytes, length. */
static inline void put_block(struct bytes *out, uint32_t type, const struct bytes *body)
{
    guint padded = (body->array->len + 3) & ~3u;
    put_number(out, type, 4);
    put_number(out, padded + 12, 4);
    put(out, body->array->data, body->array->len);
    put_number(out, 0, padded - body->array->len);
    put_number(out, padded + 12, 4);
}

static inline struct bytes bytes_new(bool big_endian)
{
    return (struct bytes){g_byte_array_new(), big_endian};
}

static inline void bytes_free(struct bytes *bytes)
{
    g_byte_array_unref(bytes->array);
}

static inline void put_section(struct bytes *out)
{
    struct bytes body = bytes_new(out->big_endian);
    put_number(&body, 0x1a2b3c4d, 4);
    put_number(&body, 1, 2);
    put_number(&body, 0, 2);
    put_number(&body, UINT64_MAX, 8);
    put_block(out, 0x0a0d0d0a, &body);
    bytes_free(&body);
}

/* resolution: if_tsresol, negative for none; offset: if_tsoffset, 0 for none. */
static inline void put_interface(struct bytes *out, unsigned link_type, int resolution, int64_t offset)
{
    struct bytes body = bytes_new(out->big_endian);
    put_number(&body, link_type, 2);
    put_number(&body, 0, 2);
    put_number(&body, 64, 4); /* snap length */
    if (resolution >= 0) {
        uint8_t value[4] = {(uint8_t)resolution};
        put_number(&body, 9, 2);
        put_number(&body, 1, 2);
        put(&body, value, 4);
    }
    if (offset != 0) {
        put_number(&body, 14, 2);
        put_number(&body, 8, 2);
        put_number(&body, (uint64_t)offset, 8);
    }
    put_number(&body, 0, 4);
    put_block(out, 1, &body);
    bytes_free(&body);
}

/* An enhanced packet block. */
static inline void put_packet(struct bytes *out, uint32_t interface, uint64_t stamp, const void *data, uint32_t length)
{
    struct bytes body = bytes_new(out->big_endian);
    put_number(&body, interface, 4);
    put_number(&body, stamp >> 32, 4);
    put_number(&body, stamp & UINT32_MAX, 4);
    put_number(&body, length, 4);
    put_number(&body, length + 7, 4); /* on the wire */
    put(&body, data, length);
    put_block(out, 6, &body);
    bytes_free(&body);
}

static inline void put_simple_packet(struct bytes *out, const void *data, uint32_t length)
{
    struct bytes body = bytes_new(out->big_endian);
    put_number(&body, length, 4);
    put(&body, data, length);
    put_block(out, 3, &body);
    bytes_free(&body);
}

/* Classic pcap, raw IP. */
static inline void put_pcap_header(struct bytes *out)
{
    put_number(out, 0xa1b2c3d4, 4);
    put_number(out, 2, 2);
    put_number(out, 4, 2);
    put_number(out, 0, 8);
    put_number(out, 65535, 4);
    put_number(out, 101, 4);
}

static inline void put_pcap_record(struct bytes *out, uint32_t seconds, const void *data, uint32_t length)
{
    put_number(out, seconds, 4);
    put_number(out, 0, 4);
    put_number(out, length, 4);
    put_number(out, length, 4);
    put(out, data, length);
}

/* RFC 1952 with one stored block of RFC 1951. */
static inline struct bytes gzipped(const struct bytes *in)
{
    struct bytes out = bytes_new(false);
    static const uint8_t header[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1};
    put(&out, header, sizeof header);
    put_number(&out, in->array->len, 2);
    put_number(&out, ~in->array->len & 0xffff, 2);
    put(&out, in->array->data, in->array->len);
    uint32_t crc = UINT32_MAX;
    for (guint i = 0; i < in->array->len; i++) {
        crc ^= in->array->data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
    }
    put_number(&out, ~crc, 4);
    put_number(&out, in->array->len, 4);
    return out;
}

/* RFC 8878: one raw block, single segment, no checksum. */
static inline struct bytes zstandard(const struct bytes *in)
{
    struct bytes out = bytes_new(false);
    put_number(&out, 0xfd2fb528, 4);
    put_number(&out, 0xa0, 1);
    put_number(&out, in->array->len, 4);
    put_number(&out, (uint64_t)in->array->len << 3 | 1, 3);
    put(&out, in->array->data, in->array->len);
    return out;
}

/* LZ4 frame format 1.6: one block that is not compressed. */
static inline struct bytes lz4_frame(const struct bytes *in)
{
    struct bytes out = bytes_new(false);
    static const uint8_t header[] = {0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82};
    put(&out, header, sizeof header);
    put_number(&out, in->array->len | UINT32_C(0x80000000), 4);
    put(&out, in->array->data, in->array->len);
    put_number(&out, 0, 4);
    return out;
}

#endif
