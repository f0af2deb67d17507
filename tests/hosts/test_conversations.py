# SPDX-License-Identifier: GPL-2.0-or-later
"""Which packet is whose: equal addresses at two sites, numbers that contradict, strays, ends that nobody minds, clocks of
capturing machines, packets captured in two places (docs/CONVERSATIONS.md)."""
import csv
import itertools
import json
import struct
import tempfile
import unittest
from pathlib import Path

import harness
from carriers import MACS, OUTER, ipv4, udp
from pcap import ACK, FIN, PSH, SYN, Capture, header
from talk import fifotrack, startek

RST = 4
IDS = ("490154203237518", "356938035643809")
CLIENT, SERVER = ("10.0.0.2", 1024), ("10.9.9.9", 8888)
START = 1767225600


def position(device, n):
    return startek("000", f"0,,2601010000{n:02d},A,41.45{n:02d}00,2.250000,8,0.9,40,90,50,1000,214|07|0ED9|D93B,24,003D,"
                   "02,00,04E2|019A|0000", device)  # fmt: skip


def vlan(number):
    return struct.pack(">HH", 0x8100, number)


def qinq(number):
    return struct.pack(">HHHH", 0x88A8, 7, 0x8100, number)


def mpls(label):
    """The bottom of a stack; the Ethernet type of IP in front of the packet goes."""
    return struct.pack(">HI", 0x8847, label << 12 | 0x1FF)


class Site:
    """A connection of one device: makes packets, each (time, frame), with a tag for each direction."""

    def __init__(self, time=START, isn=1000, server_isn=500000, tags=(b"", b""), ends=(CLIENT, SERVER)):
        self.time, self.tags, self.ends = time, tags, ends
        self.next = [isn, server_isn]
        self.capture, self.packets = Capture(), []

    def _take(self, direction):
        frame = self.capture.records.pop()[16:]
        tag = self.tags[direction]
        if tag[:2] == b"\x88\x47":
            frame = frame[:12] + tag + frame[14:]
        elif tag:
            frame = frame[:12] + tag + frame[12:]
        self.packets.append((self.time, frame))
        self.time += 0.003

    def tcp(self, direction, flags, payload=b"", seq=None, ack=None):
        own, other = self.next[direction], self.next[not direction]
        ack = other if ack is None and flags & ACK else ack or 0
        self.capture.tcp(self.ends[direction], self.ends[not direction], own if seq is None else seq, ack, flags, payload)
        self._take(direction)
        if seq is None:
            self.next[direction] += len(payload) + bool(flags & (SYN | FIN))

    def udp(self, direction, payload):
        self.capture.udp(self.ends[direction], self.ends[not direction], payload)
        self._take(direction)

    def open(self):
        for direction, flags in ((0, SYN), (1, SYN | ACK), (0, ACK)):
            self.tcp(direction, flags)

    def report(self, payload, cut=60):
        """In two segments, each acknowledged."""
        for part in (payload[:cut], payload[cut:]):
            self.tcp(0, ACK | PSH, part)
            self.tcp(1, ACK)

    def ask(self, device):
        """A command and its answer."""
        self.tcp(1, ACK | PSH, startek("800", "", device, "A", "$$"))
        self.tcp(0, ACK | PSH, startek("800", "OK", device))

    def day(self, device, reports=4, apart=20):
        self.open()
        for n in range(reports):
            self.report(position(device, n))
            self.time += apart
        self.ask(device)


class ConversationTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-conversations-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, packets):
        path = self.folder / name
        records = [struct.pack("<IIII", *divmod(round(time * 1e6), 10**6), len(f), len(f)) + f for time, f in packets]
        path.write_bytes(header() + b"".join(records))
        return path

    def analyse(self, *captures, options=()):
        """(rows of all devices, rows of streams.csv, rows of leftovers.csv); the ledger balances."""
        paths = [self.write(f"{i}.pcap", packets) for i, packets in enumerate(captures)]
        out = self.folder / "out"
        done = harness.s7timeline("-q", "-o", out, "--force", *options, *paths)
        self.assertEqual(done.returncode, 0, done.stderr)
        ledger = json.loads((out / "manifest.json").read_text())["ledger"]
        self.assertEqual(ledger["payload_bytes"], ledger["frame_bytes"] + ledger["leftover_bytes"])
        rows = [row for path in sorted((out / "devices").glob("*.csv")) for row in harness.read_csv(path.read_bytes())]
        tables = [list(csv.DictReader((out / name).read_text().splitlines())) for name in ("streams.csv", "leftovers.csv")]
        return rows, *tables

    def seen(self, rows, device):
        """(kind, latitude, answered, flags of the context) of each row of a device."""
        keep = {"duplicate", "unanswered", "after_gap", "packet_checksum_bad", "truncated", "stored"}
        return [(r["kind"], r["latitude"], bool(r["answers"]), ";".join(sorted(keep & set(r["flags"].split(";")))))
                for r in rows if r["device_id"] == device]  # fmt: skip

    @staticmethod
    def whole(reports=4, flags=""):
        """What seen() gives of Site.day()."""
        return [("position", f"41.45{n:02d}00", False, flags) for n in range(reports)] + [
            ("command", "", False, flags), ("answer", "", True, flags)]  # fmt: skip


class AddressTest(ConversationTest):
    def test_two_sites_over_tcp(self):
        """The sequence spaces differ by much, by little, or not on one side."""
        tags = [(vlan(10), vlan(20)), (qinq(10), qinq(20)), (mpls(16), mpls(17)), (b"", b"")]
        for (one, other), isn, server_isn in itertools.product(tags, (1200, 3000000000), (500000, 700000)):
            a = Site(tags=(one, one))
            b = Site(START + 0.5, isn, server_isn, (other, other))
            a.day(IDS[0])
            b.day(IDS[1])
            captures = [a.packets, b.packets] if not one else [sorted(a.packets + b.packets)]
            with self.subTest(tags=(one, other), isn=isn, server=server_isn):
                rows, streams, leftovers = self.analyse(*captures)
                for i in range(2):
                    self.assertEqual(self.seen(rows, IDS[i]), self.whole())
                self.assertEqual([s["device_ids"] for s in streams], list(IDS))
                self.assertEqual(leftovers, [])

    def test_two_sites_over_udp(self):
        for captures in (1, 2):
            a, b = (Site(START + i, tags=(vlan(10 * i),) * 2 if captures == 1 else (b"", b"")) for i in range(2))
            for n in range(3):
                for site, device in ((a, IDS[0]), (b, IDS[1])):
                    site.udp(0, position(device, n))
                    site.time += 60
            a.time = b.time + 10
            a.udp(1, b":123456F#")
            rows, streams, _ = self.analyse(*([a.packets, b.packets] if captures == 2 else [sorted(a.packets + b.packets)]))
            self.assertEqual([s["device_ids"] for s in streams], list(IDS))
            self.assertEqual([r["device_id"] for r in rows if r["kind"] == "command"], [IDS[0]])

    def test_directions_with_different_tags(self):
        for tags in ((vlan(10), vlan(20)), (mpls(16), mpls(99)), (vlan(10), b"")):
            site = Site(tags=tags)
            site.day(IDS[0])
            rows, streams, _ = self.analyse(site.packets)
            self.assertEqual((self.seen(rows, IDS[0]), len(streams)), (self.whole(), 1))
            site = Site(tags=tags)
            for n in range(3):
                site.udp(0, position(IDS[0], n))
                site.udp(1, startek("800", "", IDS[0], "A", "$$"))
            self.assertEqual(len(self.analyse(site.packets)[1]), 1)

    def test_renumbered(self):
        """Both sides of a firewall: every packet twice, with other numbers of the client."""
        for shift, skip in itertools.product((1500000000, 70000), (0, 3)):
            a, b = Site(), Site(START + 0.0003, 1000 + shift)
            a.day(IDS[0])
            b.day(IDS[0])
            rows, streams, leftovers = self.analyse(sorted(a.packets[skip:] + b.packets[skip:]))
            if skip and shift < 1 << 26:
                continue  # nothing tells the two apart at their start
            once = [row for row in self.seen(rows, IDS[0]) if "duplicate" not in row[3]]
            self.assertEqual((once, leftovers), (self.whole(), []), (shift, skip))
            self.assertEqual([row for row in self.seen(rows, IDS[0]) if row not in once], self.whole(flags="duplicate"))
            self.assertEqual(len(streams), 2)


    def test_renumbered_between_two_tags(self):
        """The same where the tag says which side it is: it beats what is near, whatever device both sides are of."""
        for shift, server_shift in ((70000, 0), (0, 70000), (5000000, 0), (1500000000, 0)):
            a = Site(tags=(vlan(10),) * 2)
            b = Site(START + 0.0003, 1000 + shift, 500000 + server_shift, (vlan(20),) * 2)
            for site in (a, b):
                site.day(IDS[0])
            rows, streams, leftovers = self.analyse(sorted(a.packets + b.packets))
            once = [row for row in self.seen(rows, IDS[0]) if "duplicate" not in row[3]]
            self.assertEqual((once, leftovers), (self.whole(), []), (shift, server_shift))
            self.assertEqual((len(rows), len(streams)), (12, 2))
            self.assertEqual({s["missing_bytes"] for s in streams}, {"0"})

    def test_two_devices_in_one_conversation(self):
        """A relay: commands with the same index or serial, each to its id; answers cross, or only one comes."""
        for make, over_tcp, order in itertools.product((startek, fifotrack), (False, True), ((0, 1), (1, 0), (1,))):
            site = Site()
            if over_tcp:
                site.open()
            say = (lambda d, data: site.tcp(d, ACK | PSH, data)) if over_tcp else site.udp
            code, head = ("800", "$$") if make is startek else ("B03", "##")
            for n in range(2):
                say(0, position(IDS[n], n))
            for n in range(2):
                say(1, make(code, "", IDS[n], head=head) if make is startek else make(code, "60", IDS[n], head=head))
            for n in order:
                say(0, make(code, "OK", IDS[n]))
            site.time += 600
            say(0, position(IDS[0], 2))
            rows, _, _ = self.analyse(site.packets)
            commands = {f"f1:{row['packets']}": row["device_id"] for row in rows if row["kind"] == "command"}
            answered = {row["device_id"]: commands[row["answers"]] for row in rows if row["kind"] == "answer"}
            self.assertEqual(answered, {IDS[n]: IDS[n] for n in order})
            self.assertEqual([row["device_id"] for row in rows if "unanswered" in row["flags"]],
                             [IDS[n] for n in range(2) if n not in order])  # fmt: skip

    def test_acknowledgement_of_another_device(self):
        """Two reports with one index that want one; the platform acknowledges that of the second."""
        site = Site()
        for device in IDS:
            site.udp(0, position(device, 0).replace(b"000,0,,", b"010,0,,"))
        frames = [frame[42:] for _, frame in site.packets]
        site.packets.clear()
        for frame in frames:  # the code is in the checksum
            site.udp(0, frame[:-4] + b"%02X\r\n" % (sum(frame[:-4]) % 256))
        site.udp(1, startek("010", "1", IDS[1], "A", "$$"))
        site.time += 600
        for device in IDS:
            site.udp(0, position(device, 1))
        rows, _, _ = self.analyse(site.packets)
        self.assertEqual([row["device_id"] for row in rows if "unacknowledged" in row["flags"]], [IDS[0]])


class LateTest(ConversationTest):
    """Bytes of a hole that was given up, since too much waited behind it, come after all."""

    def late(self, *parts):
        """A report is missing; the next ones wait beyond the limit; then these parts of it come, each (start, end)."""
        site, lost = Site(), position(IDS[0], 1)
        site.open()
        site.tcp(0, ACK | PSH, position(IDS[0], 0))
        hole = site.next[0]
        site.next[0] += len(lost)
        for n in range(2, 6):
            site.tcp(0, ACK | PSH, position(IDS[0], n))
        for start, end in parts:
            site.tcp(0, ACK | PSH, lost[start:end], hole + start)
        rows, streams, leftovers = self.analyse(site.packets, options=("--max-waiting", "200"))
        missing = json.loads((self.folder / "out" / "manifest.json").read_text())["ledger"]["missing_bytes"]
        self.assertEqual(streams[0]["missing_bytes"], str(missing))
        gaps = [(int(row["stream_offset"]), int(row["bytes"])) for row in leftovers if row["reason"] == "gap"]
        self.assertEqual(sum(size for _, size in gaps), missing)
        self.assertEqual(streams[0]["gaps"], str(len(gaps)))
        return [row["latitude"] for row in rows if not row["flags"].startswith("truncated")], gaps, len(lost)

    def test_what_came_late_is_not_missing(self):
        whole = [f"41.45{n:02d}00" for n in range(6)]
        rows, gaps, size = self.late()
        self.assertEqual((rows, gaps), (whole[:1] + whole[2:], [(size, size)]))
        rows, gaps, size = self.late((0, size))
        self.assertEqual((sorted(rows), gaps), (whole, []))
        for parts, left in (
            ([(0, 40)], [(40, size)]), ([(40, size)], [(0, 40)]), ([(30, 50)], [(0, 30), (50, size)]),
            ([(30, 50), (0, 30)], [(50, size)]), ([(30, 50), (50, size), (0, 30)], []), ([(30, 50), (30, 50)], [(0, 30), (50, size)]),
        ):  # fmt: skip
            with self.subTest(parts):
                self.assertEqual(self.late(*parts)[1], [(size + start, end - start) for start, end in left])


class StrayTest(ConversationTest):
    """One packet that no receiver would have taken, between any two others of a conversation."""

    def test_strays(self):
        strays = {
            "payload far off": (0, ACK | PSH, b"x", 1 << 30, 0),
            "payload half a MiB off": (0, ACK | PSH, b"x", 499971, 0),
            "SYN": (0, SYN, b"", 1 << 30, 0),
            "SYN near": (0, SYN, b"", 5000, 0),
            "RST far off": (1, RST, b"", 1 << 30, 0),
            "RST half a MiB off": (1, RST, b"", 499971, 0),
            "RST with the right number": (1, RST, b"", 0, 0),
            "FIN far off": (1, FIN | ACK, b"", 1 << 29, 0),
            "FIN half a MiB off": (0, FIN | ACK, b"", 499971, 0),
            "FIN with the right number": (0, FIN | ACK, b"", 0, 0),
            "acknowledgement far off": (1, ACK, b"", 0, 499971),
        }
        for (name, (direction, flags, payload, seq, ack)), at in itertools.product(strays.items(), (3, 4, 9)):
            site = Site()
            site.open()
            steps = []
            for n in range(3):
                data = position(IDS[0], n)
                steps += [(0, ACK | PSH, data[:60]), (1, ACK, b""), (0, ACK | PSH, data[60:]), (1, ACK, b"")]
            for number, step in enumerate(steps):
                if number == at:
                    number = site.next[not direction] + ack if flags & ACK else 0
                    site.tcp(direction, flags, payload, site.next[direction] + seq, number)
                site.time += 50
                site.tcp(*step)
            with self.subTest(name, at=at):
                rows, streams, leftovers = self.analyse(site.packets)
                self.assertEqual(self.seen(rows, IDS[0]), self.whole(3)[:3])
                self.assertEqual(len(streams), 1)
                self.assertEqual([(row["reason"], row["bytes"]) for row in leftovers], [("junk", "1")] if payload else [])
                self.assertEqual(streams[0]["missing_bytes"], "0")

    def test_a_stray_and_the_end(self):
        """A stray up to 60 MiB ahead, right or damaged, of either side, of which the server sends no data of its own; then both
        sides close: the FIN is acknowledged, the stray never was."""
        for ahead, way, damaged, at_end in itertools.product((70000, 1 << 20, 60 << 20), (0, 1), (False, True), (True, False)):
            site = Site()
            site.open()
            site.report(position(IDS[0], 0))
            site.tcp(way, ACK | PSH, b"x", site.next[way] + ahead)
            if damaged:
                ChecksumTest.spoil(site)
            for n in (1, 2):
                site.report(position(IDS[0], n))
            if at_end:
                for direction in (0, 1):
                    site.tcp(direction, FIN | ACK)
                    site.tcp(not direction, ACK)
            rows, streams, leftovers = self.analyse(site.packets)
            self.assertEqual(self.seen(rows, IDS[0]), self.whole(3)[:3])
            self.assertEqual(([s["missing_bytes"] for s in streams], [row["reason"] for row in leftovers]), (["0"], [("junk", "undefined_text")[way]]),
                             (ahead, way, damaged, at_end))  # fmt: skip

    def test_what_the_other_side_acknowledged_is_missing(self):
        """However idle it was before: 200,000 bytes that no capture has, of which the acknowledgement was captured."""
        site = Site()
        site.open()
        site.report(position(IDS[0], 0))
        for _ in range(2):
            site.tcp(0, ACK, b"", site.next[0] - 1)
            site.tcp(1, ACK)
            site.tcp(0, ACK)
        site.next[0] += 200000
        site.tcp(1, ACK)
        rows, streams, _ = self.analyse(site.packets)
        self.assertEqual((len(rows), [s["missing_bytes"] for s in streams]), (1, ["200000"]))

    def test_an_end_that_both_ignore(self):
        """With the right number, or one nearby: the real one that follows, and its acknowledgement, contradict it."""
        for direction, ask, off in itertools.product((0, 1), (True, False), (-1, 0, 100, 1460, 60000)):
            site = Site()
            site.open()
            site.report(position(IDS[0], 0))
            site.tcp(direction, FIN | ACK, b"", site.next[direction] + off)
            for n in (1, 2, 3):
                site.report(position(IDS[0], n))
            if ask:
                site.ask(IDS[0])
            for end in (0, 1):
                site.tcp(end, FIN | ACK)
                site.tcp(not end, ACK)
            rows, streams, leftovers = self.analyse(site.packets)
            self.assertEqual(self.seen(rows, IDS[0]), self.whole()[: None if ask else 4])
            self.assertEqual(([s["missing_bytes"] for s in streams], leftovers), (["0"], []), (direction, ask, off))

    def test_new_numbers_that_go_on(self):
        """A second connection with the same ports; with its SYN the first is over."""
        for handshake in (True, False):
            a, b = Site(), Site(START + 60, 1 << 31, 1 << 30)
            a.open()
            a.report(position(IDS[0], 0))
            if handshake:
                b.open()
            b.report(position(IDS[1], 1))
            rows, streams, leftovers = self.analyse(a.packets + b.packets)
            self.assertEqual([self.seen(rows, i) for i in IDS], [self.whole(2)[:1], self.whole(2)[1:2]])
            self.assertEqual([s["end_reason"] for s in streams], ["reuse", "capture"])
            self.assertEqual(leftovers, [])


class ClockTest(ConversationTest):
    """The clock of the capturing machine leaps while a report is under way."""

    def test_leaps(self):
        def shifts(at, count):
            year = 365 * 86400
            return {
                "set from 1970": [(-50 * year if i < at else 0) for i in range(count)],
                "set forward 3 h": [(0 if i < at else 3 * 3600) for i in range(count)],
                "set forward 11 h": [(0 if i < at else 11 * 3600) for i in range(count)],
                "set back an hour": [(0 if i < at else -3600) for i in range(count)],
                "one packet of 2055": [(30 * year if i == at else 0) for i in range(count)],
                "one packet a day ahead": [(86400 if i == at else 0) for i in range(count)],
                "one packet of 1970": [(-50 * year if i == at else 0) for i in range(count)],
            }

        site, other = Site(), Site(ends=(("10.0.0.3", 1025), SERVER))
        site.day(IDS[0])
        other.day(IDS[1])
        packets = sorted(site.packets + other.packets)
        for at in range(2, len(packets), 3):
            for name, shift in shifts(at, len(packets)).items():
                moved = [(time + by, frame) for (time, frame), by in zip(packets, shift)]
                with self.subTest(name, at=at):
                    rows, streams, leftovers = self.analyse(moved, options=("--order", "capture"))
                    for device in IDS:
                        self.assertEqual([row[:3] for row in self.seen(rows, device)], [row[:3] for row in self.whole()])
                    self.assertFalse([row for row in rows if "unanswered" in row["flags"]])
                    self.assertEqual((len(streams), leftovers), (2, []))


class ChecksumTest(ConversationTest):
    """A segment that was damaged on its way; hosts whose cards write the checksums."""

    GOOD, BAD = position(IDS[0], 5), position(IDS[0], 5).replace(b"A,41.45", b"A,51.45")

    @staticmethod
    def spoil(site, value=None):
        """Another checksum in the last packet: of TCP, or of UDP."""
        time, frame = site.packets[-1]
        at = 14 + 20 + (16 if frame[23] == 6 else 6)
        frame = frame[:at] + (bytes([frame[at] ^ 0x5A, frame[at + 1]]) if value is None else value) + frame[at + 2 :]
        site.packets[-1] = (time, frame)

    def test_good_copy(self):
        for policy, first in itertools.product(("first", "last"), (True, False)):
            site = Site()
            site.open()
            site.report(position(IDS[0], 0))
            start = site.next[0]
            versions = [self.BAD, self.GOOD] if first else [self.GOOD, self.BAD]
            for payload in versions:
                site.tcp(0, ACK | PSH, payload, start)
                if payload == self.BAD:
                    self.spoil(site)
            site.next[0] += len(self.GOOD)
            site.tcp(1, ACK)
            site.report(position(IDS[0], 6))
            rows, _, leftovers = self.analyse(site.packets, options=("--overlap", policy))
            self.assertEqual([row[1:] for row in self.seen(rows, IDS[0])],
                             [(f"41.45{n:02d}00", False, "") for n in (0, 5, 6)])  # fmt: skip
            self.assertEqual([(row["reason"], row["raw"], row["raw_refused"]) for row in leftovers], [("overlap", "4", "5")])

    def test_no_more_wrong_than_right(self):
        """Three packets of the client were right: the first of the handshake and two of a report. So three wrong ones mean
        something; the fourth says that its host does not write them."""
        site = Site()
        site.open()
        site.report(position(IDS[0], 0))
        for n in range(1, 5):
            site.tcp(0, ACK | PSH, position(IDS[0], n))
            self.spoil(site)
            site.tcp(1, ACK)
        rows, _, _ = self.analyse(site.packets)
        self.assertEqual([row[3] for row in self.seen(rows, IDS[0])], ["", *["packet_checksum_bad"] * 3, ""])

    def test_the_first_segment_again_and_again(self):
        """The first data of a connection is damaged, and captured or sent several times before the good copy comes. One that
        began before the capture is no other, if something told that its host writes checksums."""
        for times, begun in itertools.product((1, 2, 3), (False, True)):
            site = Site()
            site.open()
            if begun:
                site.packets.clear()
                for direction in (1, 0, 1, 0):
                    site.tcp(direction, ACK)
            start = site.next[0]
            for _ in range(times):
                site.tcp(0, ACK | PSH, self.BAD, start)
                self.spoil(site)
            site.report(self.GOOD)
            site.report(position(IDS[0], 6))
            rows, _, leftovers = self.analyse(site.packets)
            self.assertEqual([row[1:] for row in self.seen(rows, IDS[0])], [(f"41.45{n:02d}00", False, "") for n in (5, 6)])
            self.assertEqual([(row["reason"], row["raw"], row["raw_refused"]) for row in leftovers], [("overlap", "4", "5")] * times)

    def test_only_a_bad_copy_of_the_first_segment(self):
        site = Site()
        site.open()
        site.packets.clear()
        for direction in (1, 0, 1, 0):
            site.tcp(direction, ACK)
        site.tcp(0, ACK | PSH, position(IDS[0], 1))
        self.spoil(site)
        site.tcp(1, ACK)
        rows, _, leftovers = self.analyse(site.packets)
        self.assertEqual(([row[3] for row in self.seen(rows, IDS[0])], leftovers), (["packet_checksum_bad"], []))

    def test_only_a_bad_copy_of_the_start_of_a_frame(self):
        """The rest of it, right or as bad, is no other start: what is held stands before it. Acknowledged or not."""
        for rest_bad, acknowledged in itertools.product((False, True), (False, True)):
            site = Site()
            site.open()
            site.packets.clear()
            for direction in (1, 0, 1, 0):
                site.tcp(direction, ACK)
            data = position(IDS[0], 1)
            for part, bad in ((data[:60], True), (data[60:], rest_bad)):
                site.tcp(0, ACK | PSH, part)
                if bad:
                    self.spoil(site)
                if acknowledged:
                    site.tcp(1, ACK)
            for n in (2, 3):
                site.report(position(IDS[0], n))
            rows, streams, leftovers = self.analyse(site.packets)
            self.assertEqual([row[1:] for row in self.seen(rows, IDS[0])],
                             [(f"41.45{n:02d}00", False, "" if n > 1 else "packet_checksum_bad") for n in (1, 2, 3)])  # fmt: skip
            self.assertEqual((leftovers, [s["missing_bytes"] for s in streams]), ([], ["0"]))

    def test_only_a_bad_copy(self):
        """It is used when it is acknowledged, or at the end; the frame behind it waits no longer."""
        data = position(IDS[0], 1)
        for acknowledged, udp_too in itertools.product((True, False), (True, False)):
            site = Site()
            if udp_too:
                site.udp(0, position(IDS[0], 0))
                site.udp(0, data)
                self.spoil(site)
            else:
                site.open()
                site.report(position(IDS[0], 0))
                site.tcp(0, ACK | PSH, data[:60])
                self.spoil(site)
                site.tcp(0, ACK | PSH, data[60:])
                if acknowledged:
                    site.tcp(1, ACK)
            rows, _, leftovers = self.analyse(site.packets)
            self.assertEqual([row[3] for row in self.seen(rows, IDS[0])], ["", "packet_checksum_bad"])
            self.assertEqual(leftovers, [])

    def test_offload(self):
        """Zero, the sum of the addresses alone, any wrong value: of all that one host, or both, sent."""
        for value, both in itertools.product((b"\0\0", None, b"\x12\x34"), (True, False)):
            whole = Site()
            whole.day(IDS[0])
            for i, (time, frame) in enumerate(whole.packets):
                if both or frame[26:30] == bytes([10, 0, 0, 2]):
                    site = Site()
                    site.packets = [(time, frame)]
                    if value is None:
                        length = struct.unpack(">H", frame[16:18])[0] - 20
                        words = struct.unpack(">4H", frame[26:34]) + (6, length)
                        total = sum(words)
                        while total >> 16:
                            total = (total >> 16) + (total & 0xFFFF)
                        self.spoil(site, struct.pack(">H", total))
                    else:
                        self.spoil(site, value)
                    whole.packets[i] = site.packets[0]
            rows, _, leftovers = self.analyse(whole.packets)
            self.assertEqual((self.seen(rows, IDS[0]), leftovers), (self.whole(), []))


class TwinTest(ConversationTest):
    """Each packet in two places: the second message is a duplicate, of every kind."""

    def twice(self, packets, change):
        return [packet for time, frame in packets for packet in ((time, frame), (time + 0.0002, change(frame)))]

    def check(self, packets, kinds):
        rows, _, leftovers = self.analyse(packets)
        marked = [(row["kind"], "duplicate" in row["flags"].split(";")) for row in sorted(rows, key=lambda r: (
            r["capture_time"], int(r["packets"].split(";")[-1])))]  # fmt: skip
        self.assertEqual(marked, [(kind, second) for kind in kinds for second in (False, True)])
        self.assertEqual(leftovers, [])

    @staticmethod
    def wrapped(frame):
        return MACS + b"\x08\x00" + ipv4(17, udp(4789, bytes.fromhex("0800000000002a00") + frame), OUTER)

    @staticmethod
    def translated(frame):
        """The client's address and port are others; checksums are not looked at."""
        new, old = bytes([198, 51, 100, 9]) + b"\x9c\x40", bytes([10, 0, 0, 2])
        up = frame[26:30] == old
        at, port = (26, 34) if up else (30, 36)
        return frame[:at] + new[:4] + frame[at + 4 : port] + new[4:] + frame[port + 2 :]

    def test_every_kind(self):
        for change in (self.wrapped, self.translated):
            site = Site()
            for payload in (b"#490154203237518,CMD-X#", position(IDS[0], 1), b"#490154203237518,CMD-D#"):
                site.udp(0, payload)
                site.time += 10
            site.udp(1, startek("800", "", IDS[0], "A", "$$"))
            site.udp(0, startek("800", "OK", IDS[0]))
            self.check(self.twice(site.packets, change), ["heartbeat", "position", "hello", "command", "answer"])
            site = Site()
            site.open()
            for payload in (b"#490154203237518,CMD-X#", position(IDS[0], 1)):
                site.tcp(0, ACK | PSH, payload)
                site.time += 10
            site.ask(IDS[0])
            self.check(self.twice(site.packets, change), ["heartbeat", "position", "command", "answer"])

    def test_behind_others_that_look_alike(self):
        """Thirty devices send the like at once, then all of it comes in a tunnel: the middle of their ids differs."""
        packets = []
        for n in range(30):
            site = Site(START + n * 0.0001, ends=((f"10.0.1.{n + 1}", 1025), SERVER))
            site.capture.identification = 100 + n
            site.udp(0, b"#49015420%02d37518,CMD-X#" % n * 4)
            packets += site.packets
        rows, _, _ = self.analyse(packets + [(time + 0.01, self.wrapped(frame)) for time, frame in packets])
        self.assertEqual(sorted("duplicate" in row["flags"].split(";") for row in rows), [False] * 120 + [True] * 120)

    @staticmethod
    def without_identification(packets):
        return [(time, frame[:18] + b"\0\0" + frame[20:]) for time, frame in packets]

    def test_without_identification(self):
        """Both sides of address translation that also renumbers TCP: nothing in the headers is the same but one end."""
        for over_tcp in (False, True):
            sites = [Site(), Site(START + 0.0002, 77777, 99999, ends=(("198.51.100.9", 40000), SERVER))]
            for site in sites:
                say = (lambda d, data, s=site: s.tcp(d, ACK | PSH, data)) if over_tcp else site.udp
                if over_tcp:
                    site.open()
                for data in (position(IDS[0], 0), b"#490154203237518,CMD-X#"):
                    say(0, data)
                    site.time += 20
                say(1, b":123456F#")
                say(1, startek("800", "", IDS[0], "A", "$$"))
                say(0, startek("800", "OK", IDS[0]))
            rows, _, _ = self.analyse(self.without_identification(sorted(sites[0].packets + sites[1].packets)))
            for stream in ("1", "2"):
                told = [(row["kind"], "duplicate" in row["flags"].split(";")) for row in rows if row["stream"] == stream]
                self.assertCountEqual(told, [(kind, stream == "2") for kind in ("position", "heartbeat", "command", "command", "answer")])

    def test_sent_to_all_devices(self):
        """At once, without identification, and without an id in it: three commands."""
        sites = [Site(START + n * 0.001, ends=((f"10.0.0.{n + 2}", 1024), SERVER)) for n in range(3)]
        for n, site in enumerate(sites):
            site.udp(0, position(f"49015420323751{n}", n))
            site.time += 20
            site.udp(1, b":123456M1,030S#")
        rows, _, _ = self.analyse(self.without_identification(sorted(sum((site.packets for site in sites), []))))
        self.assertEqual([row["kind"] for row in rows if "duplicate" in row["flags"].split(";")], [])
        self.assertEqual(len(rows), 6)

    def test_what_waits(self):
        """Begun in the middle, and with a segment that comes late: it is the bytes that came before, not the packet at hand."""
        beats = [b"#490154203237518,CMD-X#", position(IDS[0], 1), b"#490154203237518,CMD-D#"]
        for begun in (True, False):
            site = Site()
            site.open()
            if begun:
                site.packets.clear()
            site.tcp(1, ACK | PSH, startek("800", "", IDS[0], "A", "$$"))
            site.tcp(0, ACK)
            site.time += 5
            start = site.next[0]
            for n in (0, 2, 1):
                site.time += 0.3
                site.tcp(0, ACK | PSH, beats[n], start + sum(map(len, beats[:n])))
            site.next[0] += sum(map(len, beats))
            site.tcp(1, ACK)
            site.tcp(0, ACK | PSH, startek("800", "OK", IDS[0]))
            rows, _, leftovers = self.analyse(self.twice(site.packets, self.wrapped))
            for stream in ("1", "2"):
                told = [(row["kind"], "duplicate" in row["flags"].split(";")) for row in rows if row["stream"] == stream]
                self.assertCountEqual(told, [(kind, stream == "2") for kind in ("heartbeat", "position", "hello", "command", "answer")])
            self.assertEqual(leftovers, [])

    def test_what_one_of_the_two_places_lacks(self):
        """A packet that was captured in the tunnel alone is no duplicate, whichever comes with it."""
        site = Site()
        site.open()
        beats = [b"#490154203237518,CMD-X#", position(IDS[0], 1), b"#490154203237518,CMD-D#"]
        start = site.next[0]
        for n in (0, 2, 1):
            site.tcp(0, ACK | PSH, beats[n], start + sum(map(len, beats[:n])))
        both = self.twice(site.packets, self.wrapped)
        rows, _, _ = self.analyse([packet for packet in both if packet[1][54:] != beats[2]])
        self.assertEqual([row["kind"] for row in rows if "duplicate" in row["flags"].split(";")], ["heartbeat", "position"])
        self.assertEqual([row["stream"] for row in rows if row["kind"] == "hello"], ["2"])

    def test_sent_twice(self):
        """The same heartbeat from two ports, with another identification, is none."""
        a, b = Site(), Site(START + 0.1, ends=(("10.0.0.2", 1025), SERVER))
        b.capture.identification = 77
        for site in (a, b):
            site.udp(0, b"#490154203237518,CMD-X#")
        rows, _, _ = self.analyse(a.packets + b.packets)
        self.assertEqual([row[3] for row in self.seen(rows, IDS[0])], ["", ""])


if __name__ == "__main__":
    unittest.main()
