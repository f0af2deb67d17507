# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line of s7timeline: options, messages, exit statuses."""
import hashlib
import itertools
import json
import os
import shutil
import struct
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import harness
import carriers
import pcap

DEVICE, PORT_DEVICE = "861785001515349", "867688038677542"
HEARTBEAT = b"#861785001515349,CMD-X#"
OTHER = b"#867688038677542,ALM-E#"
SERVER = ("192.0.2.1", 8888)


def heartbeats(count):
    """A datagram a packet, on port 8888; then one of another device on port 9999."""
    capture = pcap.Capture()
    for _ in range(count):
        capture.udp(("10.0.0.1", 4000), SERVER, HEARTBEAT)
    capture.udp(("10.0.0.2", 4000), ("192.0.2.1", 9999), OTHER)
    return capture


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.capture = self.folder / "three.pcap"
        heartbeats(3).write(self.capture)

    def run_it(self, *arguments, **options):
        return harness.s7timeline(*arguments, cwd=self.folder, **options)

    def file(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def expect(self, done, status, *words):
        self.assertEqual(done.returncode, status, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        return done

    def created(self):
        return sorted(p.name for p in self.folder.iterdir() if p.name != "three.pcap")

    def test_value_behind_a_short_option(self):
        """-j2 is -j 2, also behind others in one word; a value and what stands behind -- are left as they are."""
        self.expect(self.run_it("-qj2", "-oresults", f"-d{PORT_DEVICE}", "-p9999", self.capture), 0)
        self.assertTrue((self.folder / "results" / "devices" / f"{PORT_DEVICE}.csv").is_file())
        self.expect(self.run_it("-qo", "-j2", "-fudp port 8888", self.capture), 0)
        self.assertTrue((self.folder / "-j2" / "devices" / f"{DEVICE}.csv").is_file())
        shutil.copy(self.capture, self.folder / "-p1.pcap")
        self.expect(self.run_it("-q", "-oothers", "--", "-p1.pcap"), 0)
        self.assertTrue((self.folder / "others" / "devices" / f"{DEVICE}.csv").is_file())
        self.expect(self.run_it("-jmany", self.capture), 2, "many")

    # -- what the user got wrong

    def test_unknown_option(self):
        self.expect(self.run_it("--no-such-option", self.capture), 2, "--no-such-option")
        self.assertEqual(self.created(), [])

    def test_no_capture_named(self):
        self.assertNotEqual(self.expect(self.run_it(), 2).stderr, "")

    def test_bad_port(self):
        for ports in ("http", "0", "65536", "8888,", ""):
            with self.subTest(ports=ports):
                self.assertNotEqual(self.expect(self.run_it("-p", ports, self.capture), 2).stderr, "")

    def test_bad_filter(self):
        self.expect(self.run_it("-f", "udp porrt 8888", self.capture), 2, "udp porrt 8888")
        self.assertEqual(self.created(), [])

    # -- inputs that cannot be read

    def test_missing_file(self):
        self.expect(self.run_it("nowhere.pcap"), 3, "nowhere.pcap")

    def test_empty_file(self):
        self.expect(self.run_it(self.file("empty.pcap", b"")), 3, "empty.pcap")

    def test_no_capture_at_all(self):
        self.expect(self.run_it(self.file("letter.txt", b"Dear all, this is no capture. " * 20)), 3, "letter.txt")

    def test_one_of_two_inputs_is_missing(self):
        done = self.expect(self.run_it("--stdout", self.capture, "nowhere.pcap"), 3, "nowhere.pcap")
        self.assertEqual(len(harness.read_csv(done.stdout)), 3)

    def test_header_without_packets(self):
        done = self.expect(self.run_it(self.file("none.pcap", pcap.header())), 0)
        self.assertRegex((done.stderr + done.stdout.decode()).lower(), "no packets")

    def test_nothing_on_the_port(self):
        done = self.expect(self.run_it("-p", "7777", self.capture), 0)
        self.assertRegex((done.stderr + done.stdout.decode()).lower(), r"\b(no|nothing)\b")

    def test_cut_last_record(self):
        data = heartbeats(3).bytes()
        last = self.file("cut.pcap", data[:-7])
        done = self.expect(self.run_it("-p", "8888,9999", "-o", "out", last), 1, "cut.pcap", "packet 4")
        rows = harness.read_csv((self.folder / "out" / "devices" / f"{DEVICE}.csv").read_bytes())
        self.assertEqual([r["packets"] for r in rows], ["1", "2", "3"])
        manifest = json.loads((self.folder / "out" / "manifest.json").read_text())
        self.assertIn("4", str(manifest["inputs"][0]["damage"]))
        self.assertNotIn("Traceback", done.stderr)

    def test_cut_inside_a_record_header(self):
        data = heartbeats(2).bytes() + struct.pack("<I", 1)
        self.expect(self.run_it("--stdout", self.file("cut.pcap", data)), 1, "cut.pcap", "packet 4")

    # -- where results go

    def test_output_folder_in_use(self):
        target = self.folder / "used"
        target.mkdir()
        keep = self.file("used/notes.txt", b"mine")
        self.expect(self.run_it("-o", target, self.capture), 4, "used")
        self.assertEqual(sorted(p.name for p in target.iterdir()), ["notes.txt"])
        self.expect(self.run_it("--force", "-o", target, self.capture), 4, "used")  # nothing there is ours
        self.assertEqual(keep.read_bytes(), b"mine")

    def test_empty_output_folder_is_fine(self):
        (self.folder / "fresh").mkdir()
        self.expect(self.run_it("-o", "fresh", self.capture), 0)

    def test_output_that_cannot_be_written(self):
        self.file("file", b"in the way")
        self.expect(self.run_it("-o", "file/out", self.capture), 4, "file/out")

    def test_default_output_folder(self):
        self.expect(self.run_it(self.capture), 0)
        self.assertEqual(self.created(), ["s7-timeline"])
        names = sorted(p.name for p in (self.folder / "s7-timeline").iterdir())
        for name in ("devices", "devices.csv", "streams.csv", "manifest.json"):
            self.assertIn(name, names)

    def test_a_run_is_repeatable(self):
        for out in ("a", "b"):
            self.expect(self.run_it("-q", "-o", out, self.capture), 0)
        a, b = self.folder / "a", self.folder / "b"
        files = sorted(p.relative_to(a) for p in a.rglob("*") if p.is_file())
        self.assertEqual(files, sorted(p.relative_to(b) for p in b.rglob("*") if p.is_file()))
        for name in files:
            self.assertEqual((a / name).read_bytes(), (b / name).read_bytes(), name)

    def result(self, *captures, status=0):
        self.expect(self.run_it("-q", "-o", "out", "--force", *captures), status)
        return {p.name: p.read_bytes() for p in (self.folder / "out").rglob("*") if p.is_file()}

    def test_order_of_the_arguments(self):
        """Also when they name a file twice: through a link, or beside its folder."""
        (self.folder / "all").mkdir()
        (self.folder / "all" / "three.pcap").symlink_to(self.capture)
        (self.folder / "link.pcap").symlink_to(self.capture)
        other = pcap.Capture()
        other.udp(("10.0.0.3", 4000), SERVER, OTHER)
        other.write(self.folder / "other.pcap")
        named = ["all", "three.pcap", "link.pcap", "other.pcap"]
        wanted = self.result(*named)
        self.assertEqual([i["name"] for i in json.loads(wanted["manifest.json"])["inputs"]], ["link.pcap", "other.pcap"])
        for order in itertools.permutations(named):
            with self.subTest(order):
                self.assertEqual(self.result(*order), wanted)

    def test_names_of_inputs(self):
        """Any name stands in the manifest, which stays JSON; bytes that are no UTF-8 are escaped."""
        names = ["a,b.pcap", "two\nlines.pcap", '"quoted".pcap', "-o.pcap", "\u0436\u00fc\u6f22.pcap", "\\n.pcap"]
        for name in names + [b"\xff.pcap"]:
            with self.subTest(name):
                shutil.copy(self.capture, os.path.join(os.fsencode(self.folder), os.fsencode(name)))
                self.expect(self.run_it("-q", "-o", "out", "--force", "--", os.fsdecode(name)), 0)
                (item,) = json.loads((self.folder / "out" / "manifest.json").read_text())["inputs"]
                self.assertEqual(item["name"], "\\xFF.pcap" if isinstance(name, bytes) else name)

    def test_folder_with_links_that_go_round(self):
        (self.folder / "in" / "deep").mkdir(parents=True)
        shutil.copy(self.capture, self.folder / "in" / "deep")
        (self.folder / "in" / "deep" / "up").symlink_to("..")
        (self.folder / "in" / "self").symlink_to("self")
        (self.folder / "in" / "nowhere").symlink_to("nothing.pcap")
        os.mkfifo(self.folder / "in" / "pipe")
        self.expect(self.run_it("-o", "out", "in"), 0)
        (item,) = json.loads((self.folder / "out" / "manifest.json").read_text())["inputs"]
        self.assertEqual((item["name"], item["packets"]), ("deep/three.pcap", 4))

    def test_file_that_may_not_be_read(self):
        self.folder.chmod(0o777)
        locked = self.file("locked.pcap", self.capture.read_bytes())
        locked.chmod(0)
        command = [os.environ["S7TIMELINE"], "-q", "-o", "out", "locked.pcap", "three.pcap"]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=120, check=False)
        self.expect(done, 3, "locked.pcap")
        manifest = json.loads((self.folder / "out" / "manifest.json").read_text())
        self.assertEqual([item["name"] for item in manifest["inputs"]], ["three.pcap"])
        self.assertEqual([item["name"] for item in manifest["unreadable"]], ["locked.pcap"])

    def test_what_may_not_be_read_in_a_folder(self):
        """A file, then a whole folder: it would be wrong to say that all was read."""
        self.folder.chmod(0o777)
        for name in ("in/locked.pcap", "in/closed/x.pcap"):
            self.file("in/good.pcap", self.capture.read_bytes())
            locked = self.file(name, self.capture.read_bytes())
            locked = locked if locked.parent.name == "in" else locked.parent
            locked.chmod(0)
            command = [os.environ["S7TIMELINE"], "-q", "--force", "-o", "out", "in"]
            if os.geteuid() == 0:
                command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
            done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=120, check=False)
            self.expect(done, 3, locked.name)
            manifest = json.loads((self.folder / "out" / "manifest.json").read_text())
            self.assertEqual([item["name"] for item in manifest["inputs"]], ["good.pcap"])
            self.assertEqual([item["name"] for item in manifest["unreadable"]], [locked.name])
            locked.chmod(0o700)
            if locked.is_file():
                locked.unlink()

    # -- what is chosen

    def test_device_that_is_not_there(self):
        done = self.expect(self.run_it("-o", "out", "-d", "863513153890185", self.capture), 0)
        self.assertIn("Nothing was chosen", done.stdout.decode())
        self.assertEqual(list((self.folder / "out" / "devices").iterdir()), [])

    def test_ports(self):
        def devices(*options):
            done = self.expect(self.run_it("-q", "--stdout", *options, self.capture), 0)
            return {r["device_id"] for r in harness.read_csv(done.stdout)}

        self.assertEqual(devices(), {DEVICE})
        self.assertEqual(devices("-p", "9999"), {PORT_DEVICE})
        self.assertEqual(devices("--port", "8888,9999"), {DEVICE, PORT_DEVICE})
        self.assertEqual(devices("-p", "9999", "-p", "8888"), {DEVICE, PORT_DEVICE})
        self.assertEqual(devices("-p", "9999", "--port=7000-7002,8888"), {DEVICE, PORT_DEVICE})
        self.expect(self.run_it("-p", "any", "-p", "8888", self.capture), 2, "--port")
        self.assertEqual(devices("-p", "any"), {DEVICE, PORT_DEVICE})
        self.assertEqual(devices("-p", "any", "-d", PORT_DEVICE), {PORT_DEVICE})
        self.assertEqual(devices("-p", "any", "-d", PORT_DEVICE, "-d", DEVICE), {DEVICE, PORT_DEVICE})
        self.assertEqual(devices("-p", "any", "-f", "udp port 9999"), {PORT_DEVICE})

    def test_any_port_keeps_what_proves_to_be_gotop(self):
        """docs/PROTOCOL.md 10.1, docs/STARTEK.md 8: an unlisted code counts with its prefix or with a body."""
        body = "A,DATE:210314,TIME:151817,LAT:41.1N,LOT:2.7E,Speed:0.0,80-21"
        wrong = b"&&A22,353327020115804,102,OK" + b"%02X\r\n" % (sum(b"&&A22,353327020115804,102,OK") % 256)
        for payload, kept in (
            (f"#353327020115804,CMD-QQ,{body}#".encode(), True),
            (f"#353327020115804,HELLO,{body}#".encode(), True),
            (b"#353327020115804,ALM-Z#", True),
            (b"#353327020115804,HELLO#", False),
            (b":123456M1,030S#", False),
            (wrong, False),
            (b"&&A23,353327020115804,999,OK" + b"%02X\r\n" % (sum(b"&&A23,353327020115804,999,OK") % 256), True),
        ):
            with self.subTest(payload=payload):
                capture = pcap.Capture()
                capture.udp(("10.0.0.1", 20000), ("192.0.2.1", 5050), payload)
                capture.write(self.folder / "port.pcap")
                rows = harness.read_csv(self.expect(self.run_it("-q", "--stdout", "-p", "any", "port.pcap"), 0).stdout)
                self.assertEqual(len(rows), kept)
                text = self.expect(self.run_it("--summary", "-p", "any", "port.pcap"), 0).stdout.decode()
                self.assertEqual(" from 1 device" in text, kept, text)

    def test_summary_says_what_the_rows_are(self):
        """A command is no report, nor is its answer, nor what cannot be decoded."""
        capture = pcap.Capture()
        for direction, payload in ((0, HEARTBEAT), (0, HEARTBEAT), (1, b":123456F#"), (0, b"#861785001515349,020#")):
            ends = (("10.0.0.1", 4000), SERVER)
            capture.udp(ends[direction], ends[not direction], payload)
        capture.write(self.folder / "kinds.pcap")
        for option in (("--summary",), ("-o", "out")):
            text = self.expect(self.run_it(*option, "kinds.pcap"), 0).stdout.decode()
            self.assertIn("Reports      2 reports, 1 command or answer, 1 frame of unknown kind from 1 device in 1 conversation", text)

    def test_filter_keeps_packet_numbers(self):
        done = self.expect(self.run_it("--stdout", "-p", "any", "-f", "udp port 9999", self.capture), 0)
        self.assertEqual([r["packets"] for r in harness.read_csv(done.stdout)], ["4"])

    def times(self, *options):
        done = self.expect(self.run_it("--stdout", *options, self.capture), 0)
        return [r["capture_time"] for r in harness.read_csv(done.stdout)]

    def test_since_and_until(self):
        """Three packets, a millisecond apart, from 2026-01-01T00:00:00Z on; both ends belong to the span."""
        all_times = [f"2026-01-01T00:00:00.00{n}000000Z" for n in range(3)]
        self.assertEqual(self.times(), all_times)
        self.assertEqual(self.times("--since", "2026-01-01T00:00:00.001Z"), all_times[1:])
        self.assertEqual(self.times("--until", "2026-01-01T00:00:00.001Z"), all_times[:2])
        self.assertEqual(self.times("--since", "2026-01-01T00:00:00.001Z", "--until", "2026-01-01T00:00:00.001Z"), all_times[1:2])
        self.assertEqual(self.times("--since", "2026-01-01T00:00:00", "--until", "2026-01-02T00:00:00Z"), all_times)
        self.assertEqual(self.times("--since", "2026-01-02"), [])
        self.assertEqual(self.times("--since", "2026-01-01T01:00:00+01:00"), all_times)

    def test_since_and_until_that_are_no_times(self):
        for option in ("--since", "--until"):
            for time in ("yesterday", "2026-13-01T00:00:00Z", "2026-01-01T25:00:00Z", "", "2026-05-28T20:26.5Z",
                         "2026-05-28T20.5", "2026-05-28.5", "2026-05-28T20:26:05.5.5", "20260528T2026.5Z"):
                with self.subTest(option=option, time=time):
                    self.expect(self.run_it(option, time, self.capture), 2, option)
        self.expect(self.run_it("--since", "2026-01-02T00:00:00Z", "--until", "2026-01-01T00:00:00Z", self.capture), 2)
        self.assertEqual(self.created(), [])

    def test_order(self):
        """A report that was stored stands where its device time belongs, or where it was captured."""
        capture = pcap.Capture()
        for minute in (10, 20, 15):
            position = f"A,DATE:260101,TIME:00{minute}00,LAT:41.5N,LOT:002.5E,Speed:1.0,64-28"
            capture.udp(("10.0.0.1", 4000), SERVER, f"#{DEVICE},CMD-T,{position}#".encode())
        capture.write(self.folder / "order.pcap")
        wanted = {"device": ["10", "15", "20"], "capture": ["10", "20", "15"], None: ["10", "15", "20"]}
        for order, minutes in wanted.items():
            options = ("--order", order) if order else ()
            self.expect(self.run_it("-q", "-o", f"out-{order}", *options, "order.pcap"), 0)
            rows = harness.read_csv((self.folder / f"out-{order}" / "devices" / f"{DEVICE}.csv").read_bytes())
            self.assertEqual([r["device_time"][14:16] for r in rows], minutes)
        done = self.expect(self.run_it("--stdout", "order.pcap"), 0)
        self.assertEqual([r["device_time"][14:16] for r in harness.read_csv(done.stdout)], ["10", "20", "15"])
        self.expect(self.run_it("--order", "random", self.capture), 2, "random")

    def test_overlap_policy_and_limits_that_are_none(self):
        self.expect(self.run_it("--overlap", "middle", self.capture), 2, "--overlap")
        names = ("streams", "waiting", "waiting-total", "segments", "datagrams", "fragment-bytes")
        for option in (f"--max-{name}" for name in names):
            for size in ("0", "-1", "", "many", "4KB", "1.5M", "4T", "99999999999999999999"):
                with self.subTest(option=option, size=size):
                    self.expect(self.run_it(f"{option}={size}", self.capture), 2, option)
            self.expect(self.run_it("--summary", f"{option}=64k", self.capture), 0)
        self.assertEqual(self.created(), [])

    # -- what is printed

    def test_options_without_effect(self):
        """They are said, but for -q."""
        for options in (["--order", "capture"], ["--force"], ["-o", "out"], ["--no-hash"], ["--jobs", "2"], ["--memory", "9M"]):
            for way in ("--stdout", "--summary"):
                done = self.expect(self.run_it(way, *options, self.capture), 0, "no effect", way)
                option = {"-o": "--output"}.get(options[0], options[0])
                self.assertIn(option, done.stderr)
                self.assertEqual(self.run_it("-q", way, *options, self.capture).stderr, "")
        self.expect(self.run_it("--summary", "--show-secrets", self.capture), 0, "--show-secrets has no effect")
        self.assertNotIn("no effect", self.expect(self.run_it("--stdout", "--show-secrets", self.capture), 0).stderr)
        self.assertEqual(self.created(), [])

    def test_names_that_a_terminal_would_obey(self):
        """Control characters of a name are escaped, on both outputs; the manifest has the name."""
        name = "\x1b[31mred\x07\n.pcap"
        shutil.copy(self.capture, self.folder / name)
        (self.folder / "bad\x1b.pcap").write_bytes(self.capture.read_bytes()[:-5])
        done = self.expect(self.run_it("-o", "out", name, "bad\x1b.pcap", "none\x1b.pcap"), 3, "none\\x1B.pcap", "bad\\x1B.pcap")
        text = done.stdout.decode() + done.stderr
        self.assertIn("\\x1B[31mred\\x07\\n.pcap", text)
        self.assertEqual([c for c in text if ord(c) < 32 and c != "\n"], [])
        names = {i["name"] for i in json.loads((self.folder / "out" / "manifest.json").read_text())["inputs"]}
        self.assertIn(name, names)

    def test_more_devices_than_there_may_be(self):
        """Reports of further ones stand in one file, with their ids, and in the rows of --stdout."""
        capture = pcap.Capture()
        ids = [f"86178500151534{n}" for n in range(4)]
        for _ in range(2):
            for device in ids:
                capture.udp(("10.0.0.1", 4000), SERVER, f"#{device},CMD-X#".encode())
        capture.write(self.folder / "ids.pcap")
        self.expect(self.run_it("-q", "-o", "out", "--max-devices", "2", "ids.pcap"), 0)
        out = self.folder / "out"
        names = sorted(p.name for p in (out / "devices").glob("*.csv"))
        self.assertEqual(names, [f"{ids[0]}.csv", f"{ids[1]}.csv", "_unknown.csv"])
        rows = harness.read_csv((out / "devices" / "_unknown.csv").read_bytes())
        self.assertEqual([row["device_id"] for row in rows], [ids[2], ids[3]] * 2)
        manifest = json.loads((out / "manifest.json").read_text())
        self.assertIn("devices", manifest["limits_reached"])
        rows = harness.read_csv(self.expect(self.run_it("--stdout", "--max-devices", "2", "ids.pcap"), 0).stdout)
        self.assertEqual([row["device_id"] for row in rows], ids * 2)

    def test_many_stretches_that_are_in_no_frame(self):
        """Further ones are summed up; the ledger still is that of the table."""
        capture = pcap.Capture()
        for n in range(4100):
            capture.udp(("10.0.0.1", 4000), SERVER, b"\x01\x02" + b"#861785001515349,CMD-X#" + b"\x03")
        capture.write(self.folder / "junk.pcap")
        self.expect(self.run_it("-q", "-o", "out", "junk.pcap"), 0)
        rows = [line.split(",") for line in (self.folder / "out" / "leftovers.csv").read_text().splitlines()]
        manifest = json.loads((self.folder / "out" / "manifest.json").read_text())
        self.assertEqual(len(rows), 1 + 4096 + 1)
        self.assertEqual(sum(int(row[3]) for row in rows[1:]), 3 * 4100)
        self.assertEqual(manifest["ledger"]["leftover_by_reason"]["junk"], 3 * 4100)
        self.assertEqual(manifest["limits_reached"]["leftover_rows"], 8200 - 4096)

    def test_ids_that_differ_only_in_case(self):
        """Their files are apart on every file system; the tables have the ids as sent."""
        capture = pcap.Capture()
        for number, name in enumerate((b"ABC12", b"abc12", b"NUL", b"COM1")):
            body = b",%s,101,OK" % name
            frame = b"&&%c%d%s" % (65 + number, len(body) + 2, body)
            frame += b"%02X\r\n" % (sum(frame) % 256)
            capture.udp(("10.0.0.1", 4000 + number), SERVER, frame)
        capture.write(self.folder / "ids.pcap")
        self.expect(self.run_it("-q", "-o", "out", "ids.pcap"), 0)
        names = sorted(p.name for p in (self.folder / "out" / "devices").glob("*.csv"))
        self.assertEqual(names, ["ABC12.csv", "COM1_.csv", "NUL_.csv", "a-b-c-12-.csv"])
        text = (self.folder / "out" / "devices.csv").read_text()
        self.assertEqual([line.split(",")[0] for line in text.splitlines()[1:]], ["ABC12", "COM1", "NUL", "abc12"])

    def test_csv_guard(self):
        """Text that a spreadsheet would run is led by an apostrophe; numbers never are."""
        capture = pcap.Capture()
        capture.udp(("10.0.0.1", 4000), SERVER, f"#{DEVICE},CMD-Z,=1+1#".encode())
        capture.udp(("10.0.0.1", 4000), SERVER, f"#{DEVICE},CMD-T,A,DATE:260101,TIME:000000,LAT:41.5S,LOT:002.5W,Speed:1.0#".encode())
        capture.write(self.folder / "guard.pcap")
        for options, serial in (((), "'=1+1"), (("--no-csv-guard",), "=1+1")):
            rows = harness.read_csv(self.expect(self.run_it("--stdout", *options, "guard.pcap"), 0).stdout)
            self.assertEqual(rows[0]["serial"], serial)
            self.assertEqual((rows[1]["latitude"], rows[1]["longitude"]), ("-41.5", "-2.5"))

    def test_no_hash(self):
        for options, hashed in (((), True), (("--no-hash",), False)):
            out = f"out{hashed}"
            self.expect(self.run_it("-q", "-o", out, *options, self.capture), 0)
            manifest = json.loads((self.folder / out / "manifest.json").read_text())
            for item in (*manifest["inputs"], *manifest["outputs"]):
                self.assertEqual(bool(item.get("sha256")), hashed, item)
                self.assertIn("size", item)
            if hashed:
                digest = hashlib.sha256(self.capture.read_bytes()).hexdigest()
                self.assertEqual(manifest["inputs"][0]["sha256"], digest)

    def test_stdout_is_csv_and_writes_no_files(self):
        done = self.expect(self.run_it("--stdout", self.capture), 0)
        self.assertEqual(len(harness.read_csv(done.stdout)), 3)
        self.assertEqual(self.created(), [])

    def test_summary_writes_nothing(self):
        done = self.expect(self.run_it("--summary", self.capture), 0)
        self.assertEqual(self.created(), [])
        self.assertRegex(done.stdout.decode() + done.stderr, r"\b3\b")

    def test_quiet(self):
        done = self.expect(self.run_it("-q", self.capture), 0)
        self.assertEqual((done.stdout, done.stderr), (b"", ""))

    def test_quiet_still_names_errors(self):
        self.expect(self.run_it("-q", "nowhere.pcap"), 3, "nowhere.pcap")

    def test_no_progress_where_there_is_no_terminal(self):
        self.assertNotIn("\r", self.expect(self.run_it("-v", self.capture), 0).stderr)

    def test_standard_input(self):
        done = self.expect(self.run_it("--stdout", "-", stdin=self.capture.read_bytes()), 0)
        self.assertEqual(len(harness.read_csv(done.stdout)), 3)

    def test_rows_of_a_running_capture(self):
        """Rows come while the input is still open, not when so many bytes of it have come."""
        capture = pcap.Capture()
        for _ in range(60):
            capture.time += 1000
            capture.udp(("10.0.0.1", 4000), SERVER, HEARTBEAT)
        frames = [(1767225600 * 10**9 + n * 10**9, record[16:]) for n, record in enumerate(capture.records)]
        blocks = carriers.section() + carriers.interface(1) + b"".join(carriers.enhanced(0, *frame) for frame in frames)
        for data, least in ((capture.bytes(), 59), (blocks, 20)):  # libwiretap reads 4 KiB at a time
            process = subprocess.Popen([os.environ["S7TIMELINE"], "-q", "--stdout", "-"], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE)  # fmt: skip
            timer = threading.Timer(60, process.kill)
            timer.start()
            process.stdin.write(data)
            process.stdin.flush()
            lines = [process.stdout.readline() for _ in range(1 + least)]
            process.stdin.close()
            rest = process.stdout.read()
            process.stdout.close()
            timer.cancel()
            self.assertEqual(process.wait(60), 0)
            self.assertEqual(len(harness.read_csv(b"".join(lines) + rest)), 60)

    def test_version_and_help(self):
        self.assertRegex(self.expect(self.run_it("--version"), 0).stdout.decode(), r"s7timeline \d+\.\d+")
        text = self.expect(self.run_it("--help"), 0).stdout.decode()
        for option in ("--output", "--port", "--filter", "--device", "--summary", "--stdout", "--force"):
            self.assertIn(option, text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
