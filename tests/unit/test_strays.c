/* SPDX-License-Identifier: GPL-2.0-or-later
 * Packets that no receiver would take, wild numbers, two connections at once with the same addresses. */
#include "tcp_check.h"

/* Packets that no receiver would take, between two segments. */
static void test_strays(void **state)
{
    begin();
    handshake();
    segment(CLIENT, 100, TCP_ACK, "abc");
    segment(CLIENT, 103 + (1 << 30), TCP_ACK, "x");
    segment(CLIENT, 103 + (1 << 30), TCP_ACK, "x"); /* captured twice: nothing goes on with it */
    segment(CLIENT, 90000, TCP_SYN, "");
    segment(SERVER, 0x70000000, TCP_RST, "");
    segment(SERVER, 0x60000000, TCP_ACK | TCP_FIN, "");
    segment(CLIENT, 103, TCP_ACK, "def");
    expect("abcdef[late 1073741827 x][late 1073741827 x]|", "|", "1 capture 10;");
    /* More of them than are put aside. */
    begin();
    handshake();
    for (uint32_t i = 1; i <= 20; i++)
        segment(CLIENT, i << 27, TCP_ACK, "");
    segment(CLIENT, 100, TCP_ACK, "abc");
    expect("abc|", "|", "1 capture 24;");
}

/* A wild number within the window of 64 MiB is no hole, if the stream goes on below it. */
static void test_wild(void **state)
{
    static const uint32_t far = 499971;
    begin();
    handshake();
    segment(CLIENT, 100 + far, TCP_ACK, "x");
    segment(CLIENT, 100, TCP_ACK, "abc");
    segment(CLIENT, 103, TCP_ACK, "def");
    expect("abcdef[late 499971 x]|", "|", "1 capture 6;");
    begin();
    handshake();
    segment(CLIENT, 100 + far, TCP_ACK, "");
    segment(CLIENT, 100 + far, TCP_ACK | TCP_FIN, "");
    segment(CLIENT, 100 + far, TCP_RST, "");
    reply(TCP_ACK, 500, 100 + far, "");
    segment(CLIENT, 100, TCP_ACK, "abc");
    expect("abc|", "|", "1 capture 8;");
    /* The last that is heard stands. */
    begin();
    handshake();
    segment(CLIENT, 100, TCP_ACK, "abc");
    segment(CLIENT, 103 + far, TCP_ACK, "");
    expect("abc[gap 499971]|", "|", "1 capture 5;");
}

/* Two connections at once with the same addresses and ports, whose numbers are apart: each has its bytes. */
static void test_beside(void **state)
{
    begin();
    for (uint32_t apart = 0; apart <= 7000; apart += 7000)
        segment(CLIENT, 99 + apart, TCP_SYN, "");
    for (uint32_t apart = 0; apart <= 7000; apart += 7000)
        reply(TCP_SYN | TCP_ACK, 499, 100 + apart, "");
    for (uint32_t i = 0; i < 3; i++)
        for (uint32_t apart = 0; apart <= 7000; apart += 7000)
            segment(CLIENT, 100 + 2 * i + apart, TCP_ACK, apart ? "AB" : "ab");
    expect("abABabABabAB||", "||", "1 capture 5;2 capture 5;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strays),
        cmocka_unit_test(test_beside),
        cmocka_unit_test(test_wild),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
