# SPDX-License-Identifier: GPL-2.0-or-later
"""events.csv and trips.csv: each conclusion against the rows that it names, in all samples and both orders; the same bytes
whatever the threads; the parameters; docs/EVENTS.md against the rules' own table."""
import csv
import json
import re
import tempfile
import unittest
from pathlib import Path

import harness
from pcap import Capture
from talk import ID, Talk, fifotrack, startek

ROOT = harness.TESTS.parent
SAMPLES = sorted((ROOT / "samples" / "captures").glob("*.pcap"))
EVENTS = "device_id,time,clock,event,detail,latitude,longitude,first_row,last_row,rule"
TRIPS = ("device_id,kind,start,end,duration_s,distance_m,odometer_m,max_speed_kmh,start_latitude,start_longitude,end_latitude,"
         "end_longitude,first_row,last_row")  # fmt: skip
# What the last row must say (column, value), and the first one, by the rule's event; None: nothing of the kind.
SAY = {
    "state: ignition 0 then 1": (("ignition", "0"), ("ignition", "1")),
    "state: ignition 1 then 0": (("ignition", "1"), ("ignition", "0")),
    "state: external_power 1 then 0": (("external_power", "1"), ("external_power", "0")),
    "state: external_power 0 then 1": (("external_power", "0"), ("external_power", "1")),
    "state: valid 1 again": (("valid", "0"), ("valid", "1")),
    "state: valid 0 in all reports of at least 60 s": (("valid", "0"), ("valid", "0")),
    "exchange: a command of the platform": (("kind", "command"), ("direction", "down")),
    "exchange: the device refused": (None, ("kind", "rejected")),
}
FLAGS = {"clock: flag week_rollover": "week_rollover", "clock: flag future_time": "future_time", "exchange: flag unanswered": "unanswered",
         "place: a current fix at 0/0 is no place": "null_island", "stored: reports with the flag stored one behind the other": "stored"}  # fmt: skip


def rules():
    """Of analyzer/life/rules.def: parameters (name, default, unit, help), conclusions (event or None, rule)."""
    text = (ROOT / "analyzer/life/rules.def").read_text()
    string = r'"([^"]*)"'
    parameters = re.findall(rf"^PARAMETER\(\w+, {string}, ([\d.]+), {string}, {string}\)", text, re.M)
    conclusions = [(e[1:-1] if e != "NULL" else None, r) for e, r in re.findall(rf'^CONCLUSION\(\w+, (NULL|"\w+"),\s*{string}\)', text, re.M)]
    assert len(parameters) == text.count("\nPARAMETER(") and len(conclusions) == text.count("\nCONCLUSION("), "not all lines are understood"
    return parameters, conclusions


def spelt(rule):
    for name, value, _, _ in rules()[0]:
        rule = rule.replace(f"{{{name}}}", value)
    return rule


class EventsTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-events-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.runs = 0

    def run_on(self, capture, *options):
        self.runs += 1
        out = self.folder / str(self.runs)
        if isinstance(capture, Capture):
            path = self.folder / f"{self.runs}.pcap"
            capture.write(path)
            capture = path
        done = harness.s7timeline("-q", "-o", out, *options, capture)
        self.assertEqual(done.returncode, 0, done.stderr)
        return out

    @staticmethod
    def table(out, name):
        return list(csv.DictReader((out / name).read_text().splitlines()))

    def check_event(self, event, rows):
        first, last = (rows[int(event[end]) - 1] for end in ("first_row", "last_row"))
        what = f"{event} {first['packets']} {last['packets']}"
        times = {(r["device_time"], "device") for r in rows} | {(r["capture_time"], "capture") for r in rows}
        self.assertIn((event["time"], event["clock"]), times, what)
        rule = event["rule"]
        if rule.startswith("alarm"):
            self.assertEqual(first["kind"], "event", what)
            self.assertEqual(first["event"] or "unknown_alarm", event["event"], what)
        said = SAY.get(rule)
        if said:
            for row, word in ((first, said[0]), (last, said[1])):
                if word:
                    self.assertIn(row[word[0]], (word[1],), what)
        if rule in FLAGS:
            for row in (first, last):
                self.assertIn(FLAGS[rule], row["flags"].split(";"), what)
        if event["latitude"]:
            fixes = {(float(r["latitude"]), float(r["longitude"])) for r in rows if r["valid"] == "1" and r["latitude"]}
            self.assertTrue(any(abs(float(event["latitude"]) - a) < 1e-7 and abs(float(event["longitude"]) - o) < 1e-7 for a, o in fixes), what)

    def test_conclusions_and_the_rows_that_they_name(self):
        wanted = {spelt(rule) for _, rule in rules()[1]}
        for capture in SAMPLES:
            for order in ("device", "capture"):
                with self.subTest(capture=capture.name, order=order):
                    out = self.run_on(capture, "--order", order)
                    timelines = {p.stem: harness.read_csv(p.read_bytes()) for p in (out / "devices").glob("*.csv")}
                    events, trips = self.table(out, "events.csv"), self.table(out, "trips.csv")
                    self.assertTrue(events)
                    for event in events:
                        rows = timelines[event["device_id"]]
                        self.assertLessEqual(1, int(event["first_row"]))
                        self.assertLessEqual(int(event["first_row"]), int(event["last_row"]))
                        self.assertLessEqual(int(event["last_row"]), len(rows))
                        self.assertIn(event["rule"], wanted)
                        if order == "device":
                            self.check_event(event, rows)
                    for trip in trips:
                        self.assertLessEqual(int(trip["last_row"]), len(timelines[trip["device_id"]]))
                    alarms = [r for d, rows in timelines.items() if d != "_unknown" for r in rows if r["event"] and "duplicate" not in r["flags"]]
                    told = sum(1 for e in events if e["rule"].startswith("alarm"))
                    self.assertLessEqual(told, len(alarms) + sum(1 for e in events if e["event"] == "unknown_alarm"))
                    self.assertEqual({(r["device_id"], r["event"]) for r in alarms}, {(e["device_id"], e["event"]) for e in events
                                     if e["rule"].startswith("alarm") and e["event"] != "unknown_alarm"})  # fmt: skip

    def test_the_same_conclusions_in_both_orders(self):
        """Only the numbers of the rows differ: by them both name the same rows."""
        for capture in SAMPLES:
            with self.subTest(capture=capture.name):
                told = []
                for order in ("device", "capture"):
                    out = self.run_on(capture, "--order", order)
                    rows = {p.stem: harness.read_csv(p.read_bytes()) for p in (out / "devices").glob("*.csv")}
                    found = []
                    for event in self.table(out, "events.csv"):
                        named = [rows[event["device_id"]][int(event[end]) - 1] for end in ("first_row", "last_row")]
                        packets = sorted((r["capture_file"], r["packets"], r["stream_offset"]) for r in named)
                        if event["event"] == "stored_upload":
                            packets = []  # ends of a stretch of rows that stand elsewhere in each order
                        found.append((*(event[c] for c in EVENTS.split(",") if not c.endswith("_row")), packets))
                    told.append(sorted(found))
                self.assertEqual(told[0], told[1])

    def test_the_same_bytes_by_any_number_of_threads(self):
        for capture in SAMPLES:
            with self.subTest(capture=capture.name):
                texts = set()
                for options in (("--jobs=1",), ("--jobs=2",), ("--jobs=3",), ("--jobs=3", "--memory=4M")):
                    out = self.run_on(capture, *options)
                    texts.add(((out / "events.csv").read_bytes(), (out / "trips.csv").read_bytes()))
                self.assertEqual(len(texts), 1)

    def test_forms(self):
        out = self.run_on(SAMPLES[0])
        self.assertEqual((out / "events.csv").read_text().splitlines()[0], EVENTS)
        self.assertEqual((out / "trips.csv").read_text().splitlines()[0], TRIPS)
        for event in self.table(out, "events.csv"):
            form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d" + ("" if event["clock"] == "device" else r"\.\d{9}Z")
            self.assertRegex(event["time"], rf"\A{form}\Z")

    def test_without_anything_to_tell(self):
        capture = Capture()
        capture.udp(("10.0.0.1", 4000), ("192.0.2.1", 8888), b"nothing of the kind")
        out = self.run_on(capture)
        self.assertEqual((out / "events.csv").read_text(), EVENTS + "\n")
        self.assertEqual((out / "trips.csv").read_text(), TRIPS + "\n")

    def test_parameters(self):
        capture = ROOT / "samples/captures/vehicle-day.pcap"

        def count(kind, *options):
            return sum(1 for trip in self.table(self.run_on(capture, *options, "-d", "359280010000094"), "trips.csv") if trip["kind"] == kind)

        self.assertEqual(count("stop"), 4)
        self.assertEqual(count("stop", "--rule", "stop_time=240"), 5)  # the traffic light
        self.assertEqual(count("silence", "--rule", "no_data=6001"), 0)
        out = self.run_on(capture, "--rule", "jump_speed=20000", "--rule", "old_date=1.5")
        self.assertNotIn("impossible_jump", {e["event"] for e in self.table(out, "events.csv")})
        manifest = json.loads((out / "manifest.json").read_text())["options"]["rules"]
        self.assertEqual((manifest["jump_speed"], manifest["old_date"], manifest["trip_distance"]), (20000, 1.5, 500))
        self.assertEqual(list(manifest), [name for name, *_ in rules()[0]])

    def test_wrong_parameters(self):
        for text in ("stop_time", "stop_time=", "stop_time=-1", "stop_time=1m", "stops=1", "", "stop_time=nan", "stop_time=1e99"):
            with self.subTest(text):
                done = harness.s7timeline("-o", self.folder / "none", "--rule", text, SAMPLES[0])
                self.assertEqual(done.returncode, 2)
                self.assertIn("--rule: '", done.stderr)
                self.assertFalse((self.folder / "none").exists())

    def test_secrets_are_masked(self):
        capture = Capture()
        talk = Talk(capture, ("10.0.0.1", 4000))
        talk.up(startek("801", "260308000017,359280010000011,VT200"))
        talk.down(startek("600", "SECRET1,SECRET2", head="$$"))
        for shown in (False, True):
            out = self.run_on(capture, *(["--show-secrets"] if shown else []))
            (command,) = (e for e in self.table(out, "events.csv") if e["event"] == "command")
            self.assertEqual("SECRET1" in command["detail"], shown, command)

    def test_cells_that_a_spreadsheet_would_run(self):
        capture = Capture()
        talk = Talk(capture, ("10.0.0.1", 4000))
        place = "A,41.1,2.7,9,9,9,0,0,A0000070,00,0,214|7|1A2B|1234567,1A2|4EC|0"
        talk.up(fifotrack("A01", f",260310070000,{place},"))
        talk.up(fifotrack("A01", f"38,260310070100,{place},=cmd|' /C calc'!A0"))
        details = [e["detail"] for e in self.table(self.run_on(capture), "events.csv") if e["event"] == "driver_in"]
        self.assertEqual(details, ["'=cmd|' /C calc'!A0"])
        details = [e["detail"] for e in self.table(self.run_on(capture, "--no-csv-guard"), "events.csv") if e["event"] == "driver_in"]
        self.assertEqual(details, ["=cmd|' /C calc'!A0"])

    def test_rows_of_no_known_device_have_no_events(self):
        capture = Capture()
        talk = Talk(capture, ("10.0.0.1", 4000))
        talk.down(b":123456F#")
        out = self.run_on(capture)
        self.assertEqual(len(self.table(out, "devices/_unknown.csv")), 1)
        self.assertEqual(self.table(out, "events.csv"), [])

    def test_two_files_with_nothing_between(self):
        """Two hours in which nothing was captured are not the device's silence; with another device heard they are."""
        for other in (False, True):
            capture = Capture()
            talk = Talk(capture, ("10.0.0.1", 4000))
            start = capture.time
            report = "000", "0,,260203040506,V,41.1,2.7,9,1.0,0,0,0,1,214|7|1A2B|1234567,20,0000001D,00,00,0512|0199"
            talk.up(startek(*report))
            for turn in range(1, 144) if other else ():
                capture.time = start + turn * 50000
                capture.udp(("10.0.0.9", 53), ("10.0.0.8", 5353), b"dns")
            capture.time = start + 7200000
            talk.up(startek(*report))
            events = [e["event"] for e in self.table(self.run_on(capture, "-d", ID, "--idle-time", "9000"), "events.csv")]
            self.assertEqual(events, ["silence", "silence_end"] if other else ["not_captured"])


class DocumentTest(unittest.TestCase):
    """docs/EVENTS.md has what analyzer/life/rules.def has, in its order, and nothing else."""

    maxDiff = None

    @staticmethod
    def rows(heading):
        text = (ROOT / "docs/EVENTS.md").read_text()
        section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
        lines = [line for line in section.splitlines() if line.startswith("| ")]
        return [[cell.strip() for cell in line[1:-1].split("|")] for line in lines[2:]]

    def test_parameters(self):
        found = [(row[0].strip("`"), row[1], row[2], row[3]) for row in self.rows("Parameters")]
        self.assertEqual(found, [tuple(p) for p in rules()[0]])

    def test_events(self):
        found = [(row[0].strip("`") if row[0] != "the alarm's own" else None, row[1]) for row in self.rows("Events")]
        self.assertEqual(sorted(found, key=str), sorted(rules()[1], key=str))


if __name__ == "__main__":
    unittest.main(verbosity=2)
