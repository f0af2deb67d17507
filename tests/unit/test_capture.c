/* SPDX-License-Identifier: GPL-2.0-or-later
 * Capture files written here byte by byte: both byte orders and resolutions, filters, cuts and damage. */
#include "capture/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { RAW = 101, DLT_RAW_ = 12 }; /* in the file, and as libpcap gives it */

static char *folder, *path;

struct form {
    bool big_endian, nanoseconds;
};

static void put_number(GByteArray *out, struct form form, uint32_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)(value >> 8 * (form.big_endian ? size - 1 - i : i));
        g_byte_array_append(out, &byte, 1);
    }
}

static void put32(GByteArray *out, struct form form, uint32_t value)
{
    put_number(out, form, value, 4);
}

static GByteArray *file_header(struct form form)
{
    GByteArray *out = g_byte_array_new();
    put32(out, form, form.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
    put_number(out, form, 2, 2);
    put_number(out, form, 4, 2);
    put32(out, form, 0);
    put32(out, form, 0);
    put32(out, form, 65535);
    put32(out, form, RAW);
    return out;
}

static void put_record(GByteArray *out, struct form form, uint32_t seconds, uint32_t fraction, uint32_t captured,
                       uint32_t original, const uint8_t *data)
{
    put32(out, form, seconds);
    put32(out, form, fraction);
    put32(out, form, captured);
    put32(out, form, original);
    g_byte_array_append(out, data, captured);
}

/* An IPv4 UDP header to a port: enough for a filter. */
static void put_udp(GByteArray *out, struct form form, uint32_t seconds, uint8_t port)
{
    const uint8_t packet[] = {0x45, 0, 0,   28, 0,   0, 0,    0,    64,   17,   0, 0, 192, 0,
                              2,    1, 198, 51, 100, 7, 0x13, 0x88, 0x22, port, 0, 8, 0,   0};
    put_record(out, form, seconds, 5, sizeof packet, sizeof packet, packet);
}

static void save(const GByteArray *bytes, guint length)
{
    assert_true(length <= bytes->len);
    assert_true(g_file_set_contents(path, (const char *)bytes->data, length, NULL));
}

static struct capture *open_saved(const char *filter)
{
    GError *error = NULL;
    struct capture *capture = capture_open(path, 3, filter, &error);
    if (error)
        print_error("%s\n", error->message);
    assert_non_null(capture);
    assert_null(error);
    return capture;
}

static void test_forms(void **state)
{
    static const uint8_t data[] = {1, 2, 3, 4, 5};
    for (int i = 0; i < 4; i++) {
        struct form form = {i % 2 != 0, i / 2 != 0};
        GByteArray *file = file_header(form);
        put_record(file, form, 1700000000, form.nanoseconds ? 123456789 : 123456, 5, 60, data);
        put_record(file, form, 4294967295, 0, 0, 0, data); /* the last second of 32 bits, an empty packet */
        save(file, file->len);
        g_byte_array_unref(file);

        struct capture *capture = open_saved(NULL);
        assert_string_equal(capture_format(capture), form.nanoseconds ? "pcap (nanoseconds)" : "pcap");
        assert_int_equal(capture_packets(capture), 0);
        struct record record;
        assert_int_equal(capture_next(capture, &record), CAPTURE_RECORD);
        int64_t fraction = form.nanoseconds ? 123456789 : 123456000;
        assert_int_equal(record.origin.time, INT64_C(1700000000000000000) + fraction);
        assert_int_equal(record.origin.number, 1);
        assert_int_equal(record.origin.file, 3);
        assert_int_equal(record.captured, 5);
        assert_int_equal(record.original, 60);
        assert_int_equal(record.link_type, DLT_RAW_);
        assert_memory_equal(record.data, data, 5);
        assert_int_equal(capture_next(capture, &record), CAPTURE_RECORD);
        assert_int_equal(record.origin.time, INT64_C(4294967295000000000));
        assert_int_equal(record.captured, 0);
        assert_int_equal(capture_next(capture, &record), CAPTURE_END);
        assert_int_equal(capture_next(capture, &record), CAPTURE_END);
        assert_int_equal(capture_packets(capture), 2);
        assert_null(capture_damage(capture));
        assert_true(capture_progress(capture) == 1);
        capture_close(capture);
    }
}

static void test_no_packets(void **state)
{
    GByteArray *file = file_header((struct form){0});
    save(file, file->len);
    struct capture *capture = open_saved("udp");
    struct record record;
    assert_int_equal(capture_next(capture, &record), CAPTURE_END);
    assert_null(capture_damage(capture));
    capture_close(capture);
    g_byte_array_unref(file);
}

static void test_filter(void **state)
{
    struct form form = {0};
    GByteArray *file = file_header(form);
    put_udp(file, form, 1, 0xb8);
    put_udp(file, form, 2, 0xb9);
    put_udp(file, form, 3, 0xb8);
    put_udp(file, form, 4, 0xb9);
    save(file, file->len);
    struct capture *capture = open_saved("udp port 8888"); /* 0x22b8 */
    struct record record;
    assert_int_equal(capture_next(capture, &record), CAPTURE_RECORD);
    assert_int_equal(record.origin.number, 1);
    assert_int_equal(capture_next(capture, &record), CAPTURE_RECORD);
    assert_int_equal(record.origin.number, 3);
    assert_int_equal(capture_next(capture, &record), CAPTURE_END);
    assert_int_equal(capture_packets(capture), 4);
    capture_close(capture);

    GError *error = NULL;
    assert_null(capture_open(path, 1, "udp prot 8888", &error));
    assert_true(g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_FILTER));
    assert_non_null(strstr(error->message, path));
    g_error_free(error);
    g_byte_array_unref(file);
}

/* Cut at every byte: the whole packets before the cut are read, the damage names the packet that is cut. */
static void test_cuts(void **state)
{
    struct form form = {0};
    GByteArray *file = file_header(form);
    for (uint32_t i = 0; i < 3; i++)
        put_udp(file, form, i, 0xb8);
    const guint size = 16 + 28;
    for (guint length = 0; length < file->len; length++) {
        save(file, length);
        if (length < 24) {
            GError *error = NULL;
            assert_null(capture_open(path, 1, NULL, &error));
            assert_true(error->domain == CAPTURE_ERROR && error->code != CAPTURE_ERROR_FILTER);
            assert_non_null(strstr(error->message, path));
            g_error_free(error);
            continue;
        }
        struct capture *capture = open_saved(NULL);
        struct record record;
        guint whole = (length - 24) / size;
        for (guint i = 0; i < whole; i++)
            assert_int_equal(capture_next(capture, &record), CAPTURE_RECORD);
        if ((length - 24) % size == 0) {
            assert_int_equal(capture_next(capture, &record), CAPTURE_END);
            assert_null(capture_damage(capture));
        } else {
            char *expected = g_strdup_printf("cut short in packet %u", whole + 1);
            assert_int_equal(capture_next(capture, &record), CAPTURE_DAMAGED);
            assert_int_equal(capture_next(capture, &record), CAPTURE_DAMAGED);
            assert_string_equal(capture_damage(capture), expected);
            g_free(expected);
        }
        assert_int_equal(capture_packets(capture), whole);
        capture_close(capture);
    }
    g_byte_array_unref(file);
}

static void test_broken_header(void **state)
{
    struct form form = {0};
    GByteArray *file = file_header(form);
    put_udp(file, form, 1, 0xb8);
    guint start = file->len;
    put_udp(file, form, 2, 0xb8);
    put_udp(file, form, 3, 0xb8);
    memset(file->data + start + 8, 0xff, 4); /* the captured length */
    save(file, file->len);
    struct capture *capture = open_saved(NULL);
    struct record record;
    assert_int_equal(capture_next(capture, &record), CAPTURE_RECORD);
    assert_int_equal(record.origin.number, 1);
    assert_int_equal(capture_next(capture, &record), CAPTURE_RECORD); /* what is behind it is found */
    assert_int_equal(record.origin.number, 3);
    assert_int_equal(capture_next(capture, &record), CAPTURE_DAMAGED);
    assert_true(g_str_has_prefix(capture_damage(capture), "damaged in packet 2: "));
    assert_int_equal(capture_packets(capture), 3);
    capture_close(capture);
    g_byte_array_unref(file);
}

static void assert_refused(const char *name, const char *message)
{
    GError *error = NULL;
    assert_null(capture_open(name, 1, NULL, &error));
    assert_true(error->domain == CAPTURE_ERROR && error->code != CAPTURE_ERROR_FILTER);
    char *expected = g_strdup_printf("%s: %s", name, message);
    assert_string_equal(error->message, expected);
    g_free(expected);
    g_error_free(error);
}

static void test_refused(void **state)
{
    assert_true(g_file_set_contents(path, "", 0, NULL));
    assert_refused(path, "the file is empty");
    assert_true(g_file_set_contents(path, "no capture at all, but long enough for a header", -1, NULL));
    assert_refused(path, "not a capture file");
    g_remove(path);
    assert_refused(path, g_strerror(ENOENT));
    assert_refused(folder, g_strerror(EISDIR));
}

/* Standard input, as a redirected file and as a pipe. */
static void test_standard_input(void **state)
{
    struct form form = {0};
    GByteArray *file = file_header(form);
    put_udp(file, form, 1, 0xb8);
    save(file, file->len);
    int saved = dup(STDIN_FILENO);
    for (int piped = 0; piped < 2; piped++) {
        int ends[2] = {-1, -1};
        if (piped) {
            assert_int_equal(pipe(ends), 0);
            assert_int_equal(write(ends[1], file->data, file->len), file->len);
            close(ends[1]);
        } else {
            ends[0] = open(path, O_RDONLY);
        }
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        struct capture *capture = capture_open("-", 1, NULL, NULL);
        assert_non_null(capture);
        struct record record;
        assert_int_equal(capture_next(capture, &record), CAPTURE_RECORD);
        assert_int_equal(record.captured, 28);
        assert_int_equal(capture_next(capture, &record), CAPTURE_END);
        if (piped)
            assert_true(capture_progress(capture) < 0);
        capture_close(capture);
        assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0); /* still open */
    }
    dup2(saved, STDIN_FILENO);
    close(saved);
    capture_close(NULL);
    g_byte_array_unref(file);
}

static int make_folder(void **state)
{
    folder = g_dir_make_tmp("s7-capture-XXXXXX", NULL);
    path = folder ? g_build_filename(folder, "test.pcap", NULL) : NULL;
    return folder ? 0 : -1;
}

static int remove_folder(void **state)
{
    g_remove(path);
    g_rmdir(folder);
    g_free(path);
    g_free(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),         cmocka_unit_test(test_no_packets), cmocka_unit_test(test_filter),
        cmocka_unit_test(test_cuts),          cmocka_unit_test(test_refused),    cmocka_unit_test(test_standard_input),
        cmocka_unit_test(test_broken_header),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
