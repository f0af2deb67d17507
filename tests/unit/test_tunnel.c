/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tunnels, each by bytes from its specification: whole, cut after every byte, damaged, with something else in them, and
 * within each other. */
#include "packet_check.h"

enum { RAW = 101, GRE = 47, OVER_UDP = 1000 };

#define FRAME4 MACS "0800"
#define FRAME6 MACS "86dd"
#define TAGGED MACS "8100 0009 0800"

/* protocol: of IP, or OVER_UDP + port. LLLL: number of bytes behind the eighth of the header (GTP-U). six: what is
 * inside is IPv6. */
static const struct {
    int protocol;
    const char *header;
    bool six;
    const char *path; /* %s: the outer addresses */
} tunnels[] = {
    {4, "", false, "4in4 %s"},
    {41, "", true, "6in4 %s"},
    /* GRE, RFC 2784 and RFC 2890: flags C, K, S; protocol; checksum and reserved; key; sequence number. */
    {GRE, "0000 0800", false, "gre %s"},
    {GRE, "0000 86dd", true, "gre %s"},
    {GRE, "8000 0800 abcd 0000", false, "gre %s"},
    {GRE, "2000 0800 00000102", false, "gre %s key 0x102"},
    {GRE, "1000 86dd 00000007", true, "gre %s"},
    {GRE, "b000 0800 abcd 0000 00000000 00000007", false, "gre %s key 0x0"},
    {GRE, "0000 6558" FRAME4, false, "gre %s"},
    {GRE, "2000 6558 00123456" TAGGED, false, "gre %s key 0x123456 / vlan 9"},
    {GRE, "0000 8847 00010140", false, "gre %s / mpls 16"},
    {GRE, "0000 880b ff03 0021", false, "gre %s"},
    {GRE, "0000 880b 0021", false, "gre %s"},
    /* ERSPAN (draft-foschiano-erspan): I without a header; II version 1, VLAN, session 0x2a5, index; III version 2,
     * session, time, and flags: frame type 0 or 2, O with a subheader of eight bytes. */
    {GRE, "0000 88be" FRAME4, false, "erspan %s"},
    {GRE, "1000 88be 00000001 1064 02a5 00000000" FRAME6, true, "erspan %s session 677"},
    {GRE, "1000 22eb 00000001 2064 0005 12345678 00000000" FRAME4, false, "erspan %s session 5"},
    {GRE, "1000 22eb 00000001 2064 0005 12345678 00000001 c000000000000000" TAGGED, false,
     "erspan %s session 5 / vlan 9"},
    {GRE, "1000 22eb 00000001 2064 0005 12345678 00000800", false, "erspan %s session 5"},
    /* GTP-U, 3GPP TS 29.281: version 1, protocol type 1, flags E, S, PN; type 255; length; TEID; sequence number, N-PDU
     * number, next extension. Extensions: length in units of four bytes, content, next. */
    {OVER_UDP + 2152, "30 ff LLLL 00001a2b", false, "gtp-u %s teid 0x1a2b"},
    {OVER_UDP + 2152, "30 ff LLLL ffffffff", true, "gtp-u %s teid 0xffffffff"},
    {OVER_UDP + 2152, "38 ff LLLL 00001a2b", false, "gtp-u %s teid 0x1a2b"}, /* the spare bit means nothing */
    {OVER_UDP + 2152, "32 ff LLLL 00001a2b 0001 00 00", false, "gtp-u %s teid 0x1a2b"},
    {OVER_UDP + 2152, "31 ff LLLL 00001a2b 0000 05 85", false, "gtp-u %s teid 0x1a2b"}, /* no E: no extension */
    {OVER_UDP + 2152, "34 ff LLLL 00001a2b 0000 00 85 01 0009 00", false, "gtp-u %s teid 0x1a2b"},
    {OVER_UDP + 2152, "37 ff LLLL 00001a2b 0001 02 c0 01 0102 85 02 100900000000 00", true, "gtp-u %s teid 0x1a2b"},
    {OVER_UDP + 2152, "34 ff LLLL 00001a2b 0000 00 00", false, "gtp-u %s teid 0x1a2b"},
    /* VXLAN, RFC 7348: flag I, VNI. */
    {OVER_UDP + 4789, "08 000000 00002a 00" FRAME4, false, "vxlan %s vni 42"},
    {OVER_UDP + 4789, "08 000000 ffffff 00" TAGGED, false, "vxlan %s vni 16777215 / vlan 9"},
    /* Geneve, RFC 8926: version 0, options in units of four bytes, protocol, VNI. */
    {OVER_UDP + 6081, "00 00 6558 00002a 00" FRAME4, false, "geneve %s vni 42"},
    {OVER_UDP + 6081, "03 40 6558 00002a 00 010280 02 0000000100000002" FRAME6, true, "geneve %s vni 42"},
    {OVER_UDP + 6081, "01 00 0800 00002a 00 01020000", false, "geneve %s vni 42"},
    {OVER_UDP + 6081, "00 00 86dd 00002a 00", true, "geneve %s vni 42"},
    /* VXLAN on the port that Linux has by default; VXLAN-GPE: flags I and P, protocol, VNI. */
    {OVER_UDP + 8472, "08 000000 00002a 00" FRAME4, false, "vxlan %s vni 42"},
    {OVER_UDP + 4790, "0c 0000 01 00002a 00", false, "vxlan-gpe %s vni 42"},
    {OVER_UDP + 4790, "0c 0000 02 00002a 00", true, "vxlan-gpe %s vni 42"},
    {OVER_UDP + 4790, "0c 0000 03 00002a 00" FRAME4, false, "vxlan-gpe %s vni 42"},
    {OVER_UDP + 4790, "04 0000 05 000000 00 00010140", false, "vxlan-gpe %s / mpls 16"},
    {OVER_UDP + 4790, "0c 0000 04 00002a 00 0fc2 02 01 00002a ff", false, "vxlan-gpe %s vni 42 / nsh path 42"},
    {OVER_UDP + 4790, "08 0000 00 00002a 00" FRAME4, false, "vxlan-gpe %s vni 42"},
    {GRE,
     "0000 894f 0fc6 01 03 00000a ff"
     "00000000000000000000000000000000" FRAME6,
     true, "gre %s / nsh path 10"},
    /* Shims inside tunnels: PPPoE with a length as below, MPLS, LLC with SNAP, TrustSec, VN-Tag, E-Tag, I-Tag, TTag. */
    {OVER_UDP + 4789, "08 000000 00002a 00" MACS "8864 11 00 0011 0023 0021", false, "vxlan %s vni 42 / pppoe 0x11"},
    {OVER_UDP + 4789, "08 000000 00002a 00" MACS "8847 00010140", false, "vxlan %s vni 42 / mpls 16"},
    {OVER_UDP + 4789, "08 000000 00002a 00" MACS "0029 aaaa03 000000 0800", false, "vxlan %s vni 42"},
    {OVER_UDP + 4789, "08 000000 00002a 00" MACS "8909 01 01 0001 0007 0800", false,
     "vxlan %s vni 42 / trustsec sgt 7"},
    {OVER_UDP + 4789, "08 000000 00002a 00" MACS "8926 800c 0003 0800", false, "vxlan %s vni 42 / vn-tag 0xc0003"},
    {OVER_UDP + 4789, "08 000000 00002a 00" MACS "893f e000 1007 0000 0800", false, "vxlan %s vni 42 / e-tag 4103"},
    {OVER_UDP + 4789, "08 000000 00002a 00" MACS "88a8 0005 88e7 00abcdef" FRAME4, false,
     "vxlan %s vni 42 / vlan 5 / 802.1ah isid 11259375"},
    {OVER_UDP + 4789, "08 000000 00002a 00" MACS "8988 000102030405 0800", false, "vxlan %s vni 42 / ttag"},
    {GRE, "0000 8864 11 00 0011 0023 0021", false, "gre %s / pppoe 0x11"},
    {OVER_UDP + 6081, "00 00 8847 00002a 00 00010140", false, "geneve %s vni 42 / mpls 16"},
    /* TZSP: version 1, type, Ethernet or 802.11; padding, a field of one byte, end. */
    {OVER_UDP + 37008, "01 00 0001 01" FRAME4, false, "tzsp %s"},
    {OVER_UDP + 37008, "01 01 0001 00 0a 01 d3 01" FRAME6, true, "tzsp %s"},
    {OVER_UDP + 37008, "01 00 0012 01 0801 0000 020000000001 020000000002 020000000003 1000 aaaa03 000000 0800", false,
     "tzsp %s"},
    /* L2TP, RFC 2661: flags T, L, S, O and version 2; length, tunnel, session, numbers, offset. PPP with address and
     * control or without, its protocol in two bytes or one. */
    {OVER_UDP + 1701, "0002 0007 0009 ff03 0021", false, "l2tp %s session 0x70009"},
    {OVER_UDP + 1701, "0002 0007 0009 0057", true, "l2tp %s session 0x70009"},
    {OVER_UDP + 1701, "0002 0007 0009 21", false, "l2tp %s session 0x70009"},
    {OVER_UDP + 1701, "0802 0007 0009 0001 0002 57", true, "l2tp %s session 0x70009"},
    {OVER_UDP + 1701, "0a02 0007 0009 0001 0002 0003 ffffff ff03 21", false, "l2tp %s session 0x70009"},
    {OVER_UDP + 1701, "4002 002f 0007 0009 ff03 0021", false, "l2tp %s session 0x70009"},
    /* PPP multilink, RFC 1990: a packet in one fragment, long and short numbers. */
    {OVER_UDP + 1701, "0002 0007 0009 003d c0000123 0021", false, "l2tp %s session 0x70009"},
    {OVER_UDP + 1701, "0002 0007 0009 3d c0000123 21", false, "l2tp %s session 0x70009"},
    {OVER_UDP + 1701, "0002 0007 0009 ff03 003d c123 57", true, "l2tp %s session 0x70009"},
    /* PPTP, RFC 2637: flags K, S, A, version 1; length, call, numbers. */
    {GRE, "3001 880b 0025 0007 00000001 ff03 0021", false, "pptp %s call 7"},
    {GRE, "3081 880b 0036 0007 00000001 00000002 57", true, "pptp %s call 7"},
    {GRE, "3001 880b 0022 0007 00000001 21", false, "pptp %s call 7"},
    /* EoIP: length, tunnel little-endian. */
    {GRE, "2001 6400 002f 0700" FRAME4, false, "eoip %s tunnel 7"},
    /* AH, RFC 4302: next header, length in words less two, index, number, value. */
    {51, "04 04 0000 00001a2b 00000001 000000000000000000000000", false, "ah spi 0x1a2b / 4in4 %s"},
    /* EtherIP, RFC 3378; MPLS in IP, in UDP; GRE in UDP; WCCP with and without its header; HP ERM. */
    {97, "3000" FRAME4, false, "etherip %s"},
    {97, "3000" FRAME6, true, "etherip %s"},
    {137, "00010140", false, "mpls-in-ip %s / mpls 16"},
    {OVER_UDP + 6635, "00010140", true, "mpls-in-udp %s / mpls 16"},
    {OVER_UDP + 4754, "2000 0800 00000102", false, "gre %s key 0x102"},
    {GRE, "0000 883e 00010203", false, "gre %s"},
    {GRE, "0000 883e", false, "gre %s"},
    {OVER_UDP + 7932, "0102030405060708 00000000" FRAME4, false, "hp-erm %s"},
    /* LISP, RFC 9300: flags, nonce, instance; RFC 9305: a protocol. */
    {OVER_UDP + 4341, "80 000001 00000000", false, "lisp %s"},
    {OVER_UDP + 4341, "08 000000 00002a 01", true, "lisp %s instance 42"},
    {OVER_UDP + 4341, "0c 0000 03 00002a 01" FRAME4, false, "lisp %s instance 42"},
    /* GTP version 0, GSM 09.60: type 255, length, number, label, N-PDU, spare, tunnel. */
    {OVER_UDP + 3386, "1e ff 0021 0001 0002 ff ffffff 6200000000000015", false, "gtp-v0 %s tid 0x6200000000000015"},
    /* CAPWAP, RFC 5415: length in words, radio 1, binding 1; 802.3 and 802.11. */
    {OVER_UDP + 5247, "00 10 42 00 0000 0000" FRAME4, false, "capwap %s"},
    {OVER_UDP + 5247,
     "00 20 43 20 0000 0000 0403020100000000"
     "0801 0000 020000000001 020000000002 020000000003 1000"
     "aaaa03 000000 86dd",
     true, "capwap %s"},
    {OVER_UDP + 5247,
     "00 10 43 00 0000 0000"
     "0188 0000 020000000001 020000000002 020000000003 1000 0000 aaaa03 000000 0800",
     false, "capwap %s"},
    /* ERSPAN over IPv6 is done by all of them; without GRE, over UDP with GRE, in VXLAN. */
    {OVER_UDP + 4754, "1000 88be 00000001 1064 02a5 00000000" FRAME6, true, "erspan %s session 677"},
    {OVER_UDP + 6081, "00 00 22eb 00002a 00 2064 0005 12345678 00000000" FRAME4, false,
     "geneve %s vni 42 / erspan %s session 5"},
    /* Teredo, RFC 4380: authentication with an id of 4 and a value of 3 bytes, nonce, confirmation; origin. */
    {OVER_UDP + 3544, "", true, "teredo %s"},
    {OVER_UDP + 3544, "0000 1234 abcdef01", true, "teredo %s"},
    {OVER_UDP + 3544, "0001 04 03 41414141 424242 0102030405060708 00", true, "teredo %s"},
    {OVER_UDP + 3544, "0001 00 00 0102030405060708 00 0000 1234 abcdef01", true, "teredo %s"},
};

static const char *outer(int protocol, const char *inside, bool over_six)
{
    if (protocol >= OVER_UDP) {
        inside = udp(40000, (unsigned)protocol - OVER_UDP, inside);
        protocol = TRANSPORT_UDP;
    }
    return over_six ? ipv6(OUTER6, (unsigned)protocol, inside) : ipv4(OUTER4, (unsigned)protocol, inside);
}

/* cut: so many bytes lack at the end of the packet inside, and what is around it says nothing of it. */
static const char *cut_packet(size_t i, bool over_six, size_t cut)
{
    char *text = g_strconcat(tunnels[i].header, tunnels[i].six ? hello6() : hello4(), NULL);
    text[strlen(text) - 2 * cut] = '\0';
    char *length = strstr(text, "LLLL");
    if (length) {
        char digits[8];
        g_snprintf(digits, sizeof digits, "%04x", hex_length(text) - 8);
        memcpy(length, digits, 4);
    }
    return outer(tunnels[i].protocol, keep(text), over_six);
}

static const char *tunnel_packet(size_t i, bool over_six)
{
    return cut_packet(i, over_six, 0);
}

static const char *tunnel_text(size_t i, bool over_six)
{
    const char *ends = over_six ? "2001:db8:f::1>2001:db8:f::2" : "192.0.2.1>192.0.2.2";
    GString *text = g_string_new(tunnels[i].six ? HELLO6 : HELLO4);
    g_string_append_printf(text, " | %s", tunnels[i].path);
    g_string_replace(text, "%s", ends, 0);
    if (over_six) {
        g_string_replace(text, "4in4", "4in6", 1);
        g_string_replace(text, "6in4", "6in6", 1);
    }
    return keep(g_string_free(text, FALSE));
}

static void test_tunnels(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tunnels); i++) {
        for (unsigned six = 0; six < 2; six++) {
            const char *text = parse_hex(tunnel_packet(i, six), RAW);
            assert_string_equal(text, tunnel_text(i, six));
        }
    }
    /* In a VLAN. */
    assert_string_equal(parse_hex(keep(g_strconcat(MACS "8100 000c 0800", tunnel_packet(0, false), NULL)), 1),
                        HELLO4 " | vlan 12 / 4in4 192.0.2.1>192.0.2.2");
    /* From the port of the tunnel: the answer of a Teredo server. */
    assert_string_equal(parse_hex(ipv4(OUTER4, 17, udp(3544, 40000, hello6())), RAW),
                        HELLO6 " | teredo 192.0.2.1>192.0.2.2");
}

/* Cut after every byte: nothing is made up. It is the packet inside, the datagram around it, or none. */
static void test_truncations(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tunnels); i++) {
        GByteArray *frame = bytes(tunnel_packet(i, i % 2 != 0));
        bool over_udp = tunnels[i].protocol >= OVER_UDP;
        for (guint length = 0; length < frame->len; length++) {
            const char *text = parse_part(frame, length, RAW);
            bool ordinary = over_udp && strstr(text, ":40000>") != NULL;
            if (length + 5 >= frame->len) {
                assert_non_null(strstr(text, ":5000>"));
                const char *missing =
                    keep(g_strdup_printf("%.*s+%u |", (int)(length + 5 - frame->len), "hello", frame->len - length));
                assert_non_null(strstr(text, missing));
            } else if (ordinary) {
                assert_null(strstr(text, "|"));
                assert_non_null(strstr(text, "+"));
            } else {
                assert_string_equal(text, "headers not captured");
            }
        }
        g_byte_array_unref(frame);
    }
}

/* A mirror that cuts what it wraps: what is there is used, what lacks is known. In IP, GRE, ERSPAN, over UDP; but GTP
 * version 0 says itself how long the rest is, and with a wrong length it is none. */
static void test_cut_by_a_mirror(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tunnels); i++) {
        for (size_t cut = 1; cut <= 5; cut++) {
            const char *text = parse_hex(cut_packet(i, i % 2 != 0, cut), RAW);
            const char *left = keep(g_strdup_printf(":8888 %.*s+%zu |", (int)(5 - cut), "hello", cut));
            if (tunnels[i].protocol != OVER_UDP + 3386 && !strstr(text, left))
                fail_msg("%s, cut by %zu: %s", tunnels[i].header, cut, text);
        }
    }
}

static void test_damage(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tunnels); i++)
        damage(tunnel_packet(i, i % 2 != 0), RAW);
}

/* A datagram on the port of a tunnel with anything else in it is an ordinary one. */
static void test_ordinary_datagrams(void **state)
{
    static const struct {
        unsigned port;
        const char *header;
        bool six, nothing;
    } others[] = {
        {2152, "", false, false},                                          /* IP as it is */
        {2152, "20 ff 0021 00001a2b", false, false},                       /* GTP' */
        {2152, "50 ff 0021 00001a2b", false, false},                       /* version 2 */
        {2152, "30 fe 0021 00001a2b", false, false},                       /* end marker */
        {2152, "30 ff 0022 00001a2b", false, false},                       /* length beyond the datagram */
        {2152, "34 ff 0029 00001a2b 0000 00 85 00 0009 00", false, false}, /* extension without length */
        {2152, "34 ff 0029 00001a2b 0000 00 85 40 0009 85", false, false}, /* extensions beyond the end */
        {2152, "30 ff 0000 00001a2b", false, true},
        {2152, "34 ff 0004 00001a2b 0000 00 85", false, true},
        {2152, "", false, true},
        {4789, "00 000000 00002a 00" FRAME4, false, false},      /* no VNI */
        {4789, "08 000000 00002a 00" MACS "0806", false, false}, /* ARP */
        {4789, "08 000000 00002a 00" FRAME6, false, false},      /* the type says something else */
        {6081, "40 00 6558 00002a 00" FRAME4, false, false},     /* version 1 */
        {6081, "3f 00 6558 00002a 00" FRAME4, false, false},     /* options beyond the end */
        {6081, "00 00 0806 00002a 00", false, false},
        {6081, "00 00 86dd 00002a 00", false, false},
        {3544, "", false, false},          /* IPv4 */
        {3544, "0001 ff ff", true, false}, /* authentication beyond the end */
        {3544, "0002 0000", true, false},
        {5000, "30 ff 0021 00001a2b", false, false}, /* another port */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        const char *inside = others[i].nothing ? "" : others[i].six ? hello6() : hello4();
        inside = join_hex(others[i].header, inside);
        const char *text = parse_hex(ipv4(OUTER4, 17, udp(8888, others[i].port, inside)), RAW);
        const char *start = keep(g_strdup_printf("udp 192.0.2.1:8888>192.0.2.2:%u ", others[i].port));
        assert_true(g_str_has_prefix(text, start));
        assert_null(strchr(text, '|'));
    }
    /* A report of a tracker that sends from such a port. */
    assert_string_equal(parse_hex(ipv4(OUTER4, 17, udp(2152, 8888, "2338363132333423")), RAW),
                        "udp 192.0.2.1:2152>192.0.2.2:8888 #861234#");
}

/* Packets of other protocols that hold no packet which could be read. */
static void test_others(void **state)
{
    static const struct {
        unsigned protocol;
        const char *header;
        bool six;
    } others[] = {
        {4, "", true},
        {41, "", false},
        {4, "00000000", false},
        {GRE, "0000 0000", false},                                    /* no EtherType */
        {GRE, "0000 0806", false},                                    /* ARP */
        {GRE, "0000 86dd", false},                                    /* the type says something else */
        {GRE, "1000 88be 00000001 2064 02a5 00000000" FRAME4, false}, /* version */
        {GRE, "1000 22eb 00000001 1064 0005 12345678 00000000" FRAME4, false},
        {GRE, "1000 22eb 00000001 2064 0005 12345678 00000400" FRAME4, false}, /* frame type 1 */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        const char *inside = join_hex(others[i].header, others[i].six ? hello6() : hello4());
        assert_string_equal(parse_hex(ipv4(OUTER4, others[i].protocol, inside), RAW), "neither UDP nor TCP");
    }
    static const struct {
        unsigned protocol;
        const char *header, *verdict;
    } closed[] = {
        {50, "", "encrypted"},                                                    /* ESP */
        {115, "", "in a tunnel or a form that is not opened"},                    /* L2TP version 3 */
        {GRE, "0001 880b", "in a tunnel or a form that is not opened"},           /* version 1 without a key */
        {GRE, "4000 0800 0000 0000", "in a tunnel or a form that is not opened"}, /* routing */
        {97, "4000", "in a tunnel or a form that is not opened"},                 /* EtherIP, another version */
        {GRE, "2001 880b 0000 0007", "neither UDP nor TCP"},                      /* PPTP without a payload */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(closed); i++)
        assert_string_equal(parse_hex(ipv4(OUTER4, closed[i].protocol, join_hex(closed[i].header, hello4())), RAW),
                            closed[i].verdict);
    assert_string_equal(parse_hex(ipv4(OUTER4, GRE, "000008"), RAW), "malformed");
    assert_string_equal(parse_hex(ipv4(OUTER4, GRE, "b0000800 00000000"), RAW), "malformed");
    /* What is inside is no UDP: ICMP. */
    const char *ping = ipv4(INNER4, 1, "0800 0000 0001 0001");
    assert_string_equal(parse_hex(ipv4(OUTER4, 17, udp(40000, 2152, join_hex("30 ff 001c 00000001", ping))), RAW),
                        "neither UDP nor TCP");
}

/* Eight tunnels within each other, and one more; then as many as fit into a packet. */
static void test_nesting(void **state)
{
    const char *packet = hello4();
    for (unsigned depth = 1; depth <= 9; depth++) {
        packet = depth % 2 ? ipv4(OUTER4, 4, packet) : ipv4(OUTER4, GRE, join_hex("0000 0800", packet));
        if (depth == 8)
            assert_true(g_str_has_prefix(parse_hex(packet, RAW), HELLO4 " | gre 192.0.2.1>192.0.2.2 / 4in4 "));
    }
    assert_string_equal(parse_hex(packet, RAW), "too many tunnels within each other");
    while (hex_length(packet) < 60000)
        packet = ipv4(OUTER4, 4, ipv4(OUTER4, 4, ipv4(OUTER4, 4, packet)));
    assert_string_equal(parse_hex(packet, RAW), "too many tunnels within each other");
    /* VLANs in VXLAN in VLANs: at most so many layers as the path holds. */
    packet = hello4();
    for (unsigned depth = 0; depth < 8; depth++)
        packet =
            ipv4(OUTER4, 17,
                 udp(1, 4789, keep(g_strconcat("08 000000 000001 00" MACS "8100 0001 8100 0002 0800", packet, NULL))));
    const char *text = parse_hex(packet, RAW);
    assert_true(g_str_has_prefix(text, HELLO4 " | vxlan 192.0.2.1>192.0.2.2 vni 1 / vlan 1 / vlan 2 / vxlan "));
    unsigned layers = 0;
    for (const char *at = text; (at = strstr(at, " / ")); at++)
        layers++;
    assert_int_equal(layers + 1, PATH_LAYERS);
}

static struct layer layer(enum layer_kind kind, uint8_t from, uint8_t to, uint32_t id)
{
    return (struct layer){.kind = (uint8_t)kind,
                          .id = id,
                          .has_id = true,
                          .version = 4,
                          .source = {[10] = 0xff, [11] = 0xff, 192, 0, 2, from},
                          .destination = {[10] = 0xff, [11] = 0xff, 192, 0, 2, to}};
}

/* Both ways: same is what path_same_key() must say, and equal ways have equal hashes. */
static void assert_key(const struct layer *a, size_t a_count, const struct layer *b, size_t b_count, bool same)
{
    assert_int_equal(path_same_key(a, a_count, b, b_count), same);
    assert_int_equal(path_same_key(b, b_count, a, a_count), same);
    assert_int_equal(path_hash(a, a_count, 77) == path_hash(b, b_count, 77), same);
}

static void test_keys(void **state)
{
    struct layer vlan = {.kind = LAYER_VLAN, .id = 5, .has_id = true};
    struct layer ways[] = {layer(LAYER_VXLAN, 1, 2, 7), layer(LAYER_VXLAN, 2, 1, 7), layer(LAYER_VXLAN, 1, 2, 8),
                           layer(LAYER_VXLAN, 1, 3, 7), layer(LAYER_GENEVE, 1, 2, 7)};
    assert_key(&ways[0], 1, &ways[1], 1, true);
    assert_key(&ways[0], 1, &ways[2], 1, false);
    assert_key(&ways[0], 1, &ways[3], 1, false);
    assert_key(&ways[0], 1, &ways[4], 1, false);
    assert_key(&ways[0], 1, NULL, 0, false);
    assert_key(&vlan, 1, NULL, 0, true);
    assert_false(path_same_way(&ways[0], 1, &ways[1], 1));
    struct layer tagged[] = {vlan, ways[0], vlan};
    assert_key(tagged, 3, ways, 1, true);
    assert_true(path_same_way(tagged, 3, ways, 1));
    struct layer erspan[] = {layer(LAYER_ERSPAN, 1, 2, 1), layer(LAYER_ERSPAN, 1, 2, 2)};
    assert_key(&erspan[0], 1, &erspan[1], 1, true);
    struct layer gtp[] = {layer(LAYER_GTP_U, 1, 2, 1), layer(LAYER_GTP_U, 3, 4, 2)};
    assert_key(&gtp[0], 1, &gtp[1], 1, true);
    assert_false(path_same_way(&gtp[0], 1, &gtp[1], 1));
    assert_ptr_equal(path_session(gtp, 2), &gtp[1]);
    assert_null(path_session(ways, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_tunnels, forget_texts),
        cmocka_unit_test_teardown(test_truncations, forget_texts),
        cmocka_unit_test_teardown(test_cut_by_a_mirror, forget_texts),
        cmocka_unit_test_teardown(test_damage, forget_texts),
        cmocka_unit_test_teardown(test_ordinary_datagrams, forget_texts),
        cmocka_unit_test_teardown(test_others, forget_texts),
        cmocka_unit_test_teardown(test_nesting, forget_texts),
        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
