/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pictures put together from packages of command 265 (docs/STARTEK.md 6): in any order, with holes, twice, and with
 * names that mean harm. */
#include "device/pictures.h"
#include "stream_check.h"

#define PICTURES "pictures.csv"
#define FOLDER   "pictures/" ID_B "/"

static unsigned second;

static int set_up_pictures(void **state)
{
    options.hash = false;
    second = 0;
    return set_up(state);
}

/* One package; the bytes are size times the byte. */
static void feed_bytes(const char *name, uint64_t offset, const uint8_t *bytes, size_t size)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    g_autofree char *head = g_strdup_printf(",%s,265,%s,%" G_GUINT64_FORMAT ",%zu,", ID_B, name, offset, size);
    g_byte_array_append(body, (const guint8 *)head, (guint)strlen(head));
    g_byte_array_append(body, bytes, (guint)size);
    g_autoptr(GByteArray) frame = g_byte_array_new();
    g_autofree char *opening = g_strdup_printf("&&A%u", body->len);
    g_byte_array_append(frame, (const guint8 *)opening, (guint)strlen(opening));
    g_byte_array_append(frame, body->data, body->len);
    unsigned sum = 0;
    for (guint i = 0; i < frame->len; i++)
        sum += frame->data[i];
    g_autofree char *end = g_strdup_printf("%02X\r\n", sum & 255);
    g_byte_array_append(frame, (const guint8 *)end, 4);
    struct origin origin = {.time = NOON + (int64_t)second++ * SECOND, .number = ++packet_number, .file = 1};
    framing_bytes(&parts[0], UP, frame->data, frame->len, &origin);
}

static void feed_package(const char *name, uint64_t offset, char fill, size_t size)
{
    uint8_t bytes[1024];
    memset(bytes, fill, size);
    feed_bytes(name, offset, bytes, size);
}

/* The file holds runs of equal bytes: "4a 2b" is aaaabb; "." is a zero. */
static void expect_file(const char *name, const char *expected)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text = NULL;
    gsize length;
    if (!g_file_get_contents(path, &text, &length, NULL))
        fail_msg("no %s", name);
    g_autoptr(GString) out = g_string_new(NULL);
    for (gsize i = 0, run = 1; i < length; i += run, run = 1) {
        while (i + run < length && text[i + run] == text[i])
            run++;
        g_string_append_printf(out, "%s%u%c", i ? " " : "", (unsigned)run, text[i] ? text[i] : '.');
    }
    assert_string_equal(out->str, expected);
}

static void a_whole_picture(void **state)
{
    options.hash = true;
    feed_package("p1.jpg", 0, 'a', 1024);
    feed_package("p1.jpg", 1024, 'b', 1024);
    feed_package("p1.jpg", 2048, 'c', 10);
    finish();
    expect_file(FOLDER "p1.jpg", "1024a 1024b 10c");
    expect_cells(PICTURES, "device_id name file bytes complete missing capture_file packets",
                 ID_B " p1.jpg " FOLDER "p1.jpg 2058 1 - 1 1;2;3");
    g_autofree char *table = read_file(PICTURES);
    g_autofree char *path = g_build_filename(folder, FOLDER "p1.jpg", NULL);
    g_autofree char *bytes = NULL;
    gsize length;
    assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, bytes, (gssize)length);
    assert_non_null(strstr(table, hash));
    assert_int_equal(pictures_totals(pictures)->complete, 1);
}

static void order_does_not_matter(void **state)
{
    feed_package("p", 2048, 'c', 10);
    feed_package("p", 0, 'a', 1024);
    feed_package("p", 1024, 'b', 1024);
    finish();
    expect_file(FOLDER "p", "1024a 1024b 10c");
    expect_cells(PICTURES, "bytes complete missing packets", "2058 1 - 1;2;3");
}

static void missing_ranges_are_named(void **state)
{
    feed_package("p", 100, 'a', 100);
    feed_package("p", 300, 'b', 100);
    feed_package("p", 500, 'c', 10);
    finish();
    expect_file(FOLDER "p", "100a 100b 10c"); /* more is missing than came */
    expect_cells(PICTURES, "bytes complete missing", "210 0 0-99;200-299;400-499");
}

/* The end of a picture is known by a shorter last package, or by the end of a JPEG file. */
static void the_end_may_be_unknown(void **state)
{
    static const uint8_t jpeg[] = {0xFF, 0xD8, 1, 2, 3, 4, 0xFF, 0xD9};
    feed_package("full", 0, 'a', 1024);
    feed_package("equal", 0, 'a', 512);
    feed_package("equal", 512, 'b', 512);
    feed_package("short", 0, 'a', 12);
    feed_bytes("whole.jpg", 0, jpeg, sizeof jpeg);
    feed_bytes("cut.jpg", 0, jpeg, sizeof jpeg - 1);
    feed_bytes("halves.jpg", 0, jpeg, 4);
    feed_bytes("halves.jpg", 4, jpeg + 4, 4);
    feed_package("closed", 0, 'a', 512);
    feed_package("closed", 512, 'b', 0); /* an empty package says that this was all */
    finish();
    expect_cells(
        PICTURES, "name complete missing",
        "closed 1 - | cut.jpg 0 7- | equal 0 1024- | full 0 1024- | halves.jpg 1 - | short 1 - | whole.jpg 1 -");
}

/* The same bytes again are of the same picture; others begin one. Neither is whole then: who knows where it began. */
static void what_comes_twice_is_compared(void **state)
{
    feed_package("p", 0, 'a', 100);
    feed_package("p", 0, 'a', 100);
    feed_package("p", 50, 'b', 100);
    feed_package("q", 0, 'a', 100);
    feed_package("q", 0, 'a', 100);
    finish();
    expect_file(FOLDER "p", "100a");
    expect_file(FOLDER "p-2", "50. 100b");
    expect_cells(PICTURES, "name file complete missing packets",
                 "p " FOLDER "p 0 - 1;2 | p " FOLDER "p-2 0 0-49 3 | q " FOLDER "q 1 - 4;5");
    const char *id;
    unsigned from = 0;
    g_autofree char *finding = pictures_finding(pictures, &from, &id);
    g_autofree char *other = pictures_finding(pictures, &from, &id);
    assert_string_equal(finding,
                        FOLDER "p: packages under its name contradict each other within a picture; it may hold "
                               "bytes of another one");
    assert_non_null(strstr(other, FOLDER "p-2: "));
    assert_string_equal(id, ID_B);
    assert_null(pictures_finding(pictures, &from, &id));
}

/* The camera uses its names again: two pictures, each whole. */
static void a_name_used_again(void **state)
{
    feed_package("1.jpg", 0, 'a', 1024);
    feed_package("1.jpg", 1024, 'b', 10);
    feed_package("1.jpg", 0, 'c', 1024);
    feed_package("1.jpg", 1024, 'd', 1024);
    feed_package("1.jpg", 2048, 'e', 5);
    finish();
    expect_file(FOLDER "1.jpg", "1024a 10b");
    expect_file(FOLDER "1-2.jpg", "1024c 1024d 5e");
    expect_cells(PICTURES, "name file bytes complete packets",
                 "1.jpg " FOLDER "1.jpg 1034 1 1;2 | 1.jpg " FOLDER "1-2.jpg 2053 1 3;4;5");
}

/* Two pictures that begin alike, as those of one camera do. */
static void the_same_beginning_of_another_picture(void **state)
{
    feed_package("1.jpg", 0, 'a', 1024);
    feed_package("1.jpg", 1024, 'b', 10);
    feed_package("1.jpg", 0, 'a', 1024);
    feed_package("1.jpg", 1024, 'c', 20);
    finish();
    expect_file(FOLDER "1.jpg", "1024a 10b");
    expect_file(FOLDER "1-2.jpg", "1024a 20c");
    expect_cells(PICTURES, "bytes complete", "1034 1 | 1044 1");
}

/* A first package that comes again while others are missing is of the same picture. */
static void a_first_package_again_before_all_came(void **state)
{
    feed_package("p", 0, 'a', 1024);
    feed_package("p", 2048, 'c', 10);
    feed_package("p", 0, 'a', 1024);
    feed_package("p", 1024, 'b', 1024);
    finish();
    expect_file(FOLDER "p", "1024a 1024b 10c");
    expect_cells(PICTURES, "bytes complete packets", "2058 1 1;2;3;4");
}

/* A package of the second picture in a hole of the first shows when the next one contradicts: not whole then. */
static void a_hole_that_another_picture_filled(void **state)
{
    feed_package("p", 0, 'a', 1024);
    feed_package("p", 2048, 'c', 10);
    feed_package("p", 1024, 'B', 1024);
    feed_package("p", 2048, 'C', 10);
    finish();
    expect_cells(PICTURES, "bytes complete missing", "2058 0 - | 10 0 0-2047");
}

/* What an offset claims takes no room: with more holes than bytes a file has the bytes alone. */
static void files_are_no_larger_than_what_came(void **state)
{
    feed_package("far", 1000000, 'b', 10);
    feed_package("far", 0, 'a', 10);
    feed_package("near", 20, 'b', 10);
    feed_package("near", 0, 'a', 10);
    finish();
    expect_file(FOLDER "far", "10a 10b");
    expect_file(FOLDER "near", "10a 10. 10b");
    expect_cells(PICTURES, "bytes missing", "20 10-999999;1000010- | 20 10-19;30-");
    g_autofree char *below = g_build_filename(folder, FOLDER, NULL);
    GDir *names = g_dir_open(below, 0, NULL);
    unsigned count = 0;
    while (g_dir_read_name(names))
        count++;
    g_dir_close(names);
    assert_int_equal(count, 2);
}

static void names_are_made_safe(void **state)
{
    static const char *const names[][2] = {
        {"p1.jpg", "p1.jpg"},
        {"../../etc/passwd", "_._.._etc_passwd"},
        {"a/b\\c:d*e", "a_b_c_d_e"},
        {".hidden", "_hidden"},
        {"..", "__"},
        {"", "_"},
        {"\n\x01\xFF", "___"},
        {"x.part", "x_part"},
        {"end.", "end_"},
        {"NUL.jpg", "_NUL.jpg"},
        {"com1", "_com1"},
        {"0123456789012345678901234567890123456789012345678901234567890123456789",
         "01234567890123456789012345678901234567890123456789012345"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char safe[PICTURE_NAME_SIZE];
        pictures_safe_name((const uint8_t *)names[i][0], strlen(names[i][0]), safe);
        if (strcmp(safe, names[i][1]) != 0)
            fail_msg("%s: %s", names[i][0], safe);
        assert_null(strchr(safe, '/'));
        assert_true(safe[0] != '.');
    }
    finish();
}

static void names_that_clash_are_numbered(void **state)
{
    feed_package("a/b.jpg", 0, 'a', 3);
    feed_package("a_b.jpg", 0, 'b', 3);
    feed_package("A_B.jpg", 0, 'c', 3);
    feed_package("../x", 0, 'd', 3);
    finish();
    expect_file(FOLDER "a_b.jpg", "3a");
    expect_file(FOLDER "a_b-2.jpg", "3b");
    expect_file(FOLDER "A_B-3.jpg", "3c");
    expect_cells(PICTURES, "name file",
                 "../x " FOLDER "_._x | A_B.jpg " FOLDER "A_B-3.jpg | a/b.jpg " FOLDER "a_b.jpg | a_b.jpg " FOLDER
                 "a_b-2.jpg");
}

static void sizes_are_bounded(void **state)
{
    feed_package("p", PICTURE_BYTES - 3, 'a', 3);
    feed_package("p", PICTURE_BYTES - 2, 'a', 3);
    feed_package("p", UINT64_C(999999999999999999), 'a', 3);
    finish();
    expect_cells(PICTURES, "bytes complete missing", "3 0 0-67108860;67108864-");
    assert_int_equal(pictures_totals(pictures)->refused_bytes, 2);
}

static void scattered_bytes_are_bounded(void **state)
{
    for (unsigned i = 0; i < PICTURE_RANGES + 5; i++)
        feed_package("p", UINT64_C(2) * i, 'a', 1);
    finish();
    assert_int_equal(pictures_totals(pictures)->refused_bytes, 5);
}

static void only_answers_to_265_are_pictures(void **state)
{
    feed_startek(
        0, UP, 0, 'A',
        "000,54,p1.jpg,240517060000,A,41.123457,2.765432,11,0.9,0,118,64,482913,214|7|1A2B|01234567,23,001D,02,"
        "00,0512|0199");
    feed_startek(0, UP, 1, 'B', "265,p1.jpg,x,3,abc");
    feed_startek(0, UP, 1, 'B', "265,p1.jpg,0,4,abc");
    feed_startek(0, UP, 2, 'C', "265,Failed");
    finish();
    g_autofree char *text = read_file(PICTURES);
    assert_string_equal(text, "device_id,name,file,bytes,complete,missing,sha256,capture_file,packets\n");
}

#define PICTURE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_pictures, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PICTURE_TEST(a_whole_picture),
        PICTURE_TEST(order_does_not_matter),
        PICTURE_TEST(missing_ranges_are_named),
        PICTURE_TEST(the_end_may_be_unknown),
        PICTURE_TEST(what_comes_twice_is_compared),
        PICTURE_TEST(a_name_used_again),
        PICTURE_TEST(the_same_beginning_of_another_picture),
        PICTURE_TEST(a_first_package_again_before_all_came),
        PICTURE_TEST(a_hole_that_another_picture_filled),
        PICTURE_TEST(files_are_no_larger_than_what_came),
        PICTURE_TEST(names_are_made_safe),
        PICTURE_TEST(names_that_clash_are_numbered),
        PICTURE_TEST(sizes_are_bounded),
        PICTURE_TEST(scattered_bytes_are_bounded),
        PICTURE_TEST(only_answers_to_265_are_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
