# SPDX-License-Identifier: GPL-2.0-or-later
"""What s7timeline says of a device's times (docs/CLOCKS.md), on small captures of all dialects: wrong dates, clocks that go
back, a connection with a hole that ends by RST, fixes at 0/0; and what rows on standard output cannot know."""
import csv
import json
import tempfile
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

import harness
from pcap import ACK, PSH, SYN, Capture
from talk import fifotrack, gotop, startek

CLIENT, SERVER = ("10.0.0.1", 4000), ("192.0.2.1", 8888)
START = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone.utc)
RST = 4


def of_gotop(time, valid="A", latitude="41.1234567", longitude="002.7654321"):
    return gotop(f"CMD-T,{valid},DATE:{time:%y%m%d},TIME:{time:%H%M%S},LAT:{latitude}N,LOT:{longitude}E,Speed:012.5,64-28")


def of_startek(time, valid="A", latitude="41.123456", longitude="2.765432"):
    return startek("000", f"0,,{time:%y%m%d%H%M%S},{valid},{latitude},{longitude},9,1.0,0,0,0,1,214|7|1A2B|1234567,20,0000001D,00,00,0512|0199")


def of_fifotrack(time, valid="A", latitude="41.123456", longitude="2.765432"):
    return fifotrack("A01", f",{time:%y%m%d%H%M%S},{valid},{latitude},{longitude},0,0,16,366959,345180,80000040,02,00,520|0|FA8|1A9B5B9,19F|4D0")


class Clocks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-clocks-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.runs = 0

    def analyze(self, capture, *options):
        self.runs += 1
        path, out = self.folder / "case.pcap", self.folder / f"out{self.runs}"
        capture.write(path)
        done = harness.s7timeline("-q", "-o", out, *options, path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.manifest = json.loads((out / "manifest.json").read_text())
        (self.device,) = csv.DictReader((out / "devices.csv").read_text().splitlines())
        (timeline,) = (out / "devices").glob("*.csv")
        return harness.read_csv(timeline.read_bytes())

    def stdout(self, capture):
        path = self.folder / "case.pcap"
        capture.write(path)
        done = harness.s7timeline("-q", "--stdout", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        return harness.read_csv(done.stdout)

    @staticmethod
    def capture(sent):
        """sent: (seconds after the start, payload)."""
        capture = Capture()
        for seconds, payload in sent:
            capture.time = int((START.timestamp() + seconds) * 1000)
            capture.udp(CLIENT, SERVER, payload)
        return capture

    @staticmethod
    def flags(row):
        return set(row["flags"].split(";")) - {"", "clock_offset", "stale_fix"}

    def test_a_wrong_date_makes_nothing_else_stored(self):
        for report in (of_gotop, of_startek, of_fifotrack):
            for ahead in (timedelta(days=1), timedelta(days=3652)):
                for wrong in ({3}, {0}, {9}, {4, 5, 6}, {0, 1}, {8, 9}):
                    for valid in "AV":
                        with self.subTest(report=report.__name__, ahead=ahead, wrong=wrong, valid=valid):
                            zone = timedelta(hours=2 if report is of_gotop else 0)
                            times = [START + timedelta(minutes=n) + zone for n in range(10)]
                            sent = [(60 * n, report(t + ahead, valid) if n in wrong else report(t)) for n, t in enumerate(times)]
                            rows = self.analyze(self.capture(sent))
                            self.assertEqual([int(r["packets"]) for r in rows], list(range(1, 11)))
                            found = [self.flags(r) for r in rows]
                            self.assertEqual(found, [{"future_time"} if n in wrong else set() for n in range(10)])
                            right = [t for n, t in enumerate(times) if n not in wrong]
                            ends = self.device["first_device_time"], self.device["last_device_time"]
                            self.assertEqual(ends, tuple(f"{t:%Y-%m-%dT%H:%M:%S}" for t in (right[0], right[-1])))

    def test_a_clock_that_goes_back_by_command(self):
        """Eight hours, in the middle of a drive; then with one that was stored and sent late."""
        minutes = list(range(0, 60, 2))
        sent = []
        for n, minute in enumerate(minutes):
            zone = timedelta(hours=8 if minute < 30 else 0)
            sent.append((60 * minute, of_gotop(START + timedelta(minutes=minute) + zone, latitude=f"41.{10 + n}")))
        rows = self.analyze(self.capture(sent))
        self.assertEqual([int(r["packets"]) for r in rows], list(range(1, len(minutes) + 1)))
        self.assertEqual([self.flags(r) for r in rows], [set()] * len(minutes))
        self.assertEqual([f["finding"] for f in self.manifest["findings"]], ["device clock looks like UTC+08:00"])
        # A hundredth of a degree a step, on a sphere of 6,371,008.8 m.
        self.assertAlmostEqual(int(self.device["distance_m"]), (len(minutes) - 1) * 1111.95, delta=1)
        late = sent[:20] + [(60 * 39, of_gotop(START + timedelta(minutes=31), latitude="41.5"))] + sent[20:]
        rows = self.analyze(self.capture(late))
        self.assertEqual([int(r["packets"]) for r in rows if "stored" in r["flags"]], [21])
        self.assertEqual([int(r["packets"]) for r in rows], [*range(1, 17), 21, *range(17, 21), *range(22, 32)])

    def test_a_hole_before_a_reset(self):
        """What stands behind the hole is decided two minutes after the RST; meanwhile the device has reported anew."""
        frames = [of_startek(START + timedelta(seconds=10 * n)) for n in range(8)]
        capture = Capture()
        capture.time = int(START.timestamp() * 1000)

        def connect(client):
            capture.tcp(client, SERVER, 999, 0, SYN)
            capture.tcp(SERVER, client, 4999, 1000, SYN | ACK)
            capture.tcp(client, SERVER, 1000, 5000, ACK)

        def at(second):
            capture.time = int((START.timestamp() + second) * 1000)

        connect(CLIENT)
        sequence = 1000
        for n in range(3):
            at(10 * n)
            if n != 1:  # the hole
                capture.tcp(CLIENT, SERVER, sequence, 5000, ACK | PSH, frames[n])
            sequence += len(frames[n])
        capture.tcp(CLIENT, SERVER, sequence, 5000, RST | ACK)
        other = (CLIENT[0], CLIENT[1] + 1)
        connect(other)
        sequence = 1000
        for n in range(3, 8):
            at(10 * n)
            capture.tcp(other, SERVER, sequence, 5000, ACK | PSH, frames[n])
            sequence += len(frames[n])
        rows = self.analyze(capture)
        self.assertEqual([r["device_time"][-2:] for r in rows], ["07", "27", "37", "47", "57", "07", "17"])
        self.assertEqual([self.flags(r) for r in rows], [set(), {"after_gap"}] + [set()] * 5)
        self.assertEqual(len(self.stdout(capture)), 7)

    def test_null_island(self):
        for report in (of_gotop, of_startek, of_fifotrack):
            zeros = [("0.000000", "0.000000"), ("-0.0", "0.0")] if report is not of_gotop else [("00.0000000", "000.0000000")]
            for latitude, longitude in zeros:
                sent = [(0, report(START)), (60, report(START + timedelta(minutes=1), "A", latitude, longitude)),
                        (120, report(START + timedelta(minutes=2))), (180, report(START + timedelta(minutes=3), "V", latitude, longitude))]  # fmt: skip
                rows = self.analyze(self.capture(sent))
                self.assertEqual([self.flags(r) for r in rows], [set(), {"null_island"}, set(), set()])
                self.assertEqual(float(rows[1]["latitude"]), 0)
                self.assertEqual(self.device["distance_m"], "0")

    def test_what_standard_output_knows(self):
        """A wrong date behind a right one; not one before, and not that a clock went back."""
        times = [START + timedelta(minutes=n) for n in range(5)]
        for wrong, flags in ((2, [set(), set(), {"future_time"}, set(), set()]), (0, [set(), *[{"stored"}] * 4])):
            sent = [(60 * n, of_startek(t + timedelta(days=1) * (n == wrong))) for n, t in enumerate(times)]
            self.assertEqual([self.flags(r) for r in self.stdout(self.capture(sent))], flags)
        sent = [(600 * n, of_gotop(START + timedelta(minutes=10 * n, hours=n < 3))) for n in range(12)]
        self.assertEqual([self.flags(r) for r in self.stdout(self.capture(sent))], [set()] * 3 + [{"stored"}] * 5 + [set()] * 4)


if __name__ == "__main__":
    unittest.main(verbosity=2)
