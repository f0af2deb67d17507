# SPDX-License-Identifier: GPL-2.0-or-later
"""House rules that a machine can check. Usage: check.py format|tidy|includes|circles|sizes|spelling [BUILD_DIR]

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
# Which rooms the files of a room may include, besides their own. "analyzer" is what stands in none of its rooms.
ROOMS = {
    "protocol": set(),
    "plugin": {"protocol"},
    "analyzer/base": {"protocol"},
    "analyzer/capture": {"protocol", "analyzer/base"},
    "analyzer/packet": {"protocol", "analyzer/base", "analyzer/capture"},
    "analyzer/conversation": {"protocol", "analyzer/base", "analyzer/packet"},
    "analyzer/frame": {"protocol", "analyzer/base", "analyzer/packet", "analyzer/conversation"},
    "analyzer/store": {"protocol", "analyzer/base"},
    "analyzer/shard": {"protocol", "analyzer/base", "analyzer/packet", "analyzer/conversation", "analyzer/frame", "analyzer/store", "analyzer/result"},
    "analyzer/result": {"protocol", "analyzer/base", "analyzer/conversation", "analyzer/frame"},
    "analyzer/life": {"protocol", "analyzer/base"},
    "analyzer/derived": {"protocol", "analyzer/base", "analyzer/life", "analyzer/result"},
    "analyzer/device": {"protocol", "analyzer/base", "analyzer/store", "analyzer/result", "analyzer/life"},
}
ROOMS["analyzer"] = set(ROOMS) - {"plugin"}
# Where a name in quotes is looked for, as the compiler does, by the first folder of the file.
ROOTS = {"protocol": ["protocol"], "plugin": ["plugin", "protocol"], "analyzer": ["analyzer", "protocol"]}
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
    present = {str(p) for part in ROOTS for p in (TOP / part).rglob("*.c")}
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


def room_of(path):
    """The room that a file of the product stands in, at any depth."""
    parents = [str(folder) for folder in path.relative_to(TOP).parents]
    return next(folder for folder in parents if folder in ROOMS)


def sources():
    return sorted(path for root in ROOTS for path in (TOP / root).rglob("*.[ch]"))


def included(path):
    """Line numbers, names and files of what a file includes in quotes (None: there is no such file), and what it
    includes in angle brackets."""
    root = path.relative_to(TOP).parts[0]
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if match := re.match(r'\s*#\s*include\s*"([^"]+)"', line):
            found = [TOP / folder / match[1] for folder in ROOTS[root]]
            yield number, match[1], next((file for file in found if file.is_file()), None)
        elif match := re.match(r"\s*#\s*include\s*<([^>]+)>", line):
            yield number, match[1], match


def check_includes(_):
    """Data goes one way, and so do includes: ROOMS says which room knows which."""
    problems = []
    for path in sources():
        room = room_of(path)
        for number, name, target in included(path):
            where = f"{path.relative_to(TOP)}:{number}"
            if isinstance(target, re.Match):
                if room == "protocol" and name not in PROTOCOL_HEADERS:
                    problems.append(f"{where}: protocol/ must not need <{name}>")
            elif target is None:
                problems.append(f"{where}: {name} is not found")
            elif room_of(target) not in ROOMS[room] | {room}:
                problems.append(f"{where}: {room}/ must not know {room_of(target)}/")
    return problems


def module(path):
    """A file without its suffix: a .c and its .h are one."""
    return str(Path(path).relative_to(TOP).with_suffix(""))


def circle(edges):
    """The modules of one circle in a graph, [] if it has none. edges: module -> set of modules."""
    state, way = {}, []

    def visit(node):
        state[node] = "open"
        way.append(node)
        for other in sorted(edges.get(node, ())):
            if state.get(other) == "open":
                return way[way.index(other):] + [other]
            if other not in state and (found := visit(other)):
                return found
        way.pop()
        state[node] = "done"
        return []

    for start in sorted(edges):
        if start not in state and (found := visit(start)):
            return found
    return []


def calls(build):
    """Module -> modules that define what it uses, by the symbols of the object files of the build tree."""
    defined, used = {}, {}
    for entry in json.loads(Path(build, "compile_commands.json").read_text()):
        path = Path(entry["file"])
        target = Path(entry["directory"], re.search(r" -o (\S+)", entry["command"])[1])
        # In protocol/ the table of dialects names their functions, and those look for frames of the others within theirs.
        if path.suffix != ".c" or not target.is_file() or path.relative_to(TOP).parts[0] != "analyzer":
            continue
        status, output = run(["nm", "--format=posix", target])
        if status:
            raise FileNotFoundError(output)
        for line in output.splitlines():
            name, kind = line.split()[:2]
            if kind == "U":
                used.setdefault(module(path), set()).add(name)
            elif kind.isupper():
                defined[name] = module(path)
    return {m: {defined[n] for n in names if n in defined} - {m} for m, names in used.items()}


def check_circles(build):
    """Files do not include each other in a circle; those of the analyzer do not call each other in one either."""
    includes = {}
    for path in sources():
        targets = {t for _, _, t in included(path) if isinstance(t, Path)}
        includes[str(path.relative_to(TOP))] = {str(t.relative_to(TOP)) for t in targets}
    called = calls(build)
    problems = [f"circle of includes: {' -> '.join(c)}" for c in [circle(includes)] if c]
    problems += [f"circle of calls: {' -> '.join(c)}" for c in [circle(called)] if c]
    return problems if called else ["no object files: build first"]


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
    status, output = run(["codespell", "--ignore-words-list=fo,nd,unsupport,indx", *texts])
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
