# SPDX-License-Identifier: GPL-2.0-or-later
"""Each capture of samples/captures: s7timeline byte for byte against tests/golden/<name>/, and tshark against the CSV.

With --update the golden folders are written anew. That makes any output right by definition: read each changed line of
`git diff tests/golden` and say in the commit why it changed."""
import argparse
import filecmp
import shutil
import sys
import tempfile
import unittest
from collections import Counter
from pathlib import Path

import harness

SAMPLES = harness.TESTS.parent / "samples" / "captures"
GOLDEN = harness.TESTS / "golden"
# Captures without loss, reordering or frames that only the end of a stream closes: both hosts show the same frames.
CLEAN = {"gotop", "startek"}
OUT_OF_ORDER = ("-o", "tcp.reassemble_out_of_order:TRUE")


def captures():
    found = sorted(p for p in SAMPLES.iterdir() if p.suffix in (".pcap", ".pcapng"))
    assert found, f"no capture in {SAMPLES}"
    return found


def produce(capture, folder):
    """Runs as a user would, in the folder of the captures: no path of this machine gets into the output."""
    done = harness.s7timeline("-q", "-o", folder, capture.name, cwd=capture.parent)
    assert done.returncode == 0, f"{capture.name}: status {done.returncode}\n{done.stderr}"
    return {p.relative_to(folder): p for p in sorted(folder.rglob("*")) if p.is_file()}


def update():
    for capture in captures():
        target = GOLDEN / capture.stem
        if target.exists():
            shutil.rmtree(target)
        files = produce(capture, target)
        print(f"{target.name}: {len(files)} files written")
    print("Read each changed line of 'git diff tests/golden' before you commit it.")


def shown_multiset(frames):
    """How often tshark shows each value of each contract field."""
    counts = Counter()
    for column, field in harness.FRAME_COLUMNS.items():
        for frame in frames:
            for value in frame.get(f"gotop.{field}", []):
                counts[column, str(harness.field_values(column, [value]))] += 1
    return counts


class SamplesTest(unittest.TestCase):
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
                rows = {}
                for row in self.table(capture):
                    rows.setdefault(row["raw"], []).append(row)
                problems, compared = [], 0
                shown = [f for f in self.tshark.frames(capture, *OUT_OF_ORDER) if "gotop.frame" in f["fields"]]
                for frame in shown:
                    raw = frame["fields"]["gotop.frame"][0]
                    candidates = rows.get(raw) or self.masked(rows, raw)
                    name = f"packet {frame['packet']}"
                    if not candidates:
                        problems.append(f"{name}: no row for {raw}")
                        continue
                    # The same bytes may be there more than once: one of the rows must agree.
                    results = [harness.compare_hosts(name, row, frame["fields"]) for row in candidates]
                    best = min(range(len(results)), key=lambda n: len(results[n]))
                    problems += results[best]
                    if not results[best]:
                        candidates.pop(best)
                    compared += 1
                self.assertEqual(problems, [])
                self.assertGreater(compared, 0)
                if capture.stem in CLEAN:
                    self.assertEqual([row for left in rows.values() for row in left], [])

    @staticmethod
    def masked(rows, raw):
        """Rows whose raw column masks a secret of this frame."""
        for text, found in rows.items():
            parts = text.split(harness.MASK)
            if found and len(parts) > 1 and raw.startswith(parts[0]) and raw.endswith(parts[-1]):
                return found
        return []

    def test_fields_output_has_the_same_values(self):
        """tshark -T fields, as scripts use it, on the clean captures: every contract field, value by value."""
        names = [f"gotop.{field}" for field in harness.FRAME_COLUMNS.values()]
        options = [o for name in names for o in ("-e", name)]
        for capture in captures():
            if capture.stem not in CLEAN:
                continue
            with self.subTest(capture=capture.name):
                text = self.tshark.run(
                    "-n", "-r", self.tshark.stage(capture), "-T", "fields", "-E", "separator=/t",
                    "-E", "occurrence=a", "-E", "aggregator=\x1f", *options,
                ).decode()  # fmt: skip
                self.compare_totals(capture, names, text)

    def compare_totals(self, capture, names, text):
        frames = []
        for line in text.splitlines():
            cells = line.split("\t")
            self.assertEqual(len(cells), len(names))
            frames.append({name: cell.split("\x1f") for name, cell in zip(names, cells) if cell})
        got, wanted = shown_multiset(frames), Counter()
        for row in self.table(capture):
            unproven = {"damaged", "truncated", "checksum_bad"} & set(row["flags"].split(";"))
            for column in harness.FRAME_COLUMNS:
                if column == "device_id" and unproven:
                    continue
                values = harness.cell_values(column, row[column])
                for value in values:
                    wanted[column, str([value])] += 1
        missing, extra = wanted - got, got - wanted
        masked = [key for key in missing if harness.MASK in key[1]]
        for key in masked:
            del missing[key]
        extra = {k: n for k, n in extra.items() if not (masked and k[0] in {m[0] for m in masked})}
        self.assertEqual((dict(missing), extra), ({}, {}), "(only in the CSV, only in tshark)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write tests/golden anew; read each changed line")
    known, rest = parser.parse_known_args()
    if known.update:
        update()
    else:
        unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
