/* SPDX-License-Identifier: GPL-2.0-or-later
 * The quick look at a frame: which frames it takes, that it says what the decoder says, and that it leaves the others
 * alone. Values by hand from docs/PROTOCOL.md 1.1, 3, 4, docs/STARTEK.md 4 and docs/FIFOTRACK.md 3. */
#include "identify.h"

#include "decoded.h"

#define BODY    ",A," POSITION
#define TAIL    ",1-1-0-0-64-28"
#define STARTEK ",240517061233,A,41.123457,2.765432,11,0.9,63,118,64,482913,214|07|1A2B|01234567,23,0000001D,02,00,0512"

/* A startek frame around the body, whose checksum is right. */
static char *startek_frame(char head, const char *body)
{
    GString *frame = g_string_new(NULL);
    guint8 sum = 0;
    g_string_printf(frame, "%c%cA%zu%s", head, head, strlen(body), body);
    for (gsize i = 0; i < frame->len; i++)
        sum = (guint8)(sum + (guint8)frame->str[i]);
    g_string_append_printf(frame, "%02X\r\n", (unsigned)sum);
    return g_string_free(frame, FALSE);
}

/* A fifotrack frame around what stands behind the id, whose checksum is right. */
static char *fifotrack_frame(const char *head, const char *body)
{
    GString *frame = g_string_new(NULL);
    guint8 parity = 0;
    g_string_printf(frame, "%s%zu," ID "%s", head, strlen("," ID) + strlen(body), body);
    for (gsize i = 2; i < frame->len; i++)
        parity ^= (guint8)frame->str[i];
    g_string_append_printf(frame, "*%02X\r\n", (unsigned)parity);
    return g_string_free(frame, FALSE);
}

static bool scan(const char *text, size_t length, struct s7_frame *frame)
{
    struct s7_scanner scanner = {0};
    return s7_scan(&scanner, guard_copy((const guint8 *)text, length), length, true, frame) == S7_SCAN_FRAME;
}

/* Looks at the text, which begins with a frame; whether that has the usual form. What is said of it must agree with the
 * decoder, and must not depend on what was looked at before. */
static bool look(const char *text, size_t length, struct s7_usual *usual)
{
    static struct s7_message message;
    struct s7_frame frame;
    if (!scan(text, length, &frame))
        return false;
    const guint8 *data = guard_copy((const guint8 *)text, frame.length);
    struct s7_usual alone = {0};
    bool is_usual = s7_usual(data, &frame, usual);
    assert_int_equal(s7_usual(data, &frame, &alone), is_usual);
    if (!is_usual)
        return false;
    assert_int_equal(alone.kind, usual->kind);
    s7_decode(data, &frame, &message);
    const struct s7_field *id = s7_find(&message, S7_FIELD_DEVICE_ID);
    assert_true(message.proven && message.listed && id != NULL);
    assert_int_equal(message.direction, S7_UP);
    assert_int_equal(usual->kind, message.kind);
    assert_int_equal(usual->id_offset, id->offset);
    assert_int_equal(usual->id_length, id->length);
    return true;
}

static void check_usual(const char *text, enum s7_kind kind, const char *id)
{
    struct s7_usual usual = {0};
    if (!look(text, strlen(text), &usual))
        fail_msg("not usual: %s", text);
    assert_int_equal(usual.kind, kind);
    assert_int_equal(usual.id_length, strlen(id));
    assert_memory_equal(text + usual.id_offset, id, strlen(id));
}

static void check_left(const char *text)
{
    struct s7_usual usual = {0};
    struct s7_frame frame;
    assert_true(scan(text, strlen(text), &frame));
    if (look(text, strlen(text), &usual))
        fail_msg("taken: %s", text);
}

static void test_gotop(void **state)
{
    check_usual(REPORT("CMD-T", TAIL), S7_KIND_POSITION, ID);
    check_usual("#" ID ",CMD-T,V," POSITION TAIL "#", S7_KIND_POSITION, ID);
    check_usual("#12345678,CMD-F1" BODY TAIL "#", S7_KIND_POSITION, "12345678");
    check_usual("#" ID ",CMD-T,A,date:210314,time:151617,lat:41.1N,lon:002.7W,speed:7#", S7_KIND_POSITION, ID);
    check_usual(REPORT("CMD-KEY", TAIL), S7_KIND_EVENT, ID);
    check_usual(REPORT("CMD-D", TAIL), S7_KIND_POSITION, ID); /* a hello with a body (10.12) */
    check_usual("#" ID ",CMD-D#", S7_KIND_HELLO, ID);
    check_usual("#" ID ",CMD-X#", S7_KIND_HEARTBEAT, ID);
    check_usual("#" ID ",CMD-A1,1234,5678#", S7_KIND_ANSWER, ID);
}

static void test_gotop_left_to_the_decoder(void **state)
{
    static const char *const frames[] = {
        REPORT("ALM-B", TAIL),                                                     /* events by the suffix */
        REPORT("CMD-QQ", TAIL),                                                    /* not listed */
        "#" ID ",CMD-Z,41 42#",                                                    /* no body, whatever it looks like */
        "#" ID ",CMD-T,A#",                                                        /* cut */
        "#" ID ",CMD-T,A,DATE:21031x,TIME:151617,LAT:41.1N,LOT:002.7E,Speed:7#",   /* no date */
        "#" ID ",CMD-T,A,DATE:210314,TIME:151617,LAT:4101.1N,LOT:002.7E,Speed:7#", /* no degrees */
        "#" ID ",CMD-T,A,DATE:210314,TIME:151617,LAT:41.1S,LOT:002.7N,Speed:7#",   /* no longitude */
        "#" ID ",CMD-T,A,DATE:210314,TIME:151617,LAT:41.1N,LOT:002.7E,Speed:fast#",      /* no speed */
        "#" ID ",CMD-T,A,DATE:210314,TIME:151617,LAT:41.1N,LOT:002.7E,Speed:1.#",        /* no decimals */
        "#" ID ",CMD-T,A,DATE:210314,TIME:151617,LAT:41.12345678901N,LOT:2.7E,Speed:1#", /* too many */
        "#" ID ",WVWZZZ1JZXW000001" BODY ",CMD-T#", /* the code is not behind the id */
        "#" ID ",CMD-T" BODY,                       /* no closing delimiter */
        ":123456A1,1#",
        "RESET!",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++)
        check_left(frames[i]);
}

static void check_startek(char head, const char *body, bool usual, enum s7_kind kind, const char *id)
{
    char *frame = startek_frame(head, body);
    if (usual)
        check_usual(frame, kind, id);
    else
        check_left(frame);
    g_free(frame);
}

static void test_startek(void **state)
{
    check_startek('&', "," ID ",000,0," STARTEK, true, S7_KIND_POSITION, ID);
    check_startek('&', ",AB1,000,0," STARTEK, true, S7_KIND_POSITION, "AB1");
    check_startek('&', "," ID ",000,1," STARTEK, true, S7_KIND_EVENT, ID);
    check_startek('&', "," ID ",000,38," STARTEK ",more,and,more,of,a,tail,that,is,longer,than,one,block", true,
                  S7_KIND_EVENT, ID);
}

static void test_startek_left_to_the_decoder(void **state)
{
    check_startek('&', "," ID ",010,0," STARTEK, false, 0, NULL);                        /* wants an acknowledgement */
    check_startek('&', "," ID ",000,0,,240517061233,A,41.1,2.7,11,0.9", false, 0, NULL); /* too short */
    check_startek('&', "," ID ",000,0000," STARTEK, false, 0, NULL);                     /* no event */
    check_startek('&', "," ID ",000,," STARTEK, false, 0, NULL);
    check_startek('&', "," ID ",000,x," STARTEK, false, 0, NULL);
    check_startek('&', "," ID ",000", false, 0, NULL);
    check_startek('$', "," ID ",000,0," STARTEK, false, 0, NULL); /* from the platform */
    char *frame = startek_frame('&', "," ID ",000,0," STARTEK);
    frame[strlen(frame) - 3] = frame[strlen(frame) - 3] == '0' ? '1' : '0';
    check_left(frame); /* its checksum is wrong */
    g_free(frame);
    /* More commas than a usual frame has bytes: left to the decoder, not miscounted. */
    GString *body = g_string_new("," ID ",000,0,");
    for (unsigned i = 0; i < 6000; i++)
        g_string_append_c(body, ',');
    check_startek('&', body->str, false, 0, NULL);
    g_string_free(body, TRUE);
}

static void check_fifotrack(const char *head, const char *body, bool usual, enum s7_kind kind)
{
    char *frame = fifotrack_frame(head, body);
    if (usual)
        check_usual(frame, kind, ID);
    else
        check_left(frame);
    g_free(frame);
}

#define FIFOTRACK                                                                                                      \
    ",260202024003,A,22.600000,114.000000,35,90,12,123456,3600,900000C0,02,0,460|0|25FC|AC2AB0B,19A|4E0|6C,,"

static void test_fifotrack(void **state)
{
    check_fifotrack("$$", ",1,A01," FIFOTRACK, true, S7_KIND_POSITION);
    check_fifotrack("$$", ",FFFF,A00," FIFOTRACK, true, S7_KIND_POSITION);
    check_fifotrack("$$", ",1C,A01,14|11.4" FIFOTRACK, true, S7_KIND_EVENT);
    /* Has an answer of its own. */
    check_fifotrack("$$", ",36,A03,31,260202024003,460|0|25FC|AC2AB0B,3.91,71,0021,0,V,0,0,22.6,114.0", false, 0);
    check_fifotrack("$$", ",36,A01,2,260202024003", true, S7_KIND_EVENT);
}

static void test_fifotrack_left_to_the_decoder(void **state)
{
    check_fifotrack("$$", ",1,A02," FIFOTRACK, false, 0);
    check_fifotrack("$$", ",1,B03,OK", false, 0);
    check_fifotrack("$$", ",1,D05,OK", false, 0);
    check_fifotrack("$$", ",1,A01", false, 0);
    check_fifotrack("$$", ",1,A01,", false, 0);
    check_fifotrack("$$", ",1,A11," FIFOTRACK, false, 0);
    check_fifotrack("##", ",1,A03,260202024003", false, 0);
    char *frame = fifotrack_frame("$$", ",1,A01," FIFOTRACK);
    frame[strlen(frame) - 3] = frame[strlen(frame) - 3] == '0' ? '1' : '0';
    check_left(frame); /* its checksum is wrong */
    g_free(frame);
}

/* Each byte of a frame changed, cut out and doubled: look() compares with the decoder. Returns how many were usual. */
static unsigned try_all(const char *frame)
{
    static const char bytes[] = "0123459,.#ASVNEWT:-x \"\xff";
    size_t length = strlen(frame);
    unsigned usual_count = 0;
    struct s7_usual usual = {0};
    char *text = g_malloc(length + 2);
    for (size_t i = 0; i < length; i++) {
        memcpy(text, frame, length + 1);
        for (size_t c = 0; c < sizeof bytes; c++) {
            look(frame, length, &usual); /* is what is remembered */
            text[i] = bytes[c];
            usual_count += look(text, length, &usual);
        }
        memcpy(text + i, frame + i + 1, length - i);
        usual_count += look(text, length - 1, &usual);
        memcpy(text + i + 1, frame + i, length - i);
        text[i] = frame[i];
        usual_count += look(text, length + 1, &usual);
    }
    g_free(text);
    return usual_count;
}

static void test_agrees_on_changed_frames(void **state)
{
    char *startek = startek_frame('&', "," ID ",000,0," STARTEK);
    assert_true(try_all(REPORT("CMD-T", TAIL)) > 100);
    assert_true(try_all("#" ID ",CMD-D#") > 10);
    assert_true(try_all(REPORT("CMD-F1", TAIL)) > 100); /* a digit of its code tells it from others */
    char *fifotrack = fifotrack_frame("$$", ",1,A01,1" FIFOTRACK);
    assert_true(try_all(startek) > 0); /* nearly all break the checksum */
    assert_true(try_all(fifotrack) > 0);
    g_free(startek);
    g_free(fifotrack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gotop),
        cmocka_unit_test(test_gotop_left_to_the_decoder),
        cmocka_unit_test(test_startek),
        cmocka_unit_test(test_startek_left_to_the_decoder),
        cmocka_unit_test(test_fifotrack),
        cmocka_unit_test(test_fifotrack_left_to_the_decoder),
        cmocka_unit_test(test_agrees_on_changed_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
