/* SPDX-License-Identifier: GPL-2.0-or-later
 * Framing of the fifotrack dialect, and of three dialects in one stream: docs/FIFOTRACK.md 1.2, 1.5 and the cases of
 * its section 9 that concern it. Each stream is read whole, byte by byte, in two pieces cut anywhere, and each of its
 * prefixes, flush against a protected page; none of it may matter. */
#include "elements.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ID        "356789012345670"
#define HEARTBEAT "#" ID ",CMD-X#"
#define REPORT                                                                                                         \
    "A01,,260202024003,A,22.600000,114.000000,35,90,12,123456,3600,900000C0,02,0,460|0|25FC|AC2AB0B,19A|4E0|6C,,"
/* Published frames, and their lengths: FU018, FU019, FD002. */
#define WHOLE      "$$128," ID ",A12," REPORT "*7B\r\n"
#define WHOLE_SIZE 138
#define ANSWER     "$$27," ID ",100,B03,OK*47\r\n"
#define COMMAND    "##24," ID ",1,D05,3*73\r\n"
#define TAIL_POINTS                                                                                                    \
    "," ID ",000,0,,240517061233,A,41.1,2.7,11,0.9,0,118,64,482913,214|7|1A2B|01234567,23,0000001D,02,00,0512"

enum sum { XOR, SUM, WRONG };

/* Appends a frame; lie is added to the declared length, body begins behind the id's comma. */
static void add_id(GString *stream, const char *head, const char *id, const char *body, gsize size, int lie,
                   enum sum kind, const char *end)
{
    gsize start = stream->len;
    g_string_append_printf(stream, "%s%d,%s,", head, (int)(size + strlen(id)) + 2 + lie, id);
    g_string_append_len(stream, body, (gssize)size);
    guint8 parity = 0, sum = '*';
    for (gsize i = start; i < stream->len; i++) {
        parity ^= (guint8)stream->str[i];
        sum = (guint8)(sum + (guint8)stream->str[i]);
    }
    g_string_append_printf(stream, "*%02X%s", kind == XOR ? parity : kind == SUM ? sum : parity ^ 0x11U, end);
}

static void add(GString *stream, const char *head, const char *body, int lie, enum sum kind, const char *end)
{
    add_id(stream, head, ID, body, strlen(body), lie, kind, end);
}

static GString *one(const char *head, const char *body, int lie, enum sum kind, const char *end)
{
    GString *stream = g_string_new(NULL);
    add(stream, head, body, lie, kind, end);
    return stream;
}

/* A startek frame; body begins with the comma in front of the id. */
static void add_startek(GString *stream, const char *head, const char *body, const char *end)
{
    gsize start = stream->len;
    g_string_append_printf(stream, "%s%zu%s", head, strlen(body), body);
    guint8 sum = 0;
    for (gsize i = start; i < stream->len; i++)
        sum = (guint8)(sum + (guint8)stream->str[i]);
    g_string_append_printf(stream, "%02X%s", sum, end);
}

/* "fifotrack up 138 length_wrong | junk 2 | ..." */
static char *describe(const GArray *elements)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < elements->len; i++) {
        const struct element *e = &g_array_index(elements, struct element, i);
        const char *joint = i ? " | " : "";
        if (e->leftover) {
            g_string_append_printf(text, "%s%s %u", joint, s7_reason_names[e->frame.reason], e->frame.length);
            continue;
        }
        g_string_append_printf(text, "%s%s %s %u", joint, s7_dialect_names[e->frame.dialect],
                               s7_direction_names[e->frame.direction], e->frame.length);
        for (unsigned flag = 0; flag < S7_FLAG_COUNT; flag++)
            if (e->frame.flags >> flag & 1)
                g_string_append_printf(text, " %s", s7_flag_names[flag]);
    }
    return g_string_free(text, FALSE);
}

static void scan_cut(const GString *stream, const size_t *cuts, size_t count, const char *whole)
{
    GArray *elements = elements_scan((const guint8 *)stream->str, stream->len, cuts, count, TRUE);
    char *text = elements_print(elements);
    if (strcmp(text, whole) != 0)
        fail_msg("%s\nfirst cut at %zu of %zu:\nwhole\n%scut\n%s", stream->str, cuts[0], stream->len, whole, text);
    g_free(text);
    g_array_unref(elements);
}

/* What is told of a prefix while more may come is what is told of the whole. */
static void scan_prefix(const GString *stream, size_t length, const GArray *whole)
{
    GArray *open = elements_scan((const guint8 *)stream->str, length, NULL, 0, FALSE);
    GArray *ended = elements_scan((const guint8 *)stream->str, length, NULL, 0, TRUE);
    for (guint i = 0; i < open->len; i++) {
        const struct element *e = &g_array_index(open, struct element, i);
        const struct element *w = &g_array_index(whole, struct element, i);
        bool same = i < whole->len && e->offset == w->offset && e->leftover == w->leftover &&
                    (e->leftover ? e->frame.length <= w->frame.length
                                 : e->frame.length == w->frame.length && e->frame.flags == w->frame.flags);
        if (!same)
            fail_msg("%s\nprefix of %zu: element %u at %zu", stream->str, length, i, e->offset);
    }
    g_array_unref(open);
    g_array_unref(ended);
}

/* Frees the stream. */
static void expect(GString *stream, const char *expected)
{
    GArray *elements = elements_scan((const guint8 *)stream->str, stream->len, NULL, 0, TRUE);
    char *text = describe(elements), *whole = elements_print(elements);
    if (strcmp(text, expected) != 0)
        fail_msg("%s\nexpected: %s\ngot:      %s", stream->str, expected, text);
    size_t *bytes = g_new(size_t, stream->len + 1), step = stream->len < 1000 ? 1 : 97;
    for (size_t i = 0; i < stream->len; i++)
        bytes[i] = i + 1;
    scan_cut(stream, bytes, stream->len, whole);
    for (size_t cut = 1; cut < stream->len; cut += step) {
        scan_cut(stream, &cut, 1, whole);
        scan_prefix(stream, cut, elements);
    }
    g_free(bytes);
    g_free(whole);
    g_free(text);
    g_array_unref(elements);
    g_string_free(stream, TRUE);
}

static void expect_text(const char *stream, const char *expected)
{
    expect(g_string_new(stream), expected);
}

/* --- Section 1.2 --- */

static void good_frames(void **state)
{
    expect_text(WHOLE, "fifotrack up 138");
    expect_text(ANSWER, "fifotrack up 36");
    expect_text(COMMAND, "fifotrack down 33");
    expect_text(WHOLE ANSWER COMMAND, "fifotrack up 138 | fifotrack up 36 | fifotrack down 33");
    /* No parameters: "*" behind the type (FD005). */
    expect_text("##22," ID ",1,C01*69\r\n", "fifotrack down 31");
    /* A checksum in lower case (FU054). */
    expect_text("$$127," ID ",58," REPORT "*3b\r\n", "fifotrack up 137");
    /* Separators, junk in front (FU045). */
    expect_text("\r\n \x1a" ANSWER "\n" ANSWER, "separator 4 | fifotrack up 36 | separator 1 | fifotrack up 36");
    expect_text("xy$$" ANSWER, "junk 4 | fifotrack up 36");
    expect_text("$" ANSWER "#" COMMAND, "junk 1 | fifotrack up 36 | junk 1 | fifotrack down 33");
    /* The head lost (FU060). */
    expect_text(&ANSWER[2], "junk 34");
}

/* What the decoder works with. */
static void parts_of_a_frame(void **state)
{
    struct s7_scanner scanner = {0};
    struct s7_frame frame;
    assert_int_equal(s7_scan(&scanner, (const uint8_t *)WHOLE, WHOLE_SIZE, false, &frame), S7_SCAN_FRAME);
    assert_int_equal(frame.dialect, S7_FIFOTRACK);
    assert_int_equal(frame.shape, S7_SHAPE_FIFOTRACK);
    assert_int_equal(frame.head_length, 5);
    assert_int_equal(frame.id_length, 15);
    assert_int_equal(frame.body_length, 128);
}

static void waits_for_exactly_what_is_declared(void **state)
{
    struct s7_scanner scanner = {0};
    struct s7_frame frame;
    assert_int_equal(s7_scan(&scanner, (const uint8_t *)WHOLE, 60, false, &frame), S7_SCAN_MORE);
    assert_int_equal(frame.length, WHOLE_SIZE);
}

static void check_header(const char *head, const char *id, const char *body, bool stands)
{
    GString *stream = g_string_new(NULL);
    add_id(stream, head, id, body, strlen(body), 0, XOR, "\r\n");
    char expected[80];
    if (stands)
        g_snprintf(expected, sizeof expected, "fifotrack %s %zu", *head == '$' ? "up" : "down", stream->len);
    else
        g_snprintf(expected, sizeof expected, "junk %zu", stream->len);
    expect(stream, expected);
}

static void what_is_a_header(void **state)
{
    check_header("$$", "abc", "1,B03,OK", true);
    check_header("$$", "ABCDEFGHIJ0123456789", "1,B03,OK", true); /* 20 */
    check_header("$$", "ABCDEFGHIJ01234567890", "1,B03,OK", false);
    check_header("$$", "ab", "1,B03,OK", false);
    check_header("$$", "TRUCK-7", "1,B03,OK", false);
    check_header("$$", ID, "FFFF,B03,OK", true);
    check_header("##", ID, "aF0,C01", true);
    check_header("$$", ID, "12345,B03,OK", false);
    check_header("$$", ID, ",B03,OK", false);
    check_header("$$", ID, "G,B03,OK", false);
    check_header("$$", ID, "1,b03,OK", false);
    check_header("$$", ID, "1,B0A,OK", false);
    check_header("$$", ID, "1,B031,OK", false);
    check_header("$$", ID, "1,B03;OK", false);
    expect_text("$$027," ID ",100,B03,OK*47\r\n", "junk 37"); /* a leading zero */
    expect_text("$$000027," ID ",1,B03,OK*47\r\n", "junk 38");
    expect_text("$$8193," ID ",1,A01,x\r\n", "too_long 32"); /* above the limit it is no header */
    expect_text("$$92000," ID ",1,A01,x\r\n", "too_long 33");
}

static void the_longest_frame(void **state)
{
    GString *body = g_string_new("1,D06,1,0,8000,");
    while (body->len < S7_FIFOTRACK_MAX - strlen(ID) - 2)
        g_string_append_c(body, "\r\n"[body->len % 2]);
    expect(one("$$", body->str, 0, XOR, "\r\n"), "fifotrack up 8203");
    g_string_free(body, TRUE);
}

/* Framing stands where "*", two digits and CR LF are at the place. */
static void checksum_wrong(void **state)
{
    expect(one("$$", "44," REPORT, 0, WRONG, "\r\n"), "fifotrack up 137 checksum_bad");
    expect(one("##", "1,D05,3", 0, WRONG, "\r\n"), "fifotrack down 33 checksum_bad");
    /* No CR LF behind it: the length is wrong, and the line ends later. */
    GString *stream = one("$$", "44," REPORT, 0, WRONG, "x\r\n");
    g_string_append(stream, ANSWER);
    expect(stream, "fifotrack up 138 damaged | fifotrack up 36");
    /* No hexadecimal digits. */
    expect_text("$$27," ID ",100,B03,OK*4G\r\n", "fifotrack up 36 damaged");
}

static void cut_at_the_end(void **state)
{
    expect_text("$$127," ID ",40,A01,,260202024003,A", "fifotrack up 44 truncated"); /* as FU046 */
    expect_text("$$127," ID ",40,A01", "truncated 28");                              /* no header yet */
    expect_text("$$127," ID ",40,A01*", "fifotrack up 29 truncated");
    expect_text("$", "junk 1");
    expect_text("##", "junk 2");
    expect_text("##2", "truncated 3");
    expect_text(ANSWER "$$27,3", "fifotrack up 36 | truncated 6");
    /* At most up to a good frame inside. */
    expect_text("$$999," ID ",40,A01,,2602" ANSWER, "fifotrack up 34 damaged | fifotrack up 36");
    GString *stream = g_string_new("$$999," ID ",40,A01,,2602");
    add(stream, "$$", "100,B03,OK", 0, XOR, "");
    expect(stream, "fifotrack up 34 truncated | fifotrack up 34 terminator_missing");
}

/* Neither CR LF nor truncated: the two bytes of the head are junk. */
static void no_line(void **state)
{
    expect_text("$$25," ID ",1,A01,,260202024003,A", "junk 42");
    GString *stream = g_string_new("$$25," ID ",1,A01,");
    for (unsigned i = 0; i < S7_LINE_MAX; i++)
        g_string_append_c(stream, 'x');
    char expected[80];
    g_snprintf(expected, sizeof expected, "junk %zu | fifotrack up 36", stream->len);
    g_string_append(stream, ANSWER);
    expect(stream, expected);
}

/* FU047, and what a damaged frame must not swallow. */
static void damaged_up_to_a_good_frame(void **state)
{
    expect_text("$$127," ID ",40,A01,,260202\r\n" ANSWER, "fifotrack up 38 damaged | fifotrack up 36");
#define LOST "$$20," ID ",40,A01,,2602"
    expect_text(LOST ANSWER ANSWER, "fifotrack up 33 damaged | fifotrack up 36 | fifotrack up 36");
    expect_text(LOST COMMAND, "fifotrack up 33 damaged | fifotrack down 33");
    expect_text(LOST HEARTBEAT "\r\n", "fifotrack up 33 damaged | gotop up 23 | separator 2");
    /* A gotop frame counts with a listed code and a complete body only. */
    expect_text(LOST "#" ID ",FOO,A,1,2#\r\n", "fifotrack up 62 damaged");
    expect_text(LOST "#" ID ",CMD-T#\r\n", "fifotrack up 58 damaged");
    expect_text(LOST "#" ID ",CMD-T,A,DATE:210314,TIME:151617,LAT:1.5N,LOT:2.5E,Speed:1#\r\n",
                "fifotrack up 33 damaged | gotop up 75 | separator 2");
    expect_text(LOST "#" ID ",CMD-T,A,DATE:2103#\r\n", "fifotrack up 70 damaged");
    GString *stream = g_string_new(LOST);
    add_startek(stream, "&&A", "," ID ",129,OK", "\r\n");
    expect(stream, "fifotrack up 33 damaged | startek up 32");
    /* A header alone does not count. */
    expect_text(LOST "$$27," ID ",1,B03,OK*00\r\n", "fifotrack up 67 damaged");
    expect_text(LOST "$$5," ID ",1,A01,x\r\n", "fifotrack up 62 damaged"); /* nor one that ends inside of itself */
    /* A good frame that begins in the line and goes on behind it. */
    stream = g_string_new(LOST);
    add(stream, "$$", "1,D06,2444BD86,0,4,a\r\nb", 0, XOR, "\r\n");
    expect(stream, "fifotrack up 33 damaged | fifotrack up 49");
}

/* --- Section 9 --- */

static void fifotrack_9_1_length_and_checksum_wrong(void **state)
{
    /* FU009: 123 declared, 124 there. */
    static const char frame[] = "$$123,869467049296388,B996,A01,2,190624131813,V,22.333746,113.590670,0,124,-1,26347,0,"
                                "0004,00,0,460|0|2694|5A5D,174|0|0|0,B48CEB,*77\r\n";
    expect_text(frame, "fifotrack up 134 damaged");
}

static void fifotrack_9_2_length_wrong_checksum_right(void **state)
{
    GString *stream = one("$$", "42," REPORT, 872, XOR, "\r\n"); /* FU048 */
    g_string_append(stream, ANSWER);
    expect(stream, "fifotrack up 137 length_wrong | fifotrack up 36");
    expect(one("$$", "43," REPORT, -63, XOR, "\r\n"), "fifotrack up 136 length_wrong"); /* FU049 */
    expect(one("$$", "1,B03,OK", -20, XOR, "\r\n"), "fifotrack up 33 length_wrong");    /* inside the header */
    expect(one("##", "1,D05,3", 1, SUM, "\r\n"), "fifotrack down 33 length_wrong");
    /* For the checksum the end of the stream is the end of a line. */
    expect(one("$$", "1,B03,OK", 3, XOR, ""), "fifotrack up 32 length_wrong");
    expect(one("$$", "1,B03,OK", -3, XOR, ""), "fifotrack up 32 length_wrong");
}

static void fifotrack_9_3_line_end_missing(void **state)
{
    static const char *const behind[] = {"", "x", "\r", "\n", "$$", "5", "\rx", "#", "*47"};
    static const char *const expected[] = {"",          " | junk 1", " | separator 1",          " | separator 1",
                                           " | junk 2", " | junk 1", " | separator 1 | junk 1", " | junk 1",
                                           " | junk 3"};
    for (gsize i = 0; i < G_N_ELEMENTS(behind); i++) {
        GString *stream = one("$$", "100,B03,OK", 0, XOR, behind[i]);
        char *text = g_strconcat("fifotrack up 34 terminator_missing", expected[i], NULL);
        expect(stream, text);
        g_free(text);
    }
    GString *stream = one("$$", "40," REPORT, 0, XOR, ""); /* FU051 */
    g_string_append(stream, WHOLE);
    expect(stream, "fifotrack up 135 terminator_missing | fifotrack up 138");
    stream = one("##", "1,D05,3", 0, SUM, "");
    g_string_append(stream, HEARTBEAT);
    expect(stream, "fifotrack down 31 terminator_missing | gotop up 23");
}

static void fifotrack_9_4_sum(void **state)
{
    expect_text("##24,123456789012345,1,D05,3*9F\r\n", "fifotrack down 33");    /* FD001 */
    expect_text("##36," ID ",7F,A03,260202024003*11\r\n", "fifotrack down 45"); /* FD014 */
    expect_text("##36," ID ",7F,A03,260202024003*01\r\n", "fifotrack down 45"); /* FD003 */
    expect(one("$$", "100,B03,OK", 0, SUM, "\r\n"), "fifotrack up 36 checksum_bad");
}

static void fifotrack_9_5_the_frame_ends_where_the_length_says(void **state)
{
    expect_text("##28," ID ",1,C07,*102#*73\r\n", "fifotrack down 37"); /* FD011 */
    /* FU042: a package with everything in it that opens or ends frames. */
#define PICTURE "\xFF\xD8*3C\r\n$$95,1,A,A01,##24,&&A20,#1234567890,*00\r\n\xFF\xD9"
    assert_int_equal(sizeof PICTURE - 1, 50);
    expect(one("$$", "1,D06,2444BD86,1024,50," PICTURE, 0, XOR, "\r\n"), "fifotrack up 99");
    GString *stream = one("$$", "1,D06,2444BD86,0,74," ANSWER ANSWER "12", 0, XOR, "\r\n");
    expect(stream, "fifotrack up 121");
}

/* Rule 5 of section 1.2. */
static void a_package_is_found_by_its_count(void **state)
{
    expect(one("$$", "1,D06,2444BD86,0,50," PICTURE, 9, XOR, "\r\n"), "fifotrack up 96 length_wrong"); /* as FU043 */
    expect(one("$$", "1,D06,2444BD86,0,50," PICTURE, -40, XOR, "\r\n"), "fifotrack up 96 length_wrong");
    /* Declared to end in front of its data: whether it is a package is only known later. */
    expect(one("$$", "1,D06,2444BD86,0,50," PICTURE, -62, XOR, "\r\n"), "fifotrack up 96 length_wrong");
    expect(one("$$", "1,D06,2444BD86,0,50," PICTURE, 0, WRONG, "\r\n"), "fifotrack up 96 checksum_bad");
    GString *stream = one("$$", "1,D06,2444BD86,0,50," PICTURE, 9, XOR, "\r\n");
    g_string_append(stream, ANSWER);
    expect(stream, "fifotrack up 96 length_wrong | fifotrack up 36");
    /* The count is wrong too: damaged up to the next good frame, whatever lines are inside. */
    stream = one("$$", "1,D06,2444BD86,0,49," PICTURE, 9, XOR, "\r\n");
    g_string_append(stream, ANSWER ANSWER);
    expect(stream, "fifotrack up 96 damaged | fifotrack up 36 | fifotrack up 36");
    expect(one("$$", "1,D06,2444BD86,0,49," PICTURE, 9, XOR, "\r\n"), "fifotrack up 96 truncated");
    expect(one("$$", "1,D06,XYZ,0,50," PICTURE, 9, XOR, "\r\n"), "fifotrack up 91 truncated");
    /* A gotop frame behind it counts when it is whole. */
    stream = g_string_new("$$92," ID ",FFFF,D06,FAILED*72,,," HEARTBEAT);
    expect(stream, "fifotrack up 42 damaged | gotop up 23");
    /* Requests and results have fewer parameters: the line decides. */
    expect(one("##", "1,D06,2444BD86,1024,1024", 5, XOR, "\r\n"), "fifotrack down 50 length_wrong");
    stream = one("$$", "1,D06,FAILED", 5, WRONG, "\r\n");
    g_string_append(stream, ANSWER);
    expect(stream, "fifotrack up 38 damaged | fifotrack up 36");
}

/* Nothing good follows a damaged package within what may be looked at. */
static void the_search_is_bounded(void **state)
{
    GString *stream = g_string_new("$$100," ID ",1,D06,1,0,9,");
    while (stream->len < S7_ELEMENT_MAX + 500)
        g_string_append_c(stream, 'x');
    g_string_append(stream, ANSWER);
    expect(stream, "fifotrack up 8256 damaged | junk 500 | fifotrack up 36");
    /* The frame that the end of the reach cuts is found. */
    stream = g_string_new("$$100," ID ",1,D06,1,0,9,");
    while (stream->len < S7_ELEMENT_MAX - 10)
        g_string_append_c(stream, 'x');
    g_string_append(stream, ANSWER);
    expect(stream, "fifotrack up 8246 damaged | fifotrack up 36");
}

static void fifotrack_9_6_serials_that_look_like_codes(void **state)
{
    static const char *const serials[] = {"258", "100", "B25", "A12", "AAA", "B996", "000"};
    for (gsize i = 0; i < G_N_ELEMENTS(serials); i++) {
        char *body = g_strconcat(serials[i], "," REPORT, NULL), expected[40];
        GString *stream = one("$$", body, 0, XOR, "\r\n");
        g_snprintf(expected, sizeof expected, "fifotrack up %zu", stream->len);
        expect(stream, expected);
        g_free(body);
    }
    /* FU007; damaged, it is no startek row either. */
    expect_text("$$118,863003046473534,258,A01,,201007231735,V,3.067783,101.672858,0,176,96,189890,0,A0,03,0,"
                "502|19|5C1|93349F,196|4E0|6C,1,*13\r\n",
                "fifotrack up 128");
    expect_text("$$118,863003046473534,258,A01,,201007231735,V\r\n", "fifotrack up 47 damaged");
}

static void fifotrack_9_7_header_of_two_dialects(void **state)
{
    /* Good as startek: index 1, length 36. */
    GString *stream = g_string_new(NULL);
    add_startek(stream, "$$1", "," ID ",900,A01,a,b,c,d,e,f", "\r\n");
    expect(stream, "startek down 45 index_out_of_range");
    /* Good as neither: the first of the order, and that has damaged lines of its own. */
    expect_text("$$136," ID ",900,A01,a,b,c,d,e,f00\r\n", "fifotrack up 45 damaged");
    /* Good as fifotrack. */
    expect(one("$$", "900," REPORT, 0, XOR, "\r\n"), "fifotrack up 138");
    /* A startek frame beats a header whose line would be good. */
    stream = g_string_new(NULL);
    add_startek(stream, "$$1", "," ID ",900,A01,a,b,c,d,e,f", "\r\n");
    g_string_append(stream, ANSWER ANSWER ANSWER);
    expect(stream, "startek down 45 index_out_of_range | fifotrack up 36 | fifotrack up 36 | fifotrack up 36");
}

/* docs/STARTEK.md 1.2: "$$" and a digit, and what stands behind the code. */
static void a_startek_header_says_more_than_three_digits(void **state)
{
    GString *stream = g_string_new(NULL);
    add_startek(stream, "$$5", "," ID ",900,1", "\r\n");
    expect(stream, "startek down 31 index_out_of_range");
    stream = g_string_new(NULL);
    add_startek(stream, "$$5", "," ID ",900,1", ""); /* its CR LF missing, another frame behind it */
    g_string_append(stream, ANSWER);
    expect(stream, "startek down 29 index_out_of_range terminator_missing | fifotrack up 36");
    expect_text("$$522," ID ",900,100\r\n", "junk 31"); /* sum wrong */
    expect_text("&&522," ID ",900,100\r\n", "startek up 31 checksum_bad index_out_of_range");
    expect_text("$$599," ID ",900,1", "junk 27");
    expect_text("$$A120,8612345678910,211005105836,A,FLEX,*F6\r\n", "junk 46");
    expect_text("&&A120,8612345678910,211A,x\r\n", "junk 29");
    /* The declared end, an answer without data whose length is wrong, the end of the stream. */
    expect_text("&&A20,021104023195429,800DA\r\n", "startek up 29");
    stream = g_string_new(NULL);
    add_startek(stream, "&&A", ",021104023195429,800", "\r\n");
    stream->str[4] = '9'; /* 29 */
    stream->str[3] = '2';
    expect(stream, "startek up 29 damaged");
    expect_text("&&A20,021104023195429,800", "startek up 25 truncated");
    expect_text("&&A90,021104023195429,800", "startek up 25 truncated");
    expect_text("&&A90,021104023195429,800D", "truncated 26");
    expect_text("&&A90,021104023195429,800DAx", "junk 28");
}

static void fifotrack_9_24_in_a_gotop_stream(void **state)
{
    expect_text(HEARTBEAT COMMAND HEARTBEAT, "gotop up 23 | fifotrack down 33 | gotop up 23");
    expect_text("##" ID ",CMD-X#", "junk 1 | gotop up 23");
    expect_text("#" HEARTBEAT "##24," HEARTBEAT, "junk 1 | gotop up 23 | junk 5 | gotop up 23");
    expect_text("##,imei:" ID ",A;", "junk 26");
    expect_text("##24,x" HEARTBEAT, "junk 6 | gotop up 23");
    expect_text("#" ID ",CMD-X##24," ID ",1,D05,3*73\r\n", "gotop up 23 | junk 32");
}

static void fifotrack_9_25_the_head_tells_the_direction(void **state)
{
    expect_text(COMMAND ANSWER COMMAND, "fifotrack down 33 | fifotrack up 36 | fifotrack down 33");
}

static void three_dialects_in_one_stream(void **state)
{
    GString *stream = g_string_new(HEARTBEAT ":123456F#" WHOLE "RESET!" COMMAND);
    add_startek(stream, "&&k", TAIL_POINTS, "");
    g_string_append(stream, WHOLE HEARTBEAT);
    add_startek(stream, "$$:", "," ID ",010,1", "\r\n");
    g_string_append(stream, "junk" ANSWER);
    expect(stream, "gotop up 23 | gotop down 9 | fifotrack up 138 | gotop down 6 | fifotrack down 33 | "
                   "startek up 121 terminator_missing | fifotrack up 138 | gotop up 23 | startek down 31 | junk 4 | "
                   "fifotrack up 36");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_frames),
        cmocka_unit_test(parts_of_a_frame),
        cmocka_unit_test(waits_for_exactly_what_is_declared),
        cmocka_unit_test(what_is_a_header),
        cmocka_unit_test(the_longest_frame),
        cmocka_unit_test(checksum_wrong),
        cmocka_unit_test(cut_at_the_end),
        cmocka_unit_test(no_line),
        cmocka_unit_test(damaged_up_to_a_good_frame),
        cmocka_unit_test(fifotrack_9_1_length_and_checksum_wrong),
        cmocka_unit_test(fifotrack_9_2_length_wrong_checksum_right),
        cmocka_unit_test(fifotrack_9_3_line_end_missing),
        cmocka_unit_test(fifotrack_9_4_sum),
        cmocka_unit_test(fifotrack_9_5_the_frame_ends_where_the_length_says),
        cmocka_unit_test(a_package_is_found_by_its_count),
        cmocka_unit_test(the_search_is_bounded),
        cmocka_unit_test(fifotrack_9_6_serials_that_look_like_codes),
        cmocka_unit_test(fifotrack_9_7_header_of_two_dialects),
        cmocka_unit_test(a_startek_header_says_more_than_three_digits),
        cmocka_unit_test(fifotrack_9_24_in_a_gotop_stream),
        cmocka_unit_test(fifotrack_9_25_the_head_tells_the_direction),
        cmocka_unit_test(three_dialects_in_one_stream),
    };
    return cmocka_run_group_tests_name("fifotrack_frame", tests, NULL, NULL);
}
