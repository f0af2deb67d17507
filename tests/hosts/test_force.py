# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands in the folder of results before a run: only what s7timeline wrote there is replaced, and only with --force."""
import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import harness
import pcap

DEVICE = "861785001515349"
SERVER = ("192.0.2.1", 8888)


class Force(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-force-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out"
        self.capture = self.folder / "a.pcap"
        capture = pcap.Capture()
        for _ in range(3):
            capture.udp(("10.0.0.1", 4000), SERVER, b"#%s,CMD-X#" % DEVICE.encode())
        capture.write(self.capture)

    def run_it(self, *arguments, status=0, words=(), **options):
        done = harness.s7timeline("-q", "-o", self.out, *arguments, cwd=self.folder, **options)
        self.assertEqual(done.returncode, status, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        return done

    def files(self):
        return {str(p.relative_to(self.out)): p.read_bytes() for p in self.out.rglob("*") if p.is_file()}

    def result(self):
        self.run_it(self.capture)
        return self.files()

    def test_a_result_is_replaced(self):
        first = self.result()
        self.run_it(self.capture, status=4, words=["--force"])
        self.run_it("--force", self.capture)
        self.assertEqual(self.files(), first)

    def test_files_of_others_stay(self):
        self.result()
        for name in ("notes.csv", "devices/garmin.csv", "devices/x.csv.part", "pictures/me/p.jpg", "devices.csv.bak", "z.part"):
            (self.out / name).parent.mkdir(parents=True, exist_ok=True)
            (self.out / name).write_bytes(b"mine")
        self.run_it("--force", self.capture)
        for name in ("notes.csv", "devices/garmin.csv", "devices/x.csv.part", "pictures/me/p.jpg", "devices.csv.bak", "z.part"):
            self.assertEqual((self.out / name).read_bytes(), b"mine", name)

    def test_what_is_no_longer_written_goes(self):
        self.result()
        other = pcap.Capture()
        other.udp(("10.0.0.2", 4000), SERVER, b"#867688038677542,CMD-X#")
        other.write(self.folder / "b.pcap")
        self.run_it("--force", self.folder / "b.pcap")
        self.assertEqual({p.stem for p in (self.out / "devices").iterdir()}, {"867688038677542"})

    def test_a_folder_without_a_manifest_is_refused(self):
        for name in ("notes.txt", "devices.csv", "devices/1.csv", "manifest.json", "journal.part"):
            with self.subTest(name):
                shutil.rmtree(self.out, ignore_errors=True)
                (self.out / name).parent.mkdir(parents=True, exist_ok=True)
                (self.out / name).write_bytes(b'{\n  "version": "another 1.0",\n  "outputs": [\n      "name": "x"\n')
                before = self.files()
                self.run_it("--force", self.capture, status=4, words=["manifest.json"])
                self.assertEqual(self.files(), before)

    def test_a_manifest_that_lists_what_no_run_writes(self):
        """Names that lead out of the folder are not believed."""
        self.result()
        mine = self.folder / "mine.csv"
        mine.write_bytes(b"mine")
        manifest = self.out / "manifest.json"
        text = manifest.read_text()
        for name in ("../mine.csv", str(mine), "devices/../../mine.csv", "./../mine.csv", "a/b/c/d", "", "devices/"):
            with self.subTest(name):
                manifest.write_text(text.replace('"devices.csv"', f'"{name}"'))
                self.run_it("--force", self.capture, status=4, words=["devices.csv"])  # which the list lacks
                self.assertEqual(mine.read_bytes(), b"mine")
                shutil.rmtree(self.out)
                self.result()

    def test_no_link_is_followed(self):
        self.result()
        elsewhere = self.folder / "elsewhere"
        shutil.move(self.out / "devices", elsewhere)
        (self.out / "devices").symlink_to(elsewhere)
        before = {p.name: p.read_bytes() for p in elsewhere.iterdir()}
        self.run_it("--force", self.capture, status=4, words=["devices"])
        self.assertEqual({p.name: p.read_bytes() for p in elsewhere.iterdir()}, before)

    def test_a_link_in_place_of_a_result(self):
        self.result()
        mine = self.folder / "mine.csv"
        mine.write_bytes(b"mine")
        for name in ("devices.csv", f"devices/{DEVICE}.csv", "manifest.json", "streams.csv.part"):
            with self.subTest(name):
                (self.out / name).unlink(missing_ok=True)
                (self.out / name).symlink_to(mine)
                status = 0 if name.endswith(".part") else 4
                self.run_it("--force", self.capture, status=status)
                self.assertEqual(mine.read_bytes(), b"mine")
                shutil.rmtree(self.out)
                self.result()

    def test_inputs_and_filter_are_checked_first(self):
        before = self.result()
        self.run_it("--force", "mistyped.pcap", status=3)
        self.assertEqual(self.files(), before)
        self.run_it("--force", "-f", "udp porrt 1", self.capture, status=2)
        self.assertEqual(self.files(), before)

    def test_an_input_among_the_results_is_refused(self):
        self.result()
        place = self.out / "devices" / f"{DEVICE}.csv"
        shutil.copy(self.capture, place)
        (self.folder / "link.pcap").symlink_to(place)
        before = self.files()
        for name in (place, "link.pcap"):
            self.run_it("--force", name, status=4, words=["input"])
            self.assertEqual(self.files(), before)
        with open(place, "rb") as stdin:
            command = [os.environ["S7TIMELINE"], "-q", "-o", self.out, "--force", "-"]
            done = subprocess.run(command, stdin=stdin, capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.run_it("--force", self.capture, self.out / "devices.csv", status=4, words=["input"])
        self.assertEqual(self.files(), before)

    def test_a_capture_beside_the_results_is_read(self):
        self.result()
        shutil.copy(self.capture, self.out / "mine.pcap")
        self.run_it("--force", self.out / "mine.pcap")
        self.assertEqual((self.out / "mine.pcap").read_bytes(), self.capture.read_bytes())

    def test_two_runs_into_one_folder(self):
        self.out.mkdir()
        descriptor = os.open(self.out, os.O_RDONLY | os.O_DIRECTORY)
        self.addCleanup(os.close, descriptor)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        self.run_it(self.capture, status=4, words=["another run"])
        self.run_it("--force", self.capture, status=4, words=["another run"])
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        self.run_it(self.capture)

    def test_a_second_run_while_the_first_reads(self):
        first = subprocess.Popen([os.environ["S7TIMELINE"], "-q", "-o", self.out, "-"], stdin=subprocess.PIPE)
        first.stdin.write(self.capture.read_bytes())
        first.stdin.flush()
        deadline = time.monotonic() + 60
        while not any(self.out.rglob("*.part")) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.run_it("--force", self.capture, status=4, words=["another run"])
        first.stdin.close()
        self.assertEqual(first.wait(60), 0)
        self.assertEqual(json.loads((self.out / "manifest.json").read_text())["totals"]["rows"], 3)

    def test_a_run_that_was_killed_is_replaced(self):
        """Also one that was replacing another: its list goes on."""
        wanted = self.result()
        for _ in range(2):
            process = subprocess.Popen([os.environ["S7TIMELINE"], "-q", "-o", self.out, "--force", "-"], stdin=subprocess.PIPE)
            process.stdin.write(self.capture.read_bytes())
            process.stdin.flush()
            deadline = time.monotonic() + 60
            while (self.out / "manifest.json").exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
            process.wait(60)
            process.stdin.close()
            self.assertNotIn("manifest.json", self.files())
            for name in ("devices.csv.part", "records.part"):
                (self.out / name).write_bytes(b"stale")
            self.run_it(self.capture, status=4)
        (self.out / "records.part").unlink()
        self.run_it("--force", self.capture)
        self.assertEqual(self.files(), wanted)

    def test_stale_unfinished_files_block_nothing(self):
        wanted = self.result()
        stale = ["index.part", "records.part", "journal.new.part", "devices.csv.part", f"devices/{DEVICE}.csv.part"]
        for name in stale:
            (self.out / name).write_bytes(b"stale")
        self.run_it("--force", self.capture)
        left = self.files()
        for name in ("index.part", "records.part"):  # never in a list of ours
            self.assertEqual(left.pop(name), b"stale")
        self.assertEqual(left, wanted)


if __name__ == "__main__":
    unittest.main(verbosity=2)
