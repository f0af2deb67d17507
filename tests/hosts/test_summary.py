# SPDX-License-Identifier: GPL-2.0-or-later
"""`--summary` against a full run of the same capture: 200 of them at random, of all dialects and carriers, with losses,
disorder, copies, packets without a time, other makers' bytes, and options that choose. What is printed is the same, and
what is printed is what the files say."""
import csv
import json
import os
import random
import re
import struct
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import harness
from carriers import block, enhanced, ether, interface, ipv4, section, udp
from pcap import ACK, FIN, PSH, SYN, Capture

SEED = int(os.environ.get("PROPERTY_SEED", "8888"), 0)
CAPTURES = 200
START = 1767225600 * 10**9
SERVER = "192.0.2.1"
# What a run for totals does not look for (s7timeline(1), --summary), and where the results are.
FULL_ONLY = ("Clocks", "Pictures", "Results")


def pieces_of(seed, streams, messages):
    """Of each generated stream: whether it comes from a device, and its pieces, messages and what stands between them."""
    command = [os.environ["WRITE_TRAFFIC"], str(seed), str(streams), str(messages)]
    text = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode()
    for line in text.splitlines():
        direction, *pieces = line.split()
        yield direction == "up", [bytes.fromhex(piece[1:]) for piece in pieces]


class Traffic:
    """Packets of a capture as they are sent; some are lost, sent twice, late, damaged."""

    def __init__(self, rng):
        self.rng, self.frames, self.clients = rng, [], 0
        self.port = rng.choice((8888, 8888, 8888, 9000))

    def client(self):
        self.clients += 1
        return (f"10.0.{self.clients // 200}.{self.clients % 200 + 1}", self.rng.choice((5000, 40000 + self.clients)))

    def tcp(self, up, data):
        capture, client, server = Capture(), self.client(), (SERVER, self.port)
        ends = (client, server) if up else (server, client)
        if self.rng.random() < 0.8:
            capture.tcp(ends[0], ends[1], 999, 0, SYN)
            capture.tcp(ends[1], ends[0], 499, 1000, SYN | ACK)
        at = 0
        while at < len(data):
            size = self.rng.choice((self.rng.randint(1, 60), 400, 1400))
            capture.tcp(ends[0], ends[1], 1000 + at, 500, ACK | PSH, data[at : at + size])
            if self.rng.random() < 0.3:
                capture.tcp(ends[1], ends[0], 500, 1000 + min(len(data), at + size), ACK)
            at += size
        if self.rng.random() < 0.5:
            capture.tcp(ends[0], ends[1], 1000 + len(data), 500, ACK | FIN)
        self.frames.append([record[16:] for record in capture.records])

    def udp(self, up, pieces):
        client, server = self.client(), (SERVER, self.port)
        ends = (client, server) if up else (server, client)
        packets = []
        for number, piece in enumerate(pieces):
            addresses = (ends[0][0], ends[1][0])
            packets.append(ether(ipv4(17, udp(ends[1][1], piece, ends[0][1]), addresses, number + 1)))
        self.frames.append(packets)

    def add(self, up, pieces):
        if self.rng.random() < 0.2:
            pieces.insert(self.rng.randrange(len(pieces) + 1), self.rng.choice((b"\x78\x78\x05\x13\x00\x01\r\n", bytes(9), b"*HQ,8,V1#")))
        if self.rng.random() < 0.2:
            at = self.rng.randrange(len(pieces))
            pieces[at] = pieces[at][: self.rng.randint(1, len(pieces[at]))]
        if self.rng.random() < 0.6:
            self.tcp(up, b"".join(pieces))
        else:
            self.udp(up, [piece for piece in pieces if piece])

    def disturbed(self):
        """All packets, conversations mixed, in the order of the capture."""
        loss, twice, late = (self.rng.choice((0, 0, 0.05, 0.2)) for _ in range(3))
        queues, order = [list(packets) for packets in self.frames], []
        while queues := [queue for queue in queues if queue]:
            queue = self.rng.choice(queues)
            packet = queue.pop(0)
            if self.rng.random() >= loss:
                order += [packet] * (1 + (self.rng.random() < twice))
        places = sorted((i + (self.rng.random() < late) * self.rng.uniform(0, 40), i) for i in range(len(order)))
        return [order[i] for _, i in places]

    def bytes(self):
        data, time = [section(), interface(1)], START
        untimed = self.rng.choice((0, 0, 0.1))
        for packet in self.disturbed():
            time += self.rng.choice((10**6, 10**8, 10**9, 10**11))
            if self.rng.random() < untimed:
                data.append(block(3, struct.pack("<I", len(packet)) + packet))
            else:
                data.append(enhanced(0, time, packet))
        return b"".join(data)


def options_of(rng, ids):
    moment = f"2026-01-01T0{rng.randrange(4)}:{rng.randrange(60):02d}:00Z"
    return rng.choice((
        (), (), (), ("-p", "any"), ("-p", "8888,9000"), ("-d", rng.choice(ids)), ("--since", moment), ("--until", moment),
        ("--max-waiting", "200"), ("--max-streams", "2"), ("--max-devices", "2"), ("-f", "udp"), ("-f", "tcp port 8888"),
        ("--overlap", "last"), ("--idle-time", "60"), ("--close-time", "1"),
    ))  # fmt: skip


def without(text, labels):
    """The lines of a summary but for those of some labels, and those that stand below them. How often a limit was met
    depends on how much is done; that it was does not."""
    kept, skipping = [], False
    for line in re.sub(r"(?m)(^Limit .* was reached) [\d,]+ times?$", r"\1", text).split("\n"):
        skipping = line.startswith(labels) or (skipping and line.startswith(" "))
        if not skipping and line:
            kept.append(line)
    return kept


class SummaryTest(unittest.TestCase):
    maxDiff = None

    def agree_with_files(self, text, out):
        manifest = json.loads((out / "manifest.json").read_text())
        totals, ledger = manifest["totals"], manifest["ledger"]
        kinds = dict(re.findall(r"^ {13}(\w+) +([\d,]+)$", text, re.M))
        for kind, rows in totals["rows_by_kind"].items():
            self.assertEqual(int(kinds.get(kind, "0").replace(",", "")), rows, kind)
        numbers = lambda pattern: [int(n.replace(",", "")) for n in re.search(pattern, text).groups()] if re.search(pattern, text) else [0, 0]
        self.assertEqual(numbers(r"Payload +([\d,]+) bytes?, ([\d,]+) of them"), [ledger["payload_bytes"], ledger["leftover_bytes"]])
        self.assertEqual(numbers(r"Missing +([\d,]+) bytes? .* in ([\d,]+) gaps?"), [ledger["missing_bytes"], totals["gaps"]])
        if totals["rows"]:
            self.assertEqual(numbers(r"from ([\d,]+) devices? in ([\d,]+) conv"), [totals["devices"], totals["streams"]])
        with open(out / "devices.csv", encoding="utf-8", newline="") as file:
            devices = {row["device_id"]: row for row in csv.DictReader(file)}
        said = re.findall(r"^ {13}(\w+) +(?:gotop|startek|fifotrack|several) +([\d,]+)(?:  (\S+ \S+)  (\S+ \S+))? *$", text, re.M)
        self.assertEqual({device: int(rows.replace(",", "")) for device, rows, *_ in said},
                         {device: int(row["rows"]) for device, row in devices.items()})  # fmt: skip
        for device, _, *seen in said:
            wanted = [devices[device][name][:19].replace("T", " ") for name in ("first_seen", "last_seen")]
            self.assertEqual(seen, wanted, device)

    def check(self, seed, folder, streams):
        rng = random.Random(seed)
        traffic = Traffic(rng)
        for up, pieces in streams:
            traffic.add(up, pieces)
        path = folder / "x.pcapng"
        path.write_bytes(traffic.bytes())
        ids = [match.decode() for _, pieces in streams for match in re.findall(rb"(?<=[#,])\d{15}(?=,)", b"".join(pieces))]
        options = ("-v", *options_of(rng, ids or ["861785001515349"]))
        short = harness.s7timeline("--summary", *options, path)
        full = harness.s7timeline("-o", folder / "out", *options, path)
        with self.subTest(seed=seed, options=options):
            self.assertEqual((short.returncode, full.returncode), (0, 0), short.stderr + full.stderr)
            text = full.stdout.decode()
            self.assertEqual(short.stderr, full.stderr)
            self.assertEqual(without(short.stdout.decode(), FULL_ONLY), without(text, FULL_ONLY))
            self.agree_with_files(text, folder / "out")
            return "Reports " in text

    def test_summary_and_full_run_agree(self):
        streams = list(pieces_of(SEED, 6 * CAPTURES, 4))
        with tempfile.TemporaryDirectory(prefix="gotop-summary-") as name, ThreadPoolExecutor(os.cpu_count()) as pool:
            folders = [Path(name) / str(i) for i in range(CAPTURES)]
            for folder in folders:
                folder.mkdir()
            runs = [pool.submit(self.check, SEED + i, folders[i], streams[6 * i : 6 * i + 6]) for i in range(CAPTURES)]
            self.assertGreater(sum(run.result() is True for run in runs), CAPTURES // 2, "too few have any report")


if __name__ == "__main__":
    unittest.main(verbosity=2)
