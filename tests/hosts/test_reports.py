# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports with fields at random, legal ones and others: s7timeline gives the columns, flags and extra fields that a second
reading of the documents gives (../support/reports.py)."""
import json
import os
import random
import tempfile
import unittest
from functools import reduce
from operator import xor
from pathlib import Path

import harness
import reports
from framing import checksum
from pcap import Capture

SERVER = ("192.0.2.1", 8888)
SEED = int(os.environ.get("PROPERTY_SEED", "1804"), 0)
FRAMES = 4000
GOTOP_ID, STARTEK_ID, FIFOTRACK_ID = "353327020115804", "356789012345672", "863003046499158"  # with their check digits
# Of each field of a report: values that are as documented, and others.
FIELDS = (
    ([str(n) for n in range(58)], ["13", "58", "255", "x", "", "034"]),
    (["", "", ""], ["1", "0A678C", "00019501", "0001", "p.jpg"]),
    (["240104160016", "000229235959", "991231000000"], ["240230000000", "240101240000", "2401011200", "x", ""]),
    (["A", "V"], ["X", ""]),
    (["-6.290638", "41.5", "-0.0", "90.0"], ["90.1", "-91", "x", ""]),
    (["106.809578", "-72.499711", "180"], ["180.01", "--1", ""]),
    (["0", "15", "60", "07"], ["61", "-1", ""]),
    (["0.8", "99.9", "1"], ["100.0", "99.95", "x", ""]),
    (["0", "62.5", "500"], ["500.5", "-1", ""]),
    (["0", "360", "045"], ["361", "1.5", ""]),
    (["57", "-500", "9000"], ["9001", "-501.5", "x", ""]),
    (["388", "4294967295"], ["4294967296", "-1", ""]),
    (["510|10|04DE|000074BE", "0|0|4708|01402D19", "505|01|FFFF|8C89802"],
     ["510|10|04DE", "5100|1|1|1", "x|1|1|1", "510|a|1|1", "510|1|12345|1", "510|1|1|123456789", "", "510|1|1|1|1"]),
    (["31", "0", "99"], ["x", "", "45"]),
    (["0000003C", "0010", "0000011D"], ["003C1", "x", "", "00000000000000001"]),
    (["00", "02", "FF"], ["2", "G", "", "123456789"]),
    (["00", "01"], ["x", ""]),
    (["04D4|01A2|0000|0000", "0000|019D", "04D4|01A2|0E10"], ["04D4", "2711|0000", "04D4|01G2", "", "04D4|", "12345|0000"]),
    (["1", "129", "131"], ["x", ""]),
    (["", "0104B0", "010000|020000"], ["0104B", "x|010000"]),
    (["", "01013D|028135", "018000"], ["01", "01013G"]),
    (["", "853|6|10|105|73|41|125|34|52", "853|6|10|105|73|41|125|34|52%", "||||||||"],
     ["1|2", "text", "77", "1|x|3|4|5|6|7|8|9L", "1|2|3|4|5|6|7|8|-9L"]),
)  # fmt: skip
MORE = (["", "12345", "card text"], ["12345678901", "a|b"])
# The same for the A01 of fifotrack.
FIFOTRACK_TIMES = (["211026081639", "000229235959", "991231000000"], ["240230000000", "240101240000", "2401011200", "x"])
FIFOTRACK_CELLS = (["520|0|FA8|1A9B5B9", "246|01|65|96DB", "0|0|0|0", "460|0|25FC|104C"], ["x|1|1|1", "510|a|1|1", "510|1|1|1234567890"])
FIFOTRACK_ALARMS = ([""] * 20, ["2", "14|11.4", "15", "19", "4", "21", "33|2", "34|x", "38", "55", "2|", "53", "025", "99|text", "x"])
WORDS_OF_VOLTS = [249, 250, 316, 415, 450, 451, 1699, 1700, 2000, 2358, 2501, 2526, 2700, 2701, 0]
FIFOTRACK_FIELDS = (
    FIFOTRACK_ALARMS,
    FIFOTRACK_TIMES,
    (["A", "V"], ["X"]),
    (["13.934116", "-33.876543", "-0.0", "90.0"], ["90.1", "-91.0", "x", ""]),
    (["100.000463", "-151.209876", "180.0"], ["180.01", "--1.0", ""]),
    (["0", "57", "500"], ["501", "x", ""]),
    (["0", "263", "360", "045"], ["361", "x", ""]),
    (["16", "-12", "9000", "-500"], ["9001", "-501", "x", ""]),
    (["366959", "4294967295", "0"], ["4294967296", "x", ""]),
    (["345180", "0"], ["x", ""]),
    (["80000040", "A0", "0000", "0004", "900000C0", "0", "B00000F8", "1234", "FFFFFFFF", "12345"], ["x", ""]),
    (["02", "00", "3", "FF"], ["", "G"]),
    (["0", "01"], ["", "x"]),
    FIFOTRACK_CELLS,
    ([], []),
    (["", "", "B4A067", "0a678c", "1234567890"], ["1", "B4A06", "%  ^NAME$A.^^?;600?+  14  ?", "0A678CX"]),
    (["", "31.76", "-5.25|21.00", "-0.00"], ["x|21.00", "7", "1.00|x|3.00"]),
    (["77", "x|y"], ["z z"]),
)  # fmt: skip
LEGAL_TAILS = (
    (), ("",), ("275", "24202-0ED9-D93B"), ("000", "24202-0ED9-D93B", "8", "1.28", "0", "15", "30", "-4", "-64", "-96", "54"),
    ("012", "21407-ABCD-0012AB34", "09", "1.00", "-4.0", "4211", '"n#t"', "-60", '"02:00:00:00:00:01"', "", ""),
    ("05.68", "WIFI:{00-11-22-33-44-55&-51,66-77-88-99-aa-bb&-80}", "BLE:{c0-ff-ee-00-00-01&-67}"),
    ("112.4", "01.10", "214~7~654321~99~1850~-101~-11~-72~4", "1850~99~-12~-102~-70~-18", ">"), ("0.9", "03.25"),
)  # fmt: skip
WORDS = sorted({word for tail in LEGAL_TAILS for word in tail} | {"361", "3", "123", "-2.5", "31", "81.0", "abc", "00000-0000-0000", "1~2~3"})


def one(rng, values):
    legal, others = values
    return rng.choice(others if rng.random() < 0.12 else legal)


def startek_fields(rng):
    fields = [one(rng, values) for values in FIELDS[: rng.choice((18, 18, 19, 20, 21, 22))]]
    while len(fields) >= 22 and rng.random() < 0.5:
        fields.append(one(rng, MORE))
    return fields


def fifotrack_volts(rng):
    words = [rng.choice(WORDS_OF_VOLTS)] + [rng.choice((0, 108, 321, 330, 1248, 9999, rng.randint(0, 9999))) for _ in range(rng.randint(0, 4))]
    return "|".join(f"{word:X}" for word in words)


def fifotrack_report(rng):
    fields = [fifotrack_volts(rng) if not values[0] else one(rng, values) for values in FIFOTRACK_FIELDS]
    return fields[: rng.choice((3, 14, 15, 16, 17, 17, 17, 18))]


def fifotrack_a03(rng):
    fields = [one(rng, FIFOTRACK_ALARMS), one(rng, FIFOTRACK_TIMES), one(rng, FIFOTRACK_CELLS)]
    fields += [rng.choice(("4.20", "3.7", "x")), rng.choice(("100", "7", "101", "x")), rng.choice(("003E", "0019", "x")), rng.choice("0129")]
    if fields[6] == "0":
        fields += [rng.choice("AVX"), rng.choice(("0", "57", "501")), rng.choice(("0", "9")), rng.choice(("22.643175", "90.5")), "-114.018150"]
    elif fields[6] == "1":
        fields.append("|".join(f"{rng.getrandbits(48):012X}:-{rng.randint(1, 120)}" for _ in range(rng.randint(1, 5))))
    else:
        fields.append("text")
    return fields


def fifotrack_announcement(rng):
    place = [one(rng, FIFOTRACK_FIELDS[3]), one(rng, FIFOTRACK_FIELDS[4])]
    return [one(rng, FIFOTRACK_TIMES), *place, "1", "0", "7", str(rng.randint(1, 99999)), f"{rng.getrandbits(30):X}"]


def fifotrack_message(rng):
    """A type and its fields."""
    code = rng.choice(("A00", "A01", "A01", "A01", "A02", "A03", "A03", "D05", "B", "C", "S"))
    if code in ("A00", "A01"):
        return code, fifotrack_report(rng)
    if code == "A02":
        whole = ["", "211026081639", "A", "13.934116", "100.000463", "0", "263", "16", "366959", "0", "A0", "02", "0", "0|0|0|0", "196|4E0|6C"]
        return code, rng.choice((whole, ["1", "2", "", "3"]))
    if code == "A03":
        return code, fifotrack_a03(rng)
    if code == "D05" and rng.random() < 0.8:
        return code, fifotrack_announcement(rng)
    if code == "C":
        return rng.choice((
            ("C02", [FIFOTRACK_ID, "0123", "V1.00", "V1.0"]), ("C03", ["3.80", "50%"]), ("C03", ["4.1", "9%", "Charging"]),
            ("C04", ["B03", "30", "50"]), ("C01", ["FAILED"]), ("C44", ["OK"]), ("C08", ["1.5", "x"]),
        ))  # fmt: skip
    code += f"{rng.randint(0, 99):02}" if len(code) == 1 else ""
    return code, [rng.choice(("OK", "UNSUPPORT", "FAILED"))] if code[0] != "S" or rng.random() < 0.5 else ["90", "", "x"]


def gotop_fields(rng):
    """A known tail, changed in places; as the wire has it."""
    fields = list(rng.choice(LEGAL_TAILS))
    while rng.random() < 0.5:
        place, word = rng.randint(0, len(fields)), rng.choice(WORDS)
        fields[place : place + rng.randint(0, 1)] = [word] if rng.random() < 0.8 else []
    return fields


class ReportsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-reports-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.rng = random.Random(SEED)

    def rows(self, payloads):
        capture = Capture()
        for number, payload in enumerate(payloads):
            capture.udp(("10.0.0.1", 1024 + number), SERVER, payload)
        path = self.folder / "reports.pcap"
        capture.write(path)
        done = harness.s7timeline("-q", "--no-csv-guard", "--stdout", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = {int(row["packets"]): row for row in harness.read_csv(done.stdout)}
        self.assertEqual(sorted(rows), list(range(1, len(payloads) + 1)))
        return [rows[number + 1] for number in range(len(payloads))]

    def check(self, payload, row, found, name=None):
        details = json.loads(row["details"]) if row["details"] else {}
        got = ({c: row[c] for c in found.columns}, set(harness.frame_flags(row["flags"])), details.get("extra", []))
        wanted = (found.columns, found.flags, found.extra)
        if found.columns.get("code"):  # the keys of details are compared both ways
            got, wanted = (*got, self.other_details(details)), (*wanted, found.details)
        if name is not None:
            got, wanted = (*got, details.get("profile", "")), (*wanted, name)
        return [] if got == wanted else [f"{payload!r}\n  expected {wanted}\n  got {got}"]

    @staticmethod
    def other_details(details):
        exempt = harness.EXEMPT_KEYS | {"extra", "checksum_type"}
        text = {key: value if isinstance(value, (str, list)) else str(value) for key, value in details.items()}
        return {key: [str(v) for v in value] if isinstance(value, list) else value for key, value in text.items() if key not in exempt}

    def test_fifotrack_messages(self):
        messages = [fifotrack_message(self.rng) for _ in range(FRAMES)]
        payloads = []
        for number, (code, fields) in enumerate(messages):
            body = f",{FIFOTRACK_ID},{number % 65535 + 1:X},{code},{','.join(fields)}".encode()
            covered = b"%d" % len(body) + body
            payloads.append(b"$$" + covered + b"*%02X\r\n" % reduce(xor, covered))
        problems = []
        for payload, row, (code, fields) in zip(payloads, self.rows(payloads), messages):
            problems += self.check(payload, row, reports.fifotrack(code, fields))
        self.assertEqual(problems[:3], [], f"seed {SEED}")

    def test_startek_reports(self):
        sent = [startek_fields(self.rng) for _ in range(FRAMES)]
        payloads = []
        for fields in sent:
            body = f",{STARTEK_ID},000,{','.join(fields)}".encode()
            frame = b"&&A%d" % len(body) + body
            payloads.append(frame + checksum(frame) + b"\r\n")
        problems = []
        for payload, row, fields in zip(payloads, self.rows(payloads), sent):
            problems += self.check(payload, row, reports.startek(fields))
        self.assertEqual(problems[:3], [], f"seed {SEED}")

    def test_gotop_tails(self):
        payloads, expected, names = [], [], set()
        for _ in range(FRAMES):
            fields, labelled = gotop_fields(self.rng), self.rng.random() < 0.75
            place = "DATE:210314,TIME:151747,LAT:41.5N,LOT:2.5E" if labelled else "210314,151747,41.5N,2.5E"
            text = ",".join(["", *fields])
            payloads.append(f"#{GOTOP_ID},CMD-T,A,{place},Speed:4.1,64-28{text}#".encode())
            name, found = reports.gotop_tail(reports.split(text)[1:] if fields else [], labelled)
            names.add(name)
            expected.append((name, found))
        problems = []
        for payload, row, (name, found) in zip(payloads, self.rows(payloads), expected):
            problems += self.check(payload, row, found, name)
        self.assertEqual(problems[:3], [], f"seed {SEED}")
        self.assertEqual(names, {"", "T0", "T1", "T2", "T3", "T4", "T5", "T6"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
