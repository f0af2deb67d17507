/* SPDX-License-Identifier: GPL-2.0-or-later
 * What record files are made of: blocks, leftovers, shards; and what several captures saw together. */
#include "base/coverage.h"
#include "base/heap.h"
#include "conversation/shard.h"
#include "shard/leftover_form.h"
#include "store/blocks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)
#define KIND   BLOCK_KIND('T', 'E', 'S', 'T')

static int file_of(const void *bytes, size_t length)
{
    int descriptor = memfd_create("blocks", MFD_CLOEXEC);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, length), length);
    return descriptor;
}

/* Two blocks, the second one empty. */
static GByteArray *two_blocks(void)
{
    GByteArray *bytes = g_byte_array_new();
    struct blocks_out *out = blocks_create(-1, bytes, "test", 7);
    blocks_put(out, KIND, UINT64_C(0x0123456789abcdef), "abc", 3);
    blocks_put(out, KIND, 1, NULL, 0);
    assert_int_equal(blocks_finish(out), 0);
    return bytes;
}

static void blocks_are_written_as_documented(void **state)
{
    /* The CRC-32 of gzip of the 16 bytes before it, which is easily computed by other means, and of "abc". */
    static const uint8_t wanted[] = "test 7\nTEST\xef\xcd\xab\x89\x67\x45\x23\x01\x03\0\0";
    g_autoptr(GByteArray) bytes = two_blocks();
    assert_int_equal(bytes->len, 7 + 20 + 3 + 20);
    assert_memory_equal(bytes->data, wanted, 7 + 16);
    assert_memory_equal(bytes->data + 7 + 20, "abcTEST\1", 8);
}

static void blocks_are_read_or_named(void **state)
{
    g_autoptr(GByteArray) bytes = two_blocks();
    for (size_t at = 0; at < bytes->len; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            bytes->data[at] ^= (uint8_t)(1U << bit);
            unsigned version;
            struct block block;
            struct blocks_in *in = blocks_open(file_of(bytes->data, bytes->len), "test", &version);
            enum blocks_result result = in ? blocks_next(in, &block) : BLOCKS_DAMAGED;
            bool first = result == BLOCKS_FOUND;
            if (first)
                assert_memory_equal(block.bytes, "abc", 3);
            bool second = first && blocks_next(in, &block) == BLOCKS_FOUND && block.owner == 1;
            if (at >= 7) /* the version is the caller's to judge */
                assert_false(first && second);
            blocks_close(in);
            bytes->data[at] ^= (uint8_t)(1U << bit);
        }
    }
    for (size_t cut = 7; cut < bytes->len; cut++) {
        unsigned version;
        struct block block;
        struct blocks_in *in = blocks_open(file_of(bytes->data, cut), "test", &version);
        assert_non_null(in);
        assert_int_equal(version, 7);
        enum blocks_result wanted = cut == 7 ? BLOCKS_END : cut < 30 ? BLOCKS_CUT : BLOCKS_FOUND;
        assert_int_equal(blocks_next(in, &block), wanted);
        assert_int_equal(blocks_next(in, &block), cut <= 30 ? BLOCKS_END : BLOCKS_CUT);
        blocks_close(in);
    }
}

static struct leftover overlap(void)
{
    struct leftover leftover = {.reason = S7_LEFTOVER_OVERLAP,
                                .down = true,
                                .offset = 12345678901,
                                .bytes = 3,
                                .first = {.file = 1, .number = 5},
                                .latest = {.file = 2, .number = UINT64_MAX, .time = -SECOND},
                                .packets_left_out = 9,
                                .protocol = "GT06"};
    leftover.packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
    g_array_append_val(leftover.packets, leftover.first);
    g_array_append_val(leftover.packets, leftover.latest);
    leftover.raw = g_byte_array_append(g_byte_array_new(), (const guint8 *)"abc", 3);
    leftover.refused = g_byte_array_append(g_byte_array_new(), (const guint8 *)"axc", 3);
    return leftover;
}

static void leftovers_are_read_as_written(void **state)
{
    struct leftover leftover = overlap(), read;
    uint64_t stream;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    leftover_form_write(bytes, &leftover, 77, 2 * SECOND);
    assert_true(leftover_form_read(bytes->data, bytes->len, &read, &stream));
    assert_int_equal(stream, 77);
    assert_int_equal(read.reason, S7_LEFTOVER_OVERLAP);
    assert_true(read.down && read.offset == leftover.offset && read.bytes == 3 && read.packets_left_out == 9);
    assert_true(read.latest.time == SECOND && read.latest.file == 2 && read.latest.number == UINT64_MAX);
    assert_string_equal(read.protocol, "GT06");
    assert_int_equal(read.packets->len, 2);
    assert_int_equal(g_array_index(read.packets, struct origin, 0).number, 5);
    assert_memory_equal(read.raw->data, "abc", 3);
    assert_memory_equal(read.refused->data, "axc", 3);
    leftover_clear(&read);
    for (size_t cut = 0; cut < bytes->len; cut++)
        assert_false(leftover_form_read(bytes->data, cut, &read, &stream));
    leftover_clear(&leftover);
}

static struct packet packet_between(const char *source, const char *destination)
{
    struct packet packet = {.source = {.version = 4, .port = 1}, .destination = {.version = 4, .port = 2}};
    memcpy(packet.source.address + 12, source, 4);
    memcpy(packet.destination.address + 12, destination, 4);
    return packet;
}

/* A pair of addresses is of one shard, whichever side sends, whatever the ports; all shards get about the same. */
static void pairs_of_addresses_are_of_one_shard(void **state)
{
    const uint32_t count = 7;
    unsigned found[7] = {0};
    for (unsigned i = 0; i < 7000; i++) {
        const char address[4] = {10, (char)(i / 250), (char)(i % 250), 1};
        struct packet up = packet_between(address, "\xc0\0\2\1"), down = packet_between("\xc0\0\2\1", address);
        unsigned shards = 0;
        down.source.port = 99;
        for (uint32_t number = 1; number <= count; number++) {
            const struct shard shard = {number, count};
            assert_int_equal(shard_has(&shard, &up), shard_has(&shard, &down));
            shards += shard_has(&shard, &up);
            found[number - 1] += shard_has(&shard, &up);
        }
        assert_int_equal(shards, 1);
    }
    for (uint32_t i = 0; i < count; i++)
        assert_in_range(found[i], 800, 1200);
}

static bool is_less(uint32_t a, uint32_t b, const void *user)
{
    const int *heads = user;
    return heads[a] < heads[b];
}

static void the_heap_merges(void **state)
{
    int heads[] = {5, 1, 4, 2, 3}, last = 0;
    struct heap heap;
    heap_init(&heap, G_N_ELEMENTS(heads), is_less, heads);
    for (uint32_t i = 0; i < G_N_ELEMENTS(heads); i++)
        heap_add(&heap, i);
    while (heap.count > 0) {
        uint32_t first = heap.items[0];
        assert_true(heads[first] >= last);
        last = heads[first];
        heads[first] += 3;
        if (heads[first] > 12)
            heap_ended(&heap);
        else
            heap_changed(&heap);
    }
    assert_int_equal(last, 12);
    heap_clear(&heap);
}

#define HALF (30 * SECOND)
static struct coverage *seen(const int *halves, size_t count)
{
    struct coverage *coverage = coverage_new();
    for (size_t i = 0; i < count; i++)
        coverage_note(coverage, halves[i] * HALF);
    return coverage;
}

/* In halves of a minute: 0 to 2 and 20 to 21 of one, 8 to 21 and 60 of the other. 2 to 8 and 21 to 60 nobody saw. */
static void what_several_captures_saw_adds_up(void **state)
{
    static const int first[] = {0, 1, 2, 20, 21};
    static const int second[] = {8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 60};
    struct coverage *one = seen(first, G_N_ELEMENTS(first)), *other = seen(second, G_N_ELEMENTS(second));
    g_autoptr(GArray) numbers = coverage_numbers(other);
    assert_true(coverage_add(one, numbers));
    coverage_clip(one, INT64_MIN, INT64_MAX);
    assert_true(coverage_begin(one) == 0 && coverage_end(one) == 60 * HALF);
    assert_true(coverage_between(one, 0, 60 * HALF) == 15 * HALF);
    assert_true(coverage_between(one, 3 * HALF, 7 * HALF) == 0);
    assert_true(coverage_between(one, 8 * HALF, 30 * HALF) == 13 * HALF);
    coverage_free(one);
    coverage_free(other);
    g_array_index(numbers, int64_t, 0) = INT64_MAX;
    one = coverage_new();
    assert_false(coverage_add(one, numbers));
    coverage_free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_written_as_documented),
        cmocka_unit_test(blocks_are_read_or_named),
        cmocka_unit_test(leftovers_are_read_as_written),
        cmocka_unit_test(pairs_of_addresses_are_of_one_shard),
        cmocka_unit_test(the_heap_merges),
        cmocka_unit_test(what_several_captures_saw_adds_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
