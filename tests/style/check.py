# SPDX-License-Identifier: GPL-2.0-or-later
"""House rules that a machine can check. Usage: check.py format|tidy|includes|sizes|spelling [BUILD_DIR]

A missing tool is a failure, never a pass."""
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tunnels

TOP = Path(__file__).resolve().parent.parent.parent
LINES_MAX = 700
BYTES_MAX = 1 << 20
ALLOWED = {"protocol": {"protocol"}, "plugin": {"plugin", "protocol"}, "analyzer": {"analyzer", "protocol"}}
# No dependency, no allocation, no I/O.
PROTOCOL_HEADERS = {"stdbool.h", "stddef.h", "stdint.h", "string.h", "limits.h", "inttypes.h"}


def files(*suffixes):
    for folder, folders, names in os.walk(TOP):
        if "CMakeCache.txt" in names:  # a build tree
            folders.clear()
            continue
        folders[:] = sorted(f for f in folders if f not in (".git", "build", "__pycache__", "s7-timeline"))
        for name in sorted(names):
            if not suffixes or name.endswith(suffixes):
                yield Path(folder, name)


def run(command):
    done = subprocess.run([str(c) for c in command], cwd=TOP, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).strip()


def check_format(_):
    status, output = run(["clang-format-14", "--dry-run", "-Werror", *files(".c", ".h")])
    return [output] if status else []


def check_tidy(build):
    """The sources of the product as they are compiled."""
    entries = json.loads(Path(build, "compile_commands.json").read_text())
    present = {str(p) for part in ALLOWED for p in (TOP / part).rglob("*.c")}
    chosen = {e["file"] for e in entries} & present
    problems = [f"{path}: not compiled by any target" for path in sorted(present - chosen)]
    # gcc's own warning options mean nothing to clang.
    command = ["clang-tidy-14", "--quiet", "-p", build, "--extra-arg=-Wno-unknown-warning-option"]
    # The analyzer stays within a function: deeper is six times slower and guesses at what callers never do.
    for option in ("-Xclang", "-analyzer-config", "-Xclang", "mode=shallow"):
        command.append(f"--extra-arg={option}")
    with ThreadPoolExecutor(2) as pool:
        for status, output in pool.map(lambda path: run([*command, path]), sorted(chosen)):
            if status:
                problems.append(output)
    return problems if chosen else ["nothing to check"]


def check_includes(_):
    """plugin -> protocol <- analyzer, and protocol stands alone."""
    problems = []
    for room, allowed in ALLOWED.items():
        for path in sorted((TOP / room).rglob("*.[ch]")):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                where = f"{path.relative_to(TOP)}:{number}"
                if match := re.match(r'\s*#\s*include\s*"([^"]+)"', line):
                    if not any((TOP / other / match[1]).is_file() for other in allowed):
                        problems.append(f"{where}: {match[1]} is in none of {sorted(allowed)}")
                elif room == "protocol" and (match := re.match(r"\s*#\s*include\s*<([^>]+)>", line)):
                    if match[1] not in PROTOCOL_HEADERS:
                        problems.append(f"{where}: protocol/ must not need <{match[1]}>")
    return problems


def check_sizes(_):
    problems = []
    for path in files():
        name = path.relative_to(TOP)
        if path.stat().st_size > BYTES_MAX:
            problems.append(f"{name}: larger than 1 MiB")
        elif path.suffix in (".c", ".h", ".def", ".py"):
            lines = len(path.read_bytes().splitlines())
            if lines > LINES_MAX:
                problems.append(f"{name}: {lines} lines, at most {LINES_MAX}")
    return problems


def check_tunnels(_):
    """The document of layers that are opened, and the table of the program."""
    return tunnels.problems()


def check_spelling(_):
    texts = [*files(".md"), *(TOP / "docs").glob("*.[1-8]*")]
    status, output = run(["codespell", "--ignore-words-list=fo,nd,unsupport", *texts])
    return [output or "codespell failed"] if status else []


def main():
    check = globals()[f"check_{sys.argv[1]}"]
    try:
        problems = check(sys.argv[2] if len(sys.argv) > 2 else None)
    except FileNotFoundError as error:
        problems = [f"cannot run the check: {error}"]
    print("\n".join(problems) or "clean")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
