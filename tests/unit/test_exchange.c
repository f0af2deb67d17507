/* SPDX-License-Identifier: GPL-2.0-or-later
 * Commands and answers in the rows: the column answers, the flags unanswered and unacknowledged, the rows that wait for
 * them (docs/PROTOCOL.md 8, docs/STARTEK.md 1.4 and 6). */
#include "frame/held.h"
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
