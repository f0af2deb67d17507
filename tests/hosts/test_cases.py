# SPDX-License-Identifier: GPL-2.0-or-later
"""Each folder of tests/cases is a capture, options and what must come out: see README.md there."""
import csv
import os
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import harness

CASES = harness.TESTS / "cases"
FRAMES = harness.TESTS.parent / "samples" / "frames.tsv"


def table(path):
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


class CaseTest(unittest.TestCase):
    maxDiff = None

    def captures(self, case, work):
        """The inputs of a case: its files capture*, or what its scenario makes."""
        found = sorted(case.glob("capture*"))
        scenario = case / "scenario"
        if scenario.is_file():
            made = Path(work, "scenario.pcap")
            subprocess.run([os.environ["MAKE_SAMPLES"], FRAMES, scenario, made], check=True)
            found.append(made)
        self.assertTrue(found, "neither capture* nor scenario")
        return found

    def run_case(self, case):
        options = case / "options"
        words = shlex.split(options.read_text(), comments=True) if options.is_file() else []
        status = case / "expect" / "status"
        with tempfile.TemporaryDirectory() as work:
            out = Path(work, "out")
            done = harness.s7timeline("-o", out, *words, *self.captures(case, work))
            self.assertEqual(done.returncode, int(status.read_text()) if status.is_file() else 0, done.stderr)
            expected = sorted(p for p in (case / "expect").rglob("*.csv"))
            self.assertTrue(expected or status.is_file(), "nothing is expected")
            for path in expected:
                self.compare(path, out / path.relative_to(case / "expect"))

    def compare(self, expected, found):
        """All rows, in their order, in the columns that are named. A file that is only a header: no rows, or no file."""
        wanted = table(expected)
        if not wanted and not found.exists():
            return
        rows = table(found)
        with open(expected, encoding="utf-8", newline="") as stream:
            columns = next(csv.reader(stream))
        self.assertEqual([c for c in columns if rows and c not in rows[0]], [], "no such column")
        self.assertEqual([{c: row[c] for c in columns} for row in rows], wanted, found.name)


def add_cases():
    for case in sorted(p for p in CASES.iterdir() if p.is_dir()):
        name = "test_" + case.name.replace("-", "_")
        setattr(CaseTest, name, lambda self, case=case: self.run_case(case))


add_cases()
if __name__ == "__main__":
    if len(sys.argv) == 1 and not any(name.startswith("test_") for name in dir(CaseTest)):
        sys.exit("no cases")
    unittest.main(verbosity=2)
