# SPDX-License-Identifier: GPL-2.0-or-later
"""The numbered ambiguous cases of docs/PROTOCOL.md 10 and docs/STARTEK.md 9 that a conversation decides, not a frame or
a stream: s7timeline on small captures. A test bears the number of its case; ../README.md lists where the others are."""
import csv
import json
import tempfile
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

import harness
import pcap

DEVICE = "353327020115804"
CLIENT, SERVER = ("10.0.0.1", 4000), ("192.0.2.1", 8888)
START = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone.utc)


def gotop(time, valid="A", latitude="41.1234567"):
    position = f"DATE:{time:%y%m%d},TIME:{time:%H%M%S},LAT:{latitude}N,LOT:002.7654321E,Speed:012.5"
    return f"#{DEVICE},CMD-T,{valid},{position},1-1-0-0-64-28#".encode()


def startek(time, event=0, index="A", status="0000001D", code="000"):
    body = (
        f",{DEVICE},{code},{event},,{time:%y%m%d%H%M%S},A,41.123457,2.765432,11,0.9,63,118,64,482913,"
        f"214|07|1A2B|01234567,23,{status},02,00,0512|0199"
    )
    frame = f"&&{index}{len(body)}{body}".encode()
    return frame + b"%02X\r\n" % (sum(frame) & 255)


class AmbiguousCases(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-ambiguous-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_it(self, sent, up=True):
        """sent: (seconds after the start, payload). Returns the rows, and the findings and leftovers as text."""
        capture = pcap.Capture()
        for seconds, payload in sent:
            capture.time = int((START.timestamp() + seconds) * 1000)
            capture.udp(*((CLIENT, SERVER) if up else (SERVER, CLIENT)), payload)
        self.runs = getattr(self, "runs", 0) + 1
        path, out = self.folder / "case.pcap", self.folder / f"out{self.runs}"
        capture.write(path)
        done = harness.s7timeline("-q", "-o", out, path)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [r for p in (out / "devices").glob("*.csv") for r in harness.read_csv(p.read_bytes())]
        self.manifest = (out / "manifest.json").read_text()
        self.leftovers = (out / "leftovers.csv").read_text()
        self.devices = list(csv.DictReader((out / "devices.csv").read_text().splitlines()))
        return rows

    @staticmethod
    def flags(row):
        return set(row["flags"].split(";")) - {"", "id_unusual"}

    def test_10_6_clock_in_another_zone(self):
        zone = timedelta(hours=8)
        sent = [(n * 60, gotop(START + timedelta(minutes=n) + zone, latitude=f"41.12345{n:02}")) for n in range(20)]
        rows = self.run_it(sent)
        self.assertEqual([r["device_time"] for r in rows], [f"2026-03-04T13:{6 + n:02}:07" for n in range(20)])
        self.assertIn("clock_offset", self.flags(rows[-1]))
        self.assertIn("device clock looks like UTC+08:00", self.manifest)

    def test_10_6_clock_in_utc_says_nothing(self):
        sent = [(n * 60, gotop(START + timedelta(minutes=n), latitude=f"41.12345{n:02}")) for n in range(20)]
        self.assertEqual([self.flags(r) for r in self.run_it(sent)], [set()] * 20)

    def test_10_7_old_frames_are_stored(self):
        minutes = (0, 10, 4, 20)
        rows = self.run_it([(600 + n, gotop(START + timedelta(minutes=m))) for n, m in enumerate(minutes)])
        self.assertEqual([r["device_time"][14:16] for r in rows], ["06", "10", "16", "26"])
        self.assertEqual([self.flags(r) for r in rows], [set(), {"stored"}, set(), set()])

    def test_10_8_duplicates_are_kept(self):
        again = gotop(START)
        rows = self.run_it([(0, again), (5, again), (66, again)])
        self.assertEqual([self.flags(r) for r in rows], [set(), {"duplicate"}, set()])
        for payload in (gotop(START, "V"), f"#{DEVICE},CMD-X#".encode(), f"#{DEVICE},CMD-D#".encode()):
            rows = self.run_it([(0, payload), (5, payload)])
            self.assertEqual([self.flags(r) - {"stale_fix"} for r in rows], [set(), set()])

    def test_10_8_and_9_6_only_the_last_32_reports_count(self):
        for report in (gotop, startek):
            for between, flags in ((31, {"duplicate"}), (32, set())):
                others = [(1 + n, report(START + timedelta(seconds=1 + n))) for n in range(between)]
                rows = self.run_it([(0, report(START)), *others, (between + 2, report(START))])
                again = [r for r in rows if r["device_time"] == f"{START:%Y-%m-%dT%H:%M:%S}"]
                self.assertEqual([self.flags(r) - {"stored"} for r in again], [set(), flags], (report.__name__, between))

    def test_10_7_and_9_3_last_known_positions_add_no_distance(self):
        def drive(valid):
            sent = [(0, gotop(START)), (60, gotop(START, valid, latitude="41.2234567")), (120, gotop(START + timedelta(seconds=120)))]
            rows = self.run_it(sent)
            self.assertEqual(len(rows), 3)
            return float(self.devices[0]["distance_m"])

        self.assertEqual(drive("V"), 0)
        self.assertGreater(drive("A"), 10000)

    def test_10_17_text_of_the_platform(self):
        self.assertEqual(self.run_it([(0, b"LOAD 17\r\n")], up=False), [])
        self.assertRegex(self.leftovers, r",undefined_text,1,.*LOAD 17")

    def test_9_6_duplicates_ignore_index_checksum_and_server_bits(self):
        rows = self.run_it([(0, startek(START)), (30, startek(START, index="B", status="0000001F")), (31, startek(START, event=3))])
        self.assertEqual([self.flags(r) for r in rows], [set(), {"duplicate"}, set()])

    def test_9_7_old_reports_in_utc(self):
        rows = self.run_it([(0, startek(START)), (10, startek(START - timedelta(hours=8))), (20, startek(START + timedelta(seconds=20)))])
        self.assertEqual([r["device_time"][11:13] for r in rows], ["21", "05", "05"])
        self.assertEqual([self.flags(r) for r in rows], [{"stored"}, set(), set()])
        self.assertNotIn("looks like", json.dumps(self.manifest))


if __name__ == "__main__":
    unittest.main(verbosity=2)
