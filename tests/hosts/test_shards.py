# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures read in shards, told in parts and gathered: the same bytes as of one run, whatever the captures hold; what is
missing, doubled, of other options or damaged is refused or named, never used unseen."""
import filecmp
import json
import os
import random
import re
import shutil
import struct
import tempfile
import unittest
import zlib
from pathlib import Path

import harness
from carriers import ether, fragments4, gtp, ipv4, pcap_file, udp
from pcap import ACK, FIN, PSH, SYN, Capture
from test_field import DEVICES, SERVER, gotop, packets_of, startek

SAMPLES = harness.TESTS.parent / "samples" / "captures"
SEED = int(os.environ.get("PROPERTY_SEED", "8888"), 0)
BOUNDARY = 100  # bytes: every head of a record file is longer


def frame(device, n):
    return (startek if DEVICES.index(device) % 2 else gotop)(device, n % 60)


def city(rng, clients=12, steps=14, device=None):
    """(time, IP packet): conversations over TCP and UDP of a few devices, each of which has several; commands too."""
    capture = Capture()
    sent = {}
    for step in range(steps):
        for client in rng.sample(range(clients), clients):
            capture.time += rng.randint(1, 700)
            end, owner = (f"10.0.{client}.7", 40000 + client), device or DEVICES[client % 4]
            report = frame(owner, step)
            if client % 3 == 0:
                capture.udp(end, SERVER, report)
                if step % 5 == 4:
                    capture.udp(SERVER, end, b":123456F#")
                continue
            if step == 0:
                capture.tcp(end, SERVER, 1000, 0, SYN)
                capture.tcp(SERVER, end, 7000, 1001, SYN | ACK)
                sent[client] = 1001
            cut = rng.randint(1, len(report) - 1)
            for piece in (report[:cut], report[cut:]):
                capture.tcp(end, SERVER, sent[client], 7001, ACK | PSH, piece)
                sent[client] += len(piece)
            if step == steps - 2 and client % 4 == 1:
                capture.tcp(end, SERVER, sent[client], 7001, ACK | FIN)
                capture.tcp(SERVER, end, 7001, sent[client] + 1, ACK | FIN)
    return packets_of(capture)


def plain(packets):
    return [(time, ether(packet)) for time, packet in packets]


def carried(packets):
    """Each client its own way: plain, in tunnels, in fragments, in fragments within and around tunnels."""
    out = []
    for number, (time, packet) in enumerate(packets):
        client = packet[14] if packet[12] == 10 else packet[18]
        tunnel = gtp(packet, 0x100 + number % 3)
        vxlan = ipv4(17, udp(4789, bytes.fromhex("0800000000002a00") + ether(packet)))
        ways = [[packet], [tunnel], [vxlan], fragments4(packet, number), fragments4(tunnel, number, 48),
                [gtp(part) for part in fragments4(packet, number, 64)]]  # fmt: skip
        out += [(time, ether(part)) for part in ways[client % len(ways)]]
    return out


def lossy(rng, records):
    """Some are missing, some come late, some twice."""
    out = []
    for time, packet in records:
        draw = rng.random()
        if draw > 0.06:
            out.append((time + (900_000_000 if draw < 0.12 else 0), packet))
        if draw > 0.95:
            out.append((time + 200_000, packet))
    return sorted(out, key=lambda record: record[0])


def translated(packets):
    """In front of and behind address translation: the second copy has another client address."""
    out = []
    for time, packet in packets:
        out.append((time, packet))
        at = 12 if packet[12] == 10 else 16
        moved = packet[:at] + bytes([100, 64]) + packet[at + 2 :]
        out.append((time + 1_000_000, moved))
    return out


def set_back(records):
    return [(time - (3_600_000_000_000 if number > len(records) // 2 else 0), packet)
            for number, (time, packet) in enumerate(records)]  # fmt: skip


class Pieces(unittest.TestCase):
    """The three pieces, and what their results must be."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-shards-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def capture(self, name, records):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(pcap_file(records, nanoseconds=True))
        return path

    def run_it(self, *arguments, status=0):
        done = harness.s7timeline("-q", *arguments)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr

    def read(self, count, *arguments, status=0):
        """The folder with the records of all shards."""
        records = self.folder / f"records-{count}"
        for number in range(1, count + 1):
            self.run_it("--shard", f"{number}/{count}", "--records", records, *arguments, status=status)
        return records

    def tell(self, records, count, status=0):
        """The folders of all parts."""
        parts = []
        for number in range(1, count + 1):
            parts.append(self.folder / f"{records.name}-part-{number}-of-{count}")
            self.run_it("--force", "--from", records, "--part", f"{number}/{count}", "-o", parts[-1], status=status)
        return parts

    def gather(self, parts, status=0):
        result = self.folder / "gathered"
        shutil.rmtree(result, ignore_errors=True)
        self.run_it("--gather", *parts, "-o", result, status=status)
        return result

    def assert_same(self, one, other):
        """All files but the manifests; of these all but what says from which pieces the result was made."""
        names = [sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()) for folder in (one, other)]
        self.assertEqual(*names)
        _, wrong, errors = filecmp.cmpfiles(one, other, [n for n in names[0] if n != "manifest.json"], shallow=False)
        self.assertEqual(errors, [])
        for name in wrong:
            self.assertEqual((one / name).read_text(), (other / name).read_text(), name)
        manifests = [json.loads((folder / "manifest.json").read_text()) for folder in (one, other)]
        shards = manifests[1].pop("shards")
        self.assertEqual(manifests[1].pop("records_damage"), [])
        self.assertEqual(*manifests)
        ledger = manifests[0]["ledger"]
        for key in ("payload_bytes", "frame_bytes", "leftover_bytes"):
            self.assertEqual(sum(shard[key] for shard in shards), ledger[key])
        self.assertEqual(ledger["payload_bytes"], ledger["frame_bytes"] + ledger["leftover_bytes"])
        self.assertEqual(sum(shard["streams"] for shard in shards), manifests[0]["totals"]["streams"])

    def check(self, *arguments, pieces=((2, 1), (3, 2), (7, 5)), status=0):
        one = self.folder / "one"
        shutil.rmtree(one, ignore_errors=True)
        self.run_it(*arguments, "-o", one, status=status)
        for shards, parts in pieces:
            with self.subTest(shards=shards, parts=parts):
                records = self.read(shards, *arguments, "--force", status=status)
                self.assert_same(one, self.gather(self.tell(records, parts, status), status))
        return one


class ShardTest(Pieces):
    def test_samples(self):
        self.check(SAMPLES, pieces=[(n, p) for n in (1, 2, 3, 7) for p in (1, 2, 5)])

    def test_ways_and_losses(self):
        rng = random.Random(SEED)
        packets = city(rng)
        self.check(self.capture("carried.pcap", carried(packets)))
        self.check(self.capture("lossy.pcap", lossy(rng, plain(packets))))
        one = self.check(self.capture("both.pcap", lossy(rng, carried(packets))))
        self.assertGreater(len((one / "leftovers.csv").read_text().splitlines()), 5)
        self.assertGreater(json.loads((one / "manifest.json").read_text())["totals"]["ip_fragments"]["incomplete"], 0)

    def test_two_taps(self):
        """The same packets from two files; on both sides of address translation they fall to different shards."""
        packets = city(random.Random(SEED + 1), clients=6)
        first = self.capture("taps/a.pcap", plain(packets))
        self.capture("taps/b.pcap", [(time + 300_000, gtp_frame) for time, gtp_frame in carried(packets)])
        one = self.check(first.parent)
        self.assertIn("duplicate", (one / "devices.csv").read_text())
        one = self.check(self.capture("nat.pcap", plain(translated(packets))))
        self.assertIn("duplicate", (one / "devices.csv").read_text())

    def test_rotated(self):
        """Files that end within connections, reports and fragments."""
        rng = random.Random(SEED + 2)
        records = lossy(rng, carried(city(rng)))
        for number, start in enumerate(range(0, len(records), 97)):
            path = self.capture(f"rotated/{number:02d}.pcap", records[start : start + 97])
        self.check(path.parent)

    def test_one_device_on_many_conversations(self):
        packets = city(random.Random(SEED + 3), clients=40, steps=4, device=DEVICES[0])
        capture = self.capture("one.pcap", plain(packets))
        one = self.check(capture, pieces=((1, 2), (7, 5)))
        self.assertEqual([p.name for p in (one / "devices").glob("*.csv")], [f"{DEVICES[0]}.csv"])
        self.check(capture, "--order", "capture", pieces=((7, 2),))

    def test_forms(self):
        """Files of one device are taken over; those of all devices are written where no part is missing."""
        capture = self.capture("x.pcap", plain(city(random.Random(SEED + 10), clients=8)))
        tracks, forms = ["--tracks", "gpx,kml,geojson"], ["--geopackage", "--jsonl", "--timesketch", "--report"]
        records, one, told = self.read(2, capture), self.folder / "one", self.folder / "told"
        self.run_it(capture, *tracks, "-o", one)
        parts = [self.folder / "a", self.folder / "b"]
        for number, part in enumerate(parts, 1):
            self.run_it("--from", records, "--part", f"{number}/2", *tracks, "-o", part)
        self.assert_same(one, self.gather(parts))
        self.run_it("--force", capture, *tracks, *forms, "-o", one)
        self.run_it("--from", records, *tracks, *forms, "-o", told)
        (told / "part.notes").unlink()
        manifest = json.loads((told / "manifest.json").read_text())
        manifest["outputs"] = [output for output in manifest["outputs"] if output["name"] != "part.notes"]
        (told / "manifest.json").write_text(json.dumps(manifest))
        self.assert_same(one, told)
        for form in forms:
            self.assertIn("without --part", self.run_it("--from", records, "--part", "1/2", form, "-o", told, status=2))
            self.assertIn("is given with --from", self.run_it("--records", records, form, capture, status=2))

    def test_options(self):
        rng = random.Random(SEED + 4)
        capture = self.capture("x.pcap", lossy(rng, carried(city(rng))))
        mapping = self.folder / "map"
        shutil.copy(harness.TESTS.parent / "docs" / "mapping.example", mapping)
        chosen = ["--device", DEVICES[0], "--device", DEVICES[3], "--since", "2026-01-01T00:00:10Z"]
        for options in (["--port", "any", "--show-secrets"], [*chosen, "--no-hash"], ["--map", mapping, "--no-csv-guard"],
                        ["--filter", "not host 10.0.2.7", "--overlap", "last", "--idle-time", "20"]):  # fmt: skip
            self.check(capture, *options, pieces=((3, 2),))

    def test_clock_set_back(self):
        rng = random.Random(SEED + 5)
        packets = city(rng)
        self.check(self.capture("back.pcap", plain(set_back(packets))))
        self.check(self.capture("lost.pcap", set_back(lossy(rng, carried(packets)))), "--order", "capture")

    def test_damaged_capture(self):
        """Every piece says so, and what is there is used."""
        whole = pcap_file(plain(city(random.Random(SEED + 6))), nanoseconds=True)
        capture = self.folder / "cut.pcap"
        capture.write_bytes(whole[: len(whole) // 2])
        self.check(capture, pieces=((3, 2),), status=1)

    def test_two_sites(self):
        """Captures that no machine has together: each site reads its own."""
        sites = []
        for number in range(2):
            packets = city(random.Random(SEED + 7 + number), clients=5)
            moved = [(time + 1234567 * number, p.replace(b"\x0a\0", bytes([10, 9]), 0 if number == 0 else 1))
                     for time, p in packets]  # fmt: skip
            sites.append(self.capture(f"site-{number}/x.pcap", plain(moved)))
        one, records = self.folder / "one", [self.folder / "first", self.folder / "second"]
        self.run_it(*sites, "-o", one)
        for shard in "12":
            self.run_it("--shard", f"{shard}/2", "--records", records[0], sites[0])
        self.run_it("--records", records[1], sites[1])
        parts = [self.folder / "p1", self.folder / "p2"]
        for number, part in enumerate(parts, 1):
            self.run_it("--from", *records, "--part", f"{number}/2", "-o", part)
        gathered = self.gather(parts)
        manifests = [json.loads((folder / "manifest.json").read_text()) for folder in (one, gathered)]
        names = [[i.pop("name") for i in manifest["inputs"]] for manifest in manifests]
        self.assertEqual(names, [["site-0/x.pcap", "site-1/x.pcap"], ["x.pcap", "x.pcap"]])
        manifests[0].pop("clocks")  # of captures of two sites nothing is compared
        for folder, manifest in zip((one, gathered), manifests):
            (folder / "manifest.json").write_text(json.dumps(manifest))
        self.assert_same(one, gathered)


class RefusalTest(Pieces):
    """What does not fit together, and what is cut or damaged."""

    def setUp(self):
        super().setUp()
        self.source = self.capture("x.pcap", plain(city(random.Random(SEED + 9), clients=8)))

    def refuse(self, status, text, *arguments):
        self.assertIn(text, self.run_it(*arguments, status=status))
        self.assertFalse((self.folder / "no").exists())

    def test_pieces_that_do_not_fit(self):
        records, no = self.read(3, self.source), self.folder / "no"
        shard = records / "shard-2-of-3.records"
        shutil.copy(shard, self.folder / "copy.records")
        self.refuse(3, "is the same shard as", "--from", records, self.folder / "copy.records", "-o", no)
        shard.rename(self.folder / "kept")
        self.refuse(3, "shard 2 of 3 is missing", "--from", records, "-o", no)
        self.refuse(4, "exists", "--shard", "1/3", "--records", records, self.source)
        self.run_it("--shard", "2/3", "--records", records, "--order", "capture", self.source)
        self.refuse(3, "has other options than", "--from", records, "-o", no)
        (self.folder / "kept").rename(shard)
        other = self.capture("y.pcap", plain(city(random.Random(1), clients=3)))
        self.run_it("--shard", "1/2", "--records", records, other)
        self.refuse(3, "shard 2 of 2 is missing", "--from", records, "-o", no)
        (records / "shard-1-of-2.records").unlink()
        self.run_it("--shard", "1/2", "--records", records, self.source)
        self.refuse(3, "another number of shards", "--from", records, "-o", no)
        (self.folder / "empty").mkdir()
        self.refuse(3, "no record file", "--from", self.folder / "empty", "-o", no)
        self.refuse(3, "it is no record file", "--from", self.source, "-o", no)
        os.mkfifo(self.folder / "empty" / "nobody-writes.records")
        self.refuse(3, "it is no record file", "--from", self.folder / "empty", "-o", no)

    def test_parts_that_do_not_fit(self):
        records, no = self.read(2, self.source), self.folder / "no"
        parts = self.tell(records, 3)
        self.refuse(3, "part 2 of 3 is missing", "--gather", parts[0], parts[2], "-o", no)
        self.refuse(3, "a part that is there twice", "--gather", *parts, parts[1], "-o", no)
        self.refuse(3, "another number of parts", "--gather", *parts, *self.tell(records, 1), "-o", no)
        self.refuse(3, "part.notes is missing", "--gather", parts[0], records, "-o", no)
        other = self.read(5, self.source, "--no-hash")
        self.refuse(3, "told from other records", "--gather", parts[0], *self.tell(other, 3)[1:], "-o", no)
        notes = parts[1] / "part.notes"
        whole = notes.read_bytes()
        notes.write_bytes(whole[:-30])
        self.refuse(3, "cut or damaged", "--gather", *parts, "-o", no)
        notes.unlink()
        os.mkfifo(notes)
        self.refuse(3, "part.notes is none", "--gather", *parts, "-o", no)
        notes.unlink()
        notes.write_bytes(whole)
        device = next(path for part in parts for path in (part / "devices").iterdir())
        device.write_bytes(device.read_bytes() + b"x")
        self.assertIn("cannot take over", self.run_it("--gather", *parts, "-o", no, status=4))
        self.assertFalse((no / "manifest.json").exists())

    def test_versions(self):
        records = self.read(1, self.source) / "shard-1-of-1.records"
        whole = records.read_bytes()
        records.write_bytes(whole.replace(b"s7timeline records 1\n", b"s7timeline records 2\n", 1))
        self.refuse(3, "of version 2, and this program reads version 1", "--from", records, "-o", self.folder / "no")

    def test_damage_is_named(self):
        """Of a file that is cut or changed anywhere: refused, or named with status 1, and no row is there that was not sent.
        Whole records are used."""
        records = self.read(1, self.source) / "shard-1-of-1.records"
        whole, out = records.read_bytes(), self.folder / "out"
        self.run_it("--from", records, "-o", out)
        rows = self.rows(out)
        rng, seen = random.Random(SEED), set()
        changes = [(whole[:at], at) for at in (*rng.sample(range(BOUNDARY, len(whole)), 10), len(whole) - 1)]
        for at in rng.sample(range(BOUNDARY, len(whole)), 25):
            changes.append((whole[:at] + bytes([whole[at] ^ 1 << rng.randrange(8)]) + whole[at + 1 :], at))
        first = whole.index(b"RECS")
        changes += [(whole[: first + at], first + at) for at in (0, 25, 2000)]
        for changed, at in changes:
            records.write_bytes(changed)
            done = harness.s7timeline("-q", "--force", "--from", records, "-o", out)
            with self.subTest(at=at, cut=len(changed) < len(whole)):
                self.assertIn(done.returncode, (1, 3), done.stderr)
                self.assertIn(records.name, done.stderr)
                seen.add(done.returncode)
                if done.returncode == 1:
                    self.assertTrue(json.loads((out / "manifest.json").read_text())["records_damage"])
                    self.assertLessEqual(self.rows(out), rows)
        self.assertEqual(seen, {1, 3})

    def test_whole_records_are_used(self):
        """The records of one device are changed: those of the others are all there."""
        records = self.read(1, self.source) / "shard-1-of-1.records"
        whole, out = records.read_bytes(), self.folder / "out"
        self.run_it("--from", records, "-o", out)
        before = {path.name: path.read_bytes() for path in (out / "devices").glob("*.csv")}
        at = whole.index(b"RECS") + 500
        records.write_bytes(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
        self.run_it("--force", "--from", records, "-o", out, status=1)
        after = {path.name: path.read_bytes() for path in (out / "devices").glob("*.csv")}
        self.assertEqual(len([name for name in before if before[name] != after.get(name)]), 1)

    def test_times_that_no_capture_has(self):
        """In a file that somebody made, whose checksums are right: nothing can be counted with them."""
        records = self.read(1, self.source) / "shard-1-of-1.records"
        whole = records.read_bytes()
        at = whole.index(b"CAPT")
        (length,) = struct.unpack_from("<I", whole, at + 12)
        head, text, behind = whole[at : at + 16], whole[at + 20 : at + 20 + length], whole[at + 20 + length :]
        for key in (b"first_time", b"last_time", b"first"):
            said = re.search(rb"^%s=(\d+)$" % key, text, re.M)
            for value in (b"9" * len(said[1]), b"-" + b"9" * (len(said[1]) - 1), said[1]):
                # As long as it was, so that the index is right: 19 digits are 2286, or with a sign 1938.
                changed = text[: said.start(1)] + value + text[said.end(1) :]
                check = struct.pack("<I", zlib.crc32(head + changed))
                records.write_bytes(whole[:at] + head + check + changed + behind)
                done = harness.s7timeline("--force", "--from", records, "-o", self.folder / "out")
                with self.subTest(key=key, value=value):
                    self.assertEqual(done.returncode, 3 if value.startswith(b"99") else 0, done.stderr)

    @staticmethod
    def rows(out):
        return {line for path in (out / "devices").glob("*.csv") for line in path.read_text().splitlines()}

    def test_options_that_hold(self):
        records, no = self.read(1, self.source), self.folder / "no"
        for option in (["--port", "any"], ["--since", "2026-01-01"], ["--summary"], ["--shard", "1/2"]):
            self.refuse(2, f"{option[0]} holds as it was given", "--from", records, *option, "-o", no)
        self.refuse(2, "--shard: only together with --records", "--shard", "1/2", self.source, "-o", no)
        self.refuse(2, "--part: only together with --from", "--part", "1/2", self.source, "-o", no)
        self.refuse(2, "is no share", "--from", records, "--part", "3/2", "-o", no)
        self.refuse(2, "is no share", "--shard", "0/2", "--records", no, self.source)
        self.refuse(2, "cannot be used together", "--records", no, "--stdout", self.source)
        self.refuse(2, "cannot be used together", "--from", records, "--gather", records, "-o", no)


if __name__ == "__main__":
    unittest.main(verbosity=2)
