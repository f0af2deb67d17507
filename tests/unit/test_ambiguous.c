/* SPDX-License-Identifier: GPL-2.0-or-later
 * The numbered ambiguous cases of docs/PROTOCOL.md 10 and docs/STARTEK.md 9 that a stream decides, not one frame: the
 * scanner whole and byte by byte. A test bears the number of its case; tests/README.md lists where the others are. */
#include "elements.h"
#include "message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ID        "353327020115804"
#define OTHER     "861785001515349"
#define HEARTBEAT "#" ID ",CMD-X#"

static struct s7_message message;

static void add_flags(GString *out, guint32 flags)
{
    for (unsigned flag = 0; flag < S7_FLAG_COUNT; flag++)
        if (flags & UINT32_C(1) << flag)
            g_string_append_printf(out, " %s", s7_flag_names[flag]);
}

/* "up heartbeat 23 flags" of a frame, "junk 3" of a leftover, " | " between; flags but id_unusual. */
static char *describe(const GString *stream, const GArray *elements)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < elements->len; i++) {
        const struct element *e = &g_array_index(elements, struct element, i);
        g_string_append(out, i ? " | " : "");
        if (e->leftover) {
            g_string_append_printf(out, "%s %u", s7_reason_names[e->frame.reason], e->frame.length);
            continue;
        }
        s7_decode((const guint8 *)stream->str + e->offset, &e->frame, &message);
        g_string_append_printf(out, "%s %s %u", s7_direction_names[message.direction], s7_kind_names[message.kind],
                               e->frame.length);
        add_flags(out, message.flags & ~S7_FLAG_BIT(ID_UNUSUAL));
    }
    return g_string_free(out, FALSE);
}

/* Takes the stream. */
static void expect(GString *stream, const char *expected)
{
    GArray *cuts = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize i = 1; i < stream->len; i++)
        g_array_append_val(cuts, i);
    for (guint pass = 0; pass < 2; pass++) {
        GArray *elements = elements_scan((const guint8 *)stream->str, stream->len, (const gsize *)(void *)cuts->data,
                                         pass ? cuts->len : 0, TRUE);
        char *got = describe(stream, elements);
        assert_string_equal(got, expected);
        g_free(got);
        g_array_unref(elements);
    }
    g_array_unref(cuts);
    g_string_free(stream, TRUE);
}

static void expect_text(const char *stream, const char *expected)
{
    expect(g_string_new(stream), expected);
}

/* Appends a startek frame; lie is added to the declared length, error to the checksum. */
static void add_startek(GString *stream, const char *head, const char *body, int lie, unsigned error, const char *end)
{
    gsize start = stream->len;
    g_string_append_printf(stream, "%sA%d%s", head, (int)strlen(body) + lie, body);
    guint8 sum = 0;
    for (gsize i = start; i < stream->len; i++)
        sum = (guint8)(sum + (guint8)stream->str[i]);
    g_string_append_printf(stream, "%02X%s", (sum + error) & 0xFFU, end);
}

static GString *startek(const char *head, const char *body, int lie, unsigned error, const char *end)
{
    GString *stream = g_string_new(NULL);
    add_startek(stream, head, body, lie, error, end);
    return stream;
}

/* Another protocol gives no frame, and one of ours behind it is found. */
static void test_10_1_not_this_protocol(void **state)
{
    static const char *const others[] = {
        "#353327020115804#user#1234#AUTO#1\r\n$GPRMC,101010,A,2230.5,N,11355.1,E,0.0,,030912,,,A*7B\r\n##\r\n",
        "##,imei:353327020115804,A;",
        "$$A138,353327020115804,AAA,35,22.5,113.9,A,5,20,0,0*0A\r\n",
        "*HQ,353327020115804,V1,101010,A,2230.5,N,11355.1,E,0.0,0,030912,FFFFFFFF;",
        "(027028258309BP05353327020115804120903A)",
        "\x78\x78\x0D\x01\x03\x53\x32\x70\x20\x11\x58\x04\x01\x8C\xDD\r\n",
        "\x79\x79\x01\x0D\x0A",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        GString *stream = g_string_new(others[i]);
        gsize before = stream->len, frames = 0;
        g_string_append(stream, HEARTBEAT);
        GArray *elements = elements_scan((const guint8 *)stream->str, stream->len, NULL, 0, TRUE);
        for (guint k = 0; k < elements->len; k++) {
            const struct element *e = &g_array_index(elements, struct element, k);
            frames += !e->leftover;
            if (!e->leftover)
                assert_int_equal(e->offset, before);
        }
        assert_int_equal(frames, 1);
        g_array_unref(elements);
        g_string_free(stream, TRUE);
    }
}

static void test_10_2_shared_doubled_and_missing_delimiters(void **state)
{
    expect_text(HEARTBEAT HEARTBEAT, "up heartbeat 23 | up heartbeat 23");
    expect_text(HEARTBEAT " " HEARTBEAT, "up heartbeat 23 | separator 1 | up heartbeat 23");
    expect_text(HEARTBEAT ID ",CMD-X#", "up heartbeat 23 | up heartbeat 22 shared_delimiter");
    expect_text("#" OTHER ",CMD-T,A,DATE:2103" HEARTBEAT, "up unknown 35 truncated | up heartbeat 22 shared_delimiter");
    expect_text("#" HEARTBEAT, "junk 1 | up heartbeat 23");
}

#define L100                                                                                                           \
    "ATL356789012345670,$GPRMC,111719.000,A,2838.0045,N,07713.3707,E,0.00,,120810,,,A*75,#01100111001010,N.C,N.C,"     \
    "N.C,12345.67,31.4,4.2,21,100,000,000001,00000ATL"

/* L100 has "#", 14 digits and a comma inside. Within junk an opener counts with a code or a body only. */
static void test_10_1_an_opener_within_junk(void **state)
{
    expect_text(HEARTBEAT L100, "up heartbeat 23 | junk 156");
    expect_text(HEARTBEAT L100 HEARTBEAT, "up heartbeat 23 | junk 156 | up heartbeat 23");
    expect_text(HEARTBEAT L100 "\r\n" HEARTBEAT, "up heartbeat 23 | junk 158 | up heartbeat 23");
    expect_text(HEARTBEAT L100 L100 HEARTBEAT, "up heartbeat 23 | junk 312 | up heartbeat 23");
    expect_text("x#" ID ",XYZ#", "junk 22");
    expect_text("x#" ID ",a,b,CMD-X#", "junk 1 | up heartbeat 27");
    expect_text("x#" ID ",a,b,c,CMD-X#", "junk 30");
    expect_text("x #" ID ",XYZ#", "junk 2 | up unknown 21 unknown_code");
    expect_text("x##" ID ",XYZ#", "junk 2 | up unknown 21 unknown_code");
    expect_text("x\r\n#" ID ",XYZ#", "junk 3 | up unknown 21 unknown_code");
    expect_text("x#" ID ",XY", "junk 20");
    expect_text("x#" ID ",CMD-T,A,DATE:2103", "junk 1 | up unknown 34 truncated");
    expect_text("x#" ID ",XYZ" HEARTBEAT, "junk 21 | up heartbeat 23");
}

static void test_10_16_the_bytes_tell_the_direction(void **state)
{
    expect_text(":123456F#" HEARTBEAT "RESET!1:123456D#",
                "down command 9 | up heartbeat 23 | down command 7 | down command 9");
    GString *stream = startek("$$", "," ID ",800", 0, 0, "\r\n");
    add_startek(stream, "&&", "," ID ",129,OK", 0, 0, "\r\n");
    expect(stream, "down command 29 | up answer 32");
}

/* Neither a command nor RESET!: raw, and RESET! behind it counts at a frame boundary only. */
static void test_10_17_what_the_platform_says_otherwise(void **state)
{
    expect_text("LOAD" HEARTBEAT, "junk 4 | up heartbeat 23");
    expect_text("ONRESET!", "junk 8");
    expect_text("ON\r\n:123456F#", "junk 4 | down command 9");
}

static void test_9_8_the_head_tells_report_from_acknowledgement(void **state)
{
    expect(startek("&&", "," ID ",000,1", 0, 0, "\r\n"), "up unknown 31 report_too_short");
    expect(startek("$$", "," ID ",000,1", 0, 0, "\r\n"), "down command 31");
}

static void test_9_9_answer_or_report(void **state)
{
    expect(startek("&&", "," ID ",020,xyz", 0, 0, "\r\n"), "up unknown 33");
    expect(startek("&&", "," ID ",030,xyz", 0, 0, "\r\n"), "up unknown 33");
    expect(startek("&&", "," ID ",710,T1,1\r\n", 0, 0, "\r\n"), "up passthrough 36");
    expect(startek("&&", "," ID ",102,OK", 0, 0, "\r\n"), "up answer 32");
    expect(startek("&&", "," ID ",800,Unsupport", 0, 0, "\r\n"), "up rejected 39");
}

/* Each verdict of docs/STARTEK.md 1.2, with a good frame behind it. */
static void test_9_12_length_or_checksum_wrong(void **state)
{
    static const struct {
        int lie;
        unsigned error;
        const char *end, *expected;
    } verdicts[] = {
        {0, 0, "\r\n", "up answer 32 | up heartbeat 23"},
        {0, 0, "", "up answer 30 terminator_missing | up heartbeat 23"},
        {0, 1, "\r\n", "up unknown 32 checksum_bad | up heartbeat 23"},
        {-1, 0, "\r\n", "up answer 32 length_wrong | up heartbeat 23"},
        {4, 0, "\r\n", "up answer 32 length_wrong | up heartbeat 23"},
        {4, 1, "\r\n", "up unknown 32 damaged | up heartbeat 23"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(verdicts); i++) {
        GString *stream = startek("&&", "," ID ",102,OK", verdicts[i].lie, verdicts[i].error, verdicts[i].end);
        g_string_append(stream, HEARTBEAT);
        expect(stream, verdicts[i].expected);
    }
    GString *cut = startek("&&", "," ID ",102,OK", 0, 0, "\r\n");
    g_string_truncate(cut, 28);
    expect(cut, "up unknown 28 truncated");
    expect_text("&&&xyz" HEARTBEAT, "junk 6 | up heartbeat 23");
}

/* Right checksum, no CR LF: what follows tells whether the frame ends there or the checksum is a chance hit. */
static void test_9_12_behind_a_right_checksum(void **state)
{
    static const struct {
        const char *behind, *expected;
    } cases[] = {
        {"", "down command 27 terminator_missing"},
        {"\r", "down command 27 terminator_missing | separator 1"},
        {"\n:123456F#", "down command 27 terminator_missing | separator 1 | down command 9"},
        {":123456F#", "down command 27 terminator_missing | down command 9"},
        {"RESET!1", "down command 27 terminator_missing | down command 7"},
        {"RESET!", "down command 27 terminator_missing | down command 6"},
        {"RESIST\r\n:123456F#", "down unknown 35 damaged | down command 9"},
        {"xyz:123456F#", "junk 30 | down command 9"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        expect(startek("$$", "," ID ",801", 0, 0, cases[i].behind), cases[i].expected);
}

/* A frame that lost its CR LF: the good frames of either dialect behind it are found, in whatever form they come. */
static void test_9_12_a_damaged_frame_swallows_no_good_one(void **state)
{
    static const struct {
        const char *inner, *expected;
    } cases[] = {
        {HEARTBEAT, "up unknown 30 damaged | up heartbeat 23 | up answer 32"},
        {"#" ID ", ERROR!#", "up unknown 30 damaged | up rejected 25 | up answer 32"},
        {"#" ID ",Ver:a#", "up unknown 30 damaged | up version 23 | up answer 32"},
        {"#" ID ",PWR saved,,ALM-E#", "up unknown 30 damaged | up event 34 | up answer 32"},
        {"#" ID ",X,A,DATE:210314,TIME:151617,LAT:1.5N,LOT:2.5E,Speed:1#",
         "up unknown 30 damaged | up unknown 71 unknown_code | up answer 32"},
        {"#" ID ",X,V,210314,151617,1.5N,2.5E,Speed:1#",
         "up unknown 30 damaged | up unknown 53 stale_fix unknown_code | up answer 32"},
        /* Nothing proves that these are frames. */
        {"#" ID ",1,2,3,CMD-X#", "up unknown 59 damaged | up answer 32"},
        {"#" ID ",X,A,DATE:2103#", "up unknown 61 damaged | up answer 32"},
        {"#" ID ",CMD-X", "up unknown 52 damaged | up answer 32"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        GString *stream = startek("&&", "," ID ",102,OK", 0, 1, cases[i].inner);
        add_startek(stream, "&&", "," ID ",102,OK", 0, 0, "\r\n");
        expect(stream, cases[i].expected);
    }
}

/* What stands behind the three digits counts; "$$" and a digit only with length and checksum right. Else nothing of
 * ours is there, not even a damaged frame. */
static void test_9_14_no_header_after_all(void **state)
{
    static const struct {
        const char *stream, *expected;
    } cases[] = {
        {"$$A120,8612345678910,211005105836,A,FLEX,*F6\r\n", "junk 46"},
        {"&&A24,8612345678910,211A,x\r\n", "junk 28"},
        {"$$520," ID ",801CC\r\n", "down command 29 index_out_of_range"},
        {"$$523," ID ",102,605B\r\n", "down command 32 index_out_of_range"},
        {"$$520," ID ",80100\r\n", "junk 29"},
        {"$$524," ID ",801CC\r\n", "junk 29"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        expect_text(cases[i].stream, cases[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_10_1_not_this_protocol),
        cmocka_unit_test(test_10_1_an_opener_within_junk),
        cmocka_unit_test(test_10_2_shared_doubled_and_missing_delimiters),
        cmocka_unit_test(test_10_16_the_bytes_tell_the_direction),
        cmocka_unit_test(test_10_17_what_the_platform_says_otherwise),
        cmocka_unit_test(test_9_8_the_head_tells_report_from_acknowledgement),
        cmocka_unit_test(test_9_9_answer_or_report),
        cmocka_unit_test(test_9_12_length_or_checksum_wrong),
        cmocka_unit_test(test_9_12_behind_a_right_checksum),
        cmocka_unit_test(test_9_12_a_damaged_frame_swallows_no_good_one),
        cmocka_unit_test(test_9_14_no_header_after_all),
    };
    return cmocka_run_group_tests_name("ambiguous", tests, NULL, NULL);
}
