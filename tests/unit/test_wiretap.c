/* SPDX-License-Identifier: GPL-2.0-or-later
 * Captures that libwiretap reads, written here byte by byte: pcapng with all that it allows, compressed files, snoop,
 * ERF; cuts, lies and what is no capture. */
#include "capture/capture.h"
#include "capture_bytes.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    ETHERNET = 1,
    RAW = 101,
    DLT_RAW_ = 12,
    DLT_PPP_ = 9
}; /* libpcap's number for raw IP is another than the file's */
#define SECOND INT64_C(1000000000)
#define START  INT64_C(1700000000)

static char *folder, *path;
static const uint8_t data[] = {1, 2, 3, 4, 5};

static void save(const struct bytes *bytes, guint length)
{
    assert_true(length <= bytes->array->len);
    assert_true(g_file_set_contents(path, (const char *)bytes->array->data, length, NULL));
}

static struct capture *open_saved(const char *filter)
{
    GError *error = NULL;
    struct capture *capture = capture_open(path, 3, filter, &error);
    if (error)
        print_error("%s\n", error->message);
    assert_non_null(capture);
    return capture;
}

static struct capture *open_bytes(const struct bytes *bytes)
{
    save(bytes, bytes->array->len);
    return open_saved(NULL);
}

static void assert_packet(struct capture *capture, uint64_t number, int64_t time, int link_type, uint32_t length)
{
    struct record record;
    assert_int_equal(capture_next(capture, &record), CAPTURE_RECORD);
    assert_int_equal(record.origin.number, number);
    assert_int_equal(record.origin.file, 3);
    assert_int_equal(record.origin.time, time);
    assert_int_equal(record.link_type, link_type);
    assert_int_equal(record.captured, length);
    assert_memory_equal(record.data, data, length);
}

static void assert_end(struct capture *capture, enum capture_result expected, const char *damage)
{
    struct record record;
    assert_int_equal(capture_next(capture, &record), expected);
    assert_int_equal(capture_next(capture, &record), expected);
    if (!damage)
        assert_null(capture_damage(capture));
    else if (!capture_damage(capture) || !g_str_has_prefix(capture_damage(capture), damage))
        fail_msg("'%s' does not begin with '%s'", capture_damage(capture), damage);
    capture_close(capture);
}

/* Interfaces of two link types, each with its own unit and offset, in both byte orders. */
static void test_interfaces(void **state)
{
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct bytes file = bytes_new(big_endian);
        put_section(&file);
        put_interface(&file, ETHERNET, -1, 0);       /* microseconds */
        put_interface(&file, RAW, 9, 0);             /* nanoseconds */
        put_interface(&file, RAW, 3, 3600);          /* milliseconds, an hour later than they say */
        put_interface(&file, ETHERNET, 0x8a, -1000); /* 1/1024 s */
        put_interface(&file, ETHERNET, 0, 0);        /* seconds */
        put_packet(&file, 0, (uint64_t)START * 1000000 + 123456, data, 5);
        put_packet(&file, 1, (uint64_t)START * 1000000000 + 123456789, data, 4);
        put_packet(&file, 2, (uint64_t)START * 1000 + 250, data, 3);
        put_packet(&file, 3, (uint64_t)START * 1024 + 512, data, 2);
        put_packet(&file, 4, (uint64_t)START, data, 0);

        struct capture *capture = open_bytes(&file);
        assert_string_equal(capture_format(capture), "pcapng");
        assert_packet(capture, 1, START * SECOND + 123456000, ETHERNET, 5);
        assert_packet(capture, 2, START * SECOND + 123456789, DLT_RAW_, 4);
        assert_packet(capture, 3, (START + 3600) * SECOND + 250000000, DLT_RAW_, 3);
        assert_packet(capture, 4, (START - 1000) * SECOND + 500000000, ETHERNET, 2);
        assert_packet(capture, 5, START * SECOND, ETHERNET, 0);
        assert_int_equal(capture_packets(capture), 5);
        assert_true(capture_progress(capture) == 1);
        assert_end(capture, CAPTURE_END, NULL);
        bytes_free(&file);
    }
}

/* Units so small that a product of 64 bits overflows. */
static void test_fine_units(void **state)
{
    struct bytes file = bytes_new(true);
    put_section(&file);
    put_interface(&file, ETHERNET, -1, 0);
    put_packet(&file, 0, (uint64_t)START * 1000000 + 1, data, 5);
    file.big_endian = false; /* a new section: interfaces are numbered from 0 again */
    put_section(&file);
    put_interface(&file, RAW, 11, 1600000000);        /* 10^-11 s */
    put_interface(&file, RAW, 0x80 | 36, 1600000000); /* 2^-36 s */
    put_interface(&file, RAW, 9, 0);
    put_packet(&file, 0, UINT64_C(100000000) * 100000000000 + UINT64_C(98765432178), data, 4);
    put_packet(&file, 1, (UINT64_C(100000000) << 36) + (UINT64_C(3) << 34) + 40, data, 3);
    put_packet(&file, 2, (uint64_t)START * 1000000000 + 999999999, data, 2);
    struct capture *capture = open_bytes(&file);
    assert_packet(capture, 1, START * SECOND + 1000, ETHERNET, 5);
    assert_packet(capture, 2, START * SECOND + 987654321, DLT_RAW_, 4);
    assert_packet(capture, 3, START * SECOND + 750000000, DLT_RAW_, 3); /* 40 * 2^-36 s = 0.58 ns */
    assert_packet(capture, 4, START * SECOND + 999999999, DLT_RAW_, 2);
    assert_end(capture, CAPTURE_END, NULL);

    struct bytes packed = gzipped(&file);
    capture = open_bytes(&packed);
    assert_packet(capture, 1, START * SECOND + 1000, ETHERNET, 5);
    assert_packet(capture, 2, START * SECOND + 987654321, DLT_RAW_, 4);
    assert_packet(capture, 3, START * SECOND + 750000000, DLT_RAW_, 3);
    assert_packet(capture, 4, START * SECOND + 999999999, DLT_RAW_, 2);
    assert_end(capture, CAPTURE_END, NULL);
    bytes_free(&packed);
    bytes_free(&file);
}

/* Records without a time have the one before; what is no packet has a number and is passed over. */
static void test_other_blocks(void **state)
{
    struct bytes file = bytes_new(false);
    put_section(&file);
    put_interface(&file, ETHERNET, -1, 0);
    put_simple_packet(&file, data, 5);
    put_packet(&file, 0, (uint64_t)START * 1000000, data, 5);
    struct bytes journal = bytes_new(false);
    put(&journal, "__REALTIME_TIMESTAMP=1700000000000000\nMESSAGE=x\n", 48);
    put_block(&file, 9, &journal);
    put_block(&file, 0x0badcafe, &journal); /* a type that nobody knows */
    put_simple_packet(&file, data, 4);
    struct capture *capture = open_bytes(&file);
    assert_packet(capture, 1, 0, ETHERNET, 5);
    assert_packet(capture, 2, START * SECOND, ETHERNET, 5);
    assert_packet(capture, 4, START * SECOND, ETHERNET, 4);
    assert_int_equal(capture_packets(capture), 4);
    assert_end(capture, CAPTURE_END, NULL);
    bytes_free(&journal);
    bytes_free(&file);
}

static void put_three(struct bytes *file)
{
    put_section(file);
    put_interface(file, ETHERNET, -1, 0);
    for (int i = 0; i < 3; i++)
        put_packet(file, 0, (uint64_t)(START + i) * 1000000, data, 5);
}

/* Cut at every byte, with and without gzip. */
static void test_cuts(void **state)
{
    const guint header = 28 + 24, block = 12 + 20 + 8;
    for (int packed = 0; packed < 2; packed++) {
        struct bytes plain = bytes_new(false);
        put_three(&plain);
        struct bytes file = packed ? gzipped(&plain) : plain;
        for (guint length = 1; length < file.array->len; length++) {
            guint inside = packed ? MIN(length < 15 ? 0 : length - 15, plain.array->len) : length;
            save(&file, length);
            bool border = !packed && (inside == 28 || (inside >= header && (inside - header) % block == 0));
            if (inside < 28) {
                GError *error = NULL;
                assert_null(capture_open(path, 1, NULL, &error));
                assert_true(error->domain == CAPTURE_ERROR && error->code != CAPTURE_ERROR_FILTER);
                g_error_free(error);
                continue;
            }
            struct capture *capture = open_saved(NULL);
            guint whole = inside < header ? 0 : (inside - header) / block;
            for (guint i = 0; i < whole; i++)
                assert_packet(capture, i + 1, (START + i) * SECOND, ETHERNET, 5);
            char *damage = g_strdup_printf("cut short in packet %u", whole + 1);
            assert_int_equal(capture_packets(capture), whole);
            assert_end(capture, border ? CAPTURE_END : CAPTURE_DAMAGED, border ? NULL : damage);
            g_free(damage);
        }
        if (packed)
            bytes_free(&file);
        bytes_free(&plain);
    }
}

/* Lengths that lie: what stands before them is read. */
static void test_lies(void **state)
{
    static const struct {
        guint place; /* in the second packet's block */
        uint32_t value;
    } lies[] = {{4, 8}, {4, 41}, {4, 0x7fffffff}, {20, 0xffffffff}, {20, 13}, {8, 7}, {36, 44}};
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
        struct bytes file = bytes_new(false);
        put_three(&file);
        const guint second = 28 + 24 + 40;
        for (unsigned j = 0; j < 4; j++)
            file.array->data[second + lies[i].place + j] = (uint8_t)(lies[i].value >> 8 * j);
        struct capture *capture = open_bytes(&file);
        assert_packet(capture, 1, START * SECOND, ETHERNET, 5);
        assert_packet(capture, 3, (START + 2) * SECOND, ETHERNET, 5);
        assert_end(capture, CAPTURE_DAMAGED, "damaged in packet 2: ");
        bytes_free(&file);
    }
}

static void test_no_packets(void **state)
{
    struct bytes file = bytes_new(false);
    put_section(&file);
    put_interface(&file, ETHERNET, -1, 0);
    assert_end(open_bytes(&file), CAPTURE_END, NULL);
    bytes_free(&file);
}

static void test_compressed(void **state)
{
    static const struct {
        struct bytes (*pack)(const struct bytes *);
        const char *format, *classic;
    } forms[] = {
        {gzipped, "pcapng (gzip)", "pcap (gzip)"},
        {zstandard, "pcapng (zstd)", "pcap (zstd)"},
        {lz4_frame, "pcapng (lz4)", "pcap (lz4)"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        struct bytes plain = bytes_new(true);
        put_three(&plain);
        struct bytes file = forms[i].pack(&plain);
        struct capture *capture = open_bytes(&file);
        assert_string_equal(capture_format(capture), forms[i].format);
        for (int n = 0; n < 3; n++)
            assert_packet(capture, (uint64_t)n + 1, (START + n) * SECOND, ETHERNET, 5);
        assert_end(capture, CAPTURE_END, NULL);
        bytes_free(&file);
        bytes_free(&plain);

        plain = bytes_new(false);
        put_pcap_header(&plain);
        put_pcap_record(&plain, UINT32_MAX, data, 5);
        file = forms[i].pack(&plain);
        capture = open_bytes(&file);
        assert_string_equal(capture_format(capture), forms[i].classic);
        assert_packet(capture, 1, (int64_t)UINT32_MAX * SECOND, DLT_RAW_, 5);
        assert_end(capture, CAPTURE_END, NULL);
        bytes_free(&file);
        bytes_free(&plain);
    }
}

static void test_wrong_checksum(void **state)
{
    struct bytes plain = bytes_new(false);
    put_three(&plain);
    struct bytes file = gzipped(&plain);
    file.array->data[file.array->len - 8] ^= 1;
    struct capture *capture = open_bytes(&file);
    for (int n = 0; n < 3; n++)
        assert_packet(capture, (uint64_t)n + 1, (START + n) * SECOND, ETHERNET, 5);
    assert_end(capture, CAPTURE_DAMAGED, "damaged in packet 4: its compressed data is damaged");
    bytes_free(&file);
    bytes_free(&plain);
}

/* RFC 1761. */
static void test_snoop(void **state)
{
    struct bytes file = bytes_new(true);
    put(&file, "snoop\0\0\0", 8);
    put_number(&file, 2, 4);
    put_number(&file, 4, 4); /* Ethernet */
    const uint32_t header[] = {60, 5, 24 + 8, 0, (uint32_t)START, 7};
    for (size_t i = 0; i < G_N_ELEMENTS(header); i++)
        put_number(&file, header[i], 4);
    put(&file, data, 5);
    put_number(&file, 0, 3);
    struct capture *capture = open_bytes(&file);
    assert_string_equal(capture_format(capture), "snoop");
    assert_packet(capture, 1, START * SECOND + 7000, ETHERNET, 5);
    assert_end(capture, CAPTURE_END, NULL);
    bytes_free(&file);
}

/* pppd record: the time it began; sent and received bytes of the line, with flags, escapes and the checksum of HDLC;
 * tenths of a second that passed, of one or four bytes. */
static void test_pppd(void **state)
{
    static const uint8_t line[] = {0x7e, 0x7d, 0x21, 2, 0x7d, 0x23, 4, 5, 0xaa, 0xbb, 0x7e};
    struct bytes file = bytes_new(true);
    put_number(&file, 7, 1);
    put_number(&file, (uint64_t)START, 4);
    put_number(&file, 1, 1);
    put_number(&file, sizeof line, 2);
    put(&file, line, sizeof line);
    put_number(&file, 6, 1);
    put_number(&file, 3, 1);
    put_number(&file, 2, 1);
    put_number(&file, sizeof line, 2);
    put(&file, line, sizeof line);
    put_number(&file, 5, 1);
    put_number(&file, 600, 4);
    put_number(&file, 2, 1); /* in two pieces */
    put_number(&file, 4, 2);
    put(&file, line, 4);
    put_number(&file, 2, 1);
    put_number(&file, sizeof line - 4, 2);
    put(&file, line + 4, sizeof line - 4);
    struct capture *capture = open_bytes(&file);
    assert_string_equal(capture_format(capture), "pppd record");
    static const int64_t times[] = {START * SECOND, START * SECOND + 300000000, (START + 60) * SECOND + 300000000};
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        struct record record;
        assert_int_equal(capture_next(capture, &record), CAPTURE_RECORD);
        assert_int_equal(record.origin.number, i + 1);
        assert_int_equal(record.origin.time, times[i]);
        assert_int_equal(record.link_type, DLT_PPP_);
        assert_int_equal(record.captured, 5 + 2); /* the checksum stays: the IP packet says where it ends */
        assert_memory_equal(record.data, data, 5);
    }
    assert_end(capture, CAPTURE_END, NULL);
    bytes_free(&file);
}

/* Endace: the time is 32.32 bits, little-endian, the rest is not. */
static void test_erf(void **state)
{
    static const struct {
        uint8_t type;
        unsigned extra; /* bytes in front of the Ethernet frame */
        int link_type;
    } types[] = {{2, 2, ETHERNET}, {22, 0, DLT_RAW_}, {1, 0, -100}};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        struct bytes file = bytes_new(true);
        const uint8_t flags = 4;
        for (int n = 0; n < 3; n++) {
            file.big_endian = false;
            put_number(&file, (uint64_t)(START + n) << 32 | UINT32_C(1) << 31, 8);
            file.big_endian = true;
            put(&file, &types[i].type, 1);
            put(&file, &flags, 1);
            put_number(&file, 16 + types[i].extra + 5, 2);
            put_number(&file, 0, 2);
            put_number(&file, 5, 2);
            put_number(&file, 0, types[i].extra);
            put(&file, data, 5);
        }
        struct capture *capture = open_bytes(&file);
        assert_string_equal(capture_format(capture), "erf");
        for (int n = 0; n < 3; n++)
            assert_packet(capture, (uint64_t)n + 1, (START + n) * SECOND + 500000000, types[i].link_type, 5);
        assert_end(capture, CAPTURE_END, NULL);
        bytes_free(&file);
    }
}

static void test_filter(void **state)
{
    /* An IPv4 UDP header to port 8888 (0x22b8). */
    static const uint8_t udp[28] = {0x45, 0, 0,   28, 0,   0, 0,    0,    64,   17,   0, 0, 192, 0,
                                    2,    1, 198, 51, 100, 7, 0x13, 0x88, 0x22, 0xb8, 0, 8, 0,   0};
    uint8_t frame[42] = {[12] = 8};
    memcpy(frame + 14, udp, sizeof udp);
    struct bytes file = bytes_new(false);
    put_section(&file);
    put_interface(&file, ETHERNET, -1, 0);
    put_interface(&file, RAW, -1, 0);
    put_packet(&file, 0, 0, frame, sizeof frame);
    put_packet(&file, 1, 0, udp, sizeof udp);
    put_packet(&file, 0, 0, udp, sizeof udp); /* no Ethernet frame */
    put_packet(&file, 1, 0, frame, sizeof frame);
    put_packet(&file, 0, 0, frame, sizeof frame);
    save(&file, file.array->len);
    struct capture *capture = open_saved("udp port 8888");
    struct record record;
    static const uint64_t expected[] = {1, 2, 5};
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        assert_int_equal(capture_next(capture, &record), CAPTURE_RECORD);
        assert_int_equal(record.origin.number, expected[i]);
    }
    assert_end(capture, CAPTURE_END, NULL);

    GError *error = NULL;
    assert_null(capture_open(path, 1, "udp prot 8888", &error));
    assert_true(g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_FILTER));
    g_error_free(error);
    bytes_free(&file);
}

static void assert_refused(const void *content, size_t length, const char *message)
{
    assert_true(g_file_set_contents(path, content, (gssize)length, NULL));
    GError *error = NULL;
    struct capture *capture = capture_open(path, 1, NULL, &error);
    if (capture)
        fail_msg("%s: read as %s", message, capture_format(capture));
    assert_true(error->domain == CAPTURE_ERROR && error->code != CAPTURE_ERROR_FILTER);
    char *expected = g_strdup_printf("%s: %s", path, message);
    assert_string_equal(error->message, expected);
    g_free(expected);
    g_error_free(error);
}

/* libwiretap sees captures in nearly everything; we do not. */
static void test_refused(void **state)
{
    static const char *const texts[] = {
        "a,b,c\n1,2,3\n",
        "{\"a\": [1, 2, 3]}\n",
        "<?xml version=\"1.0\"?><a/>\n",
        "# Read me\n\nText.\n",
        "--------- beginning of main\n01-01 00:00:00.000 I/tag(1): text\n",
        "(1700000000.000000) can0 123#01020304\n",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "\xff\xd8\xff\xe0\0\x10JFIF",
        "\x89PNG\r\n\x1a\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_refused(texts[i], strlen(texts[i]), "not a capture file");
    assert_refused("BZh91AY&SY", 10, "compressed with bzip2, which cannot be read here: unpack it first");
    assert_refused("\xfd"
                   "7zXZ\0\0\4",
                   8, "compressed with xz, which cannot be read here: unpack it first");
    struct bytes plain = bytes_new(false), packed = gzipped(&plain);
    assert_refused(packed.array->data, packed.array->len, "compressed with gzip: not a capture file");
    bytes_free(&packed);
    put(&plain, "no capture\n", 11);
    packed = zstandard(&plain);
    assert_refused(packed.array->data, packed.array->len, "compressed with zstd: not a capture file");
    bytes_free(&packed);
    bytes_free(&plain);
}

/* From a pipe, whole and given up early; what libwiretap unpacks is read when all of it has come. */
static void test_pipe(void **state)
{
    struct bytes plain = bytes_new(false);
    put_three(&plain);
    struct bytes packed = zstandard(&plain), unpacked_here = gzipped(&plain);
    int saved = dup(STDIN_FILENO);
    for (int i = 0; i < 4; i++) {
        const struct bytes *const files[] = {&plain, &packed, &plain, &unpacked_here};
        const struct bytes *file = files[i];
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], file->array->data, file->array->len), file->array->len);
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        bool early = i >= 2; /* the writer still holds its end */
        if (!early)
            close(ends[1]);
        struct capture *capture = capture_open("-", 3, NULL, NULL);
        assert_non_null(capture);
        assert_true(capture_progress(capture) < 0);
        for (int n = 0; n < (early ? 1 : 3); n++)
            assert_packet(capture, (uint64_t)n + 1, (START + n) * SECOND, ETHERNET, 5);
        if (early) {
            capture_close(capture);
            close(ends[1]);
        } else {
            assert_end(capture, CAPTURE_END, NULL);
        }
    }
    dup2(saved, STDIN_FILENO);
    close(saved);
    bytes_free(&unpacked_here);
    bytes_free(&packed);
    bytes_free(&plain);
}

static int make_folder(void **state)
{
    folder = g_dir_make_tmp("s7-wiretap-XXXXXX", NULL);
    path = folder ? g_build_filename(folder, "test", NULL) : NULL;
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
        cmocka_unit_test(test_interfaces), cmocka_unit_test(test_fine_units),     cmocka_unit_test(test_other_blocks),
        cmocka_unit_test(test_cuts),       cmocka_unit_test(test_lies),           cmocka_unit_test(test_no_packets),
        cmocka_unit_test(test_compressed), cmocka_unit_test(test_wrong_checksum), cmocka_unit_test(test_snoop),
        cmocka_unit_test(test_erf),        cmocka_unit_test(test_filter),         cmocka_unit_test(test_refused),
        cmocka_unit_test(test_pipe),       cmocka_unit_test(test_pppd),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
