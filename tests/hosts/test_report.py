# SPDX-License-Identifier: GPL-2.0-or-later
"""report.html: read by a strict parser, it says what the tables say; it is whole in itself; nothing from a capture is
markup in it; what is not a current fix is no place; it stays small."""
import csv
import hashlib
import json
import os
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree
from datetime import datetime, timedelta, timezone
from pathlib import Path

import harness
from pcap import Capture
from talk import fifotrack, gotop, startek

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "captures"
CLIENT, SERVER = ("10.0.0.1", 4000), ("192.0.2.1", 8888)
START = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone.utc)
ID = "490154203237518"
MARKUP = "<script>alert(1)</script><b a='1' c=\"2\">&amp;"
NAMESPACE = "{http://www.w3.org/1999/xhtml}"


def fix(seconds, latitude, longitude, valid="A", speed=36, device=ID, date=None):
    """A report of fifotrack; its clock is UTC."""
    time = (date or START) + timedelta(seconds=seconds)
    data = f",{time:%y%m%d%H%M%S},{valid},{latitude:.6f},{longitude:.6f},{speed},90,16,366959,345180,80000040,02,00,520|0|FA8|1A9B5B9,19F|4D0"
    return fifotrack("A01", data, device)


def of_startek(seconds, event="0", data="", device=ID):
    time = START + timedelta(seconds=seconds)
    return startek("000", f"{event},{data},{time:%y%m%d%H%M%S},A,41.1,2.7,9,1.0,0,0,0,1,214|7|1A2B|1234567,20,0000001D,00,00,0512|0199", device)


class Page:
    """A page as a strict XML parser has it, with the tables beside it."""

    def __init__(self, folder):
        self.folder = folder
        self.text = (folder / "report.html").read_text("utf-8")
        root = xml.etree.ElementTree.fromstring(self.text)
        for element in root.iter():
            assert element.tag.startswith(NAMESPACE), element.tag
            element.tag = element.tag[len(NAMESPACE) :]
        self.root = root
        self.sections = {s.find("h2/bdi").text: s for s in root.iter("section") if s.get("class") == "device"}

    def table(self, name):
        return list(csv.DictReader((self.folder / name).read_text("utf-8").splitlines()))

    @staticmethod
    def rows(element, kind):
        """Cells of the tables of that kind."""
        return [list(row) for table in element.iter("table") if table.get("class") == kind for row in table.find("tbody")]

    @staticmethod
    def said(element):
        return " ".join("".join(element.itertext()).split())

    @staticmethod
    def lines(section, kind):
        """The attributes d of the paths of that class."""
        return [p.get("d") for p in section.iter("path") if kind in p.get("class", "").split()]


class ReportTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-report-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.runs = 0

    def run_on(self, path, *options):
        self.runs += 1
        out = self.folder / f"out{self.runs}"
        done = harness.s7timeline("-q", "--report", "-o", out, *options, path)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return Page(out)

    def page(self, sent, *options, name="case.pcap"):
        """sent: (seconds after the start, payload[, from the platform])."""
        capture = Capture()
        for seconds, payload, *down in sent:
            capture.time = int((START.timestamp() + seconds) * 1000)
            capture.udp(*((SERVER, CLIENT) if down else (CLIENT, SERVER)), payload)
        capture.write(self.folder / name)
        return self.run_on(self.folder / name, *options)

    def time_of(self, cell):
        """As the tables have it, to the second; whether the capture's clock is named."""
        (time,) = cell.iter("time")
        self.assertEqual(time.get("datetime")[:19].replace("T", " "), time.text)
        return time.get("datetime")[:19], cell.find(".//abbr") is not None


class TablesTest(ReportTest):
    """The samples: each number of the page stands in a table beside it."""

    def check_devices(self, page):
        devices = {d["device_id"]: d for d in page.table("devices.csv")}
        rows = page.rows(page.root, "devices")
        self.assertEqual([self_id(r) for r in rows], list(devices))
        self.assertEqual(list(page.sections), list(devices))
        for row in rows:
            device = devices[self_id(row)]
            timeline = page.table(f"devices/{device['device_id']}.csv")
            events = [e for e in page.table("events.csv") if e["device_id"] == device["device_id"]]
            trips = [t["kind"] for t in page.table("trips.csv") if t["device_id"] == device["device_id"]]
            self.assertEqual(number(row[1]), int(device["rows"]))
            self.assertEqual(self.time_of(row[2])[0], device["first_seen"][:19])
            self.assertEqual(self.time_of(row[3])[0], device["last_seen"][:19])
            self.assertEqual(row[4].find("data").get("value"), device["distance_m"])
            self.assertEqual(number(row[5]), len([r for r in timeline if is_fix(r)]), device)
            self.assertEqual([number(row[6]), number(row[7])], [trips.count("trip"), trips.count("silence")])
            self.assertEqual(number(row[8]), len(events))

    def check_trips(self, page):
        trips = {}
        for trip in page.table("trips.csv"):
            trips.setdefault(trip["device_id"], []).append(trip)
        for name, section in page.sections.items():
            rows = page.rows(section, "trips")
            self.assertEqual(len(rows), len(trips.get(name, [])))
            for row, trip in zip(rows, trips.get(name, [])):
                self.assertEqual(row[0].text, trip["kind"])
                for cell, time in ((row[1], trip["start"]), (row[2], trip["end"])):
                    self.assertEqual(self.time_of(cell), (time[:19], time.endswith("Z")))
                self.assertEqual(float(row[3].find("data").get("value")), float(trip["duration_s"]))
                self.assertEqual(value(row[4]), trip["distance_m"] if trip["kind"] != "silence" else "")
                self.assertEqual(value(row[5]), trip["odometer_m"])
                speed = (row[6].text or "").removesuffix(" km/h")
                self.assertEqual(speed and float(speed), trip["max_speed_kmh"] and float(trip["max_speed_kmh"]))
                for cell, end in ((row[7], "start"), (row[8], "end")):
                    self.assertEqual(degrees(cell), [float(trip[f"{end}_{k}"]) for k in ("latitude", "longitude") if trip[f"{end}_{k}"]])
                self.assertEqual(numbers(row[9]), row_range(trip))

    def check_events(self, page):
        for name, section in page.sections.items():
            events = [e for e in page.table("events.csv") if e["device_id"] == name]
            rows = page.rows(section, "events")
            self.assertEqual(len(rows), len(events))
            expected = [
                (e["time"][:19], e["clock"] == "capture", e["event"], [float(e[k]) for k in ("latitude", "longitude") if e[k]], row_range(e))
                for e in events
            ]
            shown = [(*self.time_of(r[0]), r[1].text, degrees(r[3]), numbers(r[4])) for r in rows]
            self.assertEqual(sorted(shown), sorted(expected))
            named = {}  # in the order of events.csv
            for event in events:
                named.setdefault((event["event"], event["rule"]), []).append((event["time"][:19], event["clock"] == "capture"))
            shown = {(r[0].text, r[4].text): (number(r[1]), self.time_of(r[2]), self.time_of(r[3])) for r in page.rows(section, "names")}
            self.assertEqual(shown, {key: (len(times), times[0], times[-1]) for key, times in named.items()})

    def check_flags(self, page):
        for name, section in page.sections.items():
            counts = {}
            for row in page.table(f"devices/{name}.csv"):
                for flag in filter(None, row["flags"].split(";")):
                    counts[flag] = counts.get(flag, 0) + 1
            self.assertEqual({r[0].text: number(r[1]) for r in page.rows(section, "flags")}, counts)

    def check_evidence(self, page):
        manifest = json.loads((page.folder / "manifest.json").read_text())
        ledger = manifest["ledger"]
        sentence = page.said(next(p for p in page.root.iter("p") if p.get("id") == "ledger"))
        said = [int(n.replace(",", "")) for n in re.findall(r"\b[\d,]*\d\b", sentence)]
        counted = [n for n in ledger["leftover_by_reason"].values() if n > 0]
        self.assertEqual(said[:3], [ledger["payload_bytes"], ledger["frame_bytes"], ledger["leftover_bytes"]])
        self.assertEqual(sorted(said[3 : 3 + len(counted)]), sorted(counted))
        self.assertEqual(said[3 + len(counted) :], [ledger["missing_bytes"], ledger["overlap_bytes"]])
        rows = page.rows(page.root, "inputs")
        self.assertEqual(
            [(r[1].find("bdi").text, number(r[2]), number(r[3]), r[4].text, r[5].text) for r in rows],
            [(i["name"], i["size"], i["packets"], i["format"], i["sha256"]) for i in manifest["inputs"]],
        )
        (own,) = [o for o in manifest["outputs"] if o["name"] == "report.html"]
        self.assertEqual(own["sha256"], hashlib.sha256((page.folder / "report.html").read_bytes()).hexdigest())
        self.assertIn(manifest["version"], page.said(page.root))
        rules = manifest["options"]["rules"]
        self.assertEqual({r[0].text: float(r[1].text.split()[0]) for r in page.rows(page.root, "rules")}, {k: float(v) for k, v in rules.items()})

    def test_the_samples(self):
        for capture in sorted(SAMPLES.glob("*.pcap*")):
            with self.subTest(capture=capture.name):
                page = self.run_on(capture)
                self.check_devices(page)
                self.check_trips(page)
                self.check_events(page)
                self.check_flags(page)
                self.check_evidence(page)
                check_whole(self, page)

    def test_what_is_not_certain_is_not_said_as_if_it_were(self):
        """A date behind may be of a report that was stored, or of a wrong clock; Distance has jumps in it."""
        page = self.run_on(SAMPLES / "vehicle-day.pcap")
        ((text,),) = {tuple(r[2].text for r in page.rows(s, "flags") if r[0].text == "stored") for s in page.sections.values()} - {()}
        self.assertIn("or its clock is wrong", text)
        (devices,) = [s for s in page.root.iter("section") if s.get("id") == "devices"]
        self.assertIn("Impossible jumps count, which trips leave out.", page.said(devices))

    def test_no_number_of_threads_changes_a_byte(self):
        texts = {self.run_on(SAMPLES / "field-day.pcap", *o).text for o in (["-j", "1"], ["-j", "8"], ["--memory", "4M"])}
        self.assertEqual(len(texts), 1)

    def test_only_with_report(self):
        out = self.folder / "plain"
        self.assertEqual(harness.s7timeline("-q", "-o", out, SAMPLES / "gotop.pcap").returncode, 0)
        self.assertFalse((out / "report.html").exists())


def is_fix(row):
    """A current fix with a time, on the globe and not at 0/0, said for the first time."""
    if row["valid"] != "1" or not row["device_time"] or not row["latitude"] or not row["longitude"]:
        return False
    on_globe = abs(float(row["latitude"])) <= 90 and abs(float(row["longitude"])) <= 180
    return on_globe and not {"null_island", "duplicate"} & set(row["flags"].split(";"))


def self_id(row):
    return row[0].find(".//bdi").text


def number(cell):
    return int(cell.text.replace(",", ""))


def value(cell):
    return cell.find("data").get("value") if cell.find("data") is not None else ""


def degrees(cell):
    return [float(n) for n in (cell.text or "").split(", ") if n]


def numbers(cell):
    return [int(n) for n in cell.text.split("\N{EN DASH}")]


def row_range(line):
    return sorted({int(line["first_row"]), int(line["last_row"])})


def check_whole(test, page):
    """No script, nothing that is loaded, no link to elsewhere."""
    for element in page.root.iter():
        test.assertNotIn(element.tag, {"script", "link", "img", "image", "iframe", "object", "embed", "base", "form", "audio", "video", "foreignObject", "use"})
        for name, text in element.attrib.items():
            test.assertFalse(name.lower().startswith("on"), name)
            test.assertNotIn(name, {"src", "srcset", "data", "action", "formaction", "background", "ping", "style"})
            if name.endswith("href"):
                test.assertRegex(text, r"^#[a-z]+(-\d+)?$")
    ids = [e.get("id") for e in page.root.iter() if e.get("id")]
    test.assertEqual(len(ids), len(set(ids)))
    for link in page.root.iter("a"):
        test.assertIn(link.get("href")[1:], ids)
    (style,) = page.root.iter("style")
    test.assertEqual(set(re.findall(r"url\(([^)]*)\)", style.text)), {"#dense", "#sparse"})
    test.assertNotIn("@import", style.text)
    test.assertEqual(set(re.findall(r"https?://[^\"' ]*", page.text)), {"http://www.w3.org/1999/xhtml"})
    (policy,) = [m.get("content") for m in page.root.iter("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    test.assertEqual(policy, "default-src 'none'; style-src 'unsafe-inline'")


class HostileTest(ReportTest):
    def check(self, page, *texts):
        check_whole(self, page)
        self.assertNotIn("<b a=", page.text)
        for text in texts:
            self.assertIn(text, page.said(page.root))

    def test_a_driver_card_and_the_data_of_an_event(self):
        self.check(self.page([(0, of_startek(0)), (60, of_startek(60, "53", MARKUP)), (120, of_startek(120))]), MARKUP)

    def test_arguments_of_a_command_and_its_answer(self):
        page = self.page([(0, of_startek(0)), (5, startek("102", f"60,{MARKUP}", head="$$"), True), (6, startek("102", MARKUP))])
        self.check(page, MARKUP)

    def test_bytes_that_no_text_has(self):
        odd = b"\0\1\x1b[31m\x7f\xff\xfe\xef\xbf\xbe\xe2\x80\xae\xed\xa0\x80]]>"
        time = START + timedelta(seconds=60)
        data = b",53,%b,%b,A,41.1,2.7,9,1.0,0,0,0,1,214|7|1A2B|1234567,20,0000001D,00,00,0512|0199" % (odd, f"{time:%y%m%d%H%M%S}".encode())
        body = f",{ID},000".encode() + data
        frame = b"&&A%d" % len(body) + body
        page = self.page([(0, of_startek(0)), (60, frame + b"%02X\r\n" % (sum(frame) % 256)), (120, of_startek(120))])
        self.check(page)
        self.assertFalse(re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufffe\uffff]", page.text))

    def test_the_name_of_a_file_and_the_filter(self):
        name = "<b a=1>&amp;'\".pcap"
        page = self.page([(0, of_startek(0))], "-f", "udp and (1 < 2 or 3 > 2)", name=name)
        self.check(page, name, "udp and (1 < 2 or 3 > 2)")

    def test_an_answer_of_another_dialect(self):
        self.check(self.page([(0, gotop(f"ALM-A,{MARKUP}")), (1, gotop(f"CMD-Z,{MARKUP}")), (2, fix(2, 41, 2)), (3, fifotrack("B03", MARKUP))]))


class PlacesTest(ReportTest):
    def section(self, *arguments):
        page = self.page(*arguments)
        check_whole(self, page)
        return page.sections[ID]

    @staticmethod
    def map_of(section):
        return next((s for s in section.iter("svg") if s.get("class") == "map"), None)

    def test_no_position(self):
        for sent in ([(0, fifotrack("B03", "OK"))], [(0, fix(0, 41, 2, "V"))], [(0, fix(0, 0, 0))]):
            section = self.section(sent)
            self.assertIsNone(self.map_of(section))
            self.assertIn("No current position was reported", Page.said(section))

    def test_one_position(self):
        section = self.section([(0, fix(0, 41.5, 2.5))])
        self.assertEqual(len(Page.lines(section, "w")), 1)
        self.assertIn("1 current position", Page.said(section))

    def test_a_last_known_position_is_not_drawn(self):
        drawn = Page.lines(self.section([(n * 60, fix(n * 60, 41 + n / 1000, 2)) for n in range(5)]), "w")
        far = [(n * 60, fix(n * 60, 41 + n / 1000, 2)) for n in range(5)] + [(400, fix(400, 50, 50, "V")), (500, fix(500, 0, 0))]
        self.assertEqual(Page.lines(self.section(far), "w"), drawn)

    def test_no_line_crosses_a_silence(self):
        def lines(pause):
            times = [n * 60 for n in range(5)] + [pause + n * 60 for n in range(5)]
            (drawn,) = Page.lines(self.section([(t, fix(t, 41 + n / 1000, 2)) for n, t in enumerate(times)]), "w")
            return drawn.count("M")

        self.assertEqual(lines(300), 1)
        self.assertEqual(lines(8000), 2)

    def test_one_wrong_place_does_not_press_the_others_into_a_point(self):
        sent = [(n * 60, fix(n * 60, 41 + n / 1000, 2)) for n in range(9)]
        sent[4] = (240, fix(240, -33, 151))
        section = self.section(sent)
        self.assertIn("1 position is not drawn", Page.said(section))
        self.assertIn("200 m", [t.text for t in self.map_of(section).iter("text")])

    def test_two_places_at_once_are_two_tracks(self):
        sent = [(n * 60, fix(n * 60, *((41, 2 + n / 1000) if n % 2 else (48, 11 + n / 1000)))) for n in range(20)]
        section = self.section(sent)
        self.assertEqual([len(Page.lines(section, f"w{n}")) for n in range(3)], [1, 1, 0])
        self.assertIn("2 tracks are drawn", Page.said(section))
        self.assertNotRegex(Page.said(section), r"positions? (is|are) not drawn")

    def test_over_the_date_line(self):
        east = [(n * 60, fix(n * 60, -17, 179.99 + n / 200)) for n in range(3)]
        west = [(n * 60, fix(n * 60, -17, -180.01 + n / 200)) for n in range(3, 6)]
        section = self.section(east + west)
        (drawn,) = Page.lines(section, "w")
        self.assertEqual(drawn.count("M"), 1)
        labels = [t.text for t in self.map_of(section).iter("text")]
        self.assertTrue([t for t in labels if t.endswith("W")] and [t for t in labels if t.endswith("E")], labels)

    def test_near_the_poles(self):
        for latitude in (89.9999, -89.9999, 90, -90):
            section = self.section([(n * 60, fix(n * 60, latitude, n * 30 - 90)) for n in range(6)])
            for element in self.map_of(section).iter():
                for text in element.attrib.values():
                    self.assertNotRegex(text, "nan|inf")

    def test_a_wrong_date_leaves_the_axis_readable(self):
        sent = [(n * 60, fix(n * 60, 41, 2 + n / 1000)) for n in range(10)]
        sent.insert(5, (290, fix(0, 41, 2, date=datetime(2003, 1, 1))))
        section = self.section(sent)
        self.assertIn("1 message is not on this axis", Page.said(section))
        chart = next(s for s in section.iter("svg") if s.get("class") == "chart")
        self.assertEqual([t.text for t in chart.iter("text") if re.match("20..-", t.text)], ["2026-03-04"])

    def test_long_empty_time_is_cut_out_of_the_axis(self):
        times = [n * 60 for n in range(10)] + [864000 + n * 60 for n in range(10)]
        section = self.section([(t, fix(t, 41, 2 + n / 1000)) for n, t in enumerate(times)])
        (cut,) = [g for g in section.iter("g") if g.get("class") == "cut"]
        self.assertIn("9 d 23 h without a report are not drawn", Page.said(cut))

    def test_extremes_are_drawn(self):
        sent = [(n * 20, fix(n * 20, 41, 2 + n / 10000, speed=20 if n != 3333 else 119)) for n in range(5000)]
        section = self.section(sent)
        (line,) = [p.get("d") for p in section.iter("path") if p.get("class") == "v v0"][:1]
        heights, y = set(), 0
        for move, first, second in re.findall(r"([Mlhv])(-?\d+)(?: ?(-?\d+))?", line):
            y = int(second) if move == "M" else y + int(first if move == "v" else second or 0) * (move != "h")
            heights.add(y)
        scale = {}
        for tick in section.iter("text"):
            if tick.get("text-anchor") == "end" and tick.text.isdigit():
                scale.setdefault(int(tick.text), float(tick.get("y")) - 4)
        expected = 10 * (scale[0] + (scale[100] - scale[0]) * 1.19)
        self.assertAlmostEqual(min(heights), expected, delta=2)


class SizeTest(ReportTest):
    def test_many_reports(self):
        """50 devices with 10,000 reports each: 10 MB. That many reports of one device: a fiftieth of it."""
        sent = [(n * 10, fix(n * 10, 41 + (n * 7919 % 1000) / 20000, 2 + (n * 104729 % 1000) / 20000, speed=n * 31 % 120)) for n in range(10000)]
        page = self.page(sent)
        self.assertLessEqual(len(page.text), 200_000)
        self.assertIn("For the drawing alone", page.said(page.sections[ID]))

    def test_many_devices(self):
        sent = [(n, fix(n, 41, 2, device=f"{860000001000000 + n}")) for n in range(130)]
        page = self.page(sent)
        self.assertEqual(list(page.sections), [f"{860000001000000 + n}" for n in range(100)])
        self.assertEqual([self_id(r) for r in page.rows(page.root, "others")], [f"{860000001000000 + n}" for n in range(100, 130)])
        self.assertIn("This page draws the first 100 devices of the capture. 30 further devices have timelines", page.said(page.root))
        page = self.page(sent, "-d", "860000001000120", "-j", "4")
        self.assertEqual(list(page.sections), ["860000001000120"])

    def test_nothing_found(self):
        page = self.page([(0, b"nothing of ours")])
        check_whole(self, page)
        self.assertIn("No tracker message was found on the chosen ports.", page.said(page.root))


if __name__ == "__main__":
    unittest.main()
