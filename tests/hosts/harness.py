# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of both hosts share: the rows of tests/data, running s7timeline and tshark, comparing by value.

Where the programs are comes from the environment that CMake sets: S7TIMELINE, GOTOP_PLUGIN, SANITIZER_PRELOAD (empty if
the build is not sanitized)."""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "support"))

COLUMNS = (
    "capture_time device_time skew_s device_id dialect direction kind code event valid latitude longitude altitude_m "
    "speed_kmh course_deg satellites hdop odometer_m ignition external_power charging external_v battery_v battery_pct "
    "gsm_signal mcc mnc lac cell_id status inputs outputs adc_v fuel_l fuel_pct temperature_c driver_id serial answers "
    "flags source destination transport stream stream_offset capture_file packets details raw"
).split()
# Columns that the frame alone decides, with the filter field of each.
FRAME_COLUMNS = {
    "device_time": "device_time", "device_id": "device_id", "dialect": "dialect", "direction": "direction",
    "kind": "kind", "code": "code", "event": "event", "valid": "valid", "latitude": "latitude",
    "longitude": "longitude", "altitude_m": "altitude", "speed_kmh": "speed", "course_deg": "course",
    "satellites": "satellites", "hdop": "hdop", "odometer_m": "odometer", "ignition": "ignition",
    "external_power": "external_power", "charging": "charging", "external_v": "external_voltage",
    "battery_v": "battery_voltage", "battery_pct": "battery", "gsm_signal": "signal", "mcc": "mcc", "mnc": "mnc",
    "lac": "lac", "cell_id": "cell_id", "status": "status", "inputs": "inputs", "outputs": "outputs", "adc_v": "adc",
    "fuel_l": "fuel", "fuel_pct": "fuel_level", "temperature_c": "temperature", "driver_id": "driver_id",
    "serial": "serial", "flags": "flag", "raw": "frame",
}  # fmt: skip
TEXT_COLUMNS = {"device_id", "dialect", "direction", "kind", "code", "event", "mnc", "driver_id", "serial", "raw"}
MANY_COLUMNS = {"adc_v", "fuel_l", "temperature_c"}
CONTEXT_FLAGS = set("after_gap clock_offset dialect_changed duplicate future_time null_island packet_checksum_bad stored unacknowledged unanswered week_rollover".split())
# Keys of details that frames.expected does not list (tests/data/README.md).
EXEMPT_KEYS = {"index", "length", "checksum", "terminator", "flag_fields", "claimed_id", "parameters"}
MASK = "******"


class Element:
    """A frame or a leftover of a row: its bytes, and the lines of its block."""

    def __init__(self, data, reason=None):
        self.data = data
        self.reason = reason
        self.columns = {}
        self.details = {}

    @property
    def proven(self):
        return not {"damaged", "truncated", "checksum_bad"} & set(self.columns.get("flags", "").split(";"))


class Row:
    def __init__(self, name, direction, stream):
        self.name = name
        self.direction = direction
        self.stream = stream
        self.elements = []

    @property
    def frames(self):
        return [e for e in self.elements if not e.reason]


def unescape(text):
    plain = {"r": "\r", "n": "\n", "t": "\t", "\\": "\\"}
    return re.sub(
        r"\\(x[0-9A-Fa-f]{2}|.)",
        lambda m: plain.get(m[1]) or chr(int(m[1][1:], 16)),
        text,
    ).encode("latin-1")


def escape(data):
    plain = {13: "\\r", 10: "\\n", 92: "\\\\"}
    return "".join(plain.get(c) or (chr(c) if 32 <= c < 127 else f"\\x{c:02X}") for c in data)


def value_text(escaped):
    """A value of frames.expected as the programs print text: plain when every byte is printable and none is a backslash,
    else escaped."""
    data = unescape(escaped)
    return data.decode() if all(32 <= c < 127 and c != 0x5C for c in data) else escaped


def load_rows(folder=TESTS / "data"):
    rows = []
    for line in (folder / "frames.tsv").read_text("utf-8").split("\n")[1:]:
        if line:
            name, direction, frame, *_ = line.split("\t")
            rows.append(Row(name, direction, unescape(frame)))
    blocks = {}
    for block in (folder / "frames.expected").read_text("utf-8").split("\n\n"):
        lines = [line for line in block.split("\n") if line]
        if lines and not lines[0].startswith("#"):
            blocks[lines[0]] = lines[1:]
    for row in rows:
        _parse_block(row, blocks.pop(row.name))
    assert not blocks, f"blocks without a row: {sorted(blocks)}"
    return rows


def _parse_block(row, lines):
    offset = 0
    for line in lines:
        if match := re.fullmatch(r"(?:frame|leftover (\w+)) (\d+)", line):
            size = int(match[2])
            row.elements.append(Element(row.stream[offset : offset + size], match[1]))
            offset += size
        elif line.startswith("details."):
            key, _, value = line[8:].partition("=")
            values = [value_text(v) for v in json.loads(value)] if value.startswith("[") else value_text(value)
            row.elements[-1].details[key] = values
        else:
            column, _, value = line.partition("=")
            assert column in FRAME_COLUMNS, f"{row.name}: {column}"
            row.elements[-1].columns[column] = value if column == "raw" else value_text(value)
    assert offset == len(row.stream), f"{row.name}: the elements of its block have {offset} bytes"
    for element in row.frames:
        element.columns.setdefault("raw", escape(element.data))


# ---------------------------------------------------------------------------------------------------------------------
# s7timeline


def s7timeline(*arguments, stdin=None, cwd=None):
    """Runs it; the result has returncode, stdout (bytes) and stderr (text)."""
    environment = dict(os.environ, TZ="Pacific/Kiritimati", LC_ALL="C.UTF-8")
    environment["UBSAN_OPTIONS"] = "print_stacktrace=1:halt_on_error=1"
    done = subprocess.run(
        [os.environ["S7TIMELINE"], *map(str, arguments)],
        capture_output=True, input=stdin, cwd=cwd, env=environment, timeout=300, check=False,
    )  # fmt: skip
    done.stderr = done.stderr.decode("utf-8")
    assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr
    return done


def read_csv(text):
    """Rows as dictionaries; checks what every file must be: UTF-8, LF, the columns of the contract."""
    text = text.decode("utf-8")
    assert "\r" not in text, "CSV lines end with LF and control characters are escaped"
    rows = list(csv.reader(text.splitlines(), strict=True))
    assert rows and rows[0] == COLUMNS, f"header is {rows[:1]}"
    for row in rows[1:]:
        assert len(row) == len(COLUMNS), f"{len(row)} cells: {row}"
    return [dict(zip(COLUMNS, row)) for row in rows[1:]]


def plain_cell(column, value):
    """Without the guard in front of text that a spreadsheet would run."""
    guarded = column in TEXT_COLUMNS and re.match(r"'[=+\-@\t\r]", value)
    return value[1:] if guarded else value


def frame_flags(cell):
    return sorted(set(cell.split(";")) - CONTEXT_FLAGS - {""})


# ---------------------------------------------------------------------------------------------------------------------
# tshark


class Tshark:
    """Runs tshark with the plugin of the build, as an unprivileged user: started by root it ignores plugins silently."""

    def __init__(self):
        plugin = Path(os.environ["GOTOP_PLUGIN"])
        self.home = Path(tempfile.mkdtemp(prefix="gotop-tests-"))
        self.home.chmod(0o755)
        staged = self.home / "plugins" / plugin.parent.parent.name / plugin.parent.name
        staged.mkdir(parents=True)
        shutil.copy(plugin, staged)
        settings = [f"HOME={self.home}/home", f"WIRESHARK_PLUGIN_DIR={self.home}/plugins", "TZ=Pacific/Kiritimati"]
        settings += ["LC_ALL=C.UTF-8", "UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1"]
        # No capture helpers: tshark would start them all, and with a preloaded sanitizer they can hang.
        settings += [f"WIRESHARK_EXTCAP_DIR={self.home}/none"]
        if preload := os.environ.get("SANITIZER_PRELOAD"):
            settings += [f"LD_PRELOAD={preload}", "ASAN_OPTIONS=detect_leaks=0"]
        for name in ("home", "none"):
            (self.home / name).mkdir()
        self.command = ["env", *settings, "tshark"]
        if os.geteuid() == 0:
            os.chown(self.home / "home", 65534, 65534)
            self.command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *self.command]
        listed = self.run("-G", "plugins")
        if not re.search(rb"^gotop\.so\s", listed, re.M):
            raise AssertionError("tshark did not load the plugin gotop.so: every comparison would be void")

    def close(self):
        shutil.rmtree(self.home)

    def version(self):
        """(4, 0) of Wireshark 4.0.17."""
        return tuple(map(int, re.search(rb"Wireshark\) (\d+)\.(\d+)", self.run("--version")).groups()))

    def run(self, *arguments):
        done = subprocess.run([*self.command, *map(str, arguments)], capture_output=True, timeout=120, check=False)
        errors = done.stderr.decode("utf-8", "replace")
        bad = re.search(r"Sanitizer|runtime error|Dissector bug|gotop\.so|[Aa]borted", errors)
        assert done.returncode == 0 and not bad, f"tshark {arguments}: status {done.returncode}\n{errors}"
        return done.stdout

    def sharkd(self, capture, *requests):
        """The results of these requests to sharkd, each a method and its parameters, about a staged capture. Of all that
        can be asked without a window only sharkd says which display filter Wireshark offers for a row of a table."""
        requests = [("load", {"file": str(capture)}), *requests]
        lines = [json.dumps({"jsonrpc": "2.0", "id": i, "method": m, "params": p}) for i, (m, p) in enumerate(requests, 1)]
        command = [*self.command[:-1], "sharkd", "-"]
        done = subprocess.run(command, input="\n".join([*lines, ""]), capture_output=True, text=True, timeout=120, check=False)
        answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        whole = done.returncode == 0 and len(answers) == len(requests) and all("result" in answer for answer in answers)
        assert whole, f"sharkd: status {done.returncode}\n{done.stdout}\n{done.stderr}"
        return [answer["result"] for answer in answers[1:]]

    def fields(self, capture, names):
        """What -T fields prints of these fields, a list of cells a packet, the values of a cell with \x1f between them.
        Versions before 4.2 print text as it is. Later ones do so in quotes, with an option that the others refuse."""
        exact = ["-E", "escape=n"]
        known = subprocess.run([*self.command, *exact, "-h"], capture_output=True, timeout=120, check=False).returncode == 0
        options = ["-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=\x1f", "-E", "quote=s", *(exact if known else [])]
        options += [option for name in names for option in ("-e", name)]
        lines = self.run("-n", "-r", self.stage(capture), "-T", "fields", *options).decode().splitlines()
        return [[cell[1:-1].replace("''", "'") for cell in line.split("\t")] for line in lines]

    def stage(self, capture):
        """A copy that the unprivileged user can read."""
        copy = self.home / Path(capture).name
        shutil.copy(capture, copy)
        copy.chmod(0o644)
        return copy

    def frames(self, capture, *options):
        """Each GOTOP element that tshark shows: a dictionary with `packet`, `source`, `fields` (name -> values)."""
        options = ("-n", "-r", self.stage(capture), "-T", "json", "-J", "frame ip ipv6 tcp udp gotop", *options)
        packets = json.loads(self.run(*options), object_pairs_hook=_pairs)
        found = []
        for packet in packets:
            layers = _first(_first(packet, "_source"), "layers")
            fields = {name: values for layer in ("frame", "ip", "ipv6", "tcp", "udp") for name, values in
                      _flatten([v for k, v in layers if k == layer and isinstance(v, list)]).items()}  # fmt: skip
            port = fields.get("tcp.srcport") or fields.get("udp.srcport") or ["0"]
            address = fields.get("ip.src") or fields.get("ipv6.src") or [""]
            for layer in (v for k, v in layers if k == "gotop"):
                found.append({
                    "packet": int(fields["frame.number"][0]),
                    "source": (address[-1], int(port[-1])),
                    "fields": _flatten([layer]),
                })  # fmt: skip
        return found


def _pairs(pairs):
    """JSON objects as lists of pairs: tshark repeats keys."""
    return pairs


def _first(pairs, key):
    return next(value for name, value in pairs if name == key)


def _flatten(trees):
    """Name -> all its values, at any depth, in order."""
    values = {}

    def walk(node):
        for name, value in node:
            if isinstance(value, str):
                values.setdefault(name, []).append(value)
            elif isinstance(value, list) and value and isinstance(value[0], tuple):
                walk(value)
            elif isinstance(value, list):
                for item in value:
                    if isinstance(item, str):
                        values.setdefault(name, []).append(item)
                    else:
                        walk(item)

    for tree in trees:
        walk(tree)
    return values


def _number(text):
    try:
        return Decimal(int(text, 16)) if text.startswith("0x") else Decimal(text)
    except InvalidOperation:
        return {"True": Decimal(1), "False": Decimal(0)}[text]


def _time(text):
    """Wireshark's way of writing an absolute time (before 4.6 in words), or the CSV's, as the CSV's."""
    if match := re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.0+Z)?", text):
        return match[1]
    text = re.sub(r"\.0+ UTC$", "", text)
    return datetime.strptime(re.sub(r"\s+", " ", text), "%b %d, %Y %H:%M:%S").isoformat()


def cell_values(column, cell):
    """The values of a CSV cell in the form in which both hosts are compared."""
    if column == "flags":
        return frame_flags(cell)
    if cell == "":
        return []
    if column in MANY_COLUMNS:
        return [_number(item.split("=")[-1]) for item in cell.split(";")]
    if column in TEXT_COLUMNS:
        return [plain_cell(column, cell)]
    return [_time(cell)] if column == "device_time" else [_number(cell)]


def field_values(column, values):
    """The same for the values that tshark prints of the field of that column."""
    if column == "flags":
        return sorted(set(values) - CONTEXT_FLAGS)
    if column in TEXT_COLUMNS:
        return list(values)
    return [_time(v) if column == "device_time" else _number(v) for v in values]


def compare_hosts(name, row, fields):
    """Differences between a CSV row and the fields of the same frame in tshark."""
    unproven = {"damaged", "truncated", "checksum_bad"} & set(row["flags"].split(";"))
    problems = []
    for column, field in FRAME_COLUMNS.items():
        wanted = cell_values(column, row[column])
        got = field_values(column, fields.get(f"gotop.{field}", []))
        if column == "device_id" and (unproven or (row["direction"] == "down" and not got)):
            # The CSV has the conversation's device, also when it spoke only later; of an unproven frame tshark has none.
            wanted = [] if unproven else got
        if column in ("raw", "serial") and wanted != got and MASK in row[column]:
            pattern = ".*".join(re.escape(part) for part in wanted[0].split(MASK))
            wanted = got if got and re.fullmatch(pattern, got[0], re.S) else wanted
        if wanted != got:
            problems.append(f"{name}: {column}: CSV {row[column]!r}, tshark {fields.get(f'gotop.{field}')}")
    return problems
