# SPDX-License-Identifier: GPL-2.0-or-later
"""Random captures against a reassembly of their own: many conversations interleaved, out of order, doubled, overlapping,
lossy, cut by a snap length, begun in the middle. The generator notes each byte that it captures; a report all of whose bytes
are captured is a row, nothing else is, and the ledger has each captured byte once."""
import json
import os
import random
import tempfile
import unittest
from collections import Counter
from pathlib import Path

import harness
from carriers import ether, pcap_file
from pcap import ACK, FIN, PSH, SYN, Capture
from test_field import UNPROVEN, gotop, startek

SERVER = ("192.0.2.1", 8888)
SEED = int(os.environ.get("PROPERTY_SEED", "8888"), 0)
RST = 4
START = 1767225600 * 10**9


def report(rng, device, n):
    kind = rng.randrange(4)
    if kind < 2:
        return gotop(device, n) if kind else startek(device, n)
    return f"#{device},CMD-Z,{n:06d}{'x' * rng.choice((0, rng.randint(0, 400)))}#".encode()


class Side:
    """A direction: what is sent, and which of it is captured."""

    def __init__(self, rng, frames, separator):
        self.frames = frames
        self.data = b"".join(frame + separator for frame in frames)
        self.places = []
        for frame in frames:
            self.places.append(sum(map(len, frames[: len(self.places)])) + len(separator) * len(self.places))
        self.isn = rng.choice((2**32 - rng.randrange(1, 3000), rng.randrange(2**32)))
        self.captured = bytearray(len(self.data))

    def segments(self, rng):
        at = 0
        while at < len(self.data):
            end = min(len(self.data), at + rng.choice((rng.randint(1, 40), rng.randint(40, 300), 1400)))
            yield at, end
            at = end

    def whole(self):
        """The line end of startek is no part of what proves a frame."""
        for frame, at in zip(self.frames, self.places):
            frame = frame.rstrip(b"\r\n")
            if all(self.captured[at : at + len(frame)]):
                yield frame


class Conversation:
    """Its packets in the order in which they are sent: (direction, start, end, flags, bytes or None)."""

    def __init__(self, rng, index, plan):
        self.client = (f"10.0.{index // 200}.{index % 200 + 1}", rng.choice((5000, 40000 + index)))
        device = f"86{index:04d}{rng.randrange(10**9):09d}"
        up = [report(rng, device, n) for n in range(rng.randint(1, 25))]
        down = [f":123456M1,{n:03d}S#".encode() for n in range(rng.randint(0, 6))] if rng.random() < plan["answers"] else []
        self.sides = [Side(rng, up, rng.choice((b"", b"\r\n"))), Side(rng, down, b"")]
        self.packets = []
        self.sent = [0, 0]
        if rng.random() < plan["handshake"]:
            self.packets += [(0, -1, -1, SYN, 0), (1, -1, -1, SYN | ACK, 0), (0, 0, 0, ACK, 0)]
        parts = [list(side.segments(rng)) for side in self.sides]
        while parts[0] or parts[1]:
            direction = 0 if not parts[1] or (parts[0] and rng.random() < 0.8) else 1
            self.send(rng, plan, direction, *parts[direction].pop(0))
        if rng.random() < 0.5:
            again = max(0, self.sent[0] - rng.randint(0, 200))
            self.packets += [(0, again, self.sent[0], ACK | FIN, self.sent[1])] * 2
            self.add(1, ACK | FIN)

    def add(self, direction, flags):
        self.packets.append((direction, self.sent[direction], self.sent[direction], flags, self.sent[1 - direction]))

    def send(self, rng, plan, direction, start, end):
        early = max(0, start - rng.randint(1, 60)) if rng.random() < plan["again"] else start
        self.packets.append((direction, early, end, ACK | PSH, self.sent[1 - direction]))
        self.sent[direction] = end
        if rng.random() < 0.5:
            self.add(1 - direction, ACK)
        if rng.random() < plan["again"]:
            self.packets.append((direction, start, end, ACK | PSH, self.sent[1 - direction]))
        if rng.random() < 0.03:
            self.add(direction, RST)

    def capture(self, capture, packet, snaplen):
        direction, start, end, flags, acknowledged = packet
        own, other = self.sides[direction], self.sides[1 - direction]
        ends = (self.client, SERVER) if direction == 0 else (SERVER, self.client)
        payload = own.data[start:end] if end > start else b""
        kept = max(0, min(len(payload), snaplen - 54))
        if kept:
            own.captured[start : start + kept] = b"\1" * kept
        acked = (other.isn + 1 + acknowledged) % 2**32 if flags & ACK else 0
        capture.tcp(*ends, (own.isn + 1 + start) % 2**32, acked, flags, payload)


PLAN = {"conversations": 15, "handshake": 1, "answers": 0.5, "again": 0.1, "loss": 0, "twice": 0, "window": 0, "snaplen": 65535}
PLANS = {
    "in order": {},
    "again and overlapping": {"again": 0.5, "twice": 0.3},
    "begun in the middle": {"handshake": 0},
    "out of order": {"window": 100, "again": 0.3},
    "out of order, begun in the middle": {"window": 100, "handshake": 0.3, "conversations": 8},
    "shuffled": {"window": 10**6, "conversations": 4},
    "shuffled, begun in the middle": {"window": 10**6, "conversations": 4, "handshake": 0},
    "thousands of packets in disorder": {"window": 2000, "conversations": 60, "handshake": 0.7},
    "lossy": {"loss": 0.1},
    "lossy, out of order, twice": {"loss": 0.25, "window": 100, "twice": 0.1},
    "lossy, shuffled, begun in the middle": {"loss": 0.2, "window": 10**6, "handshake": 0.3, "conversations": 4},
    "snap length": {"snaplen": 300, "window": 30},
}


class DisorderTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-disorder-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def sent(self, rng, conversations, plan):
        """(conversation, packet) in the order of the capture."""
        queues = [(c, list(c.packets)) for c in conversations]
        order = []
        while queues:
            conversation, packets = rng.choice(queues)
            for _ in range(min(len(packets), rng.randint(1, 3))):
                order.append((conversation, packets.pop(0)))
            queues = [q for q in queues if q[1]]
        order = [p for p in order if rng.random() >= plan["loss"] or p[1][3] & SYN]
        order = [p for packet in order for p in [packet] * (1 + (rng.random() < plan["twice"]))]
        places = sorted((i + rng.uniform(0, plan["window"]), i) for i in range(len(order)))
        return [order[i] for _, i in places]

    def check(self, seed, plan):
        rng = random.Random(seed)
        conversations = [Conversation(rng, i, plan) for i in range(plan["conversations"])]
        capture = Capture()
        order = self.sent(rng, conversations, plan)
        for conversation, packet in order:
            conversation.capture(capture, packet, plan["snaplen"])
        step = min(10**6, 9 * 10**8 // len(order))  # the beginning of a conversation is looked for during a second
        records = [(START + i * step, record[16:]) for i, record in enumerate(capture.records)]
        path, out = self.folder / "x.pcap", self.folder / "out"
        path.write_bytes(pcap_file(records, snaplen=plan["snaplen"]))
        done = harness.s7timeline("-q", "-o", out, "--force", "--show-secrets", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        wanted = Counter((c.client, frame) for c in conversations for side in c.sides for frame in side.whole())
        found = Counter()
        for file in (out / "devices").glob("*.csv"):
            for row in harness.read_csv(file.read_bytes()):
                if not UNPROVEN & set(row["flags"].split(";")):
                    address, _, port = row["source" if row["direction"] == "up" else "destination"].rpartition(":")
                    found[((address, int(port)), harness.unescape(row["raw"]).rstrip(b"\r\n"))] += 1
        self.assertEqual(found - wanted, Counter(), "not sent, or twice")
        self.assertEqual(wanted - found, Counter(), "lacking")
        manifest = json.loads((out / "manifest.json").read_text())
        ledger = manifest["ledger"]
        self.assertEqual(ledger["payload_bytes"], sum(sum(s.captured) for c in conversations for s in c.sides))
        self.assertEqual(ledger["payload_bytes"], ledger["frame_bytes"] + ledger["leftover_bytes"])
        self.assertEqual((ledger["overlap_bytes"], manifest["limits_reached"]), (0, {}))
        if plan["loss"] == 0 and plan["snaplen"] == 65535:
            self.assertEqual(ledger["missing_bytes"], 0)
        seen = len({id(conversation) for conversation, _ in order})
        self.assertEqual((out / "streams.csv").read_text().count("\n") - 1, seen)

    def test_plans(self):
        for name, changes in PLANS.items():
            for round_ in range(4):
                with self.subTest(name, seed=SEED + round_):
                    self.check(SEED + round_, {**PLAN, **changes})


if __name__ == "__main__":
    unittest.main(verbosity=2)
