# SPDX-License-Identifier: GPL-2.0-or-later
"""Tunnels and conversations: devices with the same private address in different tunnels are not mixed, a tunnel whose
identifier changes on the way does not split a stream."""
import csv
import itertools
import random
import struct
import tempfile
import unittest
from pathlib import Path

import harness
from carriers import MACS, OUTER, TUNNELS, ether, gtp, ipv4, pcap_file, udp
from pcap import ACK, PSH, SYN, Capture
from test_field import DEVICES, SERVER, framed, gotop, packets_of, startek

CLIENT = ("10.0.0.1", 40000)


def tcp(reports, isn=1000, size=50):
    """A connection from CLIENT, the reports in segments that cut them."""
    capture, data = Capture(), b"".join(reports)
    capture.tcp(CLIENT, SERVER, isn, 0, SYN)
    capture.tcp(SERVER, CLIENT, 7000, isn + 1, SYN | ACK)
    for at in range(0, len(data), size):
        capture.tcp(CLIENT, SERVER, isn + 1 + at, 7001, ACK | PSH, data[at : at + size])
        capture.tcp(SERVER, CLIENT, 7001, isn + 1 + at + len(data[at : at + size]), ACK)
    return packets_of(capture)


def datagrams(reports):
    capture = Capture()
    for report in reports:
        capture.time += 100
        capture.udp(CLIENT, SERVER, report)
    return packets_of(capture)


def asked(reports):
    """The same, and the platform answers what has no id in it."""
    capture = Capture()
    for report in reports:
        capture.time += 100
        capture.udp(CLIENT, SERVER, report)
        capture.time += 10
        capture.udp(SERVER, CLIENT, b"\r\n")
    return packets_of(capture)


def mixed(*lists):
    """The packets of several captures in order of time."""
    return sorted((p for packets in lists for p in packets), key=lambda p: p[0])


class TunnelTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-tunnels-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def analyse(self, records, link=1):
        """(reports of each device, rows of streams.csv)"""
        path, out = self.folder / "x.pcap", self.folder / "out"
        path.write_bytes(pcap_file(records, link))
        done = harness.s7timeline("-q", "-o", out, "--force", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        reports = {p.stem: sorted(harness.unescape(r["raw"]) for r in harness.read_csv(p.read_bytes()))
                   for p in (out / "devices").glob("*.csv")}  # fmt: skip
        return reports, list(csv.DictReader((out / "streams.csv").read_text().splitlines()))

    REPORTS = ([gotop(DEVICES[0], n) for n in range(12)], [startek(DEVICES[1], n) for n in range(12)])
    WANTED = {device: sorted(reports) for device, reports in zip(DEVICES, REPORTS)}

    def check(self, ways, make, leftover=0):
        """Two devices with the same addresses and ports, each its own way."""
        first, second = ([(time, way(packet)) for time, packet in make(reports)]
                         for way, reports in zip(ways, self.REPORTS))  # fmt: skip
        reports, streams = self.analyse(mixed(first, second))
        self.assertEqual(reports, self.WANTED)
        self.assertEqual([(s["device_ids"], s["gaps"], s["overlaps"], s["leftover_bytes"]) for s in streams],
                         [(d, "0", "0", str(leftover)) for d in DEVICES[:2]])  # fmt: skip
        self.assertNotEqual(streams[0]["tunnel"], streams[1]["tunnel"])

    @staticmethod
    def session(form, up, down):
        """L2TP or PPTP: the ids are those of the receiver."""

        def carried(packet):
            is_up = packet[12:16] == bytes([10, 0, 0, 1])
            number, ends = (up, OUTER) if is_up else (down, OUTER[::-1])
            if form == "l2tp":
                return ether(ipv4(17, udp(1701, struct.pack(">HHHHH", 2, 7, number, 0xFF03, 0x21) + packet), ends))
            head = struct.pack(">HHHHIHH", 0x3001, 0x880B, 4 + len(packet), number, 1, 0xFF03, 0x21)
            return ether(ipv4(47, head + packet, ends))

        return carried

    PAIRS = {
        "gtp-u": [lambda p, t=t: ether(gtp(p, t)) for t in (0x10, 0x20)],
        "gre": [lambda p, t=t: ether(ipv4(47, b"\x20\0\x08\0\0\0\0" + t + p)) for t in (b"\1", b"\2")],
        "vxlan": [lambda p, t=t: ether(ipv4(17, udp(4789, b"\x08\0\0\0\0\0" + t + b"\0" + ether(p)))) for t in (b"\1", b"\2")],
        "ip in ip": [lambda p, t=t: ether(ipv4(4, p, (t, "203.0.113.9"))) for t in ("203.0.113.1", "203.0.113.2")],
        "one of them in none": [ether, lambda p: ether(TUNNELS["gre"](p))],
    }

    def test_clashing_addresses(self):
        for name, ways in self.PAIRS.items():
            for make in (tcp, datagrams):
                with self.subTest(name, over=make.__name__):
                    self.check(ways, make)

    def test_sessions_between_the_same_hosts(self):
        """L2TP and PPTP: each direction of a session has an id of its own; those of the other one may be equal."""
        for form, ids in itertools.product(("l2tp", "pptp"), (((9, 109), (10, 110)), ((9, 10), (10, 9)), ((9, 9), (10, 10)))):
            for make in (tcp, datagrams, asked):
                with self.subTest(form, ids=ids, over=make.__name__):
                    self.check([self.session(form, *pair) for pair in ids], make, 24 if make is asked else 0)

    def test_a_session_that_is_opened_anew(self):
        for form, make in itertools.product(("l2tp", "pptp"), (tcp, datagrams)):
            packets = make(self.REPORTS[0])
            half = len(packets) // 2
            records = [(time, self.session(form, *((9, 109) if n < half else (33, 133)))(packet))
                       for n, (time, packet) in enumerate(packets)]  # fmt: skip
            reports, streams = self.analyse(records)
            with self.subTest(form, over=make.__name__):
                self.assertEqual((reports, len(streams)), ({DEVICES[0]: self.WANTED[DEVICES[0]]}, 1))

    def test_tags_are_no_tunnel(self):
        """The VLAN differs by direction and changes on the way: still one conversation."""
        for make in (tcp, datagrams):
            records = [(time, MACS + bytes([0x81, 0, 0, number % 3, 8, 0]) + packet)
                       for number, (time, packet) in enumerate(make(self.REPORTS[0]))]  # fmt: skip
            reports, streams = self.analyse(records)
            with self.subTest(make.__name__):
                self.assertEqual(reports, {DEVICES[0]: self.WANTED[DEVICES[0]]})
                self.assertEqual(len(streams), 1)

    def test_hand_over(self):
        """The identifier changes again and again, also in the middle of a report."""
        for make in (tcp, datagrams):
            for seed in range(5):
                rng, teid, records = random.Random(seed), 0x100, []
                for time, packet in make(self.REPORTS[0]):
                    teid += rng.random() < 0.2
                    up = packet[12:16] == bytes([10, 0, 0, 1])
                    carried = gtp(packet, teid if up else teid + 0x1000)
                    records.append((time, ipv4(17, carried[20:], OUTER if up else OUTER[::-1])))
                reports, streams = self.analyse(framed(records))
                with self.subTest(make.__name__, seed=seed):
                    self.assertEqual(reports, {DEVICES[0]: self.WANTED[DEVICES[0]]})
                    self.assertEqual(len(streams), 1)
                    self.assertEqual(streams[0]["gaps"], "0")


if __name__ == "__main__":
    unittest.main(verbosity=2)
