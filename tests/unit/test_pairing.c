/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which command an answer belongs to: docs/PROTOCOL.md 8, docs/STARTEK.md 1.4 and 6, docs/FIFOTRACK.md 7. A dialogue is
 * a list of frames with their second; what comes out is the number of the command that each frame answers. */
#include "pairing.h"

#include "elements.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND     INT64_C(1000000000)
#define ID         "353327020115804"
#define OTHER_ID   "353327020115805"
#define UP(code)   "#" ID "," code ",V,DATE:240517,TIME:060000,LAT:50.0000000N,LOT:010.0000000E,Speed:000.0,84-20#"
#define DOWN(text) ":123456" text "#"

static struct s7_pairing pairing;
static struct s7_message message;
static unsigned spoken; /* frames so far: a command's token is its number, from 1 */

static int set_up(void **state)
{
    memset(&pairing, 0, sizeof pairing);
    spoken = 0;
    return 0;
}

/* What is said: one frame. Returns the token of the command it answers, 0 if none; a command returns 1000 if it gets an
 * answer, 0 if not. */
static unsigned say_bytes(int second, const char *text, size_t length)
{
    struct s7_scanner scanner = {0};
    struct s7_frame frame;
    assert_int_equal(s7_scan(&scanner, (const uint8_t *)text, length, true, &frame), S7_SCAN_FRAME);
    assert_int_equal(frame.length, length);
    s7_decode((const uint8_t *)text, &frame, &message);
    struct s7_request request;
    bool full;
    spoken++;
    uint64_t token;
    if (s7_pairing_is_answered((const uint8_t *)text, &message))
        s7_pairing_report(&pairing, (const uint8_t *)text, &message, spoken, second * SECOND);
    if (s7_pairing_acknowledged(&pairing, (const uint8_t *)text, &message, second * SECOND, &token))
        return (unsigned)token;
    if (message.kind == S7_KIND_COMMAND)
        return s7_pairing_command(&pairing, (const uint8_t *)text, &message, spoken, second * SECOND, &request, &full)
                   ? 1000
                   : 0;
    return s7_pairing_answer(&pairing, (const uint8_t *)text, &message, second * SECOND, S7_FIT_CODE, &request)
               ? (unsigned)request.token
               : 0;
}

static unsigned say(int second, const char *text)
{
    return say_bytes(second, text, strlen(text));
}

/* A startek frame: head '&' or '$', index, and what stands behind the id. */
static unsigned startek(int second, char head, char index, const char *content)
{
    g_autofree char *body = g_strdup_printf(",%s,%s", ID, content);
    GString *frame = g_string_new(NULL);
    g_string_printf(frame, "%c%c%c%u%s", head, head, index, (unsigned)strlen(body), body);
    unsigned sum = 0;
    for (gsize i = 0; i < frame->len; i++)
        sum += (unsigned char)frame->str[i];
    g_string_append_printf(frame, "%02X\r\n", sum & 255);
    unsigned said = say_bytes(second, frame->str, frame->len);
    g_string_free(frame, TRUE);
    return said;
}

/* A fifotrack frame: head '$' or '#', and what stands behind the id. */
static unsigned fifotrack_of(const char *id, int second, char head, const char *content)
{
    g_autofree char *body = g_strdup_printf(",%s,%s", id, content);
    g_autofree char *text = g_strdup_printf("%u%s", (unsigned)strlen(body), body);
    unsigned all = 0;
    for (const char *c = text; *c; c++)
        all ^= (unsigned char)*c;
    g_autofree char *frame = g_strdup_printf("%c%c%s*%02X\r\n", head, head, text, all);
    return say_bytes(second, frame, strlen(frame));
}

static unsigned fifotrack(int second, char head, const char *content)
{
    return fifotrack_of(ID, second, head, content);
}

/* Every line of PROTOCOL.md 3.2 and 8: the command, the code that answers it, and one that does not. */
static void the_letter_tells_the_answer_but_for_exceptions(void **state)
{
    static const struct {
        const char *command, *answer, *other;
    } rows[] = {
        {DOWN("A1,+4915112345678,Anna"), UP("CMD-A1"), UP("CMD-A2")},
        {DOWN("A8,D"), UP("CMD-A8"), UP("CMD-A")},
        {DOWN("B"), "#" ID ",Ver:H-TL402,S-0001-190611,#", UP("CMD-B")},
        {DOWN("Cinternet,192.0.2.1:8888"), UP("CMD-C"), UP("CMD-T")},
        {DOWN("D"), "#" ID ",CMD-D,#", UP("CMD-T")},
        {DOWN("F"), UP("CMD-F"), UP("CMD-F1")},
        {DOWN("F1"), UP("CMD-F1"), UP("CMD-F")},
        {DOWN("G"), UP("CMD-G"), UP("CMD-T")},
        {DOWN("H654321"), UP("CMD-H"), UP("CMD-T")},
        {DOWN("I1,0"), UP("CMD-I"), UP("ALM-B1")},
        {DOWN("J1,080"), UP("CMD-J"), UP("ALM-C")},
        {DOWN("K"), UP("CMD-K"), UP("CMD-K0")},
        {DOWN("KH050"), UP("CMD-K0"), UP("CMD-K2")},
        {DOWN("KH0"), UP("CMD-K2"), UP("CMD-K0")},
        {DOWN("KH000"), UP("CMD-K2"), UP("CMD-K0")},
        {DOWN("KL050"), UP("CMD-K1"), UP("CMD-K3")},
        {DOWN("KL0"), UP("CMD-K3"), UP("CMD-K1")},
        {DOWN("L+08"), UP("CMD-L"), UP("CMD-L1")},
        {DOWN("L1,240517,060000"), UP("CMD-L1"), UP("CMD-L")},
        {DOWN("L2"), UP("CMD-L2"), UP("CMD-L")},
        {DOWN("L3,090"), UP("CMD-L3"), UP("CMD-L")},
        {DOWN("L4"), UP("CMD-L4"), UP("CMD-L")},
        {DOWN("L5,07:30"), UP("CMD-L5"), UP("CMD-L")},
        {DOWN("M1,030S"), UP("CMD-M"), UP("CMD-T")},
        {DOWN("M2,180"), UP("CMD-M2"), UP("CMD-M")},
        {DOWN("M3,060"), UP("CMD-M3"), UP("CMD-M")},
        {DOWN("M4,1"), UP("CMD-M4"), UP("CMD-M")},
        {DOWN("N1,20"), UP("CMD-N"), UP("ALM-D")},
        {DOWN("Ouser,word"), UP("CMD-O"), UP("CMD-T")},
        {DOWN("P1,25"), UP("CMD-P"), UP("ALM-H")},
        {DOWN("Q3,1"), UP("CMD-Q3"), UP("CMD-Q1")},
        {DOWN("Rhttp://example.net;8888"), UP("CMD-R"), UP("CMD-T")},
        {DOWN("T1"), UP("CMD-T1"), UP("CMD-T")},
        {DOWN("T0"), UP("CMD-T0"), UP("CMD-T")},
        {DOWN("U1"), UP("CMD-U1"), UP("CMD-U")},
        {DOWN("UV"), UP("CMD-U"), UP("CMD-U1")},
        {DOWN("UV1234"), UP("CMD-U"), UP("CMD-U1")},
        {DOWN("V50"), UP("CMD-V"), UP("CMD-V3")},
        {DOWN("V35"), UP("CMD-V"), UP("CMD-V3")},
        {DOWN("V30,+4915112345678"), UP("CMD-V3"), UP("CMD-V")},
        {DOWN("V31,+4915112345678"), UP("CMD-V3"), UP("CMD-V")},
        {DOWN("Z08"), "#" ID ",CMD-Z,58 31#", UP("CMD-Z2")},
        {DOWN("Z1,name"), UP("CMD-Z2"), "#" ID ",CMD-Z,58 31#"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        set_up(state);
        if (say(0, rows[i].command) != 1000 || say(1, rows[i].other) != 0 || say(2, rows[i].answer) != 1)
            fail_msg("%s", rows[i].command);
        assert_int_equal(say(3, rows[i].answer), 0); /* only the first one is the answer */
    }
}

static void some_commands_get_no_answer(void **state)
{
    static const char *const silent[] = {DOWN("E"), DOWN("WW,net,key"), "RESET!", "RESET!1"};
    for (size_t i = 0; i < G_N_ELEMENTS(silent); i++)
        assert_int_equal(say(0, silent[i]), 0);
    assert_int_equal(say(1, UP("CMD-E")), 0);
    assert_int_equal(say(1, UP("CMD-W")), 0);
    assert_int_equal(say(1, UP("ERROR!")), 0);
}

static void maker_text_is_only_ever_refused(void **state)
{
    assert_int_equal(say(0, DOWN("B1")), 1000);
    assert_int_equal(say(1, "#" ID ",Ver:H-TL402,S-0001-190611,#"), 0);
    assert_int_equal(say(2, "#" ID ", ERROR!#"), 1);
}

static void a_rejection_belongs_to_the_latest_command_without_an_answer(void **state)
{
    say(0, DOWN("F"));
    say(1, DOWN("M1,030S"));
    say(2, DOWN("J1,080"));
    assert_int_equal(say(3, UP("CMD-J")), 3);
    assert_int_equal(say(4, "#" ID ", ERROR!#"), 2);
    assert_int_equal(say(5, UP("CMD-F")), 1);
    assert_int_equal(say(6, "#" ID ", ERROR!#"), 0);
}

static void equal_commands_are_answered_in_their_order(void **state)
{
    say(0, DOWN("F"));
    say(5, DOWN("F"));
    assert_int_equal(say(20, UP("CMD-F")), 1);
    assert_int_equal(say(25, UP("CMD-F")), 2);
}

static void reports_in_between_are_no_answers(void **state)
{
    say(0, DOWN("M1,030S"));
    assert_int_equal(say(1, UP("CMD-T")), 0);
    assert_int_equal(say(2, "#" ID ",CMD-X#"), 0);
    assert_int_equal(say(3, UP("ALM-A")), 0);
    assert_int_equal(say(4, UP("CMD-M")), 4 - 3);
}

static void after_two_minutes_nothing_is_answered(void **state)
{
    say(0, DOWN("F"));
    say(0, DOWN("G"));
    say(30, DOWN("F"));
    assert_int_equal(say(120, UP("CMD-G")), 2);
    assert_int_equal(say(121, UP("CMD-F")), 3); /* the first one is over, the second is not */
    struct s7_request request;
    assert_true(s7_pairing_expired(&pairing, 121 * SECOND, &request));
    assert_int_equal(request.token, 1);
    assert_false(s7_pairing_expired(&pairing, 121 * SECOND, &request));
}

static void a_damaged_frame_answers_nothing(void **state)
{
    say(0, DOWN("F"));
    assert_int_equal(say(1, "#" ID ",CMD-F,V,DATE:240517,TIME:06#"), 0);
    assert_int_equal(say(2, UP("CMD-F")), 1);
}

static void the_index_tells_the_command(void **state)
{
    assert_int_equal(startek(0, '$', 'A', "102,60"), 1000);
    startek(1, '$', 'B', "102,30");
    assert_int_equal(startek(2, '&', 'B', "102,OK"), 2);
    assert_int_equal(startek(3, '&', 'A', "102,OK"), 1);
    assert_int_equal(startek(4, '&', 'A', "103,OK"), 0); /* another code */
}

static void without_a_fitting_index_the_oldest_is_answered(void **state)
{
    startek(0, '$', 'A', "102,60");
    startek(1, '$', 'B', "102,30");
    assert_int_equal(startek(2, '&', ':', "102,OK"), 1);
    assert_int_equal(startek(3, '&', ':', "102,OK"), 2);
    assert_int_equal(startek(4, '&', ':', "102,OK"), 0);
}

static void servers_that_always_send_one_index(void **state)
{
    startek(0, '$', ':', "129,20");
    startek(1, '$', ':', "129,30");
    startek(2, '$', ':', "129,40");
    assert_int_equal(startek(3, '&', ':', "129,OK"), 1);
    assert_int_equal(startek(4, '&', ':', "129,Failed"), 2);
    assert_int_equal(startek(5, '&', ':', "129,Unsupport"), 3);
}

static void acknowledgements_are_no_questions(void **state)
{
    assert_int_equal(startek(0, '$', 'A', "000,1"), 0);
    assert_int_equal(startek(0, '$', 'A', "010,1"), 0);
    assert_int_equal(startek(0, '$', 'A', "020,1"), 0);
    assert_int_equal(pairing.count, 0);
}

#define REPORT(code, event)                                                                                            \
    code "," event ",,240517060000,A,41.123457,2.765432,11,0.9,0,118,64,482913,214|7|1A2B|01234567,23,001D,02,00,"     \
         "0512|0199"

static void a_position_query_is_answered_by_a_report(void **state)
{
    startek(0, '$', 'A', "800");
    assert_int_equal(startek(1, '&', 'p', REPORT("000", "0")), 0); /* any report */
    assert_int_equal(startek(2, '&', 'A', REPORT("000", "0")), 1); /* with the same index */
    assert_int_equal(startek(3, '&', 'q', REPORT("000", "34")), 0);
    startek(4, '$', 'B', "800");
    assert_int_equal(startek(5, '&', 'r', REPORT("010", "34")), 5); /* event 34 */
    startek(6, '$', 'C', "800");
    assert_int_equal(startek(7, '&', 'C', "800,Unsupport"), 7);
}

static void an_answer_may_come_in_parts(void **state)
{
    startek(0, '$', 'A', "144,4711");
    assert_int_equal(startek(1, '&', 'A', "144,Under authorization"), 1);
    assert_int_equal(startek(31, '&', 'A', "144,OK"), 1);
    assert_int_equal(startek(121, '&', 'A', "144,OK"), 0);
}

static void a_package_belongs_to_its_picture(void **state)
{
    startek(0, '$', ':', "265,one.jpg");
    startek(1, '$', ':', "265,two.jpg");
    assert_int_equal(startek(2, '&', ':', "265,one.jpg,0,3,abc"), 1);
    assert_int_equal(startek(3, '&', ':', "265,one.jpg,3,3,def"), 1);
    assert_int_equal(startek(4, '&', ':', "265,two.jpg,0,3,abc"), 2);
    assert_int_equal(startek(5, '&', ':', "265,one.jpg,6,3,ghi"), 1);
}

#define PLACE ",260202024003,A,22.6,114.0,35,90,12,1,1,0,02,0,460|0|1|1,0"

static void the_serial_tells_the_command(void **state)
{
    fifotrack(0, '#', "1A,B03,30,50");
    fifotrack(0, '#', "1b,B03,60,90");
    assert_int_equal(fifotrack(1, '$', "1B,B03,OK"), 2);
    assert_int_equal(fifotrack(2, '$', "1A,B03,UNSUPPORT"), 1);
    assert_int_equal(fifotrack(3, '$', "1A,B03,OK"), 0); /* once is enough */
}

/* Many servers send 1 with everything. */
static void without_a_fitting_serial_the_oldest_is_answered(void **state)
{
    fifotrack(0, '#', "1,B03,30,50");
    fifotrack(0, '#', "1,B03,60,90");
    fifotrack(0, '#', "1,B23,2,1101");
    assert_int_equal(fifotrack(1, '$', "2,C02,a,b,c,d"), 0);
    assert_int_equal(fifotrack(1, '$', "2,B23,OK"), 3);
    assert_int_equal(fifotrack(2, '$', "7,B03,OK"), 1);
    assert_int_equal(fifotrack(3, '$', "1,B03,FAILED"), 2);
}

static void a_picture_is_answered_by_a_result_only(void **state)
{
    assert_int_equal(fifotrack(0, '#', "1,D05,3"), 1000);
    assert_int_equal(fifotrack(1, '$', "1,D05,190220085833,22.6,114.0,1,1,1,13152,23FFD339"), 0);
    assert_int_equal(fifotrack(2, '$', "1,D05,OK"), 1);
}

static void packages_belong_to_their_request(void **state)
{
    fifotrack(0, '#', "1,D06,2444BD86,0,2");
    fifotrack(0, '#', "1,D06,2444BD86,2,2");
    fifotrack(0, '#', "1,D06,23FFD339,2,2");
    assert_int_equal(fifotrack(1, '$', "1,D06,2444BD86,2,2,ab"), 2);
    assert_int_equal(fifotrack(1, '$', "1,D06,2444BD86,2,2,ab"), 0);
    assert_int_equal(fifotrack(1, '$', "1,D06,UNSUPPORT"), 1);
    assert_int_equal(fifotrack(1, '$', "9,D06,23FFD339,2,2,ab"), 3);
    fifotrack(2, '#', "1,D06");
    assert_int_equal(fifotrack(3, '$', "1,D06,23FFD339,2,2,ab"), 8);
    /* Asked again for the same bytes: the first request was given up. */
    fifotrack(4, '#', "1,D06,23FFD339,4,2");
    fifotrack(5, '#', "1,D06,23FFD339,4,2");
    assert_int_equal(fifotrack(6, '$', "1,D06,23FFD339,4,2,ab"), 11);
}

/* Who asks again for the same bytes gave up the first request. */
static void bytes_asked_for_again_answer_the_latest_request(void **state)
{
    fifotrack(0, '#', "1,D06,2444BD86,0,2");
    fifotrack(20, '#', "1,D06,2444BD86,0,2");
    assert_int_equal(fifotrack(21, '$', "1,D06,2444BD86,0,2,ab"), 2);
    assert_int_equal(fifotrack(22, '$', "1,D06,2444BD86,0,2,ab"), 1);
    assert_int_equal(fifotrack(23, '$', "1,D06,2444BD86,0,2,ab"), 0);
}

static void a_position_is_answered_by_a_report_with_its_serial(void **state)
{
    assert_int_equal(fifotrack(0, '#', "1F,C01"), 1000);
    assert_int_equal(fifotrack(1, '$', "1E,A01," PLACE), 0);
    assert_int_equal(fifotrack(2, '$', "1F,S09,90"), 0);
    assert_int_equal(fifotrack(2, '$', "1F,A04,1"), 0);
    assert_int_equal(fifotrack(3, '$', "1F,A01,2" PLACE), 1);
    fifotrack(4, '#', "20,C01");
    assert_int_equal(fifotrack(5, '$', "1,C01,UNSUPPORT"), 6);
    fifotrack(6, '#', "21,C01");
    assert_int_equal(fifotrack(126, '$', "21,A00," PLACE), 8);
    fifotrack(200, '#', "22,C01");
    assert_int_equal(fifotrack(321, '$', "22,A03," PLACE), 0);
}

static void what_acknowledges_a_report_is_no_question(void **state)
{
    assert_int_equal(fifotrack(0, '#', "7F,A03,260202024003"), 0);
    assert_int_equal(fifotrack(0, '#', "7F,A01,1"), 0);
    assert_int_equal(fifotrack(1, '#', "1,B72,1"), 1000); /* of no list, but it may be answered */
    assert_int_equal(fifotrack(2, '$', "1,B72,OK"), 3);
}

/* Several devices may share a conversation, and servers send one serial always. */
static void what_carries_another_id_is_no_answer(void **state)
{
    assert_int_equal(fifotrack(0, '#', "1,B03,60"), 1000);
    assert_int_equal(fifotrack_of(OTHER_ID, 0, '#', "1,B03,60"), 1000);
    assert_int_equal(fifotrack_of(OTHER_ID, 1, '$', "1,B03,OK"), 2);
    assert_int_equal(fifotrack_of(OTHER_ID, 1, '$', "1,B03,OK"), 0);
    assert_int_equal(fifotrack(1, '$', "1,B03,OK"), 1);
    fifotrack(2, '$', "7F,A03," PLACE);
    fifotrack_of(OTHER_ID, 2, '$', "7F,A03," PLACE);
    assert_int_equal(fifotrack_of(OTHER_ID, 3, '#', "7F,A03,260202024003"), 7);
    assert_int_equal(fifotrack_of(OTHER_ID, 3, '#', "7F,A03,260202024003"), 0);
    assert_int_equal(fifotrack(3, '#', "7F,A03,260202024003"), 6);
}

/* docs/FIFOTRACK.md 7: A03 from the platform answers the report of that serial, within 120 s, once. */
static void an_acknowledgement_belongs_to_the_report_of_its_serial(void **state)
{
    fifotrack(0, '$', "7F,A03," PLACE);
    fifotrack(1, '$', "80,A03," PLACE);
    fifotrack(2, '$', "81,A01," PLACE); /* of no other type */
    assert_int_equal(fifotrack(3, '#', "80,A03,260202024003"), 2);
    assert_int_equal(fifotrack(3, '#', "80,A03,260202024003"), 0);
    assert_int_equal(fifotrack(3, '#', "7E,A03,260202024003"), 0);
    assert_int_equal(fifotrack(3, '#', "81,A03,260202024003"), 0);
    assert_int_equal(fifotrack(3, '#', "7F,A01,260202024003"), 0);
    assert_int_equal(fifotrack(120, '#', "07f,A03,260202024003"), 1);
    fifotrack(200, '$', "90,A03," PLACE);
    fifotrack(200, '$', "90,A03,2" PLACE); /* a serial twice: the first first */
    assert_int_equal(fifotrack(201, '#', "90,A03,260202024003"), 10);
    assert_int_equal(fifotrack(201, '#', "90,A03,260202024003"), 11);
    fifotrack(300, '$', "91,A03," PLACE);
    assert_int_equal(fifotrack(421, '#', "91,A03,260202024003"), 0);
    struct s7_request request;
    assert_false(s7_pairing_expired(&pairing, 421 * SECOND, &request));
    assert_int_equal(pairing.report_count, 0);
}

static void reports_never_displace_a_command(void **state)
{
    fifotrack(0, '#', "1,B03,30");
    fifotrack(1, '$', "7F,A03," PLACE);
    for (unsigned i = 0; i < S7_REPORTS_MAX; i++)
        fifotrack(2, '$', "80,A03," PLACE);
    assert_int_equal(fifotrack(3, '#', "7F,A03,260202024003"), 0); /* the oldest was forgotten */
    assert_int_equal(fifotrack(3, '#', "80,A03,260202024003"), 3);
    assert_int_equal(fifotrack(4, '$', "1,B03,OK"), 1);
}

static void dialects_do_not_answer_each_other(void **state)
{
    say(0, DOWN("F"));
    startek(1, '$', 'A', "129,20");
    assert_int_equal(startek(2, '&', 'A', "801,a"), 0);
    assert_int_equal(say(3, "#" ID ", ERROR!#"), 1);
    assert_int_equal(say(4, "#" ID ", ERROR!#"), 0);
    assert_int_equal(startek(5, '&', 'A', "129,OK"), 2);
    say(6, DOWN("F"));
    assert_int_equal(fifotrack(7, '#', "1,B03,30"), 1000);
    assert_int_equal(startek(8, '&', 'A', "129,OK"), 2);
    assert_int_equal(say(9, "#" ID ", ERROR!#"), 7);
    assert_int_equal(fifotrack(10, '$', "1,B03,OK"), 8);
}

static void the_oldest_is_given_up_when_too_many_wait(void **state)
{
    for (unsigned i = 0; i < S7_REQUESTS_MAX; i++)
        say(0, DOWN("F"));
    struct s7_request given_up;
    bool full;
    struct s7_scanner scanner = {0};
    struct s7_frame frame;
    static const char text[] = DOWN("G");
    s7_scan(&scanner, (const uint8_t *)text, sizeof text - 1, true, &frame);
    s7_decode((const uint8_t *)text, &frame, &message);
    assert_true(s7_pairing_command(&pairing, (const uint8_t *)text, &message, 99, SECOND, &given_up, &full));
    assert_true(full);
    assert_int_equal(given_up.token, 1);
    spoken = 99;
    assert_int_equal(say(2, UP("CMD-G")), 99);
    assert_int_equal(say(2, UP("CMD-F")), 2);
}

#define PAIRING_TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAIRING_TEST(the_letter_tells_the_answer_but_for_exceptions),
        PAIRING_TEST(some_commands_get_no_answer),
        PAIRING_TEST(maker_text_is_only_ever_refused),
        PAIRING_TEST(a_rejection_belongs_to_the_latest_command_without_an_answer),
        PAIRING_TEST(equal_commands_are_answered_in_their_order),
        PAIRING_TEST(reports_in_between_are_no_answers),
        PAIRING_TEST(after_two_minutes_nothing_is_answered),
        PAIRING_TEST(a_damaged_frame_answers_nothing),
        PAIRING_TEST(the_index_tells_the_command),
        PAIRING_TEST(without_a_fitting_index_the_oldest_is_answered),
        PAIRING_TEST(servers_that_always_send_one_index),
        PAIRING_TEST(acknowledgements_are_no_questions),
        PAIRING_TEST(a_position_query_is_answered_by_a_report),
        PAIRING_TEST(an_answer_may_come_in_parts),
        PAIRING_TEST(a_package_belongs_to_its_picture),
        PAIRING_TEST(the_serial_tells_the_command),
        PAIRING_TEST(without_a_fitting_serial_the_oldest_is_answered),
        PAIRING_TEST(a_picture_is_answered_by_a_result_only),
        PAIRING_TEST(packages_belong_to_their_request),
        PAIRING_TEST(bytes_asked_for_again_answer_the_latest_request),
        PAIRING_TEST(a_position_is_answered_by_a_report_with_its_serial),
        PAIRING_TEST(what_acknowledges_a_report_is_no_question),
        PAIRING_TEST(what_carries_another_id_is_no_answer),
        PAIRING_TEST(an_acknowledgement_belongs_to_the_report_of_its_serial),
        PAIRING_TEST(reports_never_displace_a_command),
        PAIRING_TEST(dialects_do_not_answer_each_other),
        PAIRING_TEST(the_oldest_is_given_up_when_too_many_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
