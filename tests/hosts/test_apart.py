# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of two hosts whose clocks are apart, and devices that answer from another port or in another connection
(docs/CONVERSATIONS.md): what comes out is what one capture of both directions by one clock gives."""
import itertools
import json
import random
import struct
import tempfile
import unittest
from datetime import datetime, timezone
from pathlib import Path

import harness
from pcap import ACK, FIN, PSH, header
from talk import fifotrack, gotop, startek
from test_conversations import CLIENT, IDS, SERVER, START, Site, position

FLAGS = {"unanswered", "unacknowledged", "duplicate", "after_gap", "stored", "truncated"}


def asks(dialect, n):
    """A command, and its answer."""
    if dialect == "startek":
        index = chr(65 + n)
        return startek("800", "", IDS[0], index, "$$"), startek("800", "OK", IDS[0], index)
    if dialect == "fifotrack":
        return fifotrack("B03", "60", IDS[0], str(n), "##"), fifotrack("B03", "OK", IDS[0], str(n))
    body = f"A,DATE:260101,TIME:00{n:02d}00,LAT:22.7634066N,LOT:114.3964783E,Speed:000.0,84-20"
    return b":123456F#", gotop(f"CMD-F,{body}", IDS[0])


def talk(dialect, transport, questions=4, cut=0):
    """A connection with commands, each answered at once, and reports between them. cut: segments have so many bytes."""
    site = Site()
    tcp = transport == "tcp"
    if tcp:
        site.open()

    def say(direction, payload):
        if not tcp:
            site.udp(direction, payload)
            return
        for at in range(0, len(payload), cut or len(payload)):
            site.tcp(direction, ACK | PSH, payload[at : at + (cut or len(payload))])
        site.tcp(not direction, ACK)

    for n in range(questions):
        say(0, startek("010", position(IDS[0], n)[25:-4].decode(), IDS[0], chr(65 + n)))
        say(1, startek("010", "1", IDS[0], chr(65 + n), "$$"))
        site.time += 10
        command, answer = asks(dialect, n)
        say(1, command)
        site.time += 0.5
        say(0, answer)
        site.time += 20
    if tcp:
        for direction in (0, 1):
            site.tcp(direction, ACK | FIN)
            site.tcp(not direction, ACK)
    return site.packets


def pcap(packets):
    return header() + b"".join(struct.pack("<IIII", *divmod(round(t * 1e6), 10**6), len(f), len(f)) + f for t, f in packets)


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def pcapng(captures):
    """One file with an interface for each, in the order of what they say of the time."""
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += block(1, struct.pack("<HHI", 1, 0, 0)) * len(captures)
    for time, number, frame in sorted((t, n, f) for n, packets in enumerate(captures) for t, f in packets):
        high, low = divmod(round(time * 1e6), 1 << 32)
        out += block(6, struct.pack("<IIIII", number, high, low, len(frame), len(frame)) + frame)
    return out


def is_up(frame):
    return frame[34 + 2 : 34 + 4] == struct.pack(">H", SERVER[1])


class ApartTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-apart-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def rows(self, *captures, options=()):
        """Rows of all devices, of files and of --stdout, and the manifest."""
        paths = []
        for number, content in enumerate(captures):
            paths.append(self.folder / f"{number}.pcap")
            paths[-1].write_bytes(content)
        out = self.folder / "out"
        done = harness.s7timeline("-q", "-o", out, "--force", *options, *paths)
        self.assertEqual(done.returncode, 0, done.stderr)
        manifest = json.loads((out / "manifest.json").read_text())
        ledger = manifest["ledger"]
        self.assertEqual(ledger["payload_bytes"], ledger["frame_bytes"] + ledger["leftover_bytes"])
        files = [row for path in sorted((out / "devices").glob("*.csv")) for row in harness.read_csv(path.read_bytes())]
        done = harness.s7timeline("-q", "--stdout", *options, *paths)
        self.assertEqual(done.returncode, 0, done.stderr)
        return files, harness.read_csv(done.stdout), manifest

    @staticmethod
    def seen(rows):
        """Without what differs between captures: times, and where a packet stands."""
        found = []
        for row in rows:
            flags = ";".join(sorted(FLAGS & set(row["flags"].split(";"))))
            found.append((row["direction"], row["code"], row["details"], bool(row["answers"]), flags))
        return found

    def check(self, whole, *captures, options=(), copies=None, answered=4):
        expected, live, _ = self.rows(pcap(whole))
        self.assertGreaterEqual(sum(bool(row["answers"]) for row in expected), answered)
        files, stdout, _ = self.rows(*captures, options=options)
        self.assertEqual(self.seen(files), self.seen(expected))
        self.assertEqual(sorted(self.seen(stdout)), sorted(self.seen(live)))
        if copies is not None:
            self.assertEqual(sum(row["packets"].count(";") for row in files), copies)
        return files


def clock_text(time):
    """As capture_time has it, to the microsecond."""
    seconds, micro = divmod(round(time * 1e6), 10**6)
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S") + f".{micro:06d}"


def shifted(packets, seconds):
    return [(time + seconds, frame) for time, frame in packets]


def one_way(packets, up):
    return [(time, frame) for time, frame in packets if is_up(frame) == up]


APART = (-3 * 3600 - 7, -5, 0.7, 90)


class ClocksTest(ApartTest):
    def test_a_direction_each(self):
        """TCP's own numbers tell who spoke first; the clocks that are compared by it serve UDP, too."""
        for dialect, seconds in itertools.product(("startek", "fifotrack", "gotop"), APART):
            tcp = talk(dialect, "tcp")
            captures = [one_way(tcp, True), shifted(one_way(tcp, False), seconds)]
            with self.subTest(dialect=dialect, seconds=seconds):
                files = self.check(tcp, *map(pcap, captures))
                self.check(tcp, pcapng(captures))
            said = {clock_text(time) for time, _ in captures[1]}
            for row in files:
                if row["direction"] == "down":
                    self.assertIn(row["capture_time"][:-4], said)

    def test_udp_by_the_clocks_of_tcp(self):
        for dialect, seconds in itertools.product(("startek", "gotop"), APART):
            udp = talk(dialect, "udp")
            tcp = talk(dialect, "tcp", 1)
            whole = sorted(udp + [(time + 0.0001, frame) for time, frame in tcp])
            captures = [one_way(whole, True), shifted(one_way(whole, False), seconds)]
            with self.subTest(dialect=dialect, seconds=seconds):
                self.check(whole, *map(pcap, captures))
                self.check(whole, pcapng(captures))

    def test_udp_that_nothing_tells_of(self):
        """No flag where it cannot be known."""
        udp = talk("startek", "udp")
        for seconds in APART:
            captures = [one_way(udp, True), shifted(one_way(udp, False), seconds)]
            files, stdout, _ = self.rows(*map(pcap, captures))
            for rows in (files, stdout):
                self.assertEqual(len(rows), 16)
                self.assertFalse(any({"unanswered", "unacknowledged"} & set(row["flags"].split(";")) for row in rows))

    def test_both_see_all(self):
        """Each packet twice: one row, that names both."""
        for (transport, rows), seconds in itertools.product((("udp", 16), ("tcp", 0)), APART):
            whole = talk("startek", transport)
            delayed = [(time + 0.001 * (1 if is_up(frame) else -1), frame) for time, frame in whole]
            captures = [whole, shifted(sorted(delayed), seconds)]
            with self.subTest(transport=transport, seconds=seconds):
                for content in (map(pcap, captures), [pcapng(captures)]):
                    self.check(whole, *content, copies=rows)

    def test_loss_in_one_of_them(self):
        for seed, seconds in itertools.product(range(3), APART):
            source = random.Random(seed)
            tcp = talk("startek", "tcp", 8)
            up, down = one_way(tcp, True), one_way(tcp, False)
            lost = source.sample(range(len(down)), 5)
            less = [packet for i, packet in enumerate(down) if i not in lost]
            whole = sorted(up + less)
            with self.subTest(seed=seed, seconds=seconds):
                self.check(whole, pcap(up), pcap(shifted(less, seconds)), answered=0)

    def test_disorder_and_segments_again(self):
        for seed, seconds in itertools.product(range(3), APART):
            source = random.Random(seed)
            tcp = talk("startek", "tcp", 8, 20)
            again = [(time + source.uniform(0.0005, 0.002), frame) for time, frame in tcp if source.random() < 0.3]
            captures = []
            for up in (True, False):
                packets = sorted(one_way(tcp + again, up))
                for i in range(len(packets) - 1):
                    (a, one), (b, other) = packets[i : i + 2]
                    if b - a < 0.004 and min(len(one), len(other)) > 60 and source.random() < 0.3:
                        packets[i : i + 2] = [(a, other), (b, one)]
                captures.append(packets)
            with self.subTest(seed=seed, seconds=seconds):
                self.check(tcp, pcap(captures[0]), pcap(shifted(captures[1], seconds)))

    def test_captures_behind_each_other(self):
        """A recorder that begins a new file now and then has one clock; what is sent in the same way in each of them, as
        some devices do that count nothing, is no packet that both saw."""
        beat = Site()
        for n in range(12):
            beat.udp(0, startek("000", "31", IDS[0]))
            beat.time = START + 60 * (n + 1)
        same = [(time, frame[:18] + b"\0\7" + frame[20:24] + b"\0\0" + frame[26:]) for time, frame in beat.packets]
        whole, _, _ = self.rows(pcap(same))
        for size in (1, 2, 3, 5):
            parts = [pcap(same[at : at + size]) for at in range(0, len(same), size)]
            rows, _, manifest = self.rows(*parts)
            self.assertEqual([r["capture_time"] for r in rows], [r["capture_time"] for r in whole])
            self.assertFalse([c for c in manifest.get("clocks", []) if c["ahead_s"] not in (None, 0)])


class AnswersTest(ApartTest):
    def paired(self, *packets):
        """(code, packet, answers, flags) of each row; the same of files and of --stdout."""
        files, stdout, _ = self.rows(pcap(packets))
        keep = {"unanswered", "unacknowledged"}

        def short(rows):
            return [(r["code"], r["packets"], r["answers"], ";".join(sorted(keep & set(r["flags"].split(";"))))) for r in rows]

        self.assertEqual(sorted(short(files)), sorted(short(stdout)))
        return sorted(short(files), key=lambda row: int(row[1].split(";")[-1]))

    def talk(self, *said):
        """Each: (seconds, port of the device, direction, payload)."""
        packets = []
        for seconds, port, direction, payload in said:
            site = Site(START + seconds, ends=((CLIENT[0], port), SERVER))
            site.udp(direction, payload)
            packets += site.packets
        return self.paired(*packets)

    def test_from_a_new_port(self):
        ask, refuse = asks("startek", 10), startek("106", "Unsupport", IDS[0], "M")
        found = self.talk(
            (0, 1024, 0, position(IDS[0], 0)),
            (10, 1024, 1, ask[0]),
            (11, 1024, 1, startek("106", "", IDS[0], "M", "$$")),
            (12, 1024, 1, startek("120", "5", IDS[0], "N", "$$")),
            (13, 2048, 0, refuse),
            (14, 2048, 0, ask[1]),
            (15, 1024, 0, startek("120", "OK", IDS[0], "N")),
            (300, 2048, 0, position(IDS[0], 9)),
        )
        self.assertEqual([row[2:] for row in found], [("", ""), ("", ""), ("", ""), ("", ""), ("f1:3", ""), ("f1:2", ""),
                                                      ("f1:4", ""), ("", "")])  # fmt: skip

    def test_every_dialect(self):
        for dialect in ("startek", "fifotrack", "gotop"):
            ask = asks(dialect, 5)
            found = self.talk(
                (0, 1024, 0, position(IDS[0], 0) if dialect == "startek" else ask[1]),
                (10, 1024, 1, ask[0]),
                (11, 2048, 0, ask[1]),
                (300, 2048, 0, ask[1]),
                (301, 1024, 0, ask[1]),
            )
            with self.subTest(dialect=dialect):
                self.assertEqual([row[2:] for row in found], [("", ""), ("", ""), ("f1:2", ""), ("", ""), ("", "")])

    def test_what_no_other_port_answers(self):
        ask = asks("startek", 5)
        found = self.talk(
            (0, 1024, 0, position(IDS[0], 0)),
            (10, 1024, 1, ask[0]),
            (11, 2048, 0, startek("800", "OK", IDS[1], "F")),
            (140, 2048, 0, ask[1]),
            (300, 1024, 0, position(IDS[0], 1)),
        )
        self.assertEqual(found[1][3], "unanswered")
        self.assertEqual([row[2] for row in found], [""] * 5)

    def test_in_a_new_connection(self):
        ask = asks("startek", 3)
        old, new = Site(), Site(START + 10, isn=900000, ends=((CLIENT[0], 2048), SERVER))
        old.open()
        old.report(position(IDS[0], 0))
        old.tcp(1, ACK | PSH, ask[0])
        new.open()
        new.tcp(0, ACK | PSH, ask[1])
        new.time += 300
        new.report(position(IDS[0], 1))
        found = self.paired(*sorted(old.packets + new.packets))
        self.assertEqual([row[2:] for row in found if row[0] == "800"], [("", ""), ("f1:8", "")])


if __name__ == "__main__":
    unittest.main()
