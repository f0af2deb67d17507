/* SPDX-License-Identifier: GPL-2.0-or-later
 * Commands and answers in the rows: the column answers, the flags unanswered and unacknowledged, the rows that wait for
 * them (docs/PROTOCOL.md 8, docs/STARTEK.md 1.4 and 6). */
#include "frame/exchange.h"
#include "frame/held.h"
#include "pairing.h"
#include "stream_check.h"

#define A "devices/" ID_A ".csv"
#define B "devices/" ID_B ".csv"

#define REPORT_010                                                                                                     \
    "010,0,,240517060000,A,41.123457,2.765432,11,0.9,0,118,64,482913,214|7|1A2B|01234567,23,001D,02,00,0512|0199"

static void answers_name_their_command(void **state)
{
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    feed(0, DOWN, 1, ":123456F#:123456M1,030S#"); /* packet 2 */
    feed_report(0, 2, ID_A, "CMD-M", 'A', 60002);
    feed_report(0, 3, ID_A, "CMD-T", 'A', 60003);
    feed_report(0, 4, ID_A, "CMD-F", 'A', 60004);
    finish();
    expect_cells(A, "code answers flags", "CMD-T - - | F - - | M - - | CMD-M f1:2 - | CMD-T - - | CMD-F f1:2 -");
}

static void a_refusal_answers_the_latest(void **state)
{
    feed(0, DOWN, 1, ":123456F#");
    feed(0, DOWN, 2, ":123456J1,900#");
    feed(0, UP, 3, "#" ID_A ", ERROR!#");
    feed_report(0, 4, ID_A, "CMD-F", 'A', 60004);
    finish();
    expect_cells(A, "code answers flags", "F - - | J - out_of_range | ERROR! f1:2 - | CMD-F f1:1 -");
}

static void a_command_without_an_answer_is_flagged_after_two_minutes(void **state)
{
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    feed(0, DOWN, 10, ":123456F#");
    feed_report(0, 60, ID_A, "CMD-T", 'A', 60100);
    feed_report(0, 131, ID_A, "CMD-F", 'A', 60211); /* one second too late */
    conversations[0].end_reason = "capture";
    finish();
    expect_cells(A, "code answers flags", "CMD-T - - | F - unanswered | CMD-T - - | CMD-F - -");
    assert_true(devices_get(devices, ID_A)->context == CONTEXT_BIT(UNANSWERED));
}

static void an_answer_at_the_last_moment_counts(void **state)
{
    feed(0, DOWN, 0, ":123456F#");
    feed(1, DOWN, 120, ":123456E#"); /* time goes on elsewhere */
    feed_report(0, 120, ID_A, "CMD-F", 'A', 60200);
    finish();
    expect_cells(A, "code answers flags", "F - - | CMD-F f1:1 -");
}

static void nothing_is_said_of_a_one_way_capture(void **state)
{
    feed(0, DOWN, 0, ":123456F#");
    feed(0, DOWN, 300, ":123456G#");
    feed_startek(1, UP, 0, 'A', REPORT_010);
    feed_startek(1, UP, 300, 'B', REPORT_010);
    finish();
    expect_cells("devices/_unknown.csv", "code flags", "F - | G -");
    expect_cells(B, "code flags", "010 - | 010 duplicate");
}

static void a_conversation_that_ends_leaves_no_answer(void **state)
{
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    feed(0, DOWN, 1, ":123456F#");
    feed_report(1, 0, ID_B, "CMD-T", 'A', 60000);
    feed(1, DOWN, 1, ":123456F#");
    conversations[0].end_reason = "fin";
    conversations[1].end_reason = "capture"; /* the answer may have come later */
    finish();
    expect_cells(A, "code flags", "CMD-T - | F unanswered");
    expect_cells(B, "code flags", "CMD-T - | F -");
}

static void what_gets_no_answer_is_not_flagged(void **state)
{
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    feed(0, DOWN, 1, ":123456E#:123456WW,net,key#RESET!1");
    feed_report(0, 300, ID_A, "CMD-T", 'A', 60500);
    conversations[0].end_reason = "fin";
    finish();
    expect_cells(A, "code flags", "CMD-T - | E - | W - | RESET!1 - | CMD-T -");
}

static void an_answer_may_lie_in_a_gap(void **state)
{
    struct origin origin = {.time = NOON + 5 * SECOND, .number = 100, .file = 1};
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    feed(0, DOWN, 1, ":123456F#");
    framing_gap(&parts[0], UP, 110, false, &origin);
    feed_report(0, 200, ID_A, "CMD-T", 'A', 60320);
    finish();
    expect_cells(A, "code flags", "CMD-T - | F - | CMD-T after_gap");
}

static void a_command_found_late_may_have_been_answered(void **state)
{
    packet_number = 1;
    feed_report(0, 2, ID_A, "CMD-F", 'A', 60002);
    packet_number = 0;
    feed(0, DOWN, 1, ":123456F#"); /* its bytes waited behind a hole */
    packet_number = 2;
    feed_report(0, 300, ID_A, "CMD-T", 'A', 60500);
    finish();
    expect_cells(A, "code answers flags", "F - - | CMD-F - - | CMD-T - -"); /* where it was captured */
}

static void reports_wait_for_their_acknowledgement(void **state)
{
    feed_startek(0, UP, 0, 'A', REPORT_010);
    feed_startek(0, DOWN, 1, 'A', "010,1");
    feed_startek(0, UP, 100, 'B', REPORT_010);
    feed_startek(0, DOWN, 101, 'C', "010,1"); /* another index */
    feed_startek(0, UP, 200, 'D', REPORT_010);
    feed_startek(0, DOWN, 201, 'D', "020,1"); /* another code */
    feed_startek(0, UP, 300, 'E', REPORT_010);
    feed_startek(0, DOWN, 361, 'E', "010,1"); /* too late */
    feed_startek(0, UP, 400, 'F', "020,\x01\x02");
    feed_startek(0, DOWN, 460, 'F', "020,1");
    finish();
    expect_cells(B, "direction code flags",
                 "up 010 - | down 010 - | up 010 duplicate;unacknowledged | down 010 - | "
                 "up 010 duplicate;unacknowledged | down 020 - | up 010 duplicate;unacknowledged | down 010 - | "
                 "up 020 - | down 020 -");
}

static void several_packages_answer_one_command(void **state)
{
    feed_startek(0, DOWN, 0, 'A', "265,p1.jpg");
    feed_startek(0, UP, 1, 'A', "265,p1.jpg,0,3,abc");
    feed_startek(0, UP, 2, 'A', "265,p1.jpg,3,3,def");
    finish();
    expect_cells(B, "code answers", "265 - | 265 f1:1 | 265 f1:1");
}

/* The rows of one conversation wait in order; those of another one do not wait for them, but where their clock does not
 * tell their order that of the capture does. */
static void rows_wait_in_order(void **state)
{
    feed(0, UP, 0, "#" ID_A ",CMD-X#");
    feed(0, DOWN, 1, ":123456F#");
    feed(0, UP, 2, "#" ID_A ",CMD-D,#");
    feed(1, UP, 3, "#" ID_A ",CMD-X#");
    feed(0, UP, 4, "#" ID_A ",CMD-KEY#");
    finish();
    expect_cells(A, "code stream", "CMD-X 1 | F 1 | CMD-D 1 | CMD-X 2 | CMD-KEY 1");
}

/* What waits is judged by what was known when it came. */
static void a_row_that_waits_is_not_stored_for_that(void **state)
{
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    feed(0, DOWN, 1, ":123456F#");
    feed_report(0, 2, ID_A, "CMD-T", 'A', 60002);
    feed_report(1, 3, ID_A, "CMD-T", 'A', 60003);
    finish();
    expect_cells(A, "code stream flags", "CMD-T 1 - | F 1 - | CMD-T 1 - | CMD-T 2 -");
}

static void more_than_can_wait_is_let_go_without_a_flag(void **state)
{
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    feed(0, DOWN, 0, ":123456F#");
    for (unsigned i = 0; i < HELD_ROWS; i++)
        feed(0, UP, 1, "#" ID_A ",CMD-X#");
    feed_report(0, 300, ID_A, "CMD-T", 'A', 60500);
    finish();
    g_autofree char *text = read_file(A);
    assert_null(strstr(text, "unanswered"));
    assert_int_equal(streams_totals(streams)->held_limit, 1);
}

static void more_commands_than_can_wait_are_counted(void **state)
{
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    for (unsigned i = 0; i < 40; i++)
        feed(0, DOWN, 1, ":123456F#");
    feed_report(0, 300, ID_A, "CMD-T", 'A', 60500);
    finish();
    assert_int_equal(streams_totals(streams)->request_limit, 8);
    g_autofree char *text = read_file(A);
    unsigned flagged = 0;
    for (const char *p = text; (p = strstr(p, "unanswered")) != NULL; p++)
        flagged++;
    assert_int_equal(flagged, 32);
}

/* However the bytes are cut, the answers are the same. */
static void cuts_change_no_answer(void **state)
{
    static const char commands[] = ":123456F#:123456G#";
    g_autofree char *answer = report(ID_A, "CMD-G", 'A', 60005, "50.0000000");
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    for (const char *p = commands; *p; p++)
        feed(0, DOWN, 1, (char[]){*p, '\0'});
    for (const char *p = answer; *p; p++)
        feed(0, UP, 5, (char[]){*p, '\0'});
    feed_report(0, 300, ID_A, "CMD-T", 'A', 60500);
    finish();
    expect_cells(A, "code answers flags", "CMD-T - - | F - unanswered | G - - | CMD-G f1:19 - | CMD-T - -");
}

#define REPORT_000                                                                                                     \
    "000,0,,240517060000,A,41.123457,2.765432,11,0.9,0,118,64,482913,214|7|1A2B|01234567,23,001D,02,00,0512|0199"
#define QUERY  "800"
#define ANSWER "800,OK"

/* Behind a new port of its NAT, or in a new connection. */
static void a_device_answers_in_another_conversation(void **state)
{
    feed_startek(0, UP, 0, 'A', REPORT_000);
    feed_startek(0, DOWN, 10, 'K', QUERY);
    feed_startek(1, UP, 11, 'K', ANSWER);
    feed_startek(1, UP, 300, 'B', REPORT_000);
    finish();
    expect_cells(B, "code stream answers flags", "000 1 - - | 800 1 - - | 800 2 f1:2 - | 000 2 - duplicate");
}

static void answers_elsewhere_have_the_index_of_the_command(void **state)
{
    feed_startek(0, UP, 0, 'A', REPORT_000);
    feed_startek(0, DOWN, 1, 'K', QUERY); /* packet 2 */
    feed_startek(0, DOWN, 2, 'L', QUERY);
    feed_startek(0, DOWN, 3, 'M', "106");
    feed_startek(1, UP, 4, 'M', "106,Unsupport");
    feed_startek(1, UP, 5, 'L', ANSWER);
    feed_startek(0, UP, 6, 'K', ANSWER); /* on the old port, behind the new one */
    feed_startek(0, UP, 300, 'B', REPORT_000);
    finish();
    expect_cells(B, "code answers flags",
                 "000 - - | 800 - - | 800 - - | 106 - - | 106 f1:4 - | 800 f1:3 - | 800 f1:2 - | 000 - duplicate");
}

/* The command of the own conversation has another index, that of the other one the same. */
static void the_same_index_elsewhere_comes_before_another_one_here(void **state)
{
    feed_startek(0, UP, 0, 'A', REPORT_000);
    feed_startek(0, DOWN, 1, 'K', QUERY);
    feed_startek(1, UP, 2, 'B', REPORT_000);
    feed_startek(1, DOWN, 3, 'L', QUERY);
    feed_startek(1, UP, 4, 'K', ANSWER);
    feed_startek(1, UP, 5, 'Z', ANSWER); /* many servers count otherwise than their devices */
    feed_startek(1, UP, 300, 'C', REPORT_000);
    finish();
    expect_cells(B, "code answers flags",
                 "000 - - | 800 - - | 000 - duplicate | 800 - - | 800 f1:2 - | 800 f1:4 - | 000 - duplicate");
}

static void an_answer_elsewhere_with_another_index_names_no_command(void **state)
{
    feed_startek(0, UP, 0, 'A', REPORT_000);
    feed_startek(0, DOWN, 1, 'K', QUERY);
    feed_startek(0, DOWN, 2, 'L', QUERY);
    feed_startek(0, DOWN, 3, 'M', "106");
    feed_startek(1, UP, 4, 'Z', ANSWER); /* of which of the two? */
    feed_startek(0, UP, 300, 'B', REPORT_000);
    finish();
    expect_cells(B, "code answers flags", "000 - - | 800 - - | 800 - - | 106 - unanswered | 800 - - | 000 - duplicate");
}

static void answers_elsewhere_do_not_come_before_or_too_late(void **state)
{
    feed_startek(1, UP, 0, 'K', ANSWER);
    feed_startek(0, UP, 1, 'A', REPORT_000);
    feed_startek(0, DOWN, 2, 'K', QUERY);
    feed_startek(1, UP, 123, 'K', ANSWER);
    feed_startek(0, UP, 300, 'B', REPORT_000);
    finish();
    expect_cells(B, "code answers flags", "800 - - | 000 - - | 800 - unanswered | 800 - - | 000 - duplicate");
}

static void another_device_answers_nothing(void **state)
{
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    feed(0, DOWN, 1, ":123456F#");
    feed_report(1, 2, ID_B, "CMD-F", 'A', 60002);
    feed_report(0, 300, ID_A, "CMD-T", 'A', 60500);
    finish();
    expect_cells(A, "code flags", "CMD-T - | F unanswered | CMD-T -");
    expect_cells(B, "code answers", "CMD-F -");
}

/* gotop has no index: the oldest with the code, of refusals the latest. */
static void gotop_answers_elsewhere_by_code(void **state)
{
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    feed(0, DOWN, 1, ":123456F#"); /* packet 2 */
    feed(0, DOWN, 2, ":123456F#");
    feed(0, DOWN, 3, ":123456G#");
    feed(0, DOWN, 4, ":123456M1,030S#"); /* packet 5 */
    feed(1, UP, 5, "#" ID_A ", ERROR!#");
    feed_report(1, 6, ID_A, "CMD-F", 'A', 60006);
    feed_report(1, 7, ID_A, "CMD-F", 'A', 60007);
    feed_report(0, 300, ID_A, "CMD-T", 'A', 60500);
    finish();
    expect_cells(A, "code answers flags",
                 "CMD-T - - | F - - | F - - | G - unanswered | M - - | ERROR! f1:5 - | CMD-F f1:2 - | CMD-F f1:3 - | "
                 "CMD-T - -");
}

/* A connection from the same port takes the place of the one in which the command was sent. */
static void nothing_is_said_where_a_connection_was_replaced(void **state)
{
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    feed(0, DOWN, 1, ":123456F#");
    feed_report(1, 2, ID_B, "CMD-T", 'A', 60000);
    conversations[0].end_reason = "reuse";
    finish();
    expect_cells(A, "code flags", "CMD-T - | F -");
}

static void of_too_many_commands_the_first_may_be_answered_elsewhere(void **state)
{
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    feed_report(1, 0, ID_A, "CMD-T", 'A', 60001);
    begin_conversation(2, 3);
    feed_report(2, 0, ID_A, "CMD-T", 'A', 60002);
    for (unsigned i = 0; i < S7_REQUESTS_MAX; i++)
        for (unsigned conversation = 0; conversation < 3; conversation++)
            feed(conversation, DOWN, 1, ":123456F#");
    for (unsigned conversation = 0; conversation < 3; conversation++)
        feed_report(conversation, 300, ID_A, "CMD-T", 'A', 60500);
    end_conversation(2);
    finish();
    assert_int_equal(streams_totals(streams)->command_limit, 3 * S7_REQUESTS_MAX - DEVICE_COMMANDS_MAX);
    g_autofree char *text = read_file(A);
    unsigned flagged = 0;
    for (const char *p = text; (p = strstr(p, "unanswered")) != NULL; p++)
        flagged++;
    assert_int_equal(flagged, DEVICE_COMMANDS_MAX);
}

#define EXCHANGE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXCHANGE_TEST(answers_name_their_command),
        EXCHANGE_TEST(a_refusal_answers_the_latest),
        EXCHANGE_TEST(a_command_without_an_answer_is_flagged_after_two_minutes),
        EXCHANGE_TEST(an_answer_at_the_last_moment_counts),
        EXCHANGE_TEST(nothing_is_said_of_a_one_way_capture),
        EXCHANGE_TEST(a_conversation_that_ends_leaves_no_answer),
        EXCHANGE_TEST(what_gets_no_answer_is_not_flagged),
        EXCHANGE_TEST(an_answer_may_lie_in_a_gap),
        EXCHANGE_TEST(a_command_found_late_may_have_been_answered),
        EXCHANGE_TEST(reports_wait_for_their_acknowledgement),
        EXCHANGE_TEST(several_packages_answer_one_command),
        EXCHANGE_TEST(rows_wait_in_order),
        EXCHANGE_TEST(a_row_that_waits_is_not_stored_for_that),
        EXCHANGE_TEST(more_than_can_wait_is_let_go_without_a_flag),
        EXCHANGE_TEST(more_commands_than_can_wait_are_counted),
        EXCHANGE_TEST(cuts_change_no_answer),
        EXCHANGE_TEST(a_device_answers_in_another_conversation),
        EXCHANGE_TEST(answers_elsewhere_have_the_index_of_the_command),
        EXCHANGE_TEST(the_same_index_elsewhere_comes_before_another_one_here),
        EXCHANGE_TEST(an_answer_elsewhere_with_another_index_names_no_command),
        EXCHANGE_TEST(answers_elsewhere_do_not_come_before_or_too_late),
        EXCHANGE_TEST(another_device_answers_nothing),
        EXCHANGE_TEST(gotop_answers_elsewhere_by_code),
        EXCHANGE_TEST(nothing_is_said_where_a_connection_was_replaced),
        EXCHANGE_TEST(of_too_many_commands_the_first_may_be_answered_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
