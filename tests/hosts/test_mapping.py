# SPDX-License-Identifier: GPL-2.0-or-later
"""The mapping file through both programs: they agree, what is mapped is recognisable, a bad file is said.

Expected values from docs/MAPPING.md."""
import hashlib
import json
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness
from pcap import Capture

ID = "490154203237518"
SERVER = ("192.0.2.1", 8888)
DEVICE = ("10.0.0.1", 20000)
BODY = "A,DATE:260203,TIME:040506,LAT:22.7634066N,LOT:114.3964783E,Speed:000.0"
RULES = """# of the test
flag A = ignition, 0 off 1 on   # by the workshop
flag B = named door, 0 closed 1 open
when dialect startek: adc 1 = fuel tank 1, points 0.5:0 2.0:30 4.5:60
when dialect gotop, fields 1: R1 = temperature, scale 0.1 offset -40
flag A = charging, 1 on
"""
WITHOUT_COMMENTS = [line.split("#")[0].strip() for line in RULES.split("\n")[1:-1]]


def gotop(status, tail=""):
    return f"#{ID},CMD-T,{BODY},{status}{tail}#".encode()


def startek(volts):
    data = f"0,,260203040506,A,41.123457,2.765432,11,0.9,63,118,64,482913,214|07|1A2B|01234567,23,0000001D,00,00,{volts}"
    body = f",{ID},000,{data}"
    frame = f"&&A{len(body)}{body}".encode()
    return frame + b"%02X\r\n" % (sum(frame) % 256)


# The frames, and of each: columns, mapped, mapped_value, unmapped. 00C8 is 2.00 V, 0E10 is 36.00 V.
FRAMES = (
    (gotop("1-0-X-84-20"), {"ignition": "1", "charging": "1"}, ["ignition", "charging"], ["door=closed"], None),
    (gotop("2-1-0-84-20"), {"ignition": "", "charging": ""}, None, ["door=open"],
     ["ignition: no word for this value", "charging: no word for this value"]),
    (gotop("84-20", ",235.5"), {"temperature_c": "-16.45", "ignition": ""}, ["temperature_c"], None, None),
    (startek("04D2|019A|00C8"), {"fuel_l": "1=30", "adc_v": "1=2.00", "ignition": "0"}, ["fuel_l 1"], None, None),
    (startek("04D2|019A|0E10"), {"fuel_l": "", "adc_v": "1=36.00"}, None, None, ["fuel_l 1: outside the points"]),
    (gotop("1-1-0-0-84-20"), {"external_power": "1", "charging": "0", "ignition": "1"}, ["ignition"], ["door=open"], None),
)  # fmt: skip


class MappingTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.tshark = harness.Tshark()
        cls.addClassCleanup(cls.tshark.close)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-mapping-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.capture = self.folder / "fleet.pcap"
        capture = Capture()
        for frame, *_ in FRAMES:
            capture.udp(DEVICE, SERVER, frame)
        capture.write(self.capture)
        self.rules = self.file("fleet.map", RULES.encode())

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def rows(self, *options):
        done = harness.s7timeline("-q", "--stdout", *options, self.capture)
        self.assertEqual(done.returncode, 0, done.stderr)
        return harness.read_csv(done.stdout)

    def shown(self, *options):
        return [found["fields"] for found in self.tshark.frames(self.capture, *options)]

    def preference(self, path):
        return "-o", f"gotop.mapping_file:{self.tshark.stage(path)}"

    def test_the_rules_fill_columns_and_details_say_so(self):
        for row, (_, columns, *lists) in zip(self.rows("--map", self.rules), FRAMES, strict=True):
            self.assertEqual({name: row[name] for name in columns}, columns)
            details = json.loads(row["details"])
            self.assertEqual([details.get(key) for key in ("mapped", "mapped_value", "unmapped")], lists)
        first = json.loads(self.rows("--map", self.rules)[0]["details"])
        self.assertEqual([first[f"status_flag_{flag}"] for flag in "abc"], ["1", "0", "X"])

    def test_both_programs_agree(self):
        problems = []
        rows, shown = self.rows("--map", self.rules), self.shown(*self.preference(self.rules))
        for number, (row, fields) in enumerate(zip(rows, shown, strict=True), 1):
            problems += harness.compare_hosts(f"frame {number}", row, fields)
            details = json.loads(row["details"])
            for key in ("mapped", "mapped_value", "unmapped"):
                self.assertEqual(fields.get(f"gotop.{key}", []), details.get(key, []), number)
        self.assertEqual(problems, [])

    def test_without_it_nothing_is_named(self):
        plain, empty = self.rows(), self.rows("--map", self.file("empty.map", b"# nothing\n"))
        self.assertEqual(plain, empty)
        for row, fields in zip(plain, self.shown(), strict=True):
            self.assertNotIn("mapped", row["details"])
            self.assertFalse([name for name in fields if "mapped" in name])
        self.assertEqual([row["ignition"] for row in plain], ["", "", "", "0", "0", ""])
        # All else is as without the rules.
        for row, before in zip(self.rows("--map", self.rules), plain, strict=True):
            details, old = json.loads(row["details"]), json.loads(before["details"])
            self.assertEqual({key: value for key, value in details.items() if "mapped" not in key}, old)
            self.assertTrue(all(row[name] == cell for name, cell in before.items() if cell and name != "details"))

    def test_in_the_tree_it_stands_in_brackets(self):
        text = self.tshark.run("-n", "-r", self.tshark.stage(self.capture), "-V", *self.preference(self.rules)).decode()
        self.assertIn("[Ignition (ACC): Yes]\n", text)
        self.assertIn("[Filled by the mapping file: ignition]\n", text)
        self.assertIn("[Fuel, tank 1: 30 L]\n", text)
        self.assertIn("[Mapped value: door=open]\n", text)
        filtered = self.shown(*self.preference(self.rules), "-Y", "gotop.ignition == 1 && gotop.mapped == ignition")
        self.assertEqual(len(filtered), 2)

    def test_the_manifest_names_the_file_and_its_rules(self):
        for options, digest in (((), {"sha256": hashlib.sha256(RULES.encode()).hexdigest()}), (("--no-hash",), {})):
            out = self.folder / f"out{len(options)}"
            done = harness.s7timeline("-q", "-o", out, *options, "--map", self.rules, self.capture)
            self.assertEqual(done.returncode, 0, done.stderr)
            options = json.loads((out / "manifest.json").read_text())["options"]
            self.assertEqual(options["map"], {"name": "fleet.map", **digest, "rules": WITHOUT_COMMENTS})
        harness.s7timeline("-q", "-o", self.folder / "plain", self.capture)
        self.assertIsNone(json.loads((self.folder / "plain" / "manifest.json").read_text())["options"]["map"])

    def test_a_wrong_file_is_a_usage_error(self):
        wrong = self.file("wrong.map", b"\n# two\nflag A = igniton, 0 off\n")
        for options in (("--stdout",), ("--summary",), ("-o", self.folder / "never")):
            done = harness.s7timeline(*options, "--map", wrong, self.capture)
            self.assertEqual((done.returncode, done.stdout), (2, b""))
            self.assertIn(f"--map: {wrong}:3: no field with that name", done.stderr)
            self.assertIn("'igniton'", done.stderr)
        self.assertFalse((self.folder / "never").exists())
        for path, word in ((self.folder / "none.map", "No such file"), (self.folder, "directory"),
                           ("/dev/zero", "longer than"), (self.capture, "printable")):  # fmt: skip
            done = harness.s7timeline("--stdout", "--map", path, self.capture)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(word, done.stderr)

    def test_a_wrong_file_is_said_once_in_wireshark_and_nothing_is_mapped(self):
        wrong = self.file("wrong.map", RULES.encode() + b"flag E = ignition\n")
        for path, word in ((wrong, "line 7: a flag is A, B, C or D"), (self.tshark.home / "none.map", "No such file")):
            staged = self.tshark.stage(path) if path == wrong else path
            options = ["-2", "-r", self.tshark.stage(self.capture), "-o", f"gotop.mapping_file:{staged}", "-V"]
            done = subprocess.run([*self.tshark.command, *map(str, options)], capture_output=True, timeout=120, check=False)
            errors = done.stderr.decode()
            self.assertEqual(errors.count(word), 1, errors)
            self.assertEqual(done.returncode, 0)
            self.assertNotIn("Sanitizer", errors)
            self.assertNotIn(b"apped", done.stdout)
            self.assertIn(b"Status flag A", done.stdout)

    def test_totals_need_no_mapping(self):
        with_rules, without = (
            harness.s7timeline("--summary", "--no-progress", *options, self.capture)
            for options in (("--map", self.rules), ())
        )
        self.assertEqual((with_rules.returncode, with_rules.stdout), (0, without.stdout))

    def test_the_example_is_a_mapping(self):
        example = harness.TESTS.parent / "docs" / "mapping.example"
        rows = self.rows("--map", example)
        self.assertEqual([row["fuel_l"] for row in rows], ["", "", "", "1=30.0", "", ""])


if __name__ == "__main__":
    unittest.main(verbosity=2)
