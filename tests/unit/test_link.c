/* SPDX-License-Identifier: GPL-2.0-or-later
 * Link layers and tags, each by bytes from its specification, whole, cut after every byte, and damaged. */
#include "packet_check.h"

/* Headers of data frames (IEEE 802.11): from a station to the distribution system, 24 bytes. */
#define STATION  "0000 020000000001 020000000002 020000000003 1000"
#define SNAP4    "aaaa03 000000 0800"
#define SNAP6    "aaaa03 000000 86dd"
#define RADIOTAP "00 00 0a00 02000000"

/* header6 NULL: as header4. path: what is noted. */
static const struct {
    int link_type;
    const char *header4, *header6, *path;
} links[] = {
    {1, MACS "0800", MACS "86dd", ""},
    {1, MACS "8100 000c 0800", MACS "8100 200c 86dd", " | vlan 12"}, /* priority and DEI are no part of the id */
    {1, MACS "88a8 0064 8100 f065 0800", MACS "88a8 0064 8100 f065 86dd", " | vlan 100 / vlan 101"},
    /* MPLS, RFC 3032: label 20 bits, class 3, bottom of stack 1, time to live 8. */
    {1, MACS "8847 00010140", NULL, " | mpls 16"},
    {1, MACS "8848 00064040 fffff1ff", NULL, " | mpls 100 / mpls 1048575"},
    /* A frame in MPLS, RFC 4448: with a control word and without. */
    {1, MACS "8847 00010140 00000000" MACS "0800", MACS "8847 00010140 00001234" MACS "86dd", " | mpls 16"},
    {1, MACS "8847 00010140" MACS "0800", MACS "8847 00010140" MACS "86dd", " | mpls 16"},
    /* PPPoE, RFC 2516: version and type 1, code 0, session, length (set below); protocol in two bytes and in one. */
    {1, MACS "8864 11 00 0011 LLLL 0021", MACS "8864 11 00 0011 LLLL 0057", " | pppoe 0x11"},
    {1, MACS "8100 0007 8864 11 00 abcd LLLL 21", MACS "8100 0007 8864 11 00 abcd LLLL 57", " | vlan 7 / pppoe 0xabcd"},
    {51, "11 00 0011 LLLL 0021", "11 00 0011 LLLL 0057", " | pppoe 0x11"},
    /* PPP with and without address and control; Cisco's HDLC. */
    {9, "0021", "0057", ""},
    {9, "ff03 0021", "ff03 0057", ""},
    {9, "ff03 0281 00010140", NULL, " | mpls 16"},
    {50, "ff03 0021", "ff03 0057", ""},
    {50, "ff03 21", "ff03 57", ""},
    {50, "0f00 0800", "8f00 86dd", ""},
    {104, "0f00 0800", "8f00 86dd", ""},
    {104, "0f00 8847 00010140", NULL, " | mpls 16"},
    /* PPP, Cisco's HDLC and frame relay with a direction; frame relay with Cisco's EtherType, NLPID of IP, SNAP. */
    {204, "00 ff03 0021", "01 ff03 0057", ""},
    {204, "01 21", "00 57", ""},
    {205, "00 0f00 0800", "01 8f00 86dd", ""},
    {206, "01 1841 0800", "00 1841 86dd", ""},
    {107, "1841 0800", "1841 86dd", ""},
    {107, "1841 03 cc", "1841 03 8e", ""},
    {107, "1840 0041 03 cc", "1840 01 03 8e", ""},
    {107, "1841 03 00 80 000000 0800", "1841 03 80 000000 86dd", ""},
    {107, "1841 03 80 0080c2 0007" MACS "0800", "1841 03 80 0080c2 0001" MACS "86dd", ""},
    {107, "1841 03 cf 0021", "1841 03 cf 0057", ""},
    /* RFC 2684: LLC with SNAP, bridged with two bytes in front, PPP; without LLC. */
    {11, SNAP4, SNAP6, ""},
    {11, "aaaa03 0080c2 0007 0000" MACS "0800", "aaaa03 0080c2 0001 0000" MACS "86dd", ""},
    {11, "fefe03cf 0021", "fefe03cf 0057", ""},
    {11, "", "", ""},
    {11, "0021", "0057", ""},
    {11, "0000" MACS "0800", "0000" MACS "86dd", ""},
    /* Apple: length, type, link type, name; with other link types inside. */
    {258, "10000000 01000000 01000000 656e3000" MACS "0800", "10000000 01000000 01000000 656e3000" MACS "86dd", ""},
    {258, "0c000000 01000000 0c000000", "0c000000 01000000 0c000000", ""},
    {258, "0c000000 01000000 00000000 02000000", "0c000000 01000000 00000000 1e000000", ""},
    /* PPI with a field of 4 bytes and a radio frame; with Ethernet. */
    {192, "00 00 1000 69000000 0200040001020304 0801" STATION SNAP4, "00 00 0800 01000000" MACS "86dd", ""},
    /* Prism in both byte orders, AVS in its own link type and in that of Prism. */
    {119, "00000044 0000000c 01020304 0801" STATION SNAP4, "44000000 0c000000 01020304 0801" STATION SNAP6, ""},
    {163, "80211001 0000000c 01020304 0801" STATION SNAP4, "80211002 00000008 0801" STATION SNAP6, ""},
    {119, "80211001 0000000c 01020304 0801" STATION SNAP4, "80211001 00000008 0801" STATION SNAP6, ""},
    /* Logs of packet filters: attributes in both byte orders; a header filled up. */
    {239, "02 00 0000 0800 0100 01020304 2500 0900", "0a 00 0000 0005 000a 78000000 0039 0009", ""},
    {117,
     "3d 02 0000"
     "00000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000"
     "000000000000000000000000000000",
     "3d 18 0000"
     "00000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000"
     "000000000000000000000000000000",
     ""},
    {109, "02000000 00000001 00000000", "00000018 00000001 00000000", ""},
    /* Juniper: flags; with extensions; without a link layer. */
    {178, "4d4743 01" MACS "0800", "4d4743 81 0006 010101 020100" MACS "86dd", ""},
    {178, "4d4743 02 02000000", "4d4743 82 0000 1c000000", ""},
    {240, "01020304" MACS "0800", "01020304" MACS "86dd", ""},
    /* Tags of switches. */
    {1, MACS "8909 01 01 0001 0007 0800", MACS "8909 01 01 0001 0007 86dd", " | trustsec sgt 7"},
    {1, MACS "8926 800c 0003 8100 000c 0800", MACS "8926 800c 0003 8100 000c 86dd", " | vn-tag 0xc0003 / vlan 12"},
    {1, MACS "893f e000 1007 0000 0800", MACS "893f e000 1007 0000 86dd", " | e-tag 4103"},
    {1, MACS "88e7 00abcdef" MACS "0800", MACS "88e7 00abcdef" MACS "86dd", " | 802.1ah isid 11259375"},
    {1, MACS "8988 000102030405 0800", MACS "8988 000102030405 86dd", " | ttag"},
    {1, MACS "894f 0fc2 02 01 00002a ff", MACS "894f 0fc2 02 02 00002a ff", " | nsh path 42"},
    /* IEEE 802.3 with LLC and SNAP: length instead of a type. RFC 1042 has the service access point 6 for IP. */
    {1, MACS "LLLL" SNAP4, MACS "LLLL" SNAP6, ""},
    {1, MACS "LLLL aaaa03 0000f8 0800", MACS "LLLL aaaa03 0000f8 86dd", ""},
    {1, MACS "8100 000c LLLL" SNAP4, MACS "8100 000c LLLL" SNAP6, " | vlan 12"},
    {113, "0000 0001 0006 0200000000010000 0004" SNAP4, "0000 0001 0006 0200000000010000 0004" SNAP6, ""},
    {113, "0000 0001 0006 0200000000010000 8864 11 00 0011 LLLL 0021",
     "0000 0001 0006 0200000000010000 8864 11 00 0011 LLLL 0057", " | pppoe 0x11"},
    {276, "8100 0000 00000002 0001 00 06 0200000000010000 0003 0800",
     "8100 0000 00000002 0001 00 06 0200000000010000 0003 86dd", " | vlan 3"},
    {219, "00064040 00010140", NULL, " | mpls 100 / mpls 16"},
    /* IEEE 802.11: data, with QoS, with HT control, with four addresses. */
    {105, "0801" STATION SNAP4, "0801" STATION SNAP6, ""},
    {105, "8801" STATION "0000" SNAP4, "8801" STATION "0000" SNAP6, ""},
    {105, "8881" STATION "0000 00000000" SNAP4, "8881" STATION "0000 00000000" SNAP6, ""},
    {105, "0803" STATION "020000000004" SNAP4, "0803" STATION "020000000004" SNAP6, ""},
    /* Radiotap: only flags; with the time before them; with a second word of bits; with a padded header. */
    {127, RADIOTAP "0000 0801" STATION SNAP4, RADIOTAP "0000 0801" STATION SNAP6, ""},
    {127, "00 00 1200 03000000 1122334455667788 10 00 0802" STATION SNAP4,
     "00 00 1200 03000000 1122334455667788 10 00 0802" STATION SNAP6, ""},
    {127, "00 00 0e00 02000080 00000000 20 00 8801" STATION "0000 0000" SNAP4,
     "00 00 0e00 02000080 00000000 20 00 8801" STATION "0000 0000" SNAP6, ""},
    {127, "00 00 1900 03000080 00000000 00000000 1122334455667788 20 8801" STATION "0000 0000" SNAP4,
     "00 00 1900 03000080 00000000 00000000 1122334455667788 20 8801" STATION "0000 0000" SNAP6, ""},
};

/* The header with LLLL filled in: the number of bytes behind it. */
static const char *frame_of(const char *header, const char *inside)
{
    char *text = g_strconcat(header, inside, NULL);
    char *length = strstr(text, "LLLL");
    if (length) {
        char digits[8];
        g_snprintf(digits, sizeof digits, "%04x", hex_length(length + 4));
        memcpy(length, digits, 4);
    }
    return keep(text);
}

static const char *link_frame(size_t i, bool six)
{
    const char *header = six && links[i].header6 ? links[i].header6 : links[i].header4;
    return frame_of(header, six ? hello6() : hello4());
}

static void test_links(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(links); i++) {
        assert_string_equal(parse_hex(link_frame(i, false), links[i].link_type), join_hex(HELLO4, links[i].path));
        assert_string_equal(parse_hex(link_frame(i, true), links[i].link_type), join_hex(HELLO6, links[i].path));
    }
}

/* Cut after every byte: a packet as soon as the UDP header is there, and cut before that. */
static void test_truncations(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(links); i++) {
        GByteArray *frame = bytes(link_frame(i, i % 2 != 0));
        for (guint length = 0; length < frame->len; length++) {
            const char *text = parse_part(frame, length, links[i].link_type);
            if (length + 5 < frame->len) {
                assert_string_equal(text, "headers not captured");
                continue;
            }
            const char *payload = keep(g_strdup_printf("hello%s", links[i].path));
            const char *cut = keep(g_strdup_printf("%.*s+%u%s", (int)(length + 5 - frame->len), "hello",
                                                   frame->len - length, links[i].path));
            const char *whole = i % 2 ? HELLO6 : HELLO4;
            GString *expected = g_string_new_len(whole, (gssize)strlen(whole) - 5);
            g_string_append(expected, length == frame->len ? payload : cut);
            assert_string_equal(text, keep(g_string_free(expected, FALSE)));
        }
        g_byte_array_unref(frame);
    }
}

/* A frame in MPLS whose first address begins like an IP packet. */
static void test_ambiguous_addresses(void **state)
{
    static const char rest[] = "0000000001 020000000002 8100 0005";
    assert_string_equal(parse_hex(keep(g_strconcat(MACS "8847 00010140 45", rest, "0800", hello4(), NULL)), 1),
                        HELLO4 " | mpls 16 / vlan 5");
    assert_string_equal(parse_hex(keep(g_strconcat(MACS "8847 00010140 6c", rest, "86dd", hello6(), NULL)), 1),
                        HELLO6 " | mpls 16 / vlan 5");
}

static void test_damage(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(links); i++)
        damage(link_frame(i, i % 2 != 0), links[i].link_type);
}

/* What fills a frame up is no payload. */
static void test_padding(void **state)
{
    static const char *const headers[] = {MACS "0800", MACS "8864 11 00 0011 0023 0021", MACS "0029" SNAP4};
    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
        const char *frame = keep(g_strconcat(headers[i], hello4(), "2323232323", NULL));
        assert_true(g_str_has_prefix(parse_hex(frame, 1), HELLO4));
        assert_null(strchr(parse_hex(frame, 1), '#'));
    }
}

static void test_not_ours(void **state)
{
    static const struct {
        int link_type;
        const char *header, *verdict;
    } others[] = {
        {1, MACS "8863 11 09 0000 0023 0021", "not IP"},                    /* PPPoE discovery */
        {1, MACS "8864 11 01 0011 0023 0021", "not IP"},                    /* code */
        {1, MACS "8864 21 00 0011 0023 0021", "not IP"},                    /* version */
        {1, MACS "8864 11 00 0011 0023 c021", "not IP"},                    /* LCP */
        {9, "8021", "not IP"},                                              /* IPCP */
        {1, MACS "0026 424203", "not IP"},                                  /* spanning tree */
        {1, MACS "0026 aaaa03 00000c 2000", "not IP"},                      /* CDP */
        {1, MACS "0026 aaaa13 000000 0800", "not IP"},                      /* not unnumbered information */
        {1, MACS "8847 00010140 10000000", "not IP"},                       /* control channel of a pseudo wire */
        {1, MACS "8847 00010140 ffffffffffff 020000000002 0806", "not IP"}, /* ARP */
        {105, "8000" STATION, "not IP"},                                    /* beacon */
        {105, "0841" STATION SNAP4, "encrypted"},
        {105, "4801" STATION, "not IP"},                                                /* no data */
        {105, "c801" STATION "0000", "not IP"},                                         /* QoS, no data */
        {105, "8801" STATION "8000" SNAP4, "in a tunnel or a form that is not opened"}, /* several packets in a frame */
        {1, MACS "88e5 2c 00 00000001", "encrypted"},                                   /* MACsec */
        {9, "ff03 003d 80000001 0021", "fragment of PPP multilink"},
        {9, "ff03 003d 40000002", "fragment of PPP multilink"},
        {9, "ff03 00fd", "in a tunnel or a form that is not opened"}, /* compressed or encrypted */
        {258, "0c000000 00000000 01000000", "not IP"},                /* no packet */
        {258, "0b000000 01000000 01000000", "malformed"},
        {258, "0c000000 01000000 bd000000", "link type not supported"}, /* USB */
        {192, "00 00 0800 bd000000", "link type not supported"},
        {107, "0c20 0000", "malformed"}, /* address without an end */
        {107, "1841 03 b0", "not IP"},   /* compressed */
        {189, "", "link type not supported"},
        {-1, "", "link type not supported"},
        {105, "0901" STATION SNAP4, "not IP"},                         /* protocol version 1 */
        {127, "01 00 0800 00000000 0801" STATION SNAP4, "malformed"},  /* version of the header */
        {127, "00 00 0700 00000000 0801" STATION SNAP4, "malformed"},  /* its length */
        {113, "0000 0001 0006 0200000000010000 0001", "not IP"},       /* IPX */
        {113, "0000 0001 0006 0200000000010000 0019" SNAP4, "not IP"}, /* no length in a cooked header */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        assert_string_equal(parse_hex(join_hex(others[i].header, hello4()), others[i].link_type), others[i].verdict);
}

/* Tags without end: read to the end of the packet; the path keeps the first ones. */
static void test_many_tags(void **state)
{
    GString *frame = g_string_new(MACS);
    for (unsigned i = 0; i < 3000; i++)
        g_string_append(frame, "8100 0001");
    g_string_append(frame, "0800");
    g_string_append(frame, hello4());
    const char *text = parse_hex(frame->str, 1);
    assert_string_equal(text, HELLO4 " | vlan 1 / vlan 1 / vlan 1 / vlan 1 / vlan 1 / vlan 1 / vlan 1 / vlan 1");
    /* A label stack without a bottom. */
    g_string_assign(frame, MACS "8847");
    for (unsigned i = 0; i < 3000; i++)
        g_string_append(frame, "00010040");
    assert_string_equal(parse_hex(frame->str, 1), "malformed");
    /* Frames in MPLS in frames: only so many. */
    g_string_assign(frame, "");
    for (unsigned i = 0; i < 8; i++)
        g_string_append(frame, MACS "8847 00010140");
    const char *few = keep(g_strconcat(frame->str, MACS "0800", hello4(), NULL));
    assert_true(g_str_has_prefix(parse_hex(few, 1), HELLO4 " | mpls 16 / mpls 16 / "));
    g_string_free(frame, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_links, forget_texts),
        cmocka_unit_test_teardown(test_truncations, forget_texts),
        cmocka_unit_test_teardown(test_ambiguous_addresses, forget_texts),
        cmocka_unit_test_teardown(test_damage, forget_texts),
        cmocka_unit_test_teardown(test_padding, forget_texts),
        cmocka_unit_test_teardown(test_not_ours, forget_texts),
        cmocka_unit_test_teardown(test_many_tags, forget_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
