/* SPDX-License-Identifier: GPL-2.0-or-later
 * One datagram captured twice is one row with all its packets; one sent twice is two rows. */
#include "stream_check.h"

#include "frame/copies.h"

#define MILLISECOND INT64_C(1000000)
#define A           "devices/" ID_A ".csv"

static struct packet packet;

static int set_up_udp(void **state)
{
    set_up(state);
    conversations[0].transport = conversations[1].transport = TRANSPORT_UDP;
    packet = (struct packet){.transport = TRANSPORT_UDP, .ip_id = 77, .has_ip_id = true, .checksum = 0x1234};
    return 0;
}

/* The datagram comes in the next packet, so many milliseconds after noon. */
static void feed_datagram(unsigned conversation, int64_t millisecond, const char *text)
{
    packet.origin = (struct origin){.time = NOON + millisecond * MILLISECOND, .number = ++packet_number, .file = 1};
    packet.payload = (const uint8_t *)text;
    packet.payload_length = (uint32_t)strlen(text);
    const struct sink sink = framing_sink(streams);
    sink_passes(&sink, packet.origin.time);
    framing_datagram(&parts[conversation], UP, &packet);
}

#define HEARTBEAT "#" ID_A ",CMD-X#"

static void a_copy_is_listed_and_counted_once(void **state)
{
    feed_datagram(0, 0, HEARTBEAT "??" HEARTBEAT);
    feed_datagram(0, 500, HEARTBEAT "??" HEARTBEAT);
    feed_datagram(1, 501, HEARTBEAT); /* time goes on */
    finish();
    expect_cells(A, "code capture_time packets stream_offset",
                 "CMD-X 2024-05-17T06:00:00.000000000Z 1;2 0 | CMD-X 2024-05-17T06:00:00.000000000Z 1;2 25 | "
                 "CMD-X 2024-05-17T06:00:00.501000000Z 3 0");
    expect_cells("leftovers.csv", "reason packets", "junk 1;2");
    expect_cells("streams.csv", "payload_bytes frames", "48 2 | 23 1");
    assert_int_equal(streams_totals(streams)->copies, 1);
}

static void what_differs_was_sent_twice(void **state)
{
    feed_datagram(0, 0, HEARTBEAT);
    feed_datagram(0, 501, HEARTBEAT); /* too late */
    packet.ip_id++;
    feed_datagram(0, 502, HEARTBEAT);
    packet.checksum++;
    feed_datagram(0, 503, HEARTBEAT);
    feed_datagram(0, 504, "#" ID_A ",CMD-D,#");
    feed_datagram(1, 505, HEARTBEAT);
    finish();
    expect_cells(A, "code packets", "CMD-X 1 | CMD-X 2 | CMD-X 3 | CMD-X 4 | CMD-D 5 | CMD-X 6");
    assert_int_equal(streams_totals(streams)->copies, 0);
}

static void without_identification_a_copy_comes_within_50_ms(void **state)
{
    for (unsigned i = 0; i < 2; i++) { /* IPv6, and zero in IPv4 */
        int64_t start = i * INT64_C(1000);
        packet.ip_id = 0;
        packet.has_ip_id = i == 1;
        feed_datagram(i, start, HEARTBEAT);
        feed_datagram(i, start + 50, HEARTBEAT);
        feed_datagram(i, start + 51, HEARTBEAT);
    }
    finish();
    expect_cells(A, "packets", "1;2 | 3 | 4;5 | 6");
}

static void three_captures_are_one_row(void **state)
{
    feed_datagram(0, 0, HEARTBEAT);
    feed_datagram(0, 1, HEARTBEAT);
    packet_number = 16;
    feed_datagram(0, 2, HEARTBEAT);
    finish();
    expect_cells(A, "packets", "1;2;17");
}

static void a_copy_may_be_in_another_file(void **state)
{
    feed_datagram(0, 0, HEARTBEAT);
    packet.origin = (struct origin){.time = NOON + MILLISECOND, .number = 9, .file = 2};
    framing_datagram(&parts[0], UP, &packet);
    finish();
    expect_cells(A, "capture_file packets", "1 1;f2:9");
}

/* A command with no device yet: the row is not made when the copy comes. */
static void a_row_that_waits_for_its_device_lists_copies(void **state)
{
    packet.payload = (const uint8_t *)":123456F#";
    packet.payload_length = 9;
    for (unsigned i = 1; i <= 2; i++) {
        packet.origin = (struct origin){.time = NOON, .number = i, .file = 1};
        framing_datagram(&parts[0], DOWN, &packet);
    }
    packet_number = 2;
    feed_datagram(0, 5, HEARTBEAT);
    finish();
    expect_cells(A, "code packets", "F 1;2 | CMD-X 3");
}

static void fragments_are_all_listed(void **state)
{
    const struct origin origins[] = {{.time = NOON, .number = 3, .file = 1},
                                     {.time = NOON + MILLISECOND, .number = 5, .file = 1}};
    packet.fragment_origins = origins;
    packet.fragment_count = 2;
    packet_number = 4;
    feed_datagram(0, 1, HEARTBEAT);
    const struct origin again[] = {{.time = NOON + MILLISECOND, .number = 6, .file = 1},
                                   {.time = NOON + MILLISECOND, .number = 7, .file = 1}};
    packet.fragment_origins = again;
    packet_number = 6;
    feed_datagram(0, 1, HEARTBEAT);
    finish();
    expect_cells(A, "packets capture_time", "3;5;6;7 2024-05-17T06:00:00.001000000Z");
}

static void bytes_that_fragments_tell_differently_are_named(void **state)
{
    packet.fragment_conflict_bytes = 4;
    const struct origin origins[] = {{.time = NOON, .number = 1, .file = 1}, {.time = NOON, .number = 2, .file = 1}};
    packet.fragment_origins = origins;
    packet.fragment_count = 2;
    feed_datagram(0, 0, HEARTBEAT);
    finish();
    expect_cells("leftovers.csv", "reason bytes counted", "overlap 4 0");
}

/* More datagrams than are remembered: the copy of a forgotten one is a row, and that is counted. */
static void memory_is_bounded(void **state)
{
    for (unsigned i = 0; i <= COPIES_MAX; i++) {
        packet.checksum = (uint16_t)i;
        feed_datagram(0, 0, HEARTBEAT);
    }
    packet.checksum = 0;
    feed_datagram(0, 1, HEARTBEAT);
    finish();
    assert_int_equal(streams_totals(streams)->copies, 0);
    assert_int_equal(streams_totals(streams)->frames, COPIES_MAX + 2);
    assert_int_equal(streams_totals(streams)->copies_forgotten, 2);
}

/* Whose a datagram is that came another way: by its id. */
static void a_datagram_tells_its_owner(void **state)
{
    packet.payload = (const uint8_t *)HEARTBEAT;
    packet.payload_length = strlen(HEARTBEAT);
    assert_int_equal(streams_owner(&parts[0], &packet), OWNER_UNKNOWN);
    feed_datagram(0, 0, HEARTBEAT);
    assert_int_equal(streams_owner(&parts[0], &packet), OWNER_SAME);
    packet.payload = (const uint8_t *)"??#" ID_B ",CMD-X#";
    packet.payload_length += 2;
    assert_int_equal(streams_owner(&parts[0], &packet), OWNER_OTHER);
    packet.payload_length = 2;
    assert_int_equal(streams_owner(&parts[0], &packet), OWNER_UNKNOWN);
    finish();
}

#define COPIES_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_udp, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COPIES_TEST(a_copy_is_listed_and_counted_once),
        COPIES_TEST(what_differs_was_sent_twice),
        COPIES_TEST(without_identification_a_copy_comes_within_50_ms),
        COPIES_TEST(three_captures_are_one_row),
        COPIES_TEST(a_copy_may_be_in_another_file),
        COPIES_TEST(a_row_that_waits_for_its_device_lists_copies),
        COPIES_TEST(fragments_are_all_listed),
        COPIES_TEST(bytes_that_fragments_tell_differently_are_named),
        COPIES_TEST(memory_is_bounded),
        COPIES_TEST(a_datagram_tells_its_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
