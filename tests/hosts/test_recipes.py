# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands of docs/TRACKS.md, run as they stand there on the results of a sample, in the programs that they name."""
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness

ROOT = harness.TESTS.parent
CAPTURE = ROOT / "samples" / "captures" / "field-day.pcap"
# What each must print, by how it begins: counted from the timelines by hand.
WANTED = {
    "mlr --icsv --opprint": ["2026-03-08T05:58:30 359280010000011 7   0x003d", "2026-03-08T06:32:29 359280010000011 7   0x003d"],
    "sqlite3 -cmd": ["012896001890042"],
    "sqlite3 timeline.gpkg 'SELECT time": ["2026-03-08T06:12:44.000Z|359280010000011|124.0", "2026-03-08T06:12:59.000Z|359280010000011|124.0"],
    "sqlite3 timeline.gpkg 'SELECT r.packets": ["252|&&", "254|&&"],
    "ogrinfo": ["device_id (String) = 012896001890042", "POINT ("],
    "ogr2ogr": [],
    "gpsbabel": ['1,41.375100,2.149100,31.0,"row 1, packets 60"'],
    "mlr --csv": ['<trkpt lat="41.375100000" lon="2.149100000">', "<time>2026-03-08T05:58:30Z</time>"],
}


class Recipes(unittest.TestCase):
    def test_each_command_prints_what_it_says(self):
        text = (ROOT / "docs" / "TRACKS.md").read_text()
        blocks = text.split("## Reading the tables")[1]
        commands = [line.strip() for line in blocks.splitlines() if line.startswith("    ")]
        self.assertEqual(len(commands), len(WANTED))
        with tempfile.TemporaryDirectory(prefix="gotop-recipes-") as folder:
            options = next(line.strip() for line in text.splitlines() if line.startswith("    s7timeline ")).split()
            done = harness.s7timeline(*options[1:-1], "-q", CAPTURE, cwd=folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            for command in commands:
                with self.subTest(command):
                    ran = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=Path(folder) / "results",
                                         capture_output=True, text=True, timeout=120, check=False)  # fmt: skip
                    self.assertEqual((ran.returncode, ran.stderr), (0, ""))
                    (wanted,) = (words for begin, words in WANTED.items() if command.startswith(begin))
                    for words in wanted:
                        self.assertIn(words, ran.stdout)


if __name__ == "__main__":
    unittest.main()
