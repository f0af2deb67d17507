/* SPDX-License-Identifier: GPL-2.0-or-later
 * Records: what is written is read, byte for byte, and nothing else is read; the store gives each device its own, in
 * order, from memory and from the scratch file. */
#include "store/record.h"
#include "store/store.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const uint8_t frame[] = "#353327020115804,CMD-X#";

static struct report plain(void)
{
    static const struct origin packet = {.time = INT64_C(1795376700123456789), .number = 300, .file = 2};
    return (struct report){
        .data = frame,
        .length = sizeof frame - 1,
        .frame = {.length = sizeof frame - 1, .dialect = S7_GOTOP, .shape = S7_SHAPE_UPLINK, .id_length = 15},
        .source = {.version = 4, .port = 40000, .address = {[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 1}},
        .destination = {.version = 4, .port = 8888, .address = {[10] = 0xff, [11] = 0xff, [12] = 10}},
        .transport = TRANSPORT_UDP,
        .stream = 77,
        .order = 1000,
        .offset = 12345678901,
        .packets = &packet,
        .packet_count = 1,
        .completed = packet,
        .device_id = ""};
}

static struct report full(void)
{
    static const struct origin packets[] = {
        {.number = UINT64_MAX, .file = 1}, {.number = 5, .file = 2}, {.number = 300, .file = 2}};
    struct report report = plain();
    report.frame.flags = S7_FLAG_BIT(TRUNCATED);
    report.frame.dialect = S7_STARTEK;
    report.frame.direction = S7_DOWN;
    report.frame.shape = S7_SHAPE_STARTEK;
    report.frame.head_length = 5;
    report.frame.commas = 600;
    report.frame.body_length = 12;
    report.source = (struct endpoint){.version = 6, .port = 1, .address = {0x20, 1, 0x0d, 0xb8}};
    report.destination = (struct endpoint){.version = 6, .port = 65535, .address = {[15] = 1}};
    report.transport = TRANSPORT_TCP;
    report.completed.time = 1 - ORIGIN_TIME_MAX;
    report.packets = packets;
    report.packet_count = 3;
    report.context = CONTEXT_BIT(AFTER_GAP) | CONTEXT_BIT(UNANSWERED);
    report.answers = (struct origin){.number = 17, .file = 1};
    return report;
}

static void assert_same(const struct report *a, const struct report *b)
{
    assert_int_equal(a->length, b->length);
    assert_memory_equal(a->data, b->data, a->length);
    assert_memory_equal(&a->frame, &b->frame, sizeof a->frame);
    assert_memory_equal(&a->source, &b->source, sizeof a->source);
    assert_memory_equal(&a->destination, &b->destination, sizeof a->destination);
    assert_int_equal(a->transport, b->transport);
    assert_int_equal(a->stream, b->stream);
    assert_int_equal(a->order, b->order);
    assert_int_equal(a->offset, b->offset);
    assert_int_equal(a->packet_count, b->packet_count);
    for (unsigned i = 0; i < a->packet_count; i++)
        assert_true(origin_is_same(&a->packets[i], &b->packets[i]));
    assert_true(origin_is_same(&a->completed, &b->completed));
    assert_true(a->completed.time == b->completed.time);
    assert_int_equal(a->context, b->context);
    assert_true(origin_is_same(&a->answers, &b->answers));
}

static void what_is_written_is_read(void **state)
{
    const struct report reports[] = {plain(), full()};
    g_autoptr(GArray) packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
    for (size_t i = 0; i < G_N_ELEMENTS(reports); i++) {
        g_autofree uint8_t *bytes = g_malloc(record_room(&reports[i]));
        size_t length = record_write(bytes, &reports[i]);
        struct report read;
        struct record_head head;
        assert_true(length <= record_room(&reports[i]));
        assert_true(record_read(bytes, length, packets, &read));
        assert_same(&reports[i], &read);
        assert_true(record_read_head(bytes, length, &head));
        assert_int_equal(head.order, reports[i].order);
        assert_int_equal(head.file, reports[i].completed.file);
        assert_int_equal(head.number, reports[i].completed.number);
        assert_true(head.captured == reports[i].completed.time);
    }
}

static void times_of_no_capture_are_refused(void **state)
{
    const struct {
        int64_t time, ahead;
    } cases[] = {{INT64_MIN, 0}, {INT64_MAX, 0}, {ORIGIN_TIME_MAX, 0}, {ORIGIN_TIME_MAX - 1, 1}, {0, INT64_MIN}};
    g_autoptr(GArray) packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct report report = plain(), read;
        report.completed.time = cases[i].time;
        report.ahead = cases[i].ahead;
        g_autofree uint8_t *bytes = g_malloc(record_room(&report));
        assert_false(record_read(bytes, record_write(bytes, &report), packets, &read));
    }
}

/* AddressSanitizer sees what is read beyond them. */
static void cut_and_changed_records_are_refused_or_whole(void **state)
{
    const struct report report = full();
    g_autoptr(GArray) packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
    g_autofree uint8_t *bytes = g_malloc(record_room(&report));
    size_t length = record_write(bytes, &report);
    struct report read;
    for (size_t cut = 0; cut < length; cut++) {
        g_autofree uint8_t *part = g_memdup2(bytes, cut);
        if (cut <= length - report.length)
            assert_false(record_read(part, cut, packets, &read));
        else if (record_read(part, cut, packets, &read))
            assert_int_equal(read.length, cut - (length - report.length));
    }
    for (size_t at = 0; at < length; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            g_autofree uint8_t *changed = g_memdup2(bytes, length);
            changed[at] ^= (uint8_t)(1U << bit);
            if (record_read(changed, length, packets, &read))
                assert_true(read.data >= changed && read.data + read.length == changed + length);
        }
    }
}

/* Records of so many devices, of which each seventh has none, in turn. */
static void fill(struct store *store, uint32_t devices, unsigned rounds)
{
    struct report report = plain();
    for (unsigned round = 0; round < rounds; round++) {
        for (uint32_t device = 0; device < devices; device++) {
            report.offset = round;
            report.stream = device;
            if (device % 7 != 3)
                store_put(store, device, &report);
        }
    }
    store_close(store);
}

static void expect_all(struct store *store, uint32_t devices, unsigned rounds)
{
    g_autoptr(GArray) packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
    uint32_t part;
    for (uint32_t device = 0; device < devices; device++) {
        if (device % 7 == 3)
            continue;
        assert_true(store_next_part(store, &part));
        assert_int_equal(part, device);
        for (unsigned round = 0; round < rounds; round++) {
            size_t length;
            struct report report;
            const uint8_t *record = store_next_record(store, &length);
            assert_non_null(record);
            assert_true(record_read(record, length, packets, &report));
            assert_int_equal(report.stream, device);
            assert_int_equal(report.offset, round);
            if (device % 5 == 1 && round == 1)
                break; /* the rest is passed over */
        }
    }
    assert_false(store_next_part(store, &part));
}

static void each_device_gets_its_own(void **state)
{
    static const struct {
        uint32_t devices;
        unsigned rounds;
    } cases[] = {{0, 0}, {1, 1}, {1, 60000}, {30, 10}, {300, 150}, {40000, 2}};
    int folder = open(g_get_tmp_dir(), O_RDONLY | O_DIRECTORY);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (unsigned files = 0; files < 2; files++) {
            struct scratch *scratch = files ? scratch_new(folder) : NULL;
            struct store *store = store_new(scratch, STORE_MEMORY_MIN);
            fill(store, cases[i].devices, cases[i].rounds);
            expect_all(store, cases[i].devices, cases[i].rounds);
            if (scratch)
                assert_int_equal(scratch_error(scratch), 0);
            store_free(store);
            scratch_free(scratch);
        }
    }
    close(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(times_of_no_capture_are_refused),
        cmocka_unit_test(cut_and_changed_records_are_refused_or_whole),
        cmocka_unit_test(each_device_gets_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
