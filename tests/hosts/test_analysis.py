# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/ANALYSIS.md: each command of it is run, in its order, and prints what stands below it."""
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness

ROOT = harness.TESTS.parent
DOCUMENT = ROOT / "docs" / "ANALYSIS.md"


def sessions(text):
    """What is typed, and what is printed: "$ " begins a command, "> " goes on with it."""
    command, printed = None, []
    for line in text.splitlines():
        line = line[4:] if line.startswith("    ") else None
        if command is not None and (line is None or line.startswith("$ ")):
            yield command, "".join(p + "\n" for p in printed)
            command, printed = None, []
        if line is None:
            continue
        if line.startswith("$ "):
            command = line[2:]
        elif line.startswith("> ") and command is not None:
            command += "\n" + line[2:]
        else:
            printed.append(line)
    if command is not None:
        yield command, "".join(p + "\n" for p in printed)


def without_types(command):
    """SQLite from 3.53 on makes a table for .import whose columns have no type; the same by hand, in any version."""
    return re.sub(r"-cmd '\.import --csv (\S+) (\w+)'",
                  r"""-cmd "CREATE TABLE \2($(head -n 1 \1 | sed 's/[^,]*/[&]/g'))" -cmd '.import --csv --skip 1 \1 \2'""", command)  # fmt: skip


class AnalysisTest(unittest.TestCase):
    def check(self, typed):
        """Each command prints what stands behind it."""
        with tempfile.TemporaryDirectory(prefix="gotop-analysis-") as folder:
            Path(folder, "bin").mkdir()
            Path(folder, "bin", "s7timeline").symlink_to(os.environ["S7TIMELINE"])
            Path(folder, "samples").symlink_to(ROOT / "samples")
            environment = dict(os.environ, PATH=f"{folder}/bin:{os.environ['PATH']}", LC_ALL="C.UTF-8", TZ="Pacific/Kiritimati")
            shell = subprocess.Popen(["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     cwd=folder, env=environment, text=True)  # fmt: skip
            mark = "\x01 end of a command"
            said, _ = shell.communicate("".join(f"{c}\ns=$?; echo '{mark}'; (exit $s)\n" for c, _ in typed), timeout=300)
            answers = said.split(mark + "\n")
            self.assertEqual(len(answers), len(typed) + 1, said)
            for (command, printed), answer in zip(typed, answers):
                with self.subTest(command):
                    self.assertEqual(answer, printed)

    def test_each_recipe(self):
        typed = list(sessions(DOCUMENT.read_text("utf-8")))
        self.assertGreater(len(typed), 8)
        self.check(typed)

    def test_each_recipe_where_columns_have_no_type(self):
        typed = [(without_types(command), printed) for command, printed in sessions(DOCUMENT.read_text("utf-8"))]
        self.assertGreater(sum("CREATE TABLE" in command for command, _ in typed), 6)
        self.check(typed)


if __name__ == "__main__":
    unittest.main()
