# SPDX-License-Identifier: GPL-2.0-or-later
"""timeline.gpkg, reports.jsonl and timesketch.jsonl: the same rows as the CSV files, value by value, in the programs that
read them: sqlite3, OGR, a validator of JSON schemas."""
import contextlib
import csv
import json
import os
import resource
import sqlite3
import struct
import subprocess
import tempfile
import unittest
from datetime import datetime, timezone
from pathlib import Path

import jsonschema
from osgeo import gdal, ogr

import harness
from journeys import MARKUP, SECRET, TRUCK, VAN, Journeys, at, report

gdal.UseExceptions()
SCHEMA = harness.TESTS.parent / "docs" / "reports.schema.json"
SAMPLES = harness.TESTS.parent / "samples" / "captures"
ALL = ("--geopackage", "--jsonl", "--timesketch")
BOOLEANS = {"valid", "ignition", "external_power", "charging"}


def milliseconds(time):
    """Nine decimals cut to three."""
    return time and time[:23] + "Z"


def cell_text(column, value):
    """A cell without its guard."""
    return harness.plain_cell(column, value)


class Forms(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="gotop-gpkg-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        Journeys().write(cls.folder / "journeys.pcap")
        cls.captures = [*sorted(SAMPLES.glob("*.pcap*")), cls.folder / "journeys.pcap"]
        cls.outs = [cls.analyze(capture, capture.stem, *ALL) for capture in cls.captures]
        cls.out = cls.outs[-1]

    @classmethod
    def analyze(cls, capture, name, *options):
        out = cls.folder / name
        done = harness.s7timeline("-q", "-o", out, *options, capture)
        assert done.returncode == 0 and done.stderr == "", done.stderr
        return out

    @staticmethod
    def rows(out):
        """Rows of all timelines, each with its number, by device and number."""
        found = {}
        for path in (out / "devices").glob("*.csv"):
            for number, row in enumerate(harness.read_csv(path.read_bytes()), 1):
                found[path.stem if path.stem == "_unknown" else row["device_id"], number] = row
        return found

    @staticmethod
    @contextlib.contextmanager
    def database(out):
        with contextlib.closing(sqlite3.connect(f"file:{out / 'timeline.gpkg'}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            yield connection

    def keyed(self, out, rows):
        """Rows of a form by device and number: those of no known device may have ids of their own."""
        known = {row["device_id"] for row in csv.DictReader((out / "devices.csv").read_text().splitlines())}
        return {(row["device_id"] if row.get("device_id") in known else "_unknown", row["row"]): row for row in rows}

    # --- GeoPackage ---

    def test_is_sound(self):
        for out in self.outs:
            with self.database(out) as database:
                self.assertEqual(database.execute("PRAGMA integrity_check").fetchone()[0], "ok")
                self.assertEqual(database.execute("PRAGMA application_id").fetchone()[0], 0x47504B47)
                self.assertEqual(database.execute("PRAGMA user_version").fetchone()[0], 10300)
                self.assertEqual(database.execute("PRAGMA foreign_key_check").fetchall(), [])
                for layer in ("fixes", "trips", "events"):
                    self.assertEqual(database.execute(f"SELECT rtreecheck('rtree_{layer}_geom')").fetchone()[0], "ok")
            self.assertEqual([p.name for p in out.iterdir() if p.name.startswith("timeline.gpkg")], ["timeline.gpkg"])

    def test_reports_are_those_of_the_timelines(self):
        for out in self.outs:
            rows = self.rows(out)
            with self.database(out) as database:
                found = self.keyed(out, [dict(row) for row in database.execute("SELECT * FROM reports")])
            self.assertEqual(found.keys(), rows.keys())
            for key, row in rows.items():
                self.compare(found[key], row)

    def compare(self, record, row):
        for column, cell in row.items():
            value = record[column]
            if cell == "":
                self.assertIsNone(value, column)
            elif column == "capture_time":
                self.assertEqual(value, milliseconds(cell))
                second = int(datetime.fromisoformat(cell[:19] + "+00:00").timestamp())
                self.assertEqual(record["capture_ns"], second * 10**9 + int(cell[20:29]))
            elif isinstance(value, str):
                self.assertEqual(value, cell_text(column, cell), column)
            else:
                self.assertEqual(float(value), float(cell), column)

    def test_types(self):
        with self.database(self.out) as database:
            types = {row["name"]: row["type"] for row in database.execute("PRAGMA table_info(reports)")}
            self.assertEqual([name for name in types if name not in ("fid", "row", "capture_ns")], harness.COLUMNS)
            for column in ("device_id", "mnc", "code", "status", "packets", "raw"):
                self.assertEqual(types[column], "TEXT")
                kinds = {r[0] for r in database.execute(f"SELECT DISTINCT typeof({column}) FROM reports")}
                self.assertLessEqual(kinds, {"text", "null"})
            self.assertEqual((types["capture_time"], types["speed_kmh"], types["valid"]), ("DATETIME", "DOUBLE", "BOOLEAN"))

    def test_fixes(self):
        """Points of the current fixes, with the times that are known to be UTC; the spatial filter finds what it should."""
        for out in self.outs:
            rows = {key: row for key, row in self.rows(out).items() if row["valid"] == "1" and row["latitude"]
                    and "null_island" not in row["flags"].split(";") and row["device_time"]}  # fmt: skip
            rows = {key: row for key, row in rows.items() if abs(float(row["latitude"])) <= 90 and abs(float(row["longitude"])) <= 180}
            file = ogr.Open(str(out / "timeline.gpkg"))
            layer = file.GetLayerByName("fixes")
            found = self.keyed(out, [{"row": f.GetField("row"), "device_id": f.GetField("device_id"), "time": f.GetField("time"),
                                      "place": f.GetGeometryRef().GetPoint_2D(0)} for f in layer])  # fmt: skip
            self.assertEqual(found.keys(), rows.keys())
            for key, row in rows.items():
                self.assertEqual(found[key]["place"], (float(row["longitude"]), float(row["latitude"])))
                utc = row["dialect"] != "gotop" and not {"future_time", "week_rollover"} & set(row["flags"].split(";"))
                if utc:
                    self.assertEqual(found[key]["time"].replace("/", "-").replace(" ", "T")[:19], row["device_time"])
            places = [entry["place"] for entry in found.values()]
            for west, south, east, north in ((-180, -90, 180, 90), (-10, 30, 10, 45), (113, 22, 114, 23), (2.1, 41.3, 2.2, 41.45)):
                layer.SetSpatialFilterRect(west, south, east, north)
                wanted = sum(west <= x <= east and south <= y <= north for x, y in places)
                self.assertEqual(layer.GetFeatureCount(), wanted)
            layer.SetSpatialFilter(None)
            if places:
                extent = layer.GetExtent(0)  # of gpkg_contents
                xs, ys = zip(*places)
                self.assertEqual(extent, (min(xs), max(xs), min(ys), max(ys)))

    def test_fixes_are_reports(self):
        with self.database(self.out) as database:
            joined = database.execute("SELECT count(*) FROM fixes JOIN reports USING (fid) WHERE fixes.row = reports.row AND "
                                      "fixes.device_id = reports.device_id").fetchone()[0]  # fmt: skip
            self.assertEqual(joined, database.execute("SELECT count(*) FROM fixes").fetchone()[0])
            clocks = {row[0]: row[1] for row in database.execute("SELECT device_id, group_concat(DISTINCT clock) FROM fixes GROUP BY 1")}
            self.assertEqual((clocks[VAN], clocks[TRUCK]), ("device", "capture"))

    def test_events_and_trips(self):
        for out in self.outs:
            with self.database(out) as database:
                events = sorted(csv.DictReader((out / "events.csv").read_text().splitlines()), key=lambda e: (e["device_id"], int(e["first_row"]), e["event"], e["detail"]))
                found = database.execute("SELECT * FROM events ORDER BY device_id, first_row, event, ifnull(detail, '')").fetchall()
                self.assertEqual([(e["device_id"], e["event"], e["clock"], e["rule"], e["first_row"], e["last_row"]) for e in events],
                                 [(e["device_id"], e["event"], e["clock"], e["rule"], str(e["first_row"]), str(e["last_row"])) for e in found])  # fmt: skip
                for record, event in zip(found, events):
                    self.assertEqual(record["detail"] or "", cell_text("raw", event["detail"]))
                    self.assertEqual((record["time"] or record["device_time"] or "")[:19], event["time"][:19])
                    place = struct.unpack("<dd", record["geom"][13:]) if record["geom"] else None
                    self.assertEqual(place, (float(event["longitude"]), float(event["latitude"])) if event["latitude"] else None)
                trips = list(csv.DictReader((out / "trips.csv").read_text().splitlines()))
                found = database.execute("SELECT * FROM trips ORDER BY device_id, first_row").fetchall()
                self.assertEqual(len(found), len(trips))
                for record, trip in zip(found, sorted(trips, key=lambda t: (t["device_id"], int(t["first_row"])))):
                    for column, cell in trip.items():
                        if column in ("start", "end"):
                            self.assertEqual((record[column] or record[f"device_{column}"])[:19], cell[:19])
                        elif cell == "":
                            self.assertIsNone(record[column])
                        elif isinstance(record[column], str):
                            self.assertEqual(record[column], cell)
                        else:
                            self.assertAlmostEqual(float(record[column]), float(cell), delta=0.06 if column == "max_speed_kmh" else 0)

    def test_trips_have_the_lines_of_their_fixes(self):
        file = ogr.Open(str(self.out / "timeline.gpkg"))
        lines = [[line.GetPoints() for line in f.GetGeometryRef()] for f in file.GetLayerByName("trips") if f.GetField("device_id") == VAN]
        wanted = Journeys().parts[VAN]
        self.assertEqual(lines, [[[(float(fix[2]), float(fix[1])) for fix in wanted[0]]],
                                 [[(float(fix[2]), float(fix[1])) for fix in part] for part in wanted[1:3]]])  # fmt: skip

    def test_devices_and_streams(self):
        for out in self.outs:
            with self.database(out) as database:
                for table in ("devices", "streams"):
                    rows = list(csv.DictReader((out / f"{table}.csv").read_text().splitlines()))
                    found = database.execute(f"SELECT * FROM {table} ORDER BY fid").fetchall()
                    self.assertEqual(len(found), len(rows))
                    for record, row in zip(found, rows):
                        for column, cell in row.items():
                            wanted = milliseconds(cell) if column in ("first_seen", "last_seen", "start", "end") else cell
                            self.assertEqual(str(record[column] if record[column] is not None else ""), wanted, column)

    def test_other_programs_can_change_it(self):
        """The triggers of the index work where there are the functions that they need."""
        copy = self.folder / "copy.gpkg"
        copy.write_bytes((self.out / "timeline.gpkg").read_bytes())
        file = ogr.Open(str(copy), 1)
        layer = file.GetLayerByName("fixes")
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometry(ogr.CreateGeometryFromWkt("POINT (1 2)"))
        layer.CreateFeature(feature)
        number = feature.GetFID()
        layer.SetSpatialFilterRect(0.9, 1.9, 1.1, 2.1)
        self.assertEqual([f.GetFID() for f in layer], [number])
        layer.DeleteFeature(number)
        layer.ResetReading()
        self.assertEqual(len(layer), 0)

    def test_a_large_index(self):
        """More fixes than a node of nodes holds."""
        capture = self.folder / "large.pcap"
        journeys = Journeys()
        journeys.sent = []
        places = [((i * 37) % 1000 / 10, (i * 91) % 3000 / 10 - 150) for i in range(6000)]
        for i, (latitude, longitude) in enumerate(places):
            time = at("00:00:00") + (at("00:00:01") - at("00:00:00")) * i
            journeys.send(time, 4001, report(VAN, time, f"{latitude - 50:.6f}", f"{longitude:.6f}"))
        journeys.write(capture)
        out = self.analyze(capture, "large", "--geopackage", "-j", "2", "--memory", "4M")
        with self.database(out) as database:
            self.assertEqual(database.execute("SELECT rtreecheck('rtree_fixes_geom')").fetchone()[0], "ok")
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchone()[0], "ok")
            query = "SELECT count(*) FROM rtree_fixes_geom WHERE minx >= -20.05 AND maxx <= 33.05 AND miny >= -10.05 AND maxy <= 20.05"
            wanted = sum(-20.05 <= x <= 33.05 and -10.05 <= y - 50 <= 20.05 for y, x in places) - sum(y == 50 and x == 0 for y, x in places)
            self.assertEqual(database.execute(query).fetchone()[0], wanted)

    # --- The same bytes for any number of threads ---

    def test_threads_and_memory(self):
        capture = SAMPLES / "field-day.pcap"
        one = self.analyze(capture, "one", *ALL, "-j", "1")
        for name, options in (("many", ["-j", "5"]), ("little", ["--memory", "4M", "-j", "3"])):
            other = self.analyze(capture, name, *ALL, *options)
            for file in ("timeline.gpkg", "reports.jsonl", "timesketch.jsonl"):
                self.assertEqual((one / file).read_bytes(), (other / file).read_bytes(), (name, file))

    def test_manifest(self):
        manifest = json.loads((self.out / "manifest.json").read_text())
        outputs = {output["name"]: output for output in manifest["outputs"]}
        for file in ("timeline.gpkg", "reports.jsonl", "timesketch.jsonl"):
            self.assertEqual(outputs[file]["size"], (self.out / file).stat().st_size)
        for option in ("geopackage", "jsonl", "timesketch"):
            self.assertIs(manifest["options"][option], True)

    def test_none_without_the_options(self):
        out = self.analyze(self.captures[-1], "none")
        self.assertFalse({"timeline.gpkg", "reports.jsonl", "timesketch.jsonl"} & {path.name for path in out.iterdir()})

    def test_disk_full(self):
        """The database cannot grow: the message names it, and no file has the name of a result."""
        sizes = [path.stat().st_size for path in self.analyze(SAMPLES / "field-day.pcap", "small").rglob("*") if path.is_file()]
        limit = max(sizes) + 4096
        out = self.folder / "full"
        done = subprocess.run([os.environ["S7TIMELINE"], "-q", "--geopackage", "-o", out, SAMPLES / "field-day.pcap"], capture_output=True,
                              text=True, timeout=120, restore_signals=False, check=False,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))  # fmt: skip
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("timeline.gpkg: cannot write", done.stderr)
        self.assertEqual([path.name for path in out.rglob("*") if path.is_file() and path.suffix != ".part"], [])

    # --- reports.jsonl ---

    def test_jsonl_follows_its_schema(self):
        schema = json.loads(SCHEMA.read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        validator = jsonschema.Draft7Validator(schema)
        self.assertEqual(list(schema["properties"]), ["row", *harness.COLUMNS])
        for out in self.outs:
            for line in (out / "reports.jsonl").read_text().splitlines():
                record = json.loads(line)
                self.assertEqual([error.message for error in validator.iter_errors(record)], [], line)
                self.assertEqual(list(record), [name for name in schema["properties"] if name in record])

    def test_jsonl_has_the_rows_of_the_timelines(self):
        for out in self.outs:
            rows = self.rows(out)
            records = [json.loads(line, parse_float=str, parse_int=str) for line in (out / "reports.jsonl").read_text().splitlines()]
            for record in records:
                record["row"] = int(record["row"])
            found = self.keyed(out, records)
            self.assertEqual(found.keys(), rows.keys())
            for key, row in rows.items():
                for column, cell in row.items():
                    wanted = cell_text(column, cell)
                    if column == "details" and cell:
                        wanted = json.loads(cell, parse_float=str, parse_int=str)
                    self.assertEqual(self.json_cell(column, found[key].get(column)), wanted, (key, column))

    @staticmethod
    def json_cell(column, value):
        """As the timeline has it. Numbers came as they are written."""
        if value is None:
            return ""
        if column in harness.MANY_COLUMNS:
            return ";".join(f"{v['number']}={v['value']}" if "number" in v else v["value"] for v in value)
        if column in ("flags", "packets"):
            return ";".join(value)
        if column in BOOLEANS:
            return str(int(value)) if isinstance(value, bool) else value
        return value

    # --- Timesketch ---

    def test_timesketch(self):
        for out in self.outs:
            rows = self.rows(out)
            lines = [json.loads(line) for line in (out / "timesketch.jsonl").read_text().splitlines()]
            for line in lines:
                self.assertLessEqual({"message", "datetime", "timestamp", "timestamp_desc"}, line.keys())
                self.assertRegex(line["datetime"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
                time = datetime.fromisoformat(line["datetime"][:-1]).replace(tzinfo=timezone.utc)
                self.assertEqual(line["timestamp"], round(time.timestamp() * 10**6))
                self.assertNotIn("tag", line)
                self.assertNotIn("", line.values())
            captured = self.keyed(out, [line for line in lines if line["timestamp_desc"] == "Packet captured"])
            self.assertEqual(captured.keys(), {key for key, row in rows.items() if row["capture_time"]})
            for key, line in captured.items():
                self.assertEqual(line["datetime"][:26], rows[key]["capture_time"][:26])
                self.assertEqual(line["raw"], cell_text("raw", rows[key]["raw"]))
            clocks = self.keyed(out, [line for line in lines if line["timestamp_desc"] == "Device clock"])
            for key, line in clocks.items():
                self.assertNotEqual(rows[key]["dialect"], "gotop")
                self.assertEqual(line["datetime"][:19], rows[key]["device_time"])

    # --- Secrets and hostile text ---

    def test_no_secret(self):
        for path in self.out.rglob("*"):
            if path.is_file():
                self.assertNotIn(SECRET.encode(), path.read_bytes(), path.name)
        shown = self.analyze(self.captures[-1], "shown", *ALL, "--show-secrets")
        for file in ("timeline.gpkg", "reports.jsonl", "timesketch.jsonl"):
            self.assertIn(SECRET.encode(), (shown / file).read_bytes(), file)

    def test_markup(self):
        with self.database(self.out) as database:
            self.assertEqual(database.execute("SELECT driver_id FROM reports WHERE driver_id NOTNULL").fetchone()[0], MARKUP)
        for file in ("reports.jsonl", "timesketch.jsonl"):
            lines = map(json.loads, (self.out / file).read_text().splitlines())
            self.assertIn(MARKUP, [line.get("driver_id") for line in lines])


if __name__ == "__main__":
    unittest.main()
