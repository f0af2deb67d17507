# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line of s7timeline: options, messages, exit statuses."""
import json
import struct
import tempfile
import unittest
from pathlib import Path

import harness
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
        path.write_bytes(content)
        return path

    def expect(self, done, status, *words):
        self.assertEqual(done.returncode, status, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        return done

    def created(self):
        return sorted(p.name for p in self.folder.iterdir() if p.name != "three.pcap")

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
        self.expect(self.run_it("--force", "-o", target, self.capture), 0)
        self.assertEqual(keep.read_bytes(), b"mine")
        self.assertTrue((target / "devices.csv").is_file())

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

    # -- what is chosen

    def test_ports(self):
        def devices(*options):
            done = self.expect(self.run_it("-q", "--stdout", *options, self.capture), 0)
            return {r["device_id"] for r in harness.read_csv(done.stdout)}

        self.assertEqual(devices(), {DEVICE})
        self.assertEqual(devices("-p", "9999"), {PORT_DEVICE})
        self.assertEqual(devices("--port", "8888,9999"), {DEVICE, PORT_DEVICE})
        self.assertEqual(devices("-p", "any"), {DEVICE, PORT_DEVICE})
        self.assertEqual(devices("-p", "any", "-d", PORT_DEVICE), {PORT_DEVICE})
        self.assertEqual(devices("-p", "any", "-d", PORT_DEVICE, "-d", DEVICE), {DEVICE, PORT_DEVICE})
        self.assertEqual(devices("-p", "any", "-f", "udp port 9999"), {PORT_DEVICE})

    def test_filter_keeps_packet_numbers(self):
        done = self.expect(self.run_it("--stdout", "-p", "any", "-f", "udp port 9999", self.capture), 0)
        self.assertEqual([r["packets"] for r in harness.read_csv(done.stdout)], ["4"])

    # -- what is printed

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

    def test_version_and_help(self):
        self.assertRegex(self.expect(self.run_it("--version"), 0).stdout.decode(), r"s7timeline \d+\.\d+")
        text = self.expect(self.run_it("--help"), 0).stdout.decode()
        for option in ("--output", "--port", "--filter", "--device", "--summary", "--stdout", "--force"):
            self.assertIn(option, text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
