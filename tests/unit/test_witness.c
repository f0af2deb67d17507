/* SPDX-License-Identifier: GPL-2.0-or-later
 * How far clocks are apart, told by packets (docs/CONVERSATIONS.md, "Clocks apart"). */
#include "conversation/witness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MILLI INT64_C(1000000)

enum { CLIENT, SERVER };

static struct witness *witness;
static struct capture_clocks *clocks;
static uint16_t identification;

static int set_up(void **state)
{
    witness = witness_new();
    clocks = g_malloc0(sizeof *clocks + 4 * sizeof clocks->list[0]);
    clocks->count = 4;
    identification = 0;
    return 0;
}

static int tear_down(void **state)
{
    witness_free(witness);
    g_free(clocks);
    return 0;
}

static struct packet packet_of(unsigned sender, int64_t milliseconds, enum transport transport)
{
    struct packet packet = {.transport = (uint8_t)transport, .has_ip_id = true, .ip_id = ++identification};
    struct endpoint client = {.version = 4, .port = 1024}, server = {.version = 4, .port = 8888};
    packet.source = sender == CLIENT ? client : server;
    packet.destination = sender == CLIENT ? server : client;
    packet.origin.time = milliseconds * MILLI;
    return packet;
}

static void saw(unsigned clock, int64_t ahead, struct packet packet)
{
    packet.origin.clock = (uint16_t)clock;
    packet.origin.time += ahead * MILLI;
    witness_take(witness, &packet);
}

/* One byte with that sequence number, and what it acknowledges. */
static struct packet byte(unsigned sender, int64_t milliseconds, uint32_t sequence, uint32_t acknowledgement)
{
    static const uint8_t payload[] = "#";
    struct packet packet = packet_of(sender, milliseconds, TRANSPORT_TCP);
    packet.tcp_flags = TCP_ACK;
    packet.sequence = sequence;
    packet.acknowledgement = acknowledgement;
    packet.payload = payload;
    packet.payload_length = 1;
    return packet;
}

static struct packet datagram(unsigned sender, int64_t milliseconds, const char *text)
{
    struct packet packet = packet_of(sender, milliseconds, TRANSPORT_UDP);
    packet.payload = (const uint8_t *)text;
    packet.payload_length = (uint32_t)strlen(text);
    return packet;
}

/* So many questions and answers, 20 ms each, from that time on: the client by one clock, the server by another. */
static void talk(int64_t start, unsigned count, unsigned clock, unsigned other, int64_t ahead)
{
    for (uint32_t i = 0; i < count; i++) {
        saw(clock, 0, byte(CLIENT, start + i * 1000, 100 + i, 500 + i));
        saw(other, ahead, byte(SERVER, start + i * 1000 + 20, 500 + i, 101 + i));
    }
}

static void judge(void)
{
    witness_judge(witness, clocks);
}

static void expect_ahead(unsigned clock, int64_t milliseconds, int64_t give)
{
    int64_t off = clocks->list[clock].ahead - milliseconds * MILLI;
    assert_true(off <= give * MILLI && off >= -give * MILLI);
}

static void acknowledgements_come_behind(void **state)
{
    talk(0, 4, 0, 1, -5000);
    judge();
    expect_ahead(1, -5000, 980);
    assert_int_equal(clocks->list[0].group, clocks->list[1].group);
    assert_int_equal(clocks->list[2].group, 0);
    assert_true(clocks->apart);
}

/* Of three clocks the third is known by the second alone. */
static void one_leads_to_another(void **state)
{
    talk(0, 4, 0, 1, 7200000);
    for (uint32_t i = 0; i < 4; i++) { /* the same packets of the server, seen twice */
        struct packet packet = byte(SERVER, 100000 + i * 10, 900 + i, 0);
        packet.tcp_flags = 0;
        saw(1, 7200000, packet);
        saw(2, -60000, packet);
    }
    judge();
    expect_ahead(1, 7200000, 980);
    expect_ahead(2, -60000, 980);
    assert_int_equal(clocks->list[2].ahead - clocks->list[1].ahead, -7260000 * MILLI);
}

/* Nothing is moved where nothing contradicts: captures behind each other, interfaces of one machine. */
static void what_does_not_contradict_is_left(void **state)
{
    talk(0, 4, 0, 1, 0);
    judge();
    assert_false(clocks->apart);
    assert_int_equal(clocks->list[0].group, clocks->list[1].group);
    assert_int_not_equal(clocks->list[0].group, 0);
}

static void one_packet_proves_nothing(void **state)
{
    struct packet once = datagram(CLIENT, 0, "a");
    saw(0, 0, once);
    saw(1, 5000, once);
    saw(2, 0, byte(CLIENT, 0, 100, 500));
    saw(3, -5000, byte(SERVER, 20, 500, 101));
    judge();
    assert_false(clocks->apart);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(clocks->list[i].group, 0);
}

static void copies_of_datagrams_tell(void **state)
{
    for (unsigned i = 0; i < 3; i++) {
        struct packet packet = datagram(CLIENT, i * 1000, i == 0 ? "a" : i == 1 ? "b" : "c");
        saw(0, 0, packet);
        saw(1, 90000 + i, packet);
    }
    judge();
    assert_int_equal(clocks->list[1].ahead, 90001 * MILLI);
}

/* A device that writes the same identification into all: each capture has its report once. */
static void an_identification_that_never_changes_tells_nothing(void **state)
{
    for (unsigned i = 0; i < 3; i++) {
        struct packet packet = datagram(CLIENT, i * 60000, "beat");
        packet.ip_id = 7;
        packet.source.port = (uint16_t)(1024 + i);
        saw(0, 0, packet);
        saw(1, 60000, packet);
        packet = datagram(CLIENT, i * 60000, "none");
        packet.ip_id = 0;
        saw(2, 0, packet);
        saw(3, 60000, packet);
    }
    judge();
    assert_false(clocks->apart);
}

/* What one clock saw twice is not matched: nobody knows with which. */
static void what_came_twice_is_left_out(void **state)
{
    for (unsigned i = 0; i < 4; i++) {
        struct packet packet = datagram(CLIENT, i * 1000, "a");
        saw(0, 0, packet);
        saw(0, 30000, packet);
        saw(1, 60000, packet);
    }
    judge();
    assert_int_equal(clocks->list[1].group, 0);
}

/* Where the bytes were only captured when they were sent again, their acknowledgement stands before them. */
static void a_few_wrong_limits_are_outvoted(void **state)
{
    talk(0, 30, 0, 1, 5000);
    for (uint32_t i = 30; i < 32; i++) {
        saw(1, 5000, byte(SERVER, i * 1000, 530, 101 + i));
        saw(0, 0, byte(CLIENT, i * 1000 + 3000, 100 + i, 530));
    }
    judge();
    expect_ahead(1, 5000, 980);
}

/* A clock that was set meanwhile: no distance fits. */
static void what_contradicts_itself_is_not_decided(void **state)
{
    talk(0, 10, 0, 1, 5000);
    for (uint32_t i = 10; i < 20; i++) {
        saw(0, 0, byte(CLIENT, i * 1000, 100 + i, 500 + i));
        saw(1, -5000, byte(SERVER, i * 1000 + 20, 500 + i, 101 + i));
    }
    judge();
    assert_false(clocks->apart);
    assert_int_equal(clocks->list[1].group, 0);
}

static void facts_are_bounded(void **state)
{
    for (size_t i = 0; i < WITNESS_FACTS; i++)
        saw(0, 0, byte(CLIENT, (int64_t)i, (uint32_t)i, 500));
    assert_int_equal(witness_facts(witness), WITNESS_FACTS);
    judge();
}

#define WITNESS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITNESS_TEST(acknowledgements_come_behind),
        WITNESS_TEST(one_leads_to_another),
        WITNESS_TEST(what_does_not_contradict_is_left),
        WITNESS_TEST(one_packet_proves_nothing),
        WITNESS_TEST(copies_of_datagrams_tell),
        WITNESS_TEST(an_identification_that_never_changes_tells_nothing),
        WITNESS_TEST(what_came_twice_is_left_out),
        WITNESS_TEST(a_few_wrong_limits_are_outvoted),
        WITNESS_TEST(what_contradicts_itself_is_not_decided),
        WITNESS_TEST(facts_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
