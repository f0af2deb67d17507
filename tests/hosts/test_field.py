# SPDX-License-Identifier: GPL-2.0-or-later
"""One set of reports as the field delivers it: every tunnel, link layer and file format, in fragments, disordered, doubled,
rotated, compressed. All give the same table apart from where the bytes came from. And with losses: every report that is
whole in what remains is found, and nothing else."""
import csv
import gzip
import itertools
import json
import os
import random
import struct
import tempfile
import unittest
from pathlib import Path

import harness
from carriers import (LINKS, TUNNELS, block, enhanced, ether, fragments4, fragments6, interface, ipv4, lz4_file, pcap_file,
                      section, zstd_file)  # fmt: skip
from pcap import ACK, FIN, PSH, SYN, Capture

SERVER = ("192.0.2.1", 8888)
SEED = int(os.environ.get("PROPERTY_SEED", "8888"), 0)
PROVENANCE = {"capture_time", "skew_s", "stream", "stream_offset", "capture_file", "packets", "source", "destination",
              "answers"}  # fmt: skip
UNPROVEN = {"truncated", "damaged", "checksum_bad"}
DEVICES = ["861785001515349", "860262050009146", "867688038677542", "353327020115804"]


def gotop(device, n):
    if n % 4 == 3:
        return f"#{device},CMD-X#".encode()
    return (f"#{device},CMD-T,A,DATE:260101,TIME:0000{n:02d},LAT:59.93265{n:02d}N,LOT:010.7875033E,Speed:005.5,"
            f"X-X-X-X-49-5,000,24202-0ED9-D93B#").encode()  # fmt: skip


def startek(device, n):
    """docs/STARTEK.md 1.1: the length counts from the comma in front of the id to the byte before the checksum."""
    body = (f",{device},000,{0 if n % 3 else 31},,2601010000{n:02d},A,22.678655,114.0462{n:02d},14,1.1,{n},231,71,5,"
            f"460|0|249F|0099C257,28,0000003D,00,00,0493|0199|0000|0000,1,,").encode()  # fmt: skip
    frame = b"&&%c%d" % (65 + n, len(body)) + body
    return frame + b"%02X\r\n" % (sum(frame) % 256)


def report(index, n):
    return (startek if index % 2 else gotop)(DEVICES[index], n)


class Connection:
    """A device on TCP: its bytes, and the segments that they are sent in."""

    def __init__(self, rng, index, isn=None):
        self.client = (f"10.0.0.{index + 1}", 40000 + index)
        self.isn = rng.randrange(2**32) if isn is None else isn
        self.frames = [report(index, n) for n in range(14)]
        self.data = b"".join(self.frames)
        self.segments, start = [], 0
        while start < len(self.data):
            end = min(len(self.data), start + rng.choice((rng.randint(1, 30), rng.randint(60, 200), 300)))
            self.segments.append((start, end))
            start = end

    def send(self, capture, step):
        """The step-th packet of the connection; False if it is over."""
        opening = [(True, 0, 0, SYN), (False, 0, 1, SYN | ACK), (True, 1, 1, ACK)]
        if step < 3:
            self.packet(capture, *opening[step])
        elif step - 3 < len(self.segments):
            start, end = self.segments[step - 3]
            self.packet(capture, True, 1 + start, 1, ACK | PSH, self.data[start:end])
        elif step - 3 == len(self.segments):
            self.packet(capture, True, 1 + len(self.data), 1, ACK | FIN)
            self.packet(capture, False, 1, 2 + len(self.data), ACK | FIN)
        return step - 3 <= len(self.segments)

    def packet(self, capture, up, position, ack, flags, payload=b""):
        ends = (self.client, SERVER) if up else (SERVER, self.client)
        own, other = (self.isn, 7000) if up else (7000, self.isn)
        acked = (other + ack) % 2**32 if flags & ACK else 0
        capture.tcp(*ends, (own + position) % 2**32, acked, flags, payload)


def traffic(rng):
    """(time, IP packet) of two devices on TCP, one of them across the wrap of its sequence numbers, and two on UDP; and the
    connections."""
    capture = Capture()
    connections = [Connection(rng, 0, 2**32 - 500), Connection(rng, 1)]
    for step in range(400):
        more = [connection.send(capture, step) for connection in connections]
        if step % 5 == 0 and step < 70:
            capture.time += 100  # without identification, what comes sooner again is a copy
            for index in (2, 3):
                capture.udp((f"10.0.0.{index + 1}", 40000 + index), SERVER, report(index, step // 5))
        if not any(more) and step >= 70:
            break
    return packets_of(capture), connections


def packets_of(capture):
    out = []
    for record in capture.records:
        second, micro = struct.unpack_from("<II", record)
        out.append((second * 10**9 + micro * 1000, record[30 : 30 + struct.unpack_from(">H", record, 32)[0]]))
    return out


def is_udp(packet):
    return packet[9] == 17


def flags_of(packet):
    return 0 if is_udp(packet) else packet[33]


def disorder(rng, packets, window):
    """Segments up to so many packets later; datagrams keep their order among themselves. The times stay in order."""
    places = [(i if is_udp(p) else i + rng.uniform(0, window), i) for i, (_, p) in enumerate(packets)]
    return [(packets[i][0], packets[j][1]) for i, (_, j) in enumerate(sorted(places))]


def each(packets, change):
    """The packets with each replaced by those that change() gives."""
    return [(time, new) for time, packet in packets for new in change(packet)]


def framed(packets, frame=ether):
    return [(time, frame(packet)) for time, packet in packets]


class FieldTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-field-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.rng = random.Random(SEED)
        self.packets, self.connections = traffic(self.rng)

    def file(self, name, data):
        (self.folder / name).write_bytes(data)
        return self.folder / name

    def read(self, *captures, status=0, options=()):
        done = harness.s7timeline("-q", "--stdout", *options, *captures, cwd=self.folder)
        self.assertEqual(done.returncode, status, done.stderr)
        return harness.read_csv(done.stdout)


class SameTableTest(FieldTest):
    def setUp(self):
        super().setUp()
        self.expected = self.table(self.file("plain.pcap", pcap_file(framed(self.packets))))
        sent = sorted(frame for index in range(4) for frame in (report(index, n) for n in range(14)))
        self.assertEqual(sorted(harness.unescape(raw["raw"]) for raw in map(dict, self.expected)), sent)

    def table(self, *captures):
        rows = [{k: v for k, v in row.items() if k not in PROVENANCE} for row in self.read(*captures)]
        return sorted(tuple(row.items()) for row in rows)

    def same(self, name, data):
        self.assertEqual(self.table(self.file("x.pcap", data)), self.expected, name)

    def test_link_layers(self):
        for name, (link, frame) in LINKS.items():
            with self.subTest(name):
                self.same(name, pcap_file(framed(self.packets, frame), link))

    def test_tunnels(self):
        for name, carry in TUNNELS.items():
            with self.subTest(name):
                self.same(name, pcap_file(framed(each(self.packets, lambda p: [carry(p)]))))

    def split(self, packets, order=lambda parts: parts):
        ident = iter(range(1, 60000))
        cut = lambda p: (fragments4 if p[0] >> 4 == 4 else fragments6)(p, next(ident))
        return each(packets, lambda p: order(cut(p)))

    def test_fragments(self):
        orders = {"in order": lambda p: p, "backwards": lambda p: p[::-1], "twice": lambda p: p + p,
                  "any order": lambda p: self.rng.sample(p, len(p))}  # fmt: skip
        for name, order in orders.items():
            for carry in (None, "6in4", "gtp-u", "4in6"):
                with self.subTest(name, inside=carry):
                    inside = self.split(self.packets, order)
                    if carry and carry != "6in4":
                        inside = each(inside, lambda p: [TUNNELS[carry](p)])
                    self.same(name, pcap_file(framed(inside)))
            for carry in ("gtp-u", "4in6", "vxlan", "gre"):
                with self.subTest(name, around=carry):
                    carried = each(self.packets, lambda p: [TUNNELS[carry](p)])
                    self.same(name, pcap_file(framed(self.split(carried, order))))

    def test_disorder_and_copies(self):
        for window in (2, 5, 12):
            for twice in (False, True):
                with self.subTest(window=window, twice=twice):
                    packets = disorder(self.rng, self.packets, window)
                    self.same("x", pcap_file(framed([p for p in packets for _ in range(1 + twice)])))

    def test_no_handshake(self):
        """A capture that begins within the conversations, in order and not."""
        rest = [p for p in self.packets if not flags_of(p[1]) & SYN]
        self.same("in order", pcap_file(framed(rest)))
        for round_ in range(10):
            with self.subTest(round_):
                self.same("disorder", pcap_file(framed(disorder(self.rng, rest, 6))))

    def test_two_taps(self):
        """Each packet again a little later, one hop on, in another interface and link layer."""
        parts = [section(), interface(1), interface(113, resolution=9)]
        for time, packet in self.packets:
            second = packet[:8] + bytes([packet[8] - 1]) + packet[9:]
            parts.append(enhanced(0, time, ether(packet)))
            parts.append(enhanced(1, time + 300001, LINKS["linux cooked 1"][1](second), resolution=9))
        self.same("two taps", b"".join(parts))

    def test_pcap_forms(self):
        for order in "<>":
            for nanoseconds in (False, True):
                with self.subTest(order=order, nanoseconds=nanoseconds):
                    self.same("x", pcap_file(framed(self.packets), 1, order, nanoseconds))

    def test_pcapng(self):
        """Interfaces of different link types, units and offsets of time, in sections of both byte orders, with blocks that
        are not known between."""
        links, parts = list(LINKS.values()), []
        middle = len(self.packets) // 2
        for order, half in (("<", self.packets[:middle]), (">", self.packets[middle:])):
            parts.append(section(order))
            forms = [(9, 0), (6, 0), (3, 1700000000)]
            for number, (link, _) in enumerate(links):
                parts.append(interface(link, order, *forms[number % 3]))
            for time, packet in half:
                number = self.rng.randrange(len(links))
                parts.append(enhanced(number, time, links[number][1](packet), order, *forms[number % 3]))
                parts.append(block(0x40000BAD, b"other", order))
        self.same("pcapng", b"".join(parts))

    def test_compressed(self):
        plain = pcap_file(framed(self.packets))
        for name, data in (("gz", gzip.compress(plain, mtime=0)), ("zst", zstd_file(plain)), ("lz4", lz4_file(plain))):
            with self.subTest(name):
                self.same(name, data)

    def test_rotated_files_in_any_order(self):
        paths, links = [], list(LINKS.values())
        size = len(self.packets) // 7 + 1
        for number, at in enumerate(range(0, len(self.packets), size)):
            link, frame = links[number]
            data = pcap_file(framed(self.packets[at : at + size], frame), link)
            paths.append(self.file(f"part{number}", gzip.compress(data) if number % 2 else data))
        for order in (paths, paths[::-1]):
            self.assertEqual(self.table(*order), self.expected)

    def test_everything_at_once(self):
        """Link layer, tunnels, fragments, copies, order and form at random."""
        for round_ in range(12):
            rng = random.Random(SEED + round_)
            carry = rng.sample(list(TUNNELS.values()), rng.randint(0, 2))
            link, frame = rng.choice(list(LINKS.values()))
            packets = disorder(rng, self.packets, rng.choice((0, 4)))
            for tunnel in carry:
                packets = each(packets, lambda p: [tunnel(p)])
            if rng.random() < 0.5:
                packets = self.split(packets, lambda p: rng.sample(p, len(p)))
            with self.subTest(round_):
                self.same("x", pcap_file(framed(packets, frame), link, rng.choice("<>"), rng.random() < 0.5))


class StateTest(FieldTest):
    """What TCP does besides: the reports are the same, each once."""

    def check(self, wanted, *calls):
        capture = Capture()
        client = ("10.0.0.9", 5000)
        for up, seq, ack, flags, payload in calls:
            capture.tcp(*((client, SERVER) if up else (SERVER, client)), seq % 2**32, ack % 2**32, flags, payload)
        rows = self.read(self.file("state.pcap", capture.bytes()))
        if wanted is not None:
            self.assertEqual([harness.unescape(row["raw"]) for row in rows], wanted)
        return rows

    A, B = gotop(DEVICES[0], 0), gotop(DEVICES[0], 1)

    def test_simultaneous_open(self):
        a, b, n = self.A, self.B, len(self.A)
        self.check([a, b], (True, 10, 0, SYN, b""), (False, 90, 0, SYN, b""), (True, 10, 91, SYN | ACK, b""),
                   (False, 90, 11, SYN | ACK, b""), (True, 11, 91, ACK, a), (True, 11 + n, 91, ACK, b))  # fmt: skip

    def test_data_on_syn_behind_fin_and_behind_rst(self):
        a, b, n = self.A, self.B, len(self.A)
        self.check([a, b], (True, 10, 0, SYN, a), (True, 11 + n, 0, ACK | FIN, b""), (True, 12 + n, 0, ACK, b))
        self.check([a, b], (True, 10, 0, SYN, b""), (True, 11, 0, ACK, a), (False, 1, 0, 4, b""), (True, 11 + n, 0, ACK, b))

    def test_keep_alive_and_zero_window_probe(self):
        a, b, n = self.A, self.B, len(self.A)
        self.check([a, b], (True, 10, 0, SYN, b""), (True, 11, 0, ACK, a), (True, 10 + n, 0, ACK, b"\0"),
                   (True, 10 + n, 0, ACK, b""), (True, 11 + n, 0, ACK, b[:1]), (True, 11 + n, 0, ACK, b[:1]),
                   (True, 11 + n, 0, ACK, b))  # fmt: skip

    def test_begun_in_the_middle(self):
        """Two dialogues within the first second: each answer finds its command; in another order nothing is lost."""
        a, b, n = self.A, self.B, len(self.A)
        command, answer = b":123456M1,005S#", self.A.replace(b"CMD-T", b"CMD-M")
        m, k = len(command), len(answer)
        said = [(True, 10, 90, ACK, a[:20]), (True, 30, 90, ACK, a[20:]), (False, 90, 10 + n, ACK, command), (True, 10 + n, 90 + m, ACK, answer),
                (True, 10 + n + k, 90 + m, ACK, b), (False, 90 + m, 10 + 2 * n + k, ACK, command),
                (True, 10 + 2 * n + k, 90 + 2 * m, ACK, answer)]  # fmt: skip
        masked = command.replace(b"123456", b"******")
        rows = self.check([a, masked, answer, b, masked, answer], *said)
        self.assertEqual([row["answers"] for row in rows], ["", "", "f1:3", "", "", "f1:6"])
        for order in itertools.permutations(range(4)):
            frames = self.check(None, *[said[i] for i in order], *said[4:])
            self.assertEqual(sorted(row["code"] for row in frames), sorted(row["code"] for row in rows), order)

    def test_acknowledged_and_never_captured(self):
        """Data that comes behind its acknowledgement is no gap; what never comes is one, also at the end."""
        a, b, n = self.A, self.B, len(self.A)
        opening = [(True, 10, 0, SYN, b""), (False, 90, 11, SYN | ACK, b"")]
        opening += [(False, 91, 11 + n, ACK, b""), (True, 11, 91, ACK, a)]
        beyond, later, late = (False, 91, 11 + 2 * n, ACK, b""), (True, 11 + 2 * n, 91, ACK, b), (True, 11 + n, 91, ACK, b)
        gap = [(str(n), str(n))]
        for more, gaps in (([beyond], gap), ([later], gap), ([beyond, late], []), ([beyond, later, late], [])):
            self.check(None, *opening, *more)
            done = harness.s7timeline("-q", "-o", self.folder / "out", "--force", self.folder / "state.pcap")
            self.assertEqual(done.returncode, 0, done.stderr)
            kept = csv.DictReader((self.folder / "out" / "leftovers.csv").read_text().splitlines())
            self.assertEqual([(row["stream_offset"], row["bytes"]) for row in kept if row["reason"] == "gap"], gaps)

    def test_port_reuse(self):
        a, b = self.A, self.B
        rows = self.check([a, b], (True, 10, 0, SYN, b""), (True, 11, 0, ACK, a), (True, 900000, 0, SYN, b""),
                          (True, 900001, 0, ACK, b))  # fmt: skip
        self.assertEqual([row["stream"] for row in rows], ["1", "2"])

    def overlap(self, *options):
        """A report of which other bytes come once more; then two versions that wait behind a hole."""
        late, n = self.B.replace(b"Speed:005.5", b"Speed:077.7"), len(self.A)
        capture, client = Capture(), ("10.0.0.9", 5000)
        capture.tcp(client, SERVER, 10, 0, SYN)
        capture.tcp(client, SERVER, 11, 0, ACK, self.A)
        capture.tcp(client, SERVER, 11, 0, ACK, self.A.replace(b"59.93", b"48.13"))
        capture.tcp(client, SERVER, 12 + n, 0, ACK, self.B[1:])
        capture.tcp(client, SERVER, 12 + n, 0, ACK, late[1:])
        capture.tcp(client, SERVER, 11 + n, 0, ACK, b"#")
        path = self.file("overlap.pcap", capture.bytes())
        done = harness.s7timeline("-q", "-o", self.folder / "out", "--force", *options, path)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = harness.read_csv((self.folder / "out" / "devices" / f"{DEVICES[0]}.csv").read_bytes())
        kept = csv.DictReader((self.folder / "out" / "leftovers.csv").read_text().splitlines())
        return [row["speed_kmh"] for row in rows], [tuple(row[k] for k in (
            "stream_offset", "bytes", "reason", "counted", "packets", "raw", "raw_refused")) for row in kept]

    def test_overlap_policies(self):
        first = (str(self.A.index(b"59.93")), "4", "overlap", "0", "2;3", "59.9", "48.1")
        place = str(len(self.A) + self.B.index(b"005.5") + 1)
        self.assertEqual(self.overlap(), (["5.5", "5.5"], [first, (place, "4", "overlap", "0", "4;5", "05.5", "77.7")]))
        self.assertEqual(self.overlap("--overlap", "last"),
                         (["5.5", "77.7"], [first, (place, "4", "overlap", "0", "4;5", "77.7", "05.5")]))  # fmt: skip


class LimitTest(FieldTest):
    """Each limit, reached: counted, said, and everything that came whole is there."""

    def reach(self, name, packets, *options, before=()):
        """before: limits that must be reached, too, on the way to this one."""
        path = self.file("limit.pcap", pcap_file(framed(packets)))
        done = harness.s7timeline("-o", self.folder / "out", "--force", *options, path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"{name} (", done.stdout.decode())
        manifest = json.loads((self.folder / "out" / "manifest.json").read_text())
        self.assertGreater(manifest["limits_reached"][name], 0)
        self.assertEqual(list(manifest["limits_reached"]), [*before, name])
        ledger = manifest["ledger"]
        self.assertEqual(ledger["payload_bytes"], ledger["frame_bytes"] + ledger["leftover_bytes"])
        raws = [harness.unescape(row["raw"]) for path in (self.folder / "out" / "devices").glob("*.csv")
                for row in harness.read_csv(path.read_bytes())]  # fmt: skip
        return manifest["limits"][name], sorted(raws)

    def holes(self, count):
        """Connections, each with a hole of ten bytes before its only report."""
        capture, frames = Capture(), []
        for i in range(count):
            client = (f"10.1.0.{i + 1}", 6000)
            capture.tcp(client, SERVER, 100, 0, SYN)
            frames.append(gotop(DEVICES[0], i % 3))
            capture.tcp(client, SERVER, 111, 0, ACK, frames[-1])
        return packets_of(capture), sorted(frames)

    def test_streams(self):
        packets, frames = self.holes(9)
        self.assertEqual(self.reach("open_conversations", packets, "--max-streams", "3"), (3, frames))

    def test_bytes_behind_holes(self):
        packets, frames = self.holes(9)
        self.assertEqual(self.reach("waiting_bytes", packets, "--max-waiting", "100"), (100, frames))
        self.assertEqual(self.reach("waiting_bytes_total", packets, "--max-waiting-total", "1K"), (1024, frames))

    def test_segments_behind_holes(self):
        capture, frames = Capture(), [gotop(DEVICES[0], n) for n in range(3)]
        capture.tcp(("10.1.0.1", 6000), SERVER, 100, 0, SYN)
        for n, frame in enumerate(frames):
            capture.tcp(("10.1.0.1", 6000), SERVER, 1000 * (n + 1), 0, ACK, frame)
        self.assertEqual(self.reach("waiting_segments", packets_of(capture), "--max-segments", "2"), (2, sorted(frames)))

    def test_holes_that_are_given_up(self):
        """Bytes are missing in front of each of 1,100 heartbeats. What comes late of the last hole is used, of the first not."""
        capture, frame, late = Capture(), gotop(DEVICES[0], 0), gotop(DEVICES[0], 1)
        capture.tcp(("10.1.0.1", 6000), SERVER, 0, 0, SYN)
        for n in range(1100):
            capture.tcp(("10.1.0.1", 6000), SERVER, 1001 + n * 1000, 0, ACK, frame)
        for n in (0, 1090):
            capture.tcp(("10.1.0.1", 6000), SERVER, 501 + n * 1000, 0, ACK, late)
        reached = self.reach("remembered_holes", packets_of(capture), "--max-segments", "2", before=["waiting_segments"])
        self.assertEqual(reached, (1024, sorted([frame] * 1100 + [late])))

    def test_fragments(self):
        """The first fragments of six datagrams, each with a whole report in it, of which the rest never comes; then one
        that is whole."""
        frame, packets = gotop(DEVICES[0], 0), []
        for ident in range(7):
            capture = Capture()
            capture.udp(("10.1.0.1", 6000 + ident), SERVER, frame + b"\r\n" * 60)
            (time, packet), = packets_of(capture)
            parts = fragments4(packet, ident + 1, 160)
            self.assertEqual(len(parts), 2)
            packets += [(time + ident, part) for part in (parts if ident == 6 else parts[:1])]
        self.assertEqual(self.reach("fragmented_datagrams", packets, "--max-datagrams", "3"), (3, [frame] * 7))
        self.assertEqual(self.reach("fragment_bytes", packets, "--max-fragment-bytes", "2000"), (2000, [frame] * 7))


    def test_unfinished_frames(self):
        """Halves of nine reports: of the first five the memory is given up, so that the rest of the first comes too late."""
        frames = [gotop(DEVICES[0], n % 3) for n in range(9)]
        halves, capture = [frame[:60] for frame in frames], Capture()
        for n in range(9):
            capture.tcp((f"10.1.0.{n + 1}", 6000), SERVER, 100, 0, SYN)
        for n, part in [*enumerate(halves), *((n, frames[n][60:]) for n in (0, 7, 8))]:
            sequence = 101 if part == halves[n] else 161
            capture.tcp((f"10.1.0.{n + 1}", 6000), SERVER, sequence, 0, ACK, part)
        found = self.reach("unfinished_bytes", packets_of(capture), "--max-unfinished", "400")
        self.assertEqual(found, (400, sorted(halves[:7] + frames[7:])))

    def test_listed_copies(self):
        """A command waits, and all behind it, as much as can; then the last report is captured again."""
        capture, beat = Capture(), b"#%s,CMD-X#" % DEVICES[0].encode()
        capture.udp(SERVER, ("10.1.0.1", 6000), b":123456F#")
        for _ in range(1023):
            capture.udp(("10.1.0.1", 6000), SERVER, beat)
        packets = packets_of(capture)
        packets.append((packets[-1][0] + 500000, packets[-1][1]))
        self.assertEqual(self.reach("listed_copies", packets)[1], sorted([b":******F#"] + [beat] * 1023))
        rows = harness.read_csv((self.folder / "out" / "devices" / f"{DEVICES[0]}.csv").read_bytes())
        self.assertEqual([row["packets"] for row in rows], [str(n + 1) for n in range(1024)])

    def test_documents_name_each_limit(self):
        text = (harness.TESTS.parent / "docs" / "COLUMNS.md").read_text()
        done = harness.s7timeline("-q", "-o", self.folder / "out", self.file("x.pcap", pcap_file([])))
        self.assertEqual(done.returncode, 0, done.stderr)
        limits = json.loads((self.folder / "out" / "manifest.json").read_text())["limits"]
        self.assertGreater(len(limits), 15)
        for name in limits:
            self.assertIn(f"`{name}`", text)


class RecoverTest(FieldTest):
    """With packets lost, the generator knows which reports are whole in what remains."""

    def whole(self, connection, ranges):
        """The frames of which every byte is in the ranges. The line end of startek is no part of what proves a frame."""
        have = bytearray(len(connection.data))
        for start, end in ranges:
            have[start:end] = b"\1" * (end - start)
        out, at = [], 0
        for frame in connection.frames:
            if all(have[at : at + len(frame.rstrip(b"\r\n"))]):
                out.append(frame)
            at += len(frame)
        return out

    def test_lost_packets(self):
        lost_frames = 0
        for round_ in range(25):
            rng = random.Random(SEED * 100 + round_)
            packets, connections = traffic(rng)
            rest = [p for p in packets if rng.random() >= 0.12]
            wanted = []
            for connection in connections:
                wanted += self.whole(connection, self.ranges(connection, rest))
            wanted += [packet[28:] for _, packet in rest if is_udp(packet)]
            sent = sum(len(c.frames) for c in connections) + sum(is_udp(p) for _, p in packets)
            lost_frames += sent - len(wanted)
            rest = disorder(rng, rest, rng.choice((0, 3)))
            rows = self.read(self.file("loss.pcap", pcap_file(framed(rest))))
            good = [row for row in rows if not UNPROVEN & set(row["flags"].split(";"))]
            with self.subTest(round_):
                found = sorted(harness.unescape(row["raw"]).rstrip(b"\r\n") for row in good)
                self.assertEqual(found, sorted(frame.rstrip(b"\r\n") for frame in wanted))
                self.assertEqual({row["kind"] for row in rows if row not in good} - {"unknown"}, set())
        self.assertGreater(lost_frames, 100)

    def ranges(self, connection, packets):
        client = bytes(map(int, connection.client[0].split(".")))
        for _, packet in packets:
            if not is_udp(packet) and packet[12:16] == client and len(packet) > 40:
                start = (struct.unpack_from(">I", packet, 24)[0] - connection.isn - 1) % 2**32
                yield start, start + len(packet) - 40

    def test_lost_fragments(self):
        """A datagram that lacks a fragment gives the reports that are whole before the first hole."""
        for round_ in range(20):
            rng = random.Random(SEED * 200 + round_)
            packets, wanted = [], []
            for n in range(8):
                capture = Capture()
                frames = [gotop(DEVICES[2], 2 * n + k) for k in range(2)]
                capture.udp(("10.0.0.7", 7000), SERVER, b"".join(frames))
                (time, packet), = packets_of(capture)
                parts = fragments4(packet, n + 1, 64)
                lost = rng.choice((None, rng.randrange(len(parts))))
                reach = len(packet) if lost is None else 64 * lost - 8
                wanted += [f for k, f in enumerate(frames) if reach >= sum(map(len, frames[: k + 1]))]
                packets += [(time + n * 10**9, part) for i, part in enumerate(parts) if i != lost]
            rows = self.read(self.file("loss.pcap", pcap_file(framed(packets))))
            good = [row for row in rows if not UNPROVEN & set(row["flags"].split(";"))]
            with self.subTest(round_):
                self.assertEqual(sorted(harness.unescape(row["raw"]) for row in good), sorted(wanted))

    def test_snap_length(self):
        """Frames cut by the snap length: what is whole in the captured part, nothing of the rest."""
        for snaplen in (100, 150, 200, 260):
            wanted = []
            for connection in self.connections:
                kept = [(start, min(end, start + max(0, snaplen - 54))) for start, end in connection.segments]
                wanted += self.whole(connection, kept)
            for _, packet in self.packets:
                if is_udp(packet) and len(packet[28:].rstrip(b"\r\n")) <= snaplen - 42:
                    wanted.append(packet[28:])
            rows = self.read(self.file("snap.pcap", pcap_file(framed(self.packets), snaplen=snaplen)))
            good = [row for row in rows if not UNPROVEN & set(row["flags"].split(";"))]
            with self.subTest(snaplen):
                found = sorted(harness.unescape(row["raw"]).rstrip(b"\r\n") for row in good)
                self.assertEqual(found, sorted(frame.rstrip(b"\r\n") for frame in wanted))


if __name__ == "__main__":
    unittest.main(verbosity=2)
