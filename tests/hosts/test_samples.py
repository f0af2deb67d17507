# SPDX-License-Identifier: GPL-2.0-or-later
"""Each capture of samples/captures: s7timeline byte for byte against tests/golden/<name>/, and tshark against the CSV.

With --update the golden folders are written anew. That makes any output right by definition: read each changed line of
`git diff tests/golden` and say in the commit why it changed."""
import argparse
import filecmp
import re
import shutil
import sys
import tempfile
import unittest
from collections import Counter
from decimal import Decimal
from pathlib import Path

import harness

SAMPLES = harness.TESTS.parent / "samples" / "captures"
GOLDEN = harness.TESTS / "golden"
# Captures without loss, reordering or frames that only the end of a stream closes: both hosts show the same frames.
CLEAN = {"gotop", "startek", "fifotrack"}
OUT_OF_ORDER = ("-o", "tcp.reassemble_out_of_order:TRUE")


def captures():
    found = sorted(p for p in SAMPLES.iterdir() if p.suffix in (".pcap", ".pcapng"))
    assert found, f"no capture in {SAMPLES}"
    return found


def produce(capture, folder):
    """Runs as a user would, in the folder of the captures: no path of this machine gets into the output."""
    done = harness.s7timeline("-q", "-o", folder, capture.name, cwd=capture.parent)
    assert done.returncode == 0, f"{capture.name}: status {done.returncode}\n{done.stderr}"
    take_beside(folder / "devices")
    return {p.relative_to(folder): p for p in sorted(folder.rglob("*")) if p.is_file()}


def take_beside(devices):
    """Removes what stands beside each timeline, after a look at it: it is the same everywhere."""
    for suffix in (".csvt", ".prj"):
        files = sorted(devices.glob(f"*{suffix}"))
        assert [p.stem for p in files] == sorted(p.stem for p in devices.glob("*.csv")), files
        for path in files:
            assert path.read_bytes() == (GOLDEN / f"timeline{suffix}").read_bytes(), path.name
            path.unlink()


def update():
    for capture in captures():
        target = GOLDEN / capture.stem
        if target.exists():
            shutil.rmtree(target)
        files = produce(capture, target)
        print(f"{target.name}: {len(files)} files written")
    print("Read each changed line of 'git diff tests/golden' before you commit it.")


def counted(column, values):
    """Values as keys of a Counter: 0.0 and 0.00 are the same."""
    return [(column, str(v.normalize() if isinstance(v, Decimal) else v)) for v in values]


def shown_multiset(frames):
    """How often tshark shows each value of each contract field."""
    counts = Counter()
    for column, field in harness.FRAME_COLUMNS.items():
        for frame in frames:
            counts.update(counted(column, harness.field_values(column, frame.get(f"gotop.{field}", []))))
    return counts


class SamplesTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.tshark = harness.Tshark()
        cls.addClassCleanup(cls.tshark.close)

    def table(self, capture):
        done = harness.s7timeline("-q", "--stdout", capture)
        self.assertEqual(done.returncode, 0, done.stderr)
        return harness.read_csv(done.stdout)

    def test_output_is_golden(self):
        for capture in captures():
            with self.subTest(capture=capture.name), tempfile.TemporaryDirectory(prefix="gotop-samples-") as folder:
                golden = {p.relative_to(GOLDEN / capture.stem): p for p in (GOLDEN / capture.stem).rglob("*") if p.is_file()}
                self.assertTrue(golden, f"no golden folder for {capture.name}")
                written = produce(capture, Path(folder) / "out")
                self.assertEqual(sorted(written), sorted(golden))
                differ = [str(n) for n in written if not filecmp.cmp(written[n], golden[n], shallow=False)]
                self.assertEqual(differ, [], "files differ from tests/golden")

    def test_golden_folders_have_captures(self):
        folders = {p.name for p in GOLDEN.iterdir() if p.is_dir()}
        self.assertEqual(folders, {c.stem for c in captures()})

    def test_tshark_shows_nothing_that_the_csv_lacks(self):
        for capture in captures():
            with self.subTest(capture=capture.name):
                rows = self.table(capture)
                problems, compared = [], 0
                shown = [f for f in self.tshark.frames(capture, *OUT_OF_ORDER) if "gotop.frame" in f["fields"]]
                for frame in shown:
                    name = f"packet {frame['packet']}"
                    row = self.take_row(rows, frame)
                    if row is None:
                        problems.append(f"{name}: no row for {frame['fields']['gotop.frame'][0]}")
                        continue
                    problems += harness.compare_hosts(name, row, frame["fields"])
                    compared += 1
                self.assertEqual("\n".join(problems), "")
                self.assertGreater(compared, 0)
                if capture.stem in CLEAN:
                    self.assertEqual(rows, [])

    @staticmethod
    def take_row(rows, frame):
        """Removes and returns the row of that frame: the one with its bytes that came to its end in that packet."""

        def same_bytes(row):
            pattern = ".*".join(re.escape(part) for part in row["raw"].split(harness.MASK))
            return re.fullmatch(pattern, frame["fields"]["gotop.frame"][0], re.S)

        for row in rows:
            if str(frame["packet"]) in row["packets"].split(";") and same_bytes(row):
                rows.remove(row)
                return row
        return None

    def test_fields_output_has_the_same_values(self):
        """tshark -T fields, as scripts use it, on the clean captures: every contract field, value by value."""
        names = [f"gotop.{field}" for field in harness.FRAME_COLUMNS.values()]
        for capture in captures():
            if capture.stem not in CLEAN:
                continue
            with self.subTest(capture=capture.name):
                self.compare_totals(capture, names, self.tshark.fields(capture, names))

    def compare_totals(self, capture, names, packets):
        frames = []
        for cells in packets:
            self.assertEqual(len(cells), len(names))
            frames.append({name: cell.split("\x1f") for name, cell in zip(names, cells) if cell})
        got, wanted = shown_multiset(frames), Counter()
        for row in self.table(capture):
            unproven = {"damaged", "truncated", "checksum_bad"} & set(row["flags"].split(";"))
            for column in harness.FRAME_COLUMNS:
                if column == "device_id" and unproven:
                    continue
                wanted.update(counted(column, harness.cell_values(column, row[column])))
        missing, extra = wanted - got, got - wanted
        # A secret that the CSV masks: tshark must show that value unmasked, as often.
        for column, value in [key for key in missing.elements() if harness.MASK in key[1]]:
            pattern = ".*".join(re.escape(part) for part in value.split(harness.MASK))
            match = next((e for e in extra if e[0] == column and re.fullmatch(pattern, e[1], re.S)), None)
            if match:
                missing -= Counter([(column, value)])
                extra -= Counter([match])
        self.assertEqual((dict(missing), dict(extra)), ({}, {}), "(only in the CSV, only in tshark)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write tests/golden anew; read each changed line")
    known, rest = parser.parse_known_args()
    if known.update:
        update()
    else:
        unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
