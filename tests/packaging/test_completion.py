# SPDX-License-Identifier: GPL-2.0-or-later
"""The completion of s7timeline against s7timeline itself: its options, and for each the values that it takes."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "hosts"))
import harness  # noqa: E402  # pylint: disable=wrong-import-position

# What the argument of an option stands for, by its name in --help. Others are what only the user knows, or closed lists.
FOLDERS, FILES = {"DIR"}, {"FILE"}


def options():
    """Short name (or None), long name, name of the argument (or None) of each option in --help."""
    done = harness.s7timeline("--help")
    found = re.findall(r"^  (?:(-\w), )?(--[\w-]+)(?:=([\w/]+))?  ", done.stdout.decode(), re.M)
    assert len(found) == len(re.findall(r"^ +-", done.stdout.decode(), re.M)) > 20, found
    return [(short or None, name, argument or None) for short, name, argument in found]


class CompletionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="gotop-completion-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        (cls.folder / "completions").mkdir()
        shutil.copy(TESTS.parent / "packaging" / "s7timeline.bash", cls.folder / "completions" / "s7timeline")
        (cls.folder / "work" / "captures").mkdir(parents=True)
        (cls.folder / "work" / "day.pcapng.gz").touch()

    def complete(self, line):
        program = Path(os.environ["S7TIMELINE"]).parent
        environment = dict(os.environ, PATH=f"{program}:{os.environ['PATH']}", BASH_COMPLETION_USER_DIR=str(self.folder))
        done = subprocess.run(
            ["bash", "--norc", TESTS / "support" / "complete.bash", f"s7timeline {line}"],
            cwd=self.folder / "work", env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.assertEqual((done.returncode, done.stderr), (0, ""), line)
        return sorted(done.stdout.splitlines())

    def test_options_are_those_of_help(self):
        wanted = sorted(name + ("=" if argument else "") for _, name, argument in options())
        self.assertEqual(self.complete("-"), wanted)
        self.assertEqual(self.complete("-o results --no-"), ["--no-csv-guard", "--no-hash", "--no-progress"])

    def test_captures_are_files_and_folders(self):
        self.assertEqual(self.complete(""), ["captures", "day.pcapng.gz"])
        self.assertEqual(self.complete("--force -q day"), ["day.pcapng.gz"])

    def test_values(self):
        """Of a closed list all that s7timeline names when it refuses a value, for the rest what the argument stands for."""
        lists = 0
        for short, name, argument in options():
            if argument is None:
                continue
            refusal = harness.s7timeline(name, "no:such", "no-capture", cwd=self.folder).stderr.splitlines()[0]
            closed = re.findall(r"(?:is neither|nor|and not) '(\w+)'", refusal)
            lists += bool(closed)
            if argument in FOLDERS:
                wanted = ["captures"]
            elif argument in FILES:
                wanted = ["captures", "day.pcapng.gz"]
            elif name == "--port":
                wanted = sorted([*closed, "8888"])
            else:
                wanted = sorted(closed)
            for line in [f"{name} ", f"{name}="] + ([f"{short} "] if short else []):
                with self.subTest(line=line):
                    self.assertEqual(self.complete(line), wanted)
            for value in wanted if closed else []:
                alike = [other for other in wanted if other.startswith(value[:1])]
                self.assertEqual(self.complete(f"{name}={value[:1]}"), alike)
        self.assertGreaterEqual(lists, 3)

    def test_offered_ports_are_taken(self):
        capture = TESTS.parent / "samples" / "captures" / "gotop.pcap"
        for port in self.complete("-p "):
            done = harness.s7timeline("--summary", "-p", port, capture)
            self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
