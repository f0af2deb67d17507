/* SPDX-License-Identifier: GPL-2.0-or-later
 * Timelines: order by the device's clock, stored and duplicate reports, whose a report is, what is held back.
 * Datagrams and stream bytes go in as conversations give them; the files of a temporary folder are read back. */
#include "stream_check.h"

/* Columns 0, 1, 7 and the flags of the rows of a file, in its order: "code clock flags;...". The cells before details
 * hold no quotes. */
static char *rows(const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return g_strdup("none");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *out = g_string_new(NULL);
    for (char **line = lines + 1; *line && **line; line++) {
        g_auto(GStrv) cells = g_strsplit(*line, ",", 41);
        const char *clock = strchr(cells[1], 'T');
        g_string_append_printf(out, "%s%s %s %s", out->len ? " | " : "", cells[7][0] ? cells[7] : cells[6],
                               clock ? clock + 1 : "-", cells[39]);
    }
    return g_string_free(out, FALSE);
}

static void expect_rows(const char *name, const char *expected)
{
    g_autofree char *found = rows(name);
    assert_string_equal(found, expected);
}

static void rows_in_order_are_written_as_they_come(void **state)
{
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    feed(0, UP, 10, "#" ID_A ",CMD-X#");
    feed_report(0, 30, ID_A, "CMD-T", 'A', 60030);
    finish();
    expect_rows("devices/" ID_A ".csv", "CMD-T 06:00:00  | CMD-X -  | CMD-T 06:00:30 ");
}

static void stored_reports_stand_where_they_belong(void **state)
{
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    feed_report(0, 40, ID_A, "CMD-T", 'A', 60040);
    feed_report(0, 50, ID_A, "CMD-T", 'A', 60020); /* older than the newest fix */
    feed(0, UP, 51, "#" ID_A ",CMD-X#");           /* stays behind the last row that is not stored */
    feed_report(0, 52, ID_A, "CMD-T", 'A', 60010);
    feed_report(0, 60, ID_A, "CMD-T", 'V', 55000); /* the last known position has no place of its own */
    finish();
    expect_rows("devices/" ID_A ".csv", "CMD-T 06:00:00  | CMD-T 06:00:10 stored | CMD-T 06:00:20 stored | "
                                        "CMD-T 06:00:40  | CMD-X -  | CMD-T 05:50:00 stale_fix");
}

static void rows_that_come_late_stand_where_they_were_captured(void **state)
{
    /* Behind a hole: what came in the other direction was decided before. */
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    packet_number = 4;
    feed(0, DOWN, 40, "RESET!1");
    packet_number = 1;
    feed(0, UP, 15, "#" ID_A ",CMD-X#");
    feed_report(0, 20, ID_A, "CMD-T", 'A', 60020);
    feed_report(0, 30, ID_A, "CMD-T", 'A', 60010); /* stored: nothing follows it */
    packet_number = 5;
    feed_report(0, 50, ID_A, "CMD-T", 'A', 60050);
    finish();
    expect_rows("devices/" ID_A ".csv", "CMD-T 06:00:00  | CMD-X -  | CMD-T 06:00:10 stored | CMD-T 06:00:20  | "
                                        "RESET!1 -  | CMD-T 06:00:50 ");
}

static void capture_order_is_kept_when_asked_for(void **state)
{
    options.order = ORDER_CAPTURE;
    feed_report(0, 40, ID_A, "CMD-T", 'A', 60040);
    feed_report(0, 50, ID_A, "CMD-T", 'A', 60020);
    finish();
    expect_rows("devices/" ID_A ".csv", "CMD-T 06:00:40  | CMD-T 06:00:20 stored");
}

static void equal_clocks_keep_capture_order(void **state)
{
    feed_report(0, 1, ID_A, "ALM-A", 'A', 60000);
    feed_report(0, 2, ID_A, "CMD-T", 'A', 60000);
    feed_report(0, 3, ID_A, "ALM-C", 'A', 55900);
    feed_report(0, 4, ID_A, "CMD-F", 'A', 60000);
    finish();
    expect_rows("devices/" ID_A ".csv", "ALM-C 05:59:00 stored | ALM-A 06:00:00  | CMD-T 06:00:00  | CMD-F 06:00:00 ");
}

static void a_clock_far_behind_is_stored(void **state)
{
    /* gotop: more than 54,000 s behind the capture, at any zone. */
    feed_report(0, 54000, ID_A, "CMD-T", 'A', 60000);
    feed_report(1, 54001, ID_B, "CMD-T", 'A', 60000);
    finish();
    expect_rows("devices/" ID_A ".csv", "CMD-T 06:00:00 ");
    expect_rows("devices/" ID_B ".csv", "CMD-T 06:00:00 stored");
}

static void many_rows_are_sorted_outside_of_memory(void **state)
{
    /* More than one run of the external sort: the clock goes down by a second with each report. */
    enum { COUNT = 70000 };
    for (unsigned i = 0; i < COUNT; i++) {
        unsigned clock = COUNT - i;
        feed_report(0, (int64_t)i, ID_A, "CMD-T", 'A', clock / 3600 * 10000 + clock / 60 % 60 * 100 + clock % 60);
    }
    finish();
    g_autofree char *path = g_build_filename(folder, "devices", ID_A ".csv", NULL);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    char *line = strchr(text, '\n') + 1;
    unsigned found = 0;
    for (; *line; line = strchr(line, '\n') + 1) {
        found++;
        g_autofree char *expected =
            g_strdup_printf(",2024-05-17T%02u:%02u:%02u,", found / 3600, found / 60 % 60, found % 60);
        assert_true(strncmp(strchr(line, ','), expected, strlen(expected)) == 0);
    }
    assert_int_equal(found, COUNT);
}

static void reports_sent_again_are_duplicates(void **state)
{
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    feed_report(0, 60, ID_A, "CMD-T", 'A', 60000);  /* within 60 s, in another place of the stream */
    feed_report(1, 119, ID_A, "CMD-T", 'A', 60000); /* of the second one; another conversation counts too */
    feed_report(0, 300, ID_A, "CMD-T", 'A', 60000); /* too late */
    finish();
    expect_rows("devices/" ID_A ".csv",
                "CMD-T 06:00:00  | CMD-T 06:00:00 duplicate | CMD-T 06:00:00 duplicate | CMD-T 06:00:00 ");
}

static void what_repeats_by_nature_is_no_duplicate(void **state)
{
    for (unsigned i = 0; i < 2; i++) {
        feed(0, UP, i, "#" ID_A ",CMD-X#");
        feed(0, UP, i, "#" ID_A ",CMD-D,#");
        feed_report(0, i, ID_A, "CMD-T", 'V', 60000);
    }
    finish();
    expect_rows("devices/" ID_A ".csv", "CMD-X -  | CMD-D -  | CMD-T 06:00:00 stale_fix | CMD-X -  | CMD-D -  | "
                                        "CMD-T 06:00:00 stale_fix");
}

static void only_the_last_reports_are_compared(void **state)
{
    feed_report(0, 0, ID_A, "CMD-T", 'A', 60000);
    for (unsigned i = 1; i <= RECENT_MAX; i++)
        feed_report(0, i, ID_A, "CMD-T", 'A', 60000 + i);
    feed_report(0, 40, ID_A, "CMD-T", 'A', 60000); /* 33 reports ago */
    feed_report(0, 41, ID_A, "CMD-T", 'A', 60000);
    finish();
    g_autofree char *found = rows("devices/" ID_A ".csv");
    assert_true(g_str_has_prefix(
        found, "CMD-T 06:00:00  | CMD-T 06:00:00 stored | CMD-T 06:00:00 duplicate;stored | CMD-T 06:00:01  | "));
}

/* Index, status bits 0 and 1 and the checksum do not count (docs/STARTEK.md 9.6), and there is no time limit. */
static char *startek(char index, const char *status)
{
    g_autofree char *content = g_strdup_printf(",%s,010,0,,240517060000,A,41.123457,2.765432,11,0.9,0,118,64,482913,"
                                               "214|7|1A2B|01234567,23,%s,02,00,0512|0199|0000|0000",
                                               ID_B, status);
    GString *frame = g_string_new(NULL);
    g_string_append_printf(frame, "&&%c%u%s", index, (unsigned)strlen(content), content);
    unsigned sum = 0;
    for (size_t i = 0; i < frame->len; i++)
        sum += (unsigned char)frame->str[i];
    g_string_append_printf(frame, "%02X\r\n", sum & 255);
    return g_string_free(frame, FALSE);
}

static void startek_repeats_are_duplicates(void **state)
{
    g_autofree char *first = startek('a', "001D"), *other_server = startek('b', "001E"), *moving = startek('c', "003D");
    feed(0, UP, 0, first);
    feed(0, UP, 300, other_server);
    feed(0, UP, 301, moving);
    feed(1, UP, 3000, first); /* 50 minutes late: stored by its clock */
    finish();
    expect_rows("devices/" ID_B ".csv",
                "010 06:00:00  | 010 06:00:00 duplicate | 010 06:00:00  | 010 06:00:00 duplicate;stored");
}

static void a_command_belongs_to_the_device_of_its_conversation(void **state)
{
    feed(0, DOWN, 0, ":123456F#"); /* before the first id: the first behind it */
    feed_report(0, 1, ID_A, "CMD-F", 'A', 60001);
    feed(0, DOWN, 2, ":123456G#"); /* the last before it */
    feed_report(0, 3, ID_B, "CMD-T", 'A', 60003);
    feed(0, DOWN, 4, ":123456D#");
    feed(1, DOWN, 5, ":123456E#"); /* nobody ever answers */
    finish();
    expect_rows("devices/" ID_A ".csv", "F -  | CMD-F 06:00:01  | G - ");
    expect_rows("devices/" ID_B ".csv", "CMD-T 06:00:03  | D - ");
    expect_rows("devices/_unknown.csv", "E - ");
}

static void a_damaged_frame_makes_no_device(void **state)
{
    g_autofree char *good = startek('a', "001D"), *bad = startek('b', "001D");
    bad[strlen(bad) - 4] = bad[strlen(bad) - 4] == '0' ? '1' : '0';
    feed(0, UP, 0, bad);
    feed(1, UP, 0, bad);
    feed_report(1, 1, ID_A, "CMD-T", 'A', 60001); /* claims the conversation, and so the row before */
    feed(1, UP, 2, good);
    finish();
    expect_rows("devices/_unknown.csv", "unknown - checksum_bad");
    expect_rows("devices/" ID_A ".csv", "unknown - checksum_bad | CMD-T 06:00:01 ");
    expect_rows("devices/" ID_B ".csv", "010 06:00:00 dialect_changed");
    assert_int_equal(with_rows->len, 2);
}

static void too_much_that_waits_goes_to_no_device(void **state)
{
    for (unsigned i = 0; i < 1030; i++)
        feed(0, DOWN, i, ":123456F#");
    feed_report(0, 2000, ID_A, "CMD-F", 'A', 60001);
    finish();
    assert_int_equal(devices_at(devices, 0)->rows, 1024);
    assert_int_equal(streams_totals(streams)->held_limit, 1);
    /* Those that were let go are not called unanswered; the answer comes too late for the others. */
    g_autofree char *unknown = rows("devices/_unknown.csv");
    assert_null(strstr(unknown, "unanswered"));
    expect_rows("devices/" ID_A ".csv", "F - unanswered | F - unanswered | F - unanswered | F - unanswered | "
                                        "F - unanswered | F - unanswered | CMD-F 06:00:01 ");
}

static void the_first_frame_behind_a_gap_is_flagged(void **state)
{
    struct origin origin = {.time = NOON, .number = 100, .file = 1};
    feed(0, UP, 0, "#" ID_A ",CM");
    framing_gap(&parts[0], UP, 500, false, &origin);
    feed(0, UP, 1,
         "ge#"
         "#" ID_A ",CMD-X#");
    feed(0, UP, 2, "#" ID_A ",CMD-X#");
    finish();
    expect_rows("devices/" ID_A ".csv", "unknown - truncated | CMD-X - after_gap | CMD-X - ");
    assert_int_equal(streams_totals(streams)->ledger.leftover[S7_LEFTOVER_GAP], 500);
}

static void only_the_chosen_device_and_time(void **state)
{
    options.devices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_add(options.devices, g_strdup(ID_A));
    options.since = NOON + 10 * SECOND;
    options.until = NOON + 30 * SECOND;
    feed_report(0, 9, ID_A, "CMD-T", 'A', 60009);
    feed_report(0, 10, ID_A, "CMD-T", 'A', 60008); /* stored: what was not chosen is known all the same */
    feed_report(0, 30, ID_A, "CMD-T", 'A', 60030);
    feed_report(0, 31, ID_A, "CMD-T", 'A', 60031);
    feed_report(1, 20, ID_B, "CMD-T", 'A', 60020);
    finish();
    expect_rows("devices/" ID_A ".csv", "CMD-T 06:00:08 stored | CMD-T 06:00:30 ");
    expect_rows("devices/" ID_B ".csv", "none");
    assert_int_equal(streams_totals(streams)->frames, 5);
}

static void distance_follows_the_clock(void **state)
{
    /* One degree of latitude is 111,195 m on the sphere: to 51 and on to 52, though 51 comes last. */
    static const struct {
        unsigned clock;
        const char *latitude;
    } way[] = {{60000, "50.0000000"}, {60020, "52.0000000"}, {60010, "51.0000000"}};
    for (size_t i = 0; i < G_N_ELEMENTS(way); i++) {
        g_autofree char *text = report(ID_A, "CMD-T", 'A', way[i].clock, way[i].latitude);
        feed(0, UP, (int64_t)i, text);
    }
    g_autofree char *stale = report(ID_A, "CMD-T", 'V', 60030, "10.0000000");
    feed(0, UP, 40, stale);
    finish();
    const struct device *device = with_rows->pdata[0];
    assert_true(device->distance > 222389 && device->distance < 222391);
}

static void with_any_port_a_conversation_must_prove_itself(void **state)
{
    streams->options.ports = NULL; /* any */
    begin_conversation(2, 3);
    struct origin origin = {.time = NOON, .number = 50, .file = 1};
    static const char foreign[] = "GET / HTTP/1.1\r\n\r\n:123456F#";
    framing_bytes(&parts[2], UP, (const uint8_t *)foreign, strlen(foreign), &origin);
    end_conversation(2);
    assert_int_equal(streams_totals(streams)->others, 1);
    assert_int_equal(streams_totals(streams)->ledger.payload_bytes, 0);

    begin_conversation(2, 4);
    framing_bytes(&parts[2], DOWN, (const uint8_t *)foreign, strlen(foreign), &origin);
    static const char proof[] = "#" ID_A ",CMD-X#";
    framing_bytes(&parts[2], UP, (const uint8_t *)proof, strlen(proof), &origin);
    end_conversation(2);
    assert_int_equal(streams_totals(streams)->ledger.payload_bytes, strlen(foreign) + strlen(proof));
    finish();
    expect_rows("devices/" ID_A ".csv", "F -  | CMD-X - ");
    expect_rows("devices/_unknown.csv", "none");
}

/* However the bytes are cut, the rows are the same but for the packets. */
static void cuts_change_nothing(void **state)
{
    g_autofree char *first = startek('a', "001D");
    g_autofree char *text = g_strconcat("junk\r\n#" ID_A ",CMD-X# ", first, "#" ID_A ",CMD-D,##" ID_A ",CMD-X#", NULL);
    for (const char *p = text; *p; p++) {
        char one[2] = {*p, '\0'};
        feed(0, UP, 0, one);
    }
    feed(1, UP, 0, text);
    finish();
    expect_rows("devices/" ID_A ".csv", "CMD-X -  | CMD-D - dialect_changed | CMD-X -  | "
                                        "CMD-X -  | CMD-D - dialect_changed | CMD-X - ");
    expect_rows("devices/" ID_B ".csv", "010 06:00:00 dialect_changed | 010 06:00:00 dialect_changed;duplicate");
    g_autofree char *path = g_build_filename(folder, "leftovers.csv", NULL);
    g_autofree char *leftovers = NULL;
    assert_true(g_file_get_contents(path, &leftovers, NULL, NULL));
    /* Blanks within junk belong to it; a heartbeat of 23 bytes stands between. */
    g_autofree char *expected = g_strdup_printf(
        "stream,direction,stream_offset,bytes,reason,counted,protocol,capture_time,capture_file,packets,"
        "raw,raw_refused\n"
        "1,up,0,6,junk,1,,2024-05-17T06:00:00.000000000Z,1,1;2;3;4;5;6,junk\\r\\n,\n"
        "1,up,29,1,separator,1,,2024-05-17T06:00:00.000000000Z,1,30,,\n"
        "2,up,0,6,junk,1,,2024-05-17T06:00:00.000000000Z,1,%u,junk\\r\\n,\n"
        "2,up,29,1,separator,1,,2024-05-17T06:00:00.000000000Z,1,%u,,\n",
        (unsigned)strlen(text) + 1, (unsigned)strlen(text) + 1);
    assert_string_equal(leftovers, expected);
}

#define TIMELINE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TIMELINE_TEST(rows_in_order_are_written_as_they_come),
        TIMELINE_TEST(stored_reports_stand_where_they_belong),
        TIMELINE_TEST(rows_that_come_late_stand_where_they_were_captured),
        TIMELINE_TEST(capture_order_is_kept_when_asked_for),
        TIMELINE_TEST(equal_clocks_keep_capture_order),
        TIMELINE_TEST(a_clock_far_behind_is_stored),
        TIMELINE_TEST(many_rows_are_sorted_outside_of_memory),
        TIMELINE_TEST(reports_sent_again_are_duplicates),
        TIMELINE_TEST(what_repeats_by_nature_is_no_duplicate),
        TIMELINE_TEST(only_the_last_reports_are_compared),
        TIMELINE_TEST(startek_repeats_are_duplicates),
        TIMELINE_TEST(a_command_belongs_to_the_device_of_its_conversation),
        TIMELINE_TEST(a_damaged_frame_makes_no_device),
        TIMELINE_TEST(too_much_that_waits_goes_to_no_device),
        TIMELINE_TEST(the_first_frame_behind_a_gap_is_flagged),
        TIMELINE_TEST(only_the_chosen_device_and_time),
        TIMELINE_TEST(distance_follows_the_clock),
        TIMELINE_TEST(with_any_port_a_conversation_must_prove_itself),
        TIMELINE_TEST(cuts_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
