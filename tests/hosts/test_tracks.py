# SPDX-License-Identifier: GPL-2.0-or-later
"""The tracks of s7timeline in the programs that people use: gpsbabel, OGR with both of its KML drivers, xmllint. Every fix,
height, time and gap of a capture full of traps must arrive in each (docs/TRACKS.md), with nothing on standard error."""
import csv
import json
import os
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from osgeo import gdal, ogr

import harness
from journeys import BIKE, MARKUP, SECRET, SHIP, TRUCK, VAN, Journeys
from pcap import Capture
from test_report import START
from test_report import fix as report_fix

gdal.UseExceptions()
DATA = harness.TESTS / "data"
GPX = "{http://www.topografix.com/GPX/1/1}"
KML, GX = "{http://www.opengis.net/kml/2.2}", "{http://www.google.com/kml/ext/2.2}"
FORMS = "gpx,kml,geojson"


def run(*command, **environment):
    """Standard output; anything on standard error is a failure."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, check=False,
                          env=dict(os.environ, **environment))  # fmt: skip
    assert done.returncode == 0 and done.stderr == "", f"{command}: status {done.returncode}\n{done.stderr}"
    return done.stdout


def ogr_time(feature, field):
    """As the files have it, with milliseconds; None if it is not set."""
    if not feature.IsFieldSetAndNotNull(field):
        return None
    year, month, day, hour, minute, second, zone = feature.GetFieldAsDateTime(field)
    assert zone == 100, "not UTC"
    return f"{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:06.3f}Z"


def plain(fix):
    """A fix of journeys.py as numbers, its time with milliseconds."""
    time, latitude, longitude, altitude = fix
    if time and "." not in time:
        time = time.replace("Z", ".000Z")
    return time, float(latitude), float(longitude), None if altitude is None else float(altitude)


def line_points(geometry):
    """Of a line, or of each of its parts."""
    if geometry.GetGeometryCount() == 0:
        return geometry.GetPoints()
    return [point for n in range(geometry.GetGeometryCount()) for point in geometry.GetGeometryRef(n).GetPoints()]


def around(fix):
    """GPX has no 180 degrees east."""
    return (*fix[:2], -180.0 if fix[2] == 180 else fix[2], fix[3])


class Tracks(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="gotop-tracks-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.journeys = Journeys()
        cls.capture = cls.folder / "journeys.pcap"
        cls.journeys.write(cls.capture)
        cls.out = cls.analyze("out", "--tracks", FORMS)
        cls.tracks = cls.out / "tracks"

    @classmethod
    def analyze(cls, name, *options):
        out = cls.folder / name
        done = harness.s7timeline("-q", "-o", out, *options, cls.capture)
        assert done.returncode == 0 and done.stderr == "", done.stderr
        return out

    def parts(self, device):
        return [[plain(fix) for fix in part] for part in self.journeys.parts[device]]

    def single(self, device):
        return [plain(fix) for fix in self.journeys.single[device]]

    def all(self, device):
        return sorted((plain(fix) for fix in self.journeys.fixes(device)), key=str)

    def test_files(self):
        wanted = {f"{device}{suffix}" for device in self.journeys.parts
                  for suffix in (".gpx", ".kml", "-points.geojson", "-tracks.geojson")}  # fmt: skip
        self.assertEqual({path.name for path in self.tracks.iterdir()}, wanted)
        manifest = json.loads((self.out / "manifest.json").read_text())
        self.assertLess({f"tracks/{name}" for name in wanted}, {output["name"] for output in manifest["outputs"]})
        self.assertEqual(manifest["options"]["tracks"], FORMS.split(","))

    def test_none_without_the_option(self):
        self.assertFalse((self.analyze("none") / "tracks").exists())

    def test_each_form_alone(self):
        for form, suffixes in (("gpx", {".gpx"}), ("kml", {".kml"}), ("geojson", {".geojson"})):
            out = self.analyze(form, "--tracks", form)
            self.assertEqual({path.suffix for path in (out / "tracks").iterdir()}, suffixes)
            for path in (out / "tracks").iterdir():
                self.assertEqual(path.read_bytes(), (self.tracks / path.name).read_bytes())

    def test_threads_and_memory(self):
        for name, options in (("one", ["-j", "1"]), ("many", ["-j", "7"]), ("little", ["--memory", "4M"])):
            out = self.analyze(name, "--tracks", FORMS, *options)
            for path in self.tracks.iterdir():
                self.assertEqual(path.read_bytes(), (out / "tracks" / path.name).read_bytes(), (name, path.name))

    def test_rules_of_the_schemas(self):
        for suffix in ("gpx", "kml"):
            for path in self.tracks.glob(f"*.{suffix}"):
                done = subprocess.run(["xmllint", "--noout", "--relaxng", DATA / f"{suffix}.rng", path],
                                      capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
                self.assertEqual((done.returncode, done.stderr), (0, f"{path} validates\n"))

    # --- GPX ---

    @staticmethod
    def gpx_fix(element):
        time, altitude = element.findtext(f"{GPX}time"), element.findtext(f"{GPX}ele")
        return plain((time, element.get("lat"), element.get("lon"), altitude))

    def test_gpx(self):
        for device in self.journeys.parts:
            root = ElementTree.parse(self.tracks / f"{device}.gpx").getroot()
            parts = [[self.gpx_fix(point) for point in part] for part in root.iter(f"{GPX}trkseg")]
            single = [self.gpx_fix(p) for p in root.iter(f"{GPX}wpt") if p.findtext(f"{GPX}type") == "fix"]
            self.assertCountEqual(parts, [[around(f) for f in p] for p in self.parts(device)])
            self.assertCountEqual(single, [around(fix) for fix in self.single(device)])
            self.assertEqual({track.findtext(f"{GPX}name") for track in root.iter(f"{GPX}trk")}, {device})

    def test_gpx_names_rows_and_packets(self):
        for device in self.journeys.parts:
            rows = harness.read_csv((self.out / "devices" / f"{device}.csv").read_bytes())
            root = ElementTree.parse(self.tracks / f"{device}.gpx").getroot()
            points = [*root.iter(f"{GPX}trkpt"), *(w for w in root.iter(f"{GPX}wpt") if w.findtext(f"{GPX}type") == "fix")]
            for point in points:
                comment = point.findtext(f"{GPX}cmt")
                row = rows[int(comment.split(",")[0].split()[1]) - 1]
                self.assertEqual(comment.split(",")[1], f" packets {row['packets']}")
                self.assertEqual(point.get("lat"), row["latitude"])
                if not point.findtext(f"{GPX}time"):
                    self.assertIn(f"no time in UTC, device clock {row['device_time']}", comment)

    def test_gpx_has_times_in_all_parts_of_a_track_or_in_none(self):
        """togeojson, by which web maps read GPX, gives the times of a track to its first parts, whichever have them."""
        out = self.folder / "mixed"
        field_day = harness.TESTS.parent / "samples" / "captures" / "field-day.pcap"
        self.assertEqual(harness.s7timeline("-q", "-o", out, "--tracks", "gpx", field_day).returncode, 0)
        root = ElementTree.parse(out / "tracks" / "861000000000016.gpx").getroot()
        told = []
        for track in root.iter(f"{GPX}trk"):
            timed = [{point.find(f"{GPX}time") is not None for point in part} for part in track.iter(f"{GPX}trkseg")]
            self.assertEqual(len(set().union(*timed)), 1)
            told.append((track.findtext(f"{GPX}cmt"), [len(part) for part in track.iter(f"{GPX}trkseg")], timed[0] == {True}))
        mixed = "trip 2, rows 39 to 56"  # rows 45 and 46 are of a dialect whose clock may have any zone
        self.assertEqual([row for row in told if row[0] == mixed], [(mixed, [6], True), (mixed, [2], False), (mixed, [9], True)])

    def test_gpx_in_gpsbabel(self):
        for device in self.journeys.parts:
            back = self.folder / f"{device}.back.gpx"
            run("gpsbabel", "-t", "-w", "-i", "gpx", "-f", self.tracks / f"{device}.gpx", "-o", "gpx", "-F", back)
            root = ElementTree.parse(back).getroot()
            parts = [[self.gpx_fix(point) for point in part] for part in root.iter(f"{GPX}trkseg")]
            self.assertCountEqual(parts, [[around(f) for f in p] for p in self.parts(device)])
            single = [self.gpx_fix(p) for p in root.iter(f"{GPX}wpt") if p.findtext(f"{GPX}type") == "fix"]
            self.assertCountEqual(single, [around(fix) for fix in self.single(device)])

    def test_gpx_in_ogr(self):
        for device in self.journeys.parts:
            run("ogrinfo", "-al", "-so", self.tracks / f"{device}.gpx")
            file = ogr.Open(str(self.tracks / f"{device}.gpx"))
            layer = file.GetLayerByName("track_points")
            gaps = {feature.GetField("s7_track_gap_s") for feature in file.GetLayerByName("tracks")}
            self.assertEqual(gaps, {600} if self.parts(device) else set())
            points = [self.ogr_fix(feature, "time", "ele") for feature in layer]
            speeds = {feature.GetField("s7_speed_kmh") for feature in layer}
            points += [self.ogr_fix(f, "time", "ele") for f in file.GetLayerByName("waypoints") if f.GetField("type") == "fix"]
            self.assertEqual(sorted(points, key=str), sorted(map(around, self.all(device)), key=str))
            self.assertTrue(speeds <= {36, 54, 36.0})

    @staticmethod
    def ogr_fix(feature, time, altitude=None):
        geometry = feature.GetGeometryRef()
        height = feature.GetField(altitude) if altitude else geometry.GetZ() if geometry.Is3D() else None
        return time and ogr_time(feature, time), geometry.GetY(), geometry.GetX(), height

    # --- KML ---

    def test_kml(self):
        for device in self.journeys.parts:
            root = ElementTree.parse(self.tracks / f"{device}.kml").getroot()
            parts = []
            for track in root.iter(f"{GX}Track"):
                times = [when.text for when in track.iter(f"{KML}when")]
                places = [coord.text.split() for coord in track.iter(f"{GX}coord")]
                self.assertEqual(len(times), len(places))
                parts.append([plain((t, p[1], p[0], p[2] if len(p) > 2 else None)) for t, p in zip(times, places)])
            self.assertCountEqual(parts, self.parts(device))
            (fixes,) = (folder for folder in root.iter(f"{KML}Folder") if folder.findtext(f"{KML}name") == "fixes")
            found = {"fix": [], "single fix": []}
            for mark in fixes.iter(f"{KML}Placemark"):
                place = mark.findtext(f".//{KML}coordinates").split(",")
                fix = plain((mark.findtext(f".//{KML}when"), place[1], place[0], place[2] if len(place) > 2 else None))
                found[mark.findtext(f"{KML}name")].append(fix)
            self.assertCountEqual(found["single fix"], self.single(device))
            self.assertCountEqual(found["fix"], [fix for part in self.parts(device) for fix in part])

    def test_kml_in_both_drivers(self):
        drivers = [name for name in ("LIBKML", "KML") if gdal.GetDriverByName(name)]
        self.assertEqual(drivers[-1], "KML")  # LIBKML is not built any more where its library was given up
        self.assertTrue("LIBKML" in drivers or gdal.VersionInfo() > "3110000", gdal.VersionInfo())
        for name in drivers:
            skipped = " ".join(other for other in drivers if other != name)
            for device in self.journeys.parts:
                run("ogr2ogr", "-f", "GPKG", self.folder / f"{device}.{name}.gpkg", self.tracks / f"{device}.kml", GDAL_SKIP=skipped)
                file = gdal.OpenEx(str(self.tracks / f"{device}.kml"), gdal.OF_VECTOR, [name])
                fixes = file.GetLayerByName("fixes")
                found = [(*self.ogr_fix(f, "timestamp" if name == "LIBKML" else None)[1:],) for f in fixes]
                self.assertEqual(sorted(found, key=str), sorted((fix[1:] for fix in self.all(device)), key=str))
                if name == "KML":  # reads neither tracks nor times nor data
                    continue
                fixes.ResetReading()
                self.assertEqual({feature.GetField("device_id") for feature in fixes}, {device})
                fixes.ResetReading()
                self.assertEqual(sorted((self.ogr_fix(f, "timestamp") for f in fixes), key=str), self.all(device))
                lines = [line.GetPoints() for f in file.GetLayerByName("trips") for line in f.GetGeometryRef()]
                lines = [[(y, x, *z) for x, y, *z in line] for line in lines]
                self.assertCountEqual(lines, [[(*f[1:3], *(f[3:] if f[3] is not None else ())) for f in p] for p in self.parts(device)])

    def test_kml_in_gpsbabel(self):
        for device in self.journeys.parts:
            text = run("gpsbabel", "-t", "-i", "kml", "-f", self.tracks / f"{device}.kml", "-o", "gpx,gpxver=1.1", "-F", "-")
            points = [self.gpx_fix(point) for point in ElementTree.fromstring(text).iter(f"{GPX}trkpt")]
            wanted = [around(fix) for part in self.parts(device) for fix in part]
            self.assertEqual([p[:3] for p in points], [w[:3] for w in wanted])

    # --- GeoJSON ---

    def test_points(self):
        for device in self.journeys.parts:
            path = self.tracks / f"{device}-points.geojson"
            run("ogrinfo", "-al", "-so", path)
            run("gpsbabel", "-i", "geojson", "-f", path, "-o", "gpx", "-F", self.folder / "points.gpx")
            file = ogr.Open(str(path))  # must live as long as its layers
            layer = file.GetLayer(0)
            self.assertEqual(sorted((self.ogr_fix(f, "time") for f in layer), key=str), self.all(device))
            for feature in json.loads(path.read_text())["features"]:
                self.assertEqual(feature["properties"]["device_id"], device)
                self.assertEqual(feature["properties"]["name"], device)

    def test_lines(self):
        for device in self.journeys.parts:
            path = self.tracks / f"{device}-tracks.geojson"
            run("ogrinfo", "-al", "-so", path)
            text = run("gpsbabel", "-t", "-i", "geojson", "-f", path, "-o", "gpx,gpxver=1.1", "-F", "-")
            self.assertEqual(sum(1 for _ in ElementTree.fromstring(text).iter(f"{GPX}trkpt")), sum(map(len, self.parts(device))))
            parts = []
            for feature in json.loads(path.read_text())["features"]:
                self.assertEqual(feature["geometry"]["type"], "MultiLineString")
                self.assertEqual(feature["properties"]["device_id"], device)
                lines, times = feature["geometry"]["coordinates"], feature["properties"]["coordTimes"]
                self.assertEqual([len(line) for line in lines], [len(line) for line in times])
                for line, clocks in zip(lines, times):
                    parts.append([plain((t, p[1], p[0], p[2] if len(p) > 2 else None)) for t, p in zip(clocks, line)])
            self.assertCountEqual(parts, self.parts(device))

    # --- What is in none of them ---

    def test_events_on_the_map(self):
        events = list(csv.DictReader((self.out / "events.csv").read_text().splitlines()))
        for device in self.journeys.parts:
            wanted = [e["event"] for e in events if e["device_id"] == device and e["latitude"]]
            root = ElementTree.parse(self.tracks / f"{device}.gpx").getroot()
            self.assertCountEqual([w.findtext(f"{GPX}name") for w in root.iter(f"{GPX}wpt") if w.findtext(f"{GPX}type") == "event"], wanted)
            root = ElementTree.parse(self.tracks / f"{device}.kml").getroot()
            marks = [m.findtext(f"{KML}name") for folder in root.iter(f"{KML}Folder") if folder.findtext(f"{KML}name") == "events"
                     for m in folder.iter(f"{KML}Placemark")]  # fmt: skip
            self.assertCountEqual(marks, wanted)

    def test_markup_from_the_capture(self):
        root = ElementTree.parse(self.tracks / f"{VAN}.gpx").getroot()
        self.assertTrue(any(MARKUP in (desc.text or "") for desc in root.iter(f"{GPX}desc")))
        root = ElementTree.parse(self.tracks / f"{VAN}.kml").getroot()
        self.assertTrue(any(MARKUP in (d.text or "") for d in root.iter(f"{KML}description")))
        points = json.loads((self.tracks / f"{VAN}-points.geojson").read_text())
        self.assertIn(MARKUP, [feature["properties"].get("driver_id") for feature in points["features"]])

    def test_no_secret(self):
        for path in self.out.rglob("*"):
            if path.is_file():
                self.assertNotIn(SECRET.encode(), path.read_bytes(), path.name)

    def test_gap(self):
        """601 s are a gap, 600 are none; a wider one joins what lay 601 s apart."""
        out = self.analyze("wide", "--tracks", "gpx", "--track-gap", "601", "--rule", "jump_speed=1000")
        root = ElementTree.parse(out / "tracks" / f"{VAN}.gpx").getroot()
        parts = [[self.gpx_fix(point) for point in part] for part in root.iter(f"{GPX}trkseg")]
        morning = self.parts(VAN)[0]
        self.assertIn([*morning, self.single(VAN)[0]], parts)

    def test_no_known_device(self):
        """Fixes of devices that are one too many are on the map, and joined with nothing."""
        out = self.analyze("few", "--tracks", FORMS, "--max-devices", "1")
        root = ElementTree.parse(out / "tracks" / "_unknown.gpx").getroot()
        single = [self.gpx_fix(p) for p in root.iter(f"{GPX}wpt") if p.findtext(f"{GPX}type") == "fix"]
        known = next(path.stem for path in (out / "tracks").glob("[0-9]*.gpx"))
        self.assertEqual(len(single), sum(len(self.all(d)) for d in self.journeys.parts if d != known))
        self.assertEqual(list(root.iter(f"{GPX}trk")), [])

    def test_order_of_capture(self):
        """Rows have other numbers; the fixes stand where they belong all the same."""
        out = self.analyze("captured", "--tracks", FORMS, "--order", "capture")
        for device in (VAN, SHIP, TRUCK, BIKE):
            root = ElementTree.parse(out / "tracks" / f"{device}.gpx").getroot()
            points = [self.gpx_fix(p) for part in root.iter(f"{GPX}trkseg") for p in part]
            points += [self.gpx_fix(p) for p in root.iter(f"{GPX}wpt") if p.findtext(f"{GPX}type") == "fix"]
            self.assertEqual(sorted(points, key=str), sorted(map(around, self.all(device)), key=str))
            times = [[fix[0] for fix in map(self.gpx_fix, part)] for part in root.iter(f"{GPX}trkseg")]
            self.assertTrue(all(part == sorted(part) for part in times))


class Long(unittest.TestCase):
    """More of one device than its forms keep in memory: every fix is in each, in its order, and each once."""

    def test_a_drive_of_six_thousand_fixes(self):
        capture, fixes = Capture(), [(n * 10, round(41 + n / 5000, 6), round(2 + n / 7000, 6)) for n in range(6000)]
        for seconds, latitude, longitude in fixes:
            capture.time = int((START.timestamp() + seconds) * 1000)
            capture.udp(("10.0.0.1", 4000), ("192.0.2.1", 8888), report_fix(seconds, latitude, longitude))
        places = [fix[1:] for fix in fixes]
        with tempfile.TemporaryDirectory(prefix="gotop-long-") as folder:
            out = Path(folder) / "out"
            capture.write(Path(folder) / "long.pcap")
            done = harness.s7timeline("-q", "--tracks", FORMS, "--geopackage", "-o", out, Path(folder) / "long.pcap")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            (rows,) = (harness.read_csv(path.read_bytes()) for path in (out / "devices").glob("*.csv"))
            self.assertEqual([(float(row["latitude"]), float(row["longitude"])) for row in rows], places)
            (path,) = (out / "tracks").glob("*.gpx")
            points = list(ElementTree.parse(path).iter(f"{GPX}trkpt"))
            self.assertEqual([(float(p.get("lat")), float(p.get("lon"))) for p in points], places)
            self.assertEqual(len({p.findtext(f"{GPX}time") for p in points}), len(places))
            (path,) = (out / "tracks").glob("*.kml")
            root = ElementTree.parse(path).getroot()
            for texts in ([c.text.split()[1::-1] for c in root.iter(f"{GX}coord")],
                          [t.split(",")[1::-1] for m in root.iter(f"{KML}Placemark") if m.findtext(f"{KML}name") == "fix"
                           for t in [m.findtext(f".//{KML}coordinates")]]):  # fmt: skip
                self.assertEqual([tuple(map(float, text)) for text in texts], places)
            for path in (out / "tracks").glob("*.geojson"):
                features = json.loads(path.read_text())["features"]
                lines = [f["geometry"]["coordinates"] for f in features if f["geometry"]["type"] == "MultiLineString"]
                found = [p for line in lines for part in line for p in part] or [f["geometry"]["coordinates"] for f in features]
                self.assertEqual([(p[1], p[0]) for p in found], places)
            file = ogr.Open(str(out / "timeline.gpkg"))  # must live as long as its layers
            layer = file.GetLayerByName("fixes")
            found = [feature.GetGeometryRef().GetPoint() for feature in layer]
            self.assertEqual([(p[1], p[0]) for p in found], places)
            layer = file.GetLayerByName("trips")
            found = [p for feature in layer if feature.GetGeometryRef() for p in line_points(feature.GetGeometryRef())]
            self.assertEqual([(p[1], p[0]) for p in found], places)


class Beside(unittest.TestCase):
    """devices/<device_id>.csvt and .prj."""

    def test_ogr_finds_the_points(self):
        with tempfile.TemporaryDirectory(prefix="gotop-beside-") as folder:
            out, capture = Path(folder) / "out", Path(folder) / "journeys.pcap"
            Journeys().write(capture)
            self.assertEqual(harness.s7timeline("-q", "-o", out, capture).returncode, 0)
            for path in (out / "devices").glob("*.csv"):
                text = run("ogrinfo", "-al", path)
                self.assertIn("Geometry: Point", text)
                self.assertIn('ID["EPSG",4326]', text)
                rows = harness.read_csv(path.read_bytes())
                file = ogr.Open(str(path))  # must live as long as its layers
                layer = file.GetLayer(0)
                self.assertEqual([feature.GetField("device_id") for feature in layer], [row["device_id"] for row in rows])
                layer.ResetReading()
                for feature, row in zip(layer, rows):
                    place = feature.GetGeometryRef()
                    wanted = (float(row["longitude"]), float(row["latitude"])) if row["latitude"] else None
                    self.assertEqual((place.GetX(), place.GetY()) if place else None, wanted)
                    for column in ("mnc", "code", "status", "packets", "inputs"):
                        self.assertEqual(feature.GetField(column), row[column])


if __name__ == "__main__":
    unittest.main()
