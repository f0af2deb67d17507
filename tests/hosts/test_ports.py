# SPDX-License-Identifier: GPL-2.0-or-later
"""Which conversations the plugin takes: on its port, on others by its heuristic, by preference and Decode As; and which it
leaves alone, whatever they carry."""
import random
import re
import unittest

import harness
from talk import BODY, ID, SERVER, PluginTest, Talk, gotop, startek

H02 = b"*HQ,4209917484,V1,104522,A,2245.8040,N,11423.8687,E,000.00,000,030226,FFFFFBFF#"
# What else uses "#", "&&", "$$", ":" and commas, or begins as a frame does.
NEIGHBOURS = (
    b"PRIVMSG #861785001515349,CMD :hello#there\r\n", b"JOIN #490154203237518,CMD-X\r\n", b"#!/bin/sh\n# 490154203237518,CMD-X#\n",
    b"#490154203237518#\r\n", b"#490154203237518,hello#", b"#1234567,CMD-X#", b"#490154203237518,A,1,2,3,4,5#", b"##490154203237518,CMD-T#",
    b"&&A18,490154203237518,102\r\n", b"&&a=1&b=2&&c=3\r\n", b"$$A18,490154203237518,102,OK00\r\n", b":123456M1,030S#", b":irc 001 nick :hi\r\n",
    b"RESET!1", b"GET /#490154203237518,CMD-X# HTTP/1.1\r\nHost: a\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"220 mail ESMTP\r\n", b"EHLO a\r\n",
    b"$GPRMC,220516,A,5133.82,N,00042.24,W,173.8,231.8,130694,004.2,W*70\r\n", b"!AIVDM,1,1,,A,14eG;o@034o8sd<L9i:a;WF>062D,0*7D\r\n",
    b"OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n",
    b"<34>Oct 11 22:14:15 host su: '#490154203237518,CMD-X#'\n", bytes.fromhex("160301002e0100002a0303") + bytes(38),
    bytes.fromhex("123401000001000000000000") + b"\x07tracker\x07example\0\0\x01\0\x01", bytes.fromhex("101000044d51545404020014000474657374"),
    bytes.fromhex("0102030405060708") * 8,
)  # fmt: skip


def foreign_payloads():
    """A payload for each line of the table of other makers' protocols, and NEIGHBOURS."""
    rng = random.Random(8888)
    classes = {
        "d": lambda: rng.choice(b"0123456789"), "a": lambda: rng.choice(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        "x": lambda: rng.choice(b"0123456789ABCDEF"), "?": lambda: rng.randrange(256), "^": lambda: rng.choice(b"AZaz09.;"),
    }  # fmt: skip
    fill = {"%": b"%", "N": ID.encode(), "D": b"4209917484", "*": b"#user#1234"}
    text = (harness.TESTS.parent / "protocol" / "others.def").read_text()
    for pattern in re.findall(r'^OTHER\("[^"]*", "(.*)"\)$', text, re.M):
        start, parts = b"", re.findall(r"\\x..|%.|.", pattern)
        for part in parts:
            if part.startswith("\\x"):
                start += bytes([int(part[2:], 16)])
            elif len(part) == 2:
                start += fill.get(part[1]) or bytes([classes[part[1]]()])
            else:
                start += part.encode()
        yield start + rng.choice((b"", b",1,2,A,0", b"#", b"\r\n", b"##", f",{ID},CMD-X#".encode(), bytes(20)))
    yield from NEIGHBOURS


class OwnPortTest(PluginTest):
    def test_each_row_of_s7timeline_is_claimed(self):
        """Published frames, whole, changed, cut, each alone and behind bytes that are in no frame: a datagram with a row
        is one with a frame in tshark, and no other is."""
        rng, datagrams = random.Random(8888), [(True, b"&&&y178,861785001515349,000,0,,260203040506,A,22.764,114.396,7,1.2\r\n")]
        for row in harness.load_rows():
            for before in (b"", b"&", b"#", b"$", b"&&&", b"##", b"x", b"\0\xff", b"hello#", b":", b"#1234567,"):
                changed = bytearray(row.stream)
                changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(7)
                cut = row.stream[: rng.randrange(1, len(row.stream))]
                datagrams += [(row.direction == "up", before + data) for data in (row.stream, bytes(changed), cut)]
        for number, (up, payload) in enumerate(datagrams):
            ends = ((f"10.1.{number >> 8}.{number & 255}", 20000), SERVER)
            self.capture.udp(*(ends if up else reversed(ends)), payload)
        path = self.stage()
        rows = harness.read_csv(harness.s7timeline("-q", "--stdout", path).stdout)
        shown = self.tshark.run("-n", "-r", path, "-Y", "gotop.frame", "-T", "fields", "-e", "frame.number").decode().split()
        wanted, got = {int(row["packets"]) for row in rows}, {int(number) for number in shown}
        self.assertGreater(len(wanted), len(datagrams) // 2)
        different = sorted(wanted ^ got)
        self.assertEqual([(n, "s7timeline" if n in wanted else "tshark", datagrams[n - 1]) for n in different][:20], [])


class OtherPortTest(PluginTest):
    PLATFORM = ("192.0.2.1", 5050)

    def codes(self, *options):
        return [(x.packet, x.one("code")) for x in self.show(*options)]

    def test_a_whole_frame_takes_the_conversation(self):
        """docs/PROTOCOL.md 10.1, docs/STARTEK.md 8."""
        talk = Talk(self.capture, ("10.0.0.1", 20000), self.PLATFORM)
        talk.down(b":123456M1,030S#")  # a command alone proves nothing
        first = talk.up(b"\r\n" + gotop(f"CMD-T,{BODY}"))
        command = talk.down(b":123456M1,030S#")
        frame = gotop(f"CMD-M,{BODY}")
        talk.up(frame[:20])
        answer = talk.up(frame[20:])
        udp = Talk(self.capture, ("10.0.0.2", 20000), self.PLATFORM).up(startek("102", "OK")) + 1
        self.capture.udp(("10.0.0.3", 20000), self.PLATFORM, startek("102", "OK"))
        self.capture.udp(self.PLATFORM, ("10.0.0.3", 20000), startek("800", head="$$"))
        wanted = [(first, None), (first, "CMD-T"), (command, "M"), (answer, "CMD-M"), (udp - 1, "102")]
        wanted += [(udp, "102"), (udp + 1, "800")]
        self.assertEqual(self.codes(), wanted)
        self.assertEqual(self.codes("-2"), wanted)
        self.assertEqual(self.codes("--disable-heuristic", "gotop_tcp", "--disable-heuristic", "gotop_udp"), [])

    def test_nothing_less_does(self):
        broken = bytearray(startek("102", "OK"))
        broken[-3] ^= 1
        shorter = startek("102", "OK").replace(b"&&A23", b"&&A22")
        payloads = [bytes(broken), shorter, startek("102", "OK")[:-6], gotop(f"CMD-T,{BODY}")[:-1], b"x" + gotop("CMD-X")]
        payloads += [gotop("hello"), b"#490154203237518#CMD-X#", b":123456M1,030S#", b"RESET!", b"#", b"&&", b"\0\0"]
        payloads += [H02, b"##,imei:359586015829802,A;", b"#L#359586015829802;NA\r\n", b"$$A23,359586015829802,AAA,35*0A\r\n"]
        payloads += [b"GET / HTTP/1.1\r\n\r\n", bytes.fromhex("78780d01035105422187391500010a3b0d0a")]
        for number, payload in enumerate(payloads):
            self.capture.udp(("10.0.0.3", 20000 + number), self.PLATFORM, payload)
            Talk(self.capture, ("10.0.0.4", 20000 + number), self.PLATFORM).up(payload)
        self.assertEqual(self.codes(), [])



    def test_what_it_takes_is_taken_from_nobody(self):
        """Other makers' protocols and others that resemble ours, on random ports: with the heuristic and without it they
        are the same to Wireshark."""
        rng, count = random.Random(8888), 0
        for payload in foreign_payloads():
            port = rng.randint(1024, 65535)
            client = (f"10.1.{count // 250}.{count % 250 + 1}", rng.randint(1024, 65535))
            talk = Talk(self.capture, client, (self.PLATFORM[0], port if port != 8888 else 8889))
            talk.up(payload)
            talk.down(payload)
            talk.up(payload[: len(payload) // 2])
            talk.up(payload[len(payload) // 2 :])
            self.capture.udp(client, talk.server, payload)
            count += 1
        self.assertGreater(count, 100)
        off = ("--disable-heuristic", "gotop_tcp", "--disable-heuristic", "gotop_udp")
        fields = ("-T", "fields", "-e", "frame.number", "-e", "frame.protocols", "-e", "_ws.col.Info")
        shown, wanted = (self.tshark.run("-n", "-r", self.stage(), *o, *fields).decode("latin-1").splitlines() for o in ((), off))
        self.assertEqual([(got, was) for got, was in zip(shown, wanted) if got != was], [])
        self.assertFalse([line for line in shown if "gotop" in line.split("\t")[1]])

    def test_ports_by_preference_and_decode_as(self):
        talk = Talk(self.capture, ("10.0.0.1", 20000), self.PLATFORM)
        tcp = talk.down(b":123456M1,030S#")  # the heuristic does not take it
        self.capture.udp(self.PLATFORM, ("10.0.0.1", 20000), b":123456M1,030S#")
        udp = len(self.capture.records)
        self.assertEqual(self.codes(), [])
        for options, wanted in (
            (("-o", "gotop.tcp.port:5050"), [tcp]), (("-o", "gotop.udp.port:5000-5100"), [udp]),
            (("-d", "tcp.port==5050,gotop"), [tcp]), (("-d", "udp.port==5050,gotop"), [udp]),
            (("-d", "tcp.port==5050,gotop", "-d", "udp.port==5050,gotop"), [tcp, udp]),
        ):  # fmt: skip
            for passes in ((), ("-2",)):
                self.assertEqual(self.codes(*options, *passes), [(packet, "M") for packet in wanted], options)

    def test_it_can_be_turned_off(self):
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        frame = gotop(f"CMD-T,{BODY}")
        talk.up(frame[:40])
        last = talk.up(frame[40:])
        self.assertEqual(self.codes(), [(last, "CMD-T")])
        self.assertEqual(self.codes("--disable-protocol", "gotop"), [])
        self.assertEqual(self.codes("-d", "tcp.port==8888,data"), [])
        # each segment for itself: a cut frame, which gives no report, and bytes in no frame
        for option in ("gotop.desegment:FALSE", "tcp.desegment_tcp_streams:FALSE"):
            shown = [(x.one("kind"), x.one("flag"), x.one("leftover_reason")) for x in self.show("-o", option)]
            self.assertEqual(shown, [("unknown", "truncated", None), (None, None, "junk")])


if __name__ == "__main__":
    unittest.main(verbosity=2)
