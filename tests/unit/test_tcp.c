/* SPDX-License-Identifier: GPL-2.0-or-later
 * Segments in every order, lost, doubled and in conflict: what goes on to the sink, and which conversation it is in.
 * The sink is a fake that writes down what it is told. */
#include "tcp_check.h"

static void test_in_order(void **state)
{
    begin();
    handshake();
    segment(CLIENT, 100, TCP_ACK, "abc");
    segment(SERVER, 500, TCP_ACK, "ok");
    segment(CLIENT, 103, TCP_ACK | TCP_FIN, "def");
    segment(SERVER, 502, TCP_ACK | TCP_FIN, "");
    segment(CLIENT, 107, TCP_ACK, "");
    expect("abcdef|", "ok|", "1 fin 8;");
}

/* Each order of n elements in turn (Heap's algorithm is not needed: n is small, the index names the order). */
static void nth_order(unsigned index, unsigned count, unsigned *order)
{
    unsigned left[8];
    for (unsigned i = 0; i < count; i++)
        left[i] = i;
    for (unsigned i = 0; i < count; i++) {
        unsigned pick = index % (count - i);
        index /= count - i;
        order[i] = left[pick];
        memmove(left + pick, left + pick + 1, (count - i - pick - 1) * sizeof *left);
    }
}

static void test_every_order(void **state)
{
    static const char *const parts[] = {"abcd", "e", "fghijk", "lm", "nopq"};
    static const uint32_t starts[] = {0, 4, 5, 11, 13};
    /* A start in the middle of the sequence space, and one where it wraps inside of the third part. */
    static const uint32_t initials[] = {100, UINT32_MAX - 6};
    for (unsigned wrap = 0; wrap < 2; wrap++) {
        for (unsigned index = 0; index < 120; index++) {
            unsigned order[5];
            nth_order(index, 5, order);
            begin();
            segment(CLIENT, initials[wrap] - 1, TCP_SYN, "");
            for (unsigned i = 0; i < 5; i++)
                segment(CLIENT, initials[wrap] + starts[order[i]], TCP_ACK, parts[order[i]]);
            expect("abcdefghijklmnopq|", "|", "1 capture 6;");
            assert_int_equal(duplicates, 0);
        }
    }
}

/* The SYN anywhere among the segments: the stream comes out as it was. */
static void test_late_syn(void **state)
{
    static const char *const parts[] = {"", "ab", "cd", "ef", "gh"};
    for (unsigned index = 0; index < 120; index++) {
        unsigned order[5];
        nth_order(index, 5, order);
        begin();
        for (unsigned i = 0; i < 5; i++) {
            uint32_t part = order[i];
            segment(CLIENT, part == 0 ? 99 : 98 + 2 * part, part == 0 ? TCP_SYN : TCP_ACK, parts[part]);
        }
        end();
        expect("abcdefgh|", "|", "1 capture 5;");
        assert_int_equal(delivered, 8);
        assert_int_equal(duplicates, 0);
    }
}

static void test_duplicates(void **state)
{
    begin();
    handshake();
    segment(CLIENT, 100, TCP_ACK, "abc");
    segment(CLIENT, 100, TCP_ACK, "abc");
    segment(CLIENT, 102, TCP_ACK, "cde"); /* one old byte */
    segment(CLIENT, 99, TCP_SYN, "");     /* again */
    segment(CLIENT, 107, TCP_ACK, "hi");  /* waits */
    segment(CLIENT, 107, TCP_ACK, "hi");
    segment(CLIENT, 104, TCP_ACK, "efghijk"); /* over what was delivered, the hole, what waits, and on */
    expect("abcdefghijk|", "|", "1 capture 10;");
    assert_int_equal(duplicates, 3 + 1 + 2 + 3);
}

static void test_conflict(void **state)
{
    begin();
    handshake();
    segment(CLIENT, 103, TCP_ACK, "defg");
    segment(CLIENT, 102, TCP_ACK, "cdXX"); /* the first copy wins */
    segment(CLIENT, 100, TCP_ACK, "abZ");
    segment(CLIENT, 100, TCP_ACK, "aB"); /* delivered */
    expect("[overlap 4 ef@4 not XX@5]"
           "ab[overlap 2 c@5 not Z@6]cdefg[overlap 1 b@6 not B@7]|",
           "|", "1 capture 7;");
    assert_int_equal(duplicates, 3 + 1 + 2);
    /* The last copy wins as long as the first waits behind a hole. */
    begin_with((struct conversation_options){.overlap = TCP_OVERLAP_LAST});
    handshake();
    segment(CLIENT, 103, TCP_ACK, "defg");
    segment(CLIENT, 102, TCP_ACK, "cdXX");
    segment(CLIENT, 100, TCP_ACK, "abZ");
    segment(CLIENT, 105, TCP_ACK, "xg"); /* delivered: it stays */
    expect("[overlap 4 XX@5 not ef@4]"
           "ab[overlap 2 Z@6 not c@5]ZdXXg[overlap 5 X@5 not x@7]|",
           "|", "1 capture 7;");
}

/* What was delivered is compared as far as it is remembered: the last 256 bytes, of the last four packets. */
static void test_conflict_with_what_was_delivered(void **state)
{
    char text[202] = "";
    memset(text, 'a', 200);
    begin();
    handshake();
    segment(CLIENT, 100, TCP_ACK, text);
    segment(CLIENT, 300, TCP_ACK, text);
    text[199] = '1';
    segment(CLIENT, 100, TCP_ACK, text); /* byte 299 is remembered, byte 100 is not */
    text[0] = '2';
    segment(CLIENT, 300, TCP_ACK, text); /* both ends differ */
    end();
    const char *first = strstr(told[CLIENT]->str, "[overlap 199 a@4 not 1@6]");
    assert_non_null(first);
    assert_non_null(strstr(first, "[overlap 200 aaa"));
    expect(told[CLIENT]->str, "|", "1 capture 7;");

    begin();
    handshake();
    for (uint32_t i = 0; i < 10; i++)
        segment(CLIENT, 100 + i, TCP_ACK, "x");
    segment(CLIENT, 104, TCP_ACK, "YYYY");
    expect("xxxxxxxxxx[overlap 6 xx@10 not YY@14]|", "|", "1 capture 14;");

    /* A hole that was given up is not compared, nor is what is before it. */
    begin_with((struct conversation_options){.tcp = {.bytes = 2}});
    handshake();
    segment(CLIENT, 100, TCP_ACK, "abc");
    segment(CLIENT, 106, TCP_ACK, "ghi");
    segment(CLIENT, 100, TCP_ACK, "ABCDEFGh");
    expect("abc[gap 3]ghi[overlap 6 g@5 not G@6][late 3 DEF]|", "|", "1 capture 6;");
}

static void test_keep_alive(void **state)
{
    begin();
    handshake();
    segment(CLIENT, 100, TCP_ACK, "abc");
    segment(CLIENT, 102, TCP_ACK, "");  /* without a byte */
    segment(CLIENT, 102, TCP_ACK, "?"); /* with one of any content */
    segment(SERVER, 500, TCP_ACK, "");
    segment(CLIENT, 103, TCP_ACK, "d"); /* zero-window probe: a real byte */
    segment(CLIENT, 103, TCP_ACK, "def");
    expect("abcdef|", "|", "1 capture 9;");
    /* While the last byte sent waits behind a hole: no conflict. */
    begin();
    handshake();
    segment(CLIENT, 103, TCP_ACK, "def");
    segment(CLIENT, 105, TCP_ACK, "?");
    segment(CLIENT, 100, TCP_ACK, "abc");
    expect("abcdef|", "|", "1 capture 6;");
    /* Before any data was seen: the sequence number of a packet without data starts no stream. */
    begin();
    segment(CLIENT, 99, TCP_ACK, "");
    segment(CLIENT, 100, TCP_ACK, "abc");
    expect("abc|", "|", "1 capture 2;");
}

static void test_lost(void **state)
{
    begin();
    handshake();
    segment(CLIENT, 100, TCP_ACK, "abc");
    segment(SERVER, 500, TCP_ACK, ""); /* acknowledges what was not captured: waits */
    segment(CLIENT, 108, TCP_ACK, "ij");
    segment(CLIENT, 112, TCP_ACK, "mn");
    assert_string_equal(told[CLIENT]->str, "abc");
    segment(CLIENT, 120, TCP_ACK | TCP_FIN, "");
    segment(SERVER, 505, TCP_ACK | TCP_FIN, "");
    expect("abc[gap 5]ij[gap 2]mn[gap 6]|", "[gap 5]|", "1 fin 9;");
}

/* What the server acknowledges was sent: missing at the end if it did not come by then. One byte more may be the FIN.
 */
static void test_acknowledged(void **state)
{
    static const struct {
        uint32_t acknowledgement;
        uint8_t flags, fin;
        const char *late, *client;
    } cases[] = {
        {104, TCP_ACK, 0, "", "abc|"},
        {105, TCP_ACK, 0, "", "abc[gap 2]|"},
        {104, TCP_ACK, TCP_FIN, "", "abc|"},
        {106, TCP_ACK, TCP_FIN, "", "abc[gap 2]|"},
        {110, TCP_ACK, 0, "defg", "abcdefg[gap 3]|"},
        {110, 0, 0, "", "abc|"},
        {110, TCP_ACK | TCP_RST, 0, "", "abc|"},
        {100 + TCP_WINDOW + 4, TCP_ACK, 0, "", "abc|"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        begin();
        handshake();
        segment(CLIENT, 100, TCP_ACK | cases[i].fin, "abc");
        reply(cases[i].flags, 500, cases[i].acknowledgement, "");
        segment(CLIENT, 103, TCP_ACK, cases[i].late);
        expect(cases[i].client, "|", cases[i].flags & TCP_RST ? "1 rst 6;" : "1 capture 6;");
    }
}

static void test_snap_length(void **state)
{
    begin();
    handshake();
    segment_part(CLIENT, 100, TCP_ACK, "abc", 3);
    segment(CLIENT, 106, TCP_ACK, "ghi");
    segment(CLIENT, 104, TCP_ACK, "ef"); /* part of it comes again */
    segment_part(CLIENT, 109, TCP_ACK, "jk", 4);
    expect("abc[gap 1]efghijk[gap 4]|", "|", "1 capture 7;");
}

static void test_missing_handshake(void **state)
{
    begin();
    segment(CLIENT, 200, TCP_ACK, "mno");
    segment(CLIENT, 203, TCP_ACK, "pqr");
    segment(CLIENT, 190, TCP_ACK, "abcd");    /* before the first seen: on its own, once */
    segment(CLIENT, 190, TCP_ACK, "abcdefg"); /* three new bytes */
    segment(CLIENT, 194, TCP_ACK, "ef");
    segment(CLIENT, 198, TCP_ACK, "klmn"); /* two new ones, two old */
    segment(CLIENT, 206, TCP_ACK, "stu");
    expect("abcdefg[gap 1]klmnopqrstu|", "|", "1 capture 7;");
    assert_int_equal(duplicates, 4 + 2 + 2);
    assert_int_equal(lates, 0);
    assert_int_equal(delivered, 9 + 9);
    /* Bytes that come when the wait is over are on their own, once. */
    begin();
    segment(CLIENT, 200, TCP_ACK, "mno");
    segment(CLIENT, 203, TCP_ACK, "pqr");
    now += 2 * SECOND;
    segment(CLIENT, 190, TCP_ACK, "abcd");
    segment(CLIENT, 190, TCP_ACK, "abcdefg"); /* three new bytes */
    segment(CLIENT, 198, TCP_ACK, "klmn");    /* two new ones, two old */
    segment(CLIENT, 206, TCP_ACK, "stu");
    expect("mnopqr[late 0 abcd][late 0 efg][late 0 kl]stu|", "|", "1 capture 6;");
    assert_int_equal(duplicates, 4 + 2);
    assert_int_equal(lates, 4 + 3 + 2);
}

/* When a stream without a SYN begins to be delivered. */
static void test_opening(void **state)
{
    /* Each order of the segments gives the stream, also where the sequence number wraps. */
    static const char *const parts[] = {"abcd", "e", "fghijk", "lm", "nopq"};
    static const uint32_t starts[] = {0, 4, 5, 11, 13};
    static const uint32_t initials[] = {100, UINT32_MAX - 6};
    for (unsigned index = 0; index < 240; index++) {
        unsigned order[5];
        nth_order(index / 2, 5, order);
        begin();
        for (unsigned i = 0; i < 5; i++)
            segment(CLIENT, initials[index % 2] + starts[order[i]], TCP_ACK, parts[order[i]]);
        now += 2 * SECOND;
        datagram(9, 9, 8888, "x", 0); /* time passes for all */
        assert_string_equal(told[CLIENT]->str, "abcdefghijklmnopq[datagram x+0]");
        expect("abcdefghijklmnopq[datagram x+0]||", "||", "1 capture 5;2 capture 1;");
        assert_int_equal(duplicates, 0);
    }
    /* An answer that came too early is held too; where the other side is open, what it answers goes first. */
    begin();
    segment(CLIENT, 103, TCP_ACK, "def");
    reply(TCP_ACK, 500, 103, "ok");
    segment(CLIENT, 100, TCP_ACK, "abc");
    assert_string_equal(told[CLIENT]->str, "");
    reply(TCP_ACK, 502, 106, "ok");
    segment(CLIENT, 97, TCP_ACK, "xyz");
    assert_string_equal(told[CLIENT]->str, "");
    now += 2 * SECOND;
    datagram(9, 9, 8888, "x", 0);
    expect("xyzabcdef[datagram x+0]||", "okok||", "1 capture 5;2 capture 1;");
    for (unsigned syn = 0; syn < 2; syn++) { /* where it had a SYN, ours may come too */
        begin();
        reply(syn ? TCP_SYN : TCP_ACK, 500 - syn, 103, "it is");
        now += 2 * SECOND;
        segment(CLIENT, 103, TCP_ACK, "def");
        segment(CLIENT, 100, TCP_ACK, "abc");
        reply(TCP_ACK, 505, 103, "ok");
        assert_string_equal(told[SERVER]->str, syn ? "" : "abcdef"); /* the server spoke first */
        segment(CLIENT, 99, TCP_SYN, "");
        expect("it isok|", "abcdef|", "1 capture 5;");
    }
    /* So many segments, or so many bytes. */
    begin();
    GString *all = g_string_new("a");
    for (uint32_t i = 1; i < TCP_OPENING_SEGMENTS; i++, g_string_append_c(all, 'x'))
        segment(CLIENT, 101 + i, TCP_ACK, "x");
    assert_string_equal(told[CLIENT]->str, "");
    segment(CLIENT, 101, TCP_ACK, "a");
    assert_string_equal(told[CLIENT]->str, all->str);
    g_string_append_c(all, '|');
    expect(all->str, "|", "1 capture 1024;");
    g_string_free(all, TRUE);
    /* What is held counts for the limit of all. */
    begin_with((struct conversation_options){.tcp = {.total = 5}});
    segment(CLIENT, 100, TCP_ACK, "abc");
    assert_string_equal(told[CLIENT]->str, "");
    segment(CLIENT, 103, TCP_ACK, "def");
    assert_string_equal(told[CLIENT]->str, "abcdef");
    expect("abcdef|", "|", "1 capture 2;");
    assert_int_equal(reached, 0);
    /* The SYN of the other side tells where ours was: what is missing behind it is a gap. */
    begin();
    reply(TCP_SYN | TCP_ACK, 499, 100, "");
    segment(CLIENT, 103, TCP_ACK, "def");
    expect("|", "[gap 3]def|", "1 capture 2;"); /* the server spoke first */
    begin();
    segment(CLIENT, 103, TCP_ACK, "def");
    reply(TCP_SYN | TCP_ACK, 499, 100, "");
    segment(CLIENT, 100, TCP_ACK, "abc");
    expect("abcdef|", "|", "1 capture 3;");
    /* A packet from far before the held ones, and a SYN that cannot be theirs. */
    begin();
    segment(CLIENT, 0x20000000, TCP_ACK, "def");
    segment(CLIENT, 0x20000000 - TCP_LATE_SYN - 10, TCP_ACK, "abc");
    expect("def[late 0 abc]|", "|", "1 capture 2;");
    begin();
    segment(CLIENT, 100, TCP_ACK, "def");
    segment(CLIENT, 500, TCP_SYN, ""); /* alone it opens nothing */
    expect("def|", "|", "1 capture 2;");
    begin();
    segment(CLIENT, 100, TCP_ACK, "def");
    segment(CLIENT, 500, TCP_SYN, "");
    segment(CLIENT, 501, TCP_ACK, "ghi");
    expect("def|ghi|", "||", "1 reuse 1;2 capture 2;");
}

static void test_data_on_syn_and_behind_fin(void **state)
{
    begin();
    segment(CLIENT, 99, TCP_SYN, "ab");
    segment(CLIENT, 102, TCP_ACK, "cd");
    segment(CLIENT, 104, TCP_ACK | TCP_FIN, "ef");
    segment(CLIENT, 107, TCP_ACK, "gh"); /* the FIN has a sequence number but is no byte */
    segment(CLIENT, 109, TCP_RST, "");
    segment(CLIENT, 109, TCP_ACK, "ij");           /* its sender goes on: the RST was not its own */
    segment(CLIENT, 111 + (1 << 20), TCP_RST, ""); /* outside the window */
    expect("abcdefghij|", "|", "1 capture 7;");
    /* The same with the FIN lost behind a hole and last of all. */
    begin();
    segment(CLIENT, 99, TCP_SYN, "");
    segment(CLIENT, 103, TCP_ACK, "de");
    segment(CLIENT, 102, TCP_ACK | TCP_FIN, "");
    segment(CLIENT, 100, TCP_ACK, "ab");
    expect("abde|", "|", "1 capture 4;");
}

static void test_limits(void **state)
{
    begin_with((struct conversation_options){.tcp = {.bytes = 6}});
    handshake();
    segment(CLIENT, 110, TCP_ACK, "klm");
    segment(CLIENT, 120, TCP_ACK, "uvw");
    assert_string_equal(told[CLIENT]->str, "");
    segment(CLIENT, 130, TCP_ACK, "X"); /* one byte too many waits: the first hole is given up */
    assert_string_equal(told[CLIENT]->str, "[gap 10]klm");
    segment(CLIENT, 104, TCP_ACK, "ef"); /* comes after all */
    segment(CLIENT, 104, TCP_ACK, "efg");
    segment(CLIENT, 113, TCP_ACK, "nopqrst");
    expect("[gap 10]klm[late 4 ef][late 6 g]nopqrstuvw[gap 7]X|", "|", "1 capture 9;");
    assert_int_equal(duplicates, 2);

    begin_with((struct conversation_options){.tcp = {.ranges = 2}});
    handshake();
    segment(CLIENT, 102, TCP_ACK, "c");
    segment(CLIENT, 104, TCP_ACK, "e");
    segment(CLIENT, 106, TCP_ACK, "g");
    assert_string_equal(told[CLIENT]->str, "[gap 2]c");
    expect("[gap 2]c[gap 1]e[gap 1]g|", "|", "1 capture 6;");

    /* In all connections: the one that waits longest gives up its hole. */
    begin_with((struct conversation_options){.tcp = {.total = 5}});
    handshake();
    segment(CLIENT, 110, TCP_ACK, "klm");
    segment(SERVER, 510, TCP_ACK, "xy");
    assert_string_equal(told[CLIENT]->str, "");
    segment(SERVER, 520, TCP_ACK, "z");
    assert_string_equal(told[CLIENT]->str, "[gap 10]klm");
    assert_string_equal(told[SERVER]->str, "");
    expect("[gap 10]klm|", "[gap 10]xy[gap 8]z|", "1 capture 6;");
    assert_int_equal(reached, 1);
}

static void test_reuse(void **state)
{
    begin();
    handshake();
    segment(CLIENT, 100, TCP_ACK, "abc");
    segment(CLIENT, 9000, TCP_SYN, "");
    segment(SERVER, 7000, TCP_SYN | TCP_ACK, "");
    segment(CLIENT, 9001, TCP_ACK, "def");
    segment(SERVER, 7001, TCP_ACK, "ok");
    expect("abc|def|", "|ok|", "1 reuse 4;2 capture 4;");
    /* The SYN of the new connection was not captured: its sequence numbers are far from those of the old one. */
    begin();
    handshake();
    segment(CLIENT, 100, TCP_ACK, "abc");
    segment(CLIENT, 0x80000000, TCP_ACK, "def");
    segment(CLIENT, 0x80000003, TCP_ACK, "ghi");
    expect("abc|defghi|", "||", "1 reuse 4;2 capture 2;");
}

static void test_times(void **state)
{
    begin();
    handshake();
    segment(CLIENT, 100, TCP_RST, "");
    now += 121 * SECOND;
    segment(CLIENT, 100, TCP_ACK, "def"); /* 121 s after the RST */
    now += 7200 * SECOND;
    segment(CLIENT, 103, TCP_ACK, "ghi");
    now += 3600 * SECOND;
    assert_true(datagram(9, 5000, 8888, "x", 0)); /* the time passed, others say */
    now += 3601 * SECOND;
    segment(CLIENT, 106, TCP_ACK, "jkl");
    expect("|defghi[datagram x+0]||jkl|", "||||", "1 rst 4;2 idle 2;3 capture 1;4 capture 1;");
    /* A step of more than two hours may be a clock that was set: it was, if the numbers go on. */
    for (unsigned lost = 0; lost < 2; lost++) {
        begin();
        handshake();
        segment(CLIENT, 100, TCP_ACK, "abc");
        now += 3 * 3600 * SECOND;
        segment(CLIENT, 103 + lost, TCP_ACK, "def");
        expect(lost ? "abc|def|" : "abcdef|", lost ? "||" : "|", lost ? "1 idle 4;2 capture 1;" : "1 capture 5;");
    }
    begin();
    handshake();
    segment(CLIENT, 100, TCP_ACK, "abc");
    now += 3 * 3600 * SECOND;
    reply(TCP_ACK, 500, 103, "");
    segment(CLIENT, 100, TCP_ACK, "abcdef"); /* sent again */
    expect("abcdef|", "|", "1 capture 6;");
    /* What both sides go on with after a RST was not closed by it. */
    begin();
    handshake();
    segment(SERVER, 500, TCP_RST, "");
    now += 119 * SECOND;
    segment(CLIENT, 100, TCP_ACK, "abc");
    now += 119 * SECOND;
    segment(CLIENT, 103, TCP_ACK, "def");
    expect("abcdef|", "|", "1 capture 6;");
    /* What is over leaves without a packet of its own. */
    begin();
    handshake();
    now += 3600 * SECOND;
    assert_true(datagram(9, 5000, 8888, "x", 0));
    now += 3601 * SECOND;
    assert_true(datagram(9, 5000, 8888, "y", 0));
    assert_string_equal(closed->str, "1 idle 3;");
    expect("[datagram x+0]|[datagram y+0]|", "||", "1 idle 3;2 capture 2;");
}

static void test_datagrams(void **state)
{
    uint16_t port = 8888;
    GArray *ports = g_array_new(FALSE, FALSE, sizeof port);
    g_array_append_val(ports, port);
    begin_with((struct conversation_options){.ports = ports});
    assert_true(datagram(1, 5000, 8888, "a", 0));
    now += 8000 * SECOND;
    assert_true(datagram(1, 5000, 8888, "b", 7)); /* never idle */
    assert_true(datagram(3, 5000, 8888, "", 0));
    assert_false(datagram(1, 5000, 8889, "c", 0));
    assert_true(datagram(1, 8888, 53, "d", 0)); /* either end may have the port */
    struct packet answer = {.transport = TRANSPORT_UDP, .source = endpoint(2, 8888), .destination = endpoint(1, 5000)};
    assert_true(feed(answer, "e", 1, 0));
    answer.transport = TRANSPORT_TCP; /* the same ends */
    assert_true(feed(answer, "f", 1, 0));
    expect("[datagram a+0][datagram b+7][datagram +0][datagram d+0]|||f|", "[datagram e+0]||||",
           "1 capture 3;2 capture 1;3 capture 1;4 capture 1;");
    g_array_free(ports, TRUE);
}

static void test_open_limit(void **state)
{
    begin_with((struct conversation_options){.open_max = 2});
    datagram(10, 1, 8888, "a", 0);
    datagram(11, 1, 8888, "b", 0);
    now += 600 * SECOND; /* order in time counts beyond five minutes */
    datagram(10, 1, 8888, "c", 0);
    datagram(12, 1, 8888, "d", 0);
    assert_string_equal(closed->str, "2 limit 1;"); /* silent longest */
    expect("[datagram a+0][datagram b+0][datagram c+0]|[datagram d+0]||", "|||", "2 limit 1;1 capture 2;3 capture 1;");
}

/* Random pieces of a known stream, doubled and shuffled, with and without its SYN: each byte of payload is delivered
 * once or is a duplicate, and with the SYN the stream comes out as it was. */
static void test_balance(void **state)
{
    enum { SIZE = 200 };
    char stream[SIZE + 1] = "";
    for (unsigned i = 0; i < SIZE; i++)
        stream[i] = (char)('A' + i % 53);
    GRand *random = g_rand_new_with_seed(11);
    for (unsigned round = 0; round < 400; round++) {
        uint32_t initial = g_rand_int(random);
        bool syn = g_rand_boolean(random);
        uint64_t fed = 0;
        uint8_t seen[SIZE] = {0};
        begin_with((struct conversation_options){.tcp = {.bytes = round % 2 ? 40 : 0}});
        if (syn)
            segment(CLIENT, initial - 1, TCP_SYN, "");
        for (unsigned step = 0; step < 60; step++) {
            int start = g_rand_int_range(random, 0, SIZE);
            int length = g_rand_int_range(random, 1, 30);
            length = MIN(length, SIZE - start);
            char text[32] = "";
            memcpy(text, stream + start, (size_t)length);
            memset(seen + start, 1, (size_t)length);
            segment(CLIENT, initial + (uint32_t)start, TCP_ACK, text);
            fed += (uint64_t)length;
        }
        uint64_t distinct = 0;
        for (unsigned i = 0; i < SIZE; i++)
            distinct += seen[i];
        end();
        assert_int_equal(delivered, distinct);
        assert_int_equal(delivered + duplicates, fed);
        if (syn && distinct == SIZE && round % 2 == 0)
            assert_memory_equal(told[CLIENT]->str, stream, SIZE);
        assert_null(strstr(told[CLIENT]->str, "overlap"));
        expect(told[CLIENT]->str, "|", closed->str);
    }
    g_rand_free(random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_order),
        cmocka_unit_test(test_every_order),
        cmocka_unit_test(test_late_syn),
        cmocka_unit_test(test_duplicates),
        cmocka_unit_test(test_conflict),
        cmocka_unit_test(test_conflict_with_what_was_delivered),
        cmocka_unit_test(test_keep_alive),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_acknowledged),
        cmocka_unit_test(test_snap_length),
        cmocka_unit_test(test_missing_handshake),
        cmocka_unit_test(test_opening),
        cmocka_unit_test(test_data_on_syn_and_behind_fin),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_reuse),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_datagrams),
        cmocka_unit_test(test_open_limit),
        cmocka_unit_test(test_balance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
