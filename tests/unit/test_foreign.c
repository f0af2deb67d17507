/* SPDX-License-Identifier: GPL-2.0-or-later
 * Other makers' protocols on the port: recognised by their first bytes, named, and less counts as a frame in them
 * (docs/SHARED-PORT.md). */
#include "stream_check.h"

#define REPORT(code) "#" ID_A "," code ",A,DATE:240517,TIME:060000,LAT:50.0000000N,LOT:010.0000000E,Speed:000.0,84-20#"

static void a_stream_is_recognised_and_named(void **state)
{
    feed(0, UP, 0, "*HQ,4106012345,V1,060000,A,5000.0000,N,01000.0000,E,000.00,000,170524,FFFFFFFF#\r\n");
    feed(0, DOWN, 1, "*HQ,4106012345,V4,V1,20240517060000#");
    feed(1, UP, 0, "something else that nobody knows");
    finish();
    expect_cells("streams.csv", "stream other_protocol", "1 H02 | 2 -");
    expect_cells("leftovers.csv", "stream direction reason protocol",
                 "1 up other_protocol H02 | 1 down other_protocol H02 | 2 up junk -");
    g_autoptr(GPtrArray) others = streams_others(streams);
    assert_int_equal(others->len, 1);
    assert_string_equal(((struct other_total *)others->pdata[0])->name, "H02");
    assert_int_equal(((struct other_total *)others->pdata[0])->conversations, 1);
    assert_int_equal(((struct other_total *)others->pdata[0])->bytes,
                     streams_totals(streams)->ledger.leftover[S7_LEFTOVER_OTHER_PROTOCOL]);
}

static void separators_before_it_do_not_hide_it(void **state)
{
    feed(0, UP, 0, "\r\n\r\n*HQ,4106012345,V1,060000,A,5000.0000,N#");
    struct origin origin = {.time = NOON, .number = 9, .file = 1};
    framing_bytes(&parts[1], UP, (const uint8_t *)"\x00\x0F" ID_A, 17, &origin); /* NUL belongs to it */
    finish();
    expect_cells("streams.csv", "stream other_protocol", "1 H02 | 2 Teltonika");
}

/* A gotop frame needs a listed code and a complete body, a startek frame length and checksum. */
static void in_another_protocol_less_counts_as_a_frame(void **state)
{
    g_autofree char *good = startek_frame('&', 'A', "801,SN,IMEI,V1");
    g_autofree char *wrong = g_strdup(good);
    wrong[strlen(wrong) - 4] ^= 1;
    static const char start[] = "*HQ,4106012345,V1,060000,A,5000.0000,N,01000.0000#";
    const char *const pieces[] = {start,
                                  "#" ID_A ",CMD-T#",           /* should have a body */
                                  "#" ID_A ",FOO,A,1,2#",       /* unlisted */
                                  "#" ID_A ",CMD-T,A,DATE:24#", /* cut */
                                  wrong,                        /* checksum */
                                  "#" ID_A ",CMD-X#",           /* listed, has none */
                                  REPORT("CMD-T"),
                                  good,
                                  "*HQ,1#"};
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        feed(0, UP, (int64_t)i, pieces[i]);
        if (i > 0)
            feed(1, UP, (int64_t)i, pieces[i]); /* without the start everything is ours */
    }
    finish();
    /* The heartbeat and what follows stand behind the rows without a time. */
    expect_cells("devices/" ID_A ".csv", "stream code flags",
                 "2 CMD-T report_too_short | 2 - truncated | 2 - truncated | 2 - checksum_bad | 1 CMD-X - | "
                 "2 CMD-X - | 1 CMD-T - | 2 CMD-T duplicate");
    expect_cells("devices/" ID_B ".csv", "stream code", "1 801 | 2 801");
}

/* One byte at a time gives what one write gives. */
static void cuts_change_nothing(void **state)
{
    static const char text[] = "*HQ,1#*HQ,4106012345,V1,060000,A#" REPORT("CMD-T") "#" ID_A ",CMD-T#\r\n*HQ,1#";
    feed(0, UP, 0, text);
    for (const char *p = text; *p; p++)
        feed(1, UP, 0, (char[]){*p, '\0'});
    finish();
    expect_cells("streams.csv", "other_protocol frames leftover_bytes payload_bytes", "H02 1 64 164 | H02 1 64 164");
    /* CR LF behind what looked like a frame are separators; their row comes last. */
    expect_cells("leftovers.csv", "stream stream_offset bytes reason",
                 "1 0 33 other_protocol | 1 133 23 other_protocol | 1 158 6 other_protocol | 1 156 2 separator | "
                 "2 0 33 other_protocol | 2 133 23 other_protocol | 2 158 6 other_protocol | 2 156 2 separator");
}

static void what_was_ours_stays_ours(void **state)
{
    feed(0, UP, 0, "#" ID_A ",CMD-X#");
    feed(0, UP, 1, "*HQ,4106012345,V1,060000,A,5000.0000,N,01000.0000#");
    finish();
    expect_cells("streams.csv", "stream other_protocol", "1 - | 2 -");
    expect_cells("leftovers.csv", "reason protocol", "junk -");
}

static void the_platform_side_says_nothing(void **state)
{
    feed(0, DOWN, 0, "*HQ,4106012345,V4,V1,20240517060000#");
    feed(0, UP, 1, "#" ID_A ",CMD-X#");
    finish();
    expect_cells("streams.csv", "stream other_protocol", "1 - | 2 -");
    expect_cells("leftovers.csv", "direction reason protocol", "down undefined_text -");
}

static void every_datagram_may_tell(void **state)
{
    conversations[0].transport = TRANSPORT_UDP;
    const char *const texts[] = {"xyz", "*HQ,4106012345,V1,060000,A#", "xyz"};
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct packet packet = {.origin = {.time = NOON + i * SECOND, .number = i + 1, .file = 1},
                                .payload = (const uint8_t *)texts[i],
                                .payload_length = (uint32_t)strlen(texts[i])};
        framing_datagram(&parts[0], UP, &packet);
    }
    finish();
    expect_cells("leftovers.csv", "reason protocol", "junk - | other_protocol H02 | other_protocol H02");
}

#define FOREIGN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOREIGN_TEST(a_stream_is_recognised_and_named),
        FOREIGN_TEST(separators_before_it_do_not_hide_it),
        FOREIGN_TEST(in_another_protocol_less_counts_as_a_frame),
        FOREIGN_TEST(cuts_change_nothing),
        FOREIGN_TEST(what_was_ours_stays_ours),
        FOREIGN_TEST(the_platform_side_says_nothing),
        FOREIGN_TEST(every_datagram_may_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
