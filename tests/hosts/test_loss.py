# SPDX-License-Identifier: GPL-2.0-or-later
"""Generated traffic over TCP, reordered, sent again, overlapping, and with losses: both hosts on every frame.

Without loss tshark (which puts segments in order) and s7timeline show the same frames with the same contract fields. With
loss every frame that tshark shows is in the CSV with equal fields, and what tshark lacks touches a gap, an overlap or a
late segment. Exempt: flags of the context, duplicates, what only the end of a stream closes (so no RESET! is sent)."""
import os
import random
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness
from pcap import ACK, FIN, PSH, SYN, Capture

SERVER = ("192.0.2.1", 8888)
SEED = int(os.environ.get("PROPERTY_SEED", "8888"), 0)
STREAMS, MESSAGES = 60, 10
OUT_OF_ORDER = ("-o", "tcp.reassemble_out_of_order:TRUE")


def generated_streams(seed):
    """(direction, bytes) of each stream."""
    done = subprocess.run(
        [os.environ["WRITE_TRAFFIC"], str(seed), str(STREAMS), str(MESSAGES)], capture_output=True, check=True, timeout=60
    )
    streams = []
    for line in done.stdout.decode().splitlines():
        direction, *pieces = line.split()
        sent = [bytes.fromhex(piece[1:]) for piece in pieces]
        streams.append((direction, b"".join(p for p in sent if not p.startswith(b"RESET!"))))
    return streams


class Segment:
    def __init__(self, start, end):
        self.start, self.end = start, end


def cut(rng, length):
    segments, start = [], 0
    while start < length:
        end = min(length, start + rng.choice((rng.randint(1, 40), rng.randint(1, 400), 1400)))
        segments.append(Segment(start, end))
        start = end
    return segments


def disturb(rng, segments):
    """Segments in another order, some twice, some that overlap what came before. Nothing is missing in the end. Returns
    them and the ranges of the stream that are overlapped or late."""
    sent, touched = list(segments), []
    for _ in range(max(1, len(segments) // 4)):
        i = rng.randrange(len(sent))
        kind, it = rng.randrange(3), sent[i]
        if kind == 0 and i + 1 < len(sent):
            sent[i], sent[i + 1] = sent[i + 1], sent[i]
            touched.append((it.start, it.end))
        elif kind == 1:
            sent.insert(rng.randint(i + 1, min(i + 3, len(sent))), Segment(it.start, it.end))
            touched.append((it.start, it.end))
        elif kind == 2 and i > 0:
            wider = Segment(max(0, it.start - rng.randint(1, 30)), it.end)
            touched.append((wider.start, it.end))
            sent[i] = wider
    return sent, touched


def lose(rng, segments):
    """Takes some segments away, never the first; returns what is left and the ranges that are missing."""
    missing = sorted(rng.sample(range(1, len(segments)), min(len(segments) - 1, rng.randint(1, 3))))
    return [s for i, s in enumerate(segments) if i not in missing], [(segments[i].start, segments[i].end) for i in missing]


def connect(capture, client, data, up, segments):
    isn = {client: 1000, SERVER: 500000}
    capture.tcp(client, SERVER, isn[client], 0, SYN)
    capture.tcp(SERVER, client, isn[SERVER], isn[client] + 1, SYN | ACK)
    capture.tcp(client, SERVER, isn[client] + 1, isn[SERVER] + 1, ACK)
    sender, receiver = (client, SERVER) if up else (SERVER, client)
    first, ack = isn[sender] + 1, isn[receiver] + 1
    for segment in segments:
        capture.tcp(sender, receiver, first + segment.start, ack, ACK | PSH, data[segment.start : segment.end])
    capture.tcp(sender, receiver, first + len(data), ack, ACK | FIN)
    capture.tcp(receiver, sender, ack, first + len(data) + 1, ACK | FIN)
    capture.tcp(sender, receiver, first + len(data) + 1, ack + 1, ACK)


def without_start(rows, frames):
    """A stream that begins with bytes in no frame is not ours for Wireshark before a frame proves it, and not what came
    before that in segments of their own (docs/WIRESHARK.md): rows in front of the first frame that tshark shows."""
    while frames and rows and int(rows[0]["stream_offset"]) > 0 and not LossTest.same_bytes(rows[0], frames[0]):
        rows = rows[1:]
    return rows


class LossTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        print(f"seed {SEED}")
        folder = tempfile.TemporaryDirectory(prefix="gotop-loss-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.streams = generated_streams(SEED)
        cls.tshark = harness.Tshark()
        cls.addClassCleanup(cls.tshark.close)

    def run_both(self, name, plan, *options):
        """plan: for each stream its segments. Returns (rows, frames) of each stream, rows in the order of the stream."""
        capture, clients = Capture(), []
        for index, ((direction, data), segments) in enumerate(zip(self.streams, plan)):
            clients.append((f"10.3.0.{index + 1}", 30000 + index))
            connect(capture, clients[-1], data, direction == "up", segments)
        path = self.folder / name
        capture.write(path)
        done = harness.s7timeline("-q", "--stdout", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        table = harness.read_csv(done.stdout)
        shown = [f for f in self.tshark.frames(path, *options) if "gotop.frame" in f["fields"]]
        # Commands have the server's address: the packets tell their stream.
        owner = {p: r["stream"] for r in table for p in r["packets"].split(";")}
        results = []
        for client, (direction, _) in zip(clients, self.streams):
            end = f"{client[0]}:{client[1]}"
            rows = [r for r in table if end in (r["source"], r["destination"])]
            rows.sort(key=lambda r: int(r["stream_offset"]))
            number = {r["stream"] for r in rows}
            if direction == "up":
                frames = [f for f in shown if f["source"] == client]
            else:
                frames = [f for f in shown if f["source"] == SERVER and owner.get(str(f["packet"])) in number]
            results.append((rows, frames))
        return results

    def test_without_loss_both_show_the_same(self):
        rng = random.Random(SEED)
        plan = [disturb(rng, cut(rng, len(data)))[0] for _, data in self.streams]
        problems, compared = [], 0
        for index, (rows, frames) in enumerate(self.run_both("whole.pcap", plan, *OUT_OF_ORDER)):
            rows = without_start(rows, frames)
            if len(rows) != len(frames):
                problems.append(f"stream {index}: {len(rows)} rows, tshark shows {len(frames)} frames")
                continue
            for row, frame in zip(rows, frames):
                problems += harness.compare_hosts(f"stream {index} at {row['stream_offset']}", row, frame["fields"])
                compared += 1
        self.assertEqual("\n".join(problems[:20]), "")
        self.assertGreater(compared, STREAMS * MESSAGES // 2)

    @staticmethod
    def waits_for(row):
        """What is damaged is known only when the bytes that its header declares are there, or never come."""
        declared = re.match(r"(?:&&|\$\$|##)(?:\\\\|[^\d])?(\d{1,5}),", row["raw"]) if "damaged" in row["flags"].split(";") else None
        return len(declared[0]) + int(declared[1]) + 4 if declared else 0

    @staticmethod
    def same_bytes(row, frame):
        pattern = ".*".join(re.escape(part) for part in row["raw"].split(harness.MASK))
        # tshark has a delimiter that two frames share in the second one, if it did not see the first
        shared = "#?" if "shared_delimiter" in row["flags"].split(";") else ""
        return re.fullmatch(shared + pattern, frame["fields"]["gotop.frame"][0], re.S)

    def check_lossy(self, name, rows, frames, segments, touched):
        """touched: ranges of the stream around which tshark may lack frames; None: anywhere, and it may show a frame
        later, with segments for which it waited."""
        problems, compared = [], 0
        if touched is not None:
            rows = without_start(rows, frames)
        for frame in frames:
            packet = str(frame["packet"])
            here = [r for r in rows if touched is None or packet in r["packets"].split(";")]
            row = next((r for r in here if self.same_bytes(r, frame)), None)
            if row is None:
                problems.append(f"{name}: no row for {frame['fields']['gotop.frame'][0]!r} of packet {packet}")
                continue
            rows.remove(row)
            compared += 1
            if frame["fields"]["gotop.frame"][0] == "#" + row["raw"]:
                continue
            problems += harness.compare_hosts(f"{name} at {row['stream_offset']}", row, frame["fields"])
        for row in rows if touched is not None else ():
            start = int(row["stream_offset"])
            end = start + max(len(harness.unescape(row["raw"])), self.waits_for(row))
            # TCP hands over segments: what they hold is shown, or waits, together.
            carriers = [s for s in segments if s.start < end and s.end > start]
            start, end = min(s.start for s in carriers), max(s.end for s in carriers)
            if not any(start <= late and end >= early for early, late in touched):
                problems.append(f"{name}: tshark lacks the frame at {start}: {row['raw']!r}, disturbed: {touched}")
        return problems, compared

    def lossy_plan(self):
        """Segments of each stream, and the ranges of it that are lost or disturbed."""
        rng = random.Random(SEED + 1)
        plan, touched = [], []
        for _, data in self.streams:
            left, missing = lose(rng, cut(rng, len(data)))
            late = []
            if rng.random() < 0.5:
                left, late = disturb(rng, left)
            plan.append(left)
            touched.append(missing + late)
        return plan, touched

    def test_with_loss_tshark_shows_nothing_that_the_csv_lacks(self):
        plan, touched = self.lossy_plan()
        problems, compared = [], 0
        for index, (rows, frames) in enumerate(self.run_both("lossy.pcap", plan)):
            found, count = self.check_lossy(f"stream {index}", rows, frames, plan[index], touched[index])
            problems += found
            compared += count
        self.assertEqual("\n".join(problems[:20]), "")
        self.assertGreater(compared, STREAMS * MESSAGES // 4)

    def test_with_loss_and_reordering_no_frame_is_wrong(self):
        """Then what follows a lost segment is hidden (docs/WIRESHARK.md); what is shown is right."""
        plan, _ = self.lossy_plan()
        problems, compared = [], 0
        for index, (rows, frames) in enumerate(self.run_both("reordered.pcap", plan, *OUT_OF_ORDER)):
            found, count = self.check_lossy(f"stream {index}", rows, frames, plan[index], None)
            problems += found
            compared += count
        self.assertEqual("\n".join(problems[:20]), "")
        self.assertGreater(compared, STREAMS)


if __name__ == "__main__":
    unittest.main(verbosity=2)
