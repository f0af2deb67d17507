# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged input, an output that is full, a run that is interrupted: what is read, what is said and with which status, and
that no half result looks whole."""
import gzip
import contextlib
import fcntl
import json
import os
import resource
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest
from pathlib import Path

import harness
import pcap
from carriers import LINKS, block, enhanced, interface, lz4_file, pcap_file, section, zstd_file

DEVICE = "861785001515349"
SERVER = ("192.0.2.1", 8888)
START = 1767225600 * 10**9


def packets(count):
    """(time, frame) of datagrams with a report each; every device has ten."""
    capture = pcap.Capture()
    for n in range(count):
        capture.udp(("10.0.0.1", 4000), SERVER, f"#{DEVICE},CMD-Z,{n:06d}#".encode())
    return [(START + n * 10**9, record[16:]) for n, record in enumerate(capture.records)]


def pcapng(records):
    return [section(), interface(1)] + [enhanced(0, time_, frame) for time_, frame in records]


class DamageTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-damage-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out"

    def file(self, name, data):
        (self.folder / name).write_bytes(data)
        return self.folder / name

    def rows(self):
        path = self.out / "devices" / f"{DEVICE}.csv"
        return [row["serial"] for row in harness.read_csv(path.read_bytes())] if path.exists() else []

    def manifest(self):
        return json.loads((self.out / "manifest.json").read_text())

    def assert_no_result(self):
        """Nothing in the folder has the name of a result."""
        names = [p.name for p in self.out.rglob("*") if p.is_file()] if self.out.exists() else []
        self.assertEqual([name for name in names if not name.endswith((".part", ".scratch"))], [], names)

    # -- input

    def check(self, data, whole, packet, name="x.pcap", status=1):
        path = self.file(name, data)
        done = harness.s7timeline("-o", self.out, "--force", path)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(self.rows(), [f"{n:06d}" for n in range(whole)])
        (item,) = self.manifest()["inputs"]
        self.assertEqual(item["packets"], whole)
        if packet is None:
            self.assertIsNone(item["damage"])
            self.assertNotIn(name, done.stderr)
        else:
            self.assertIn(name, done.stderr)
            self.assertIn(f"packet {packet}", done.stderr)
            self.assertIn(f"packet {packet}", item["damage"])

    def test_last_record_cut(self):
        data = pcap_file(packets(5))
        record = (len(data) - 24) // 5
        for cut in (1, 10, record - 16, record - 8, record - 1):
            with self.subTest(cut=cut):
                self.check(data[:-cut], 4, 5)
        self.check(data[:-record], 4, None, status=0)

    def test_prefixes(self):
        """Wherever a file is cut: the packets before it are read, and the status says whether something is missing."""
        records = packets(3)
        blocks = [*pcapng(records[:2]), section(">"), interface(1, ">", 9), enhanced(0, *records[2], ">", 9)]
        ends = [sum(map(len, blocks[: n + 1])) for n in range(len(blocks))]
        classic = pcap_file(records)
        record = (len(classic) - 24) // 3
        forms = ((classic, [24 + record * n for n in range(4)], [24 + record * n for n in (1, 2, 3)], 24),
                 (b"".join(blocks), ends, [ends[2], ends[3], ends[6]], ends[0]))  # fmt: skip
        for data, borders, wholes, header in forms:
            for size in sorted({*range(1, len(data), 7), *borders}):
                done = harness.s7timeline("-q", "-o", self.out, "--force", self.file("x.pcap", data[:size]))
                count = sum(size >= whole for whole in wholes)
                with self.subTest(size=size):
                    allowed = {0} if size in borders else {1} if size >= wholes[0] else {1, 3} if size >= header else {3}
                    self.assertIn(done.returncode, allowed, done.stderr)
                    if done.returncode < 3:
                        self.assertEqual(self.rows(), [f"{n:06d}" for n in range(count)])
                        ledger = self.manifest()["ledger"]
                        self.assertEqual(ledger["payload_bytes"], count * len(f"#{DEVICE},CMD-Z,000000#"))
                        self.assertEqual(ledger["leftover_bytes"], 0)

    def test_record_that_lies(self):
        """A length that cannot be, one beyond the end of the file, other bytes in its place: the next record is found."""
        for order in "<>":
            for nanoseconds in (False, True):
                data = pcap_file(packets(6), 1, order, nanoseconds)
                size = (len(data) - 24) // 6
                at = 24 + 2 * size
                length = lambda number: data[: at + 8] + struct.pack(order + "I", number) + data[at + 12 :]
                other = data[:at] + b"\xff" * 300000 + data[at + size :]
                damaged = (length(0x7FFFFFFF), length(262145), length(100000), other)
                for number, bad in enumerate(damaged):
                    with self.subTest(number, order=order, nanoseconds=nanoseconds):
                        self.check_behind(bad)

    def check_behind(self, data):
        done = harness.s7timeline("-o", self.out, "--force", self.file("x.pcap", data))
        self.assertEqual(done.returncode, 1, done.stderr)
        rows = harness.read_csv((self.out / "devices" / f"{DEVICE}.csv").read_bytes())
        self.assertEqual([row["serial"] for row in rows], ["000000", "000001", "000003", "000004", "000005"])
        self.assertEqual([row["packets"] for row in rows], ["1", "2", "4", "5", "6"])
        for row in rows:
            self.assertEqual(row["capture_time"], f"2026-01-01T00:00:{int(row['serial']):02d}.000000000Z")
        (item,) = self.manifest()["inputs"]
        self.assertEqual(item["packets"], 6)
        self.assertRegex(item["damage"], r"^damaged in packet 3: [^;]*$")

    def test_block_in_the_middle(self):
        """A length that cannot be, other lengths at both ends, an interface that is not there, bytes that were lost: what
        stands behind it is read."""
        for order in "<>":
            first = enhanced(0, START + 3 * 10**9, packets(4)[3][1], order)
            word = lambda number: struct.pack(order + "I", number)
            damaged = (
                first[:4] + word(7) + first[8:],
                first[:4] + word(0x7FFFFFFC) + first[8:],
                first[:4] + word(4096) + first[8:],
                first[:-4] + word(8),
                first[:8] + word(9) + first[12:],
                first[:20] + word(0x7FFFFFFF) + first[24:],
                first[:50] + first[70:],
                first[:33],
                b"\0" * len(first),
                first[:20] + word(0x7FFFFFFF) + first[24:] + b"\xff" * 501,
            )
            for number, bad in enumerate(damaged):
                for mixed in (False, True):
                    with self.subTest(number, order=order, sections=mixed):
                        self.check_middle(bad, order, mixed)
        blocks = pcapng(packets(6))
        self.check(b"".join(blocks[:5] + [block(0x0BADF00D, b"unknown")] + blocks[5:]), 6, None, status=0)

    def check_middle(self, bad, order, mixed):
        """mixed: a section of the other byte order before it, interfaces of other units and times before and behind it."""
        records = packets(8)
        parts = [section(order), interface(1, order), interface(113, order, 9, 1000)]
        if mixed:
            parts = [section("<>"[order == "<"]), interface(0, "<>"[order == "<"]), *parts]
        parts += [enhanced(0, *records[n], order) for n in range(3)] + [block(4, b"\0" * 4, order), bad]
        for time_, frame in records[4:6]:
            parts.append(enhanced(1, time_, LINKS["linux cooked 1"][1](frame[14:]), order, 9, 1000))
        parts += [interface(1, order, 0x80 | 20), enhanced(2, 0, b"", order), bad, section("<"), interface(1, "<", 3)]
        parts += [enhanced(0, *record, "<", 3) for record in records[6:]]
        path = self.file("x.pcapng", b"".join(parts))
        done = harness.s7timeline("-o", self.out, "--force", path)
        self.assertEqual(done.returncode, 1, done.stderr)
        rows = harness.read_csv((self.out / "devices" / f"{DEVICE}.csv").read_bytes())
        times = [f"2026-01-01T00:00:{n:02d}.000000000Z" for n in (0, 1, 2, 4, 5, 6, 7)]
        self.assertEqual([(row["serial"], row["capture_time"]) for row in rows], [(f"{int(t[17:19]):06d}", t) for t in times])
        self.assertEqual([row["packets"] for row in rows], ["1", "2", "3", "5", "6", "9", "10"])
        (item,) = self.manifest()["inputs"]
        self.assertEqual(item["packets"], 10)
        self.assertRegex(item["damage"], r"^damaged in packet 4: .*; damaged in packet 8: .*$")

    def test_compressed_damage_as_any_other(self):
        """Unpacked by gzip or not: the same packets and the same damage. In several pieces too, as `cat` makes them."""
        for name, data in (("x.pcapng", pcapng(packets(6))), ("x.pcap", [pcap_file(packets(6))])):
            data = list(data)
            if len(data) > 1:
                data[5] = data[5][:8] + struct.pack("<I", 9) + data[5][12:]
            else:
                size = (len(data[0]) - 24) // 6
                data = [data[0][: 24 + 3 * size + 8] + b"\xff\xff\xff\x7f" + data[0][24 + 3 * size + 12 :]]
            whole = b"".join(data)
            results = []
            for form in (whole, gzip.compress(whole), gzip.compress(whole[:300]) + gzip.compress(whole[300:])):
                done = harness.s7timeline("-q", "-o", self.out, "--force", self.file(name, form))
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertEqual(self.rows(), ["000000", "000001", "000002", "000004", "000005"])
                (item,) = self.manifest()["inputs"]
                results.append((item["packets"], item["damage"]))
            self.assertEqual(results, [results[0]] * 3)

    def test_compressed_and_cut(self):
        data = gzip.compress(pcap_file(packets(4000)), mtime=0)
        path = self.file("cut.pcap.gz", data[: len(data) // 2])
        done = harness.s7timeline("-o", self.out, path)
        self.assertEqual(done.returncode, 1, done.stderr)
        rows = self.rows()
        self.assertGreater(len(rows), 500)
        self.assertLess(len(rows), 4000)
        self.assertEqual(rows, [f"{n:06d}" for n in range(len(rows))])
        self.assertIn(f"cut.pcap.gz: cut short in packet {len(rows) + 1}", done.stderr)

    def test_compressed_and_cut_where_a_packet_ends(self):
        """What is in the file ends well, the file does not: its last block or its end mark is missing."""
        plain = pcap_file(packets(40))
        record = (len(plain) - 24) // 40
        for name, data in (("x.zst", zstd_file(plain)), ("x.lz4", lz4_file(plain))):
            self.check(data, 40, None, name=name, status=0)
            end = data.find(plain[-record:]) + record
            for count in (25, 39, 40):
                size = end - (40 - count) * record
                if size < len(data):
                    with self.subTest(name, count=count):
                        self.check(data[:size], count, count + 1, name=name)

    def test_one_of_several_is_damaged(self):
        """The others are read to their end, before and behind it."""
        records = packets(9)
        names = []
        for number in range(3):
            data = pcap_file(records[3 * number : 3 * number + 3])
            names.append(self.file(f"part{number}.pcap", data[:-5] if number == 1 else data))
        done = harness.s7timeline("-o", self.out, *names)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("part1.pcap: cut short in packet 3", done.stderr)
        self.assertEqual(self.rows(), [f"{n:06d}" for n in range(9) if n != 5])
        self.assertEqual([bool(i["damage"]) for i in self.manifest()["inputs"]], [False, True, False])

    def test_snap_length_is_no_damage(self):
        """What was never captured is missing from the stream, not from the file."""
        done = harness.s7timeline("-o", self.out, self.file("snap.pcap", pcap_file(packets(3), snaplen=70)))
        self.assertEqual(done.returncode, 0, done.stderr)
        manifest = self.manifest()
        self.assertIsNone(manifest["inputs"][0]["damage"])
        self.assertEqual(manifest["ledger"]["payload_bytes"], 3 * 28)
        self.assertEqual(manifest["ledger"]["missing_bytes"], 3 * (len(f"#{DEVICE},CMD-Z,000000#") - 28))

    def test_folder_with_what_is_no_capture(self):
        folder = self.folder / "captures"
        folder.mkdir()
        (folder / "a.pcap").write_bytes(pcap_file(packets(2)))
        (folder / "b.txt").write_text("Dear all, this is no capture. " * 9)
        (folder / "c.pcap").write_bytes(b"")
        done = harness.s7timeline("-o", self.out, folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([Path(p["name"]).name for p in self.manifest()["passed_over"]], ["b.txt", "c.pcap"])
        self.assertEqual(len(self.rows()), 2)

    # -- output

    def limited(self, size, *arguments):
        """With files of at most so many bytes: a write beyond that fails as on a full disk."""
        return subprocess.run(
            [os.environ["S7TIMELINE"], *map(str, arguments)], capture_output=True, timeout=120, restore_signals=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        )  # fmt: skip

    def test_disk_full(self):
        path = self.file("many.pcap", pcap_file(packets(2000)))
        for size in (0, 100, 1000, 50000, 300000):
            with self.subTest(size=size):
                done = self.limited(size, "-o", self.out, "--force", path)
                self.assertEqual(done.returncode, 4, done.stderr)
                self.assertIn(str(self.out), done.stderr.decode())
                self.assert_no_result()
        done = harness.s7timeline("-o", self.out, "--force", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.rows()), 2000)
        self.assertEqual([p for p in self.out.rglob("*.part*")], [])

    def test_standard_output_full(self):
        path = self.file("few.pcap", pcap_file(packets(3)))
        for options in (("--stdout",), ("--summary",), ("-o", self.out)):
            with self.subTest(options), open("/dev/full", "wb") as full:
                done = subprocess.run([os.environ["S7TIMELINE"], *map(str, options), path], stdout=full,
                                      stderr=subprocess.PIPE, timeout=120)  # fmt: skip
                self.assertEqual(done.returncode, 4, done.stderr)
                self.assertIn(b"standard output", done.stderr)

    # -- interrupted

    def interrupt(self, number, data):
        """Sends a signal when rows are being written, the input not at its end."""
        process = subprocess.Popen([os.environ["S7TIMELINE"], "-o", self.out, "--force", "-"], stdin=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # fmt: skip
        process.stdin.write(data[: 2 * len(data) // 3])
        process.stdin.flush()
        deadline = time.monotonic() + 60
        while not any(self.out.rglob("*.part")) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(number)
        status = process.wait(60)
        process.stdin.close()
        return status

    def test_interrupted(self):
        """Reading stops, all that came is written: the manifest says that it is not all. Not so when it is killed."""
        data = pcap_file(packets(6000))
        path = self.file("whole.pcap", data)
        done = harness.s7timeline("-q", "-o", self.out, path)
        self.assertEqual(done.returncode, 0, done.stderr)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                self.assertEqual(self.interrupt(number, data), 1)
                self.assertEqual(len(self.rows()), 3999)  # the 4000th packet is cut
                self.assertIn("stopped by a signal", self.manifest()["inputs"][0]["damage"])
                self.assertEqual([p for p in self.out.rglob("*.part*")], [])
        # In the folder of an earlier result: from the start of the run on it is none any more.
        self.assertEqual(self.interrupt(signal.SIGKILL, data), -signal.SIGKILL)
        self.assert_no_result()
        done = harness.s7timeline("-q", "-o", self.out, path)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertEqual(harness.s7timeline("-q", "-o", self.out, "--force", path).returncode, 0)
        self.assertEqual(len(self.rows()), 6000)
        self.assertEqual([p for p in self.out.rglob("*.part*")], [])

    def test_interrupted_rows(self):
        """All rows of what came stand on standard output, also those that were held back for a copy."""
        process = subprocess.Popen([os.environ["S7TIMELINE"], "-q", "--stdout", "-"], stdin=subprocess.PIPE,
                                   stderr=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
        process.stdin.write(pcap_file(packets(300)))
        process.stdin.flush()
        for _ in range(300):  # the first line, and all rows but the last
            self.assertTrue(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        errors = process.stderr.read()
        self.assertEqual(process.wait(60), 1, errors)
        self.assertIn(b"stopped by a signal", errors)
        self.assertEqual(rest.count(b"\n"), 1)
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()

    def test_lack_of_memory(self):
        """The program says so and ends with a status of its own: where a sanitizer refuses what is large, else where the
        address space is too small."""
        sanitized = os.environ.get("SANITIZER_PRELOAD")
        capture = pcap.Capture()
        for n in range(140000 if sanitized else 60000):  # the table of so many ids is one piece of more than a MiB
            capture.udp(("10.0.0.1", 4000), SERVER, f"#{861785000000000 + n},CMD-X#".encode())
        path = self.file("many.pcap", capture.bytes())
        command = [os.environ["S7TIMELINE"], "-q", "--stdout", path]
        if sanitized:
            options = os.environ.get("ASAN_OPTIONS", "") + ":max_allocation_size_mb=1:allocator_may_return_null=1"
            done = subprocess.run(command, capture_output=True, timeout=120, env={**os.environ, "ASAN_OPTIONS": options})
            results = [(done.returncode, done.stderr)]
        else:
            results = []
            for size in range(20 << 20, 400 << 20, 20 << 20):
                done = subprocess.run(
                    command, capture_output=True, timeout=120,
                    preexec_fn=lambda size=size: resource.setrlimit(resource.RLIMIT_AS, (size, size)),
                )  # fmt: skip
                if done.returncode != 127:  # the loader found no room
                    results.append((done.returncode, done.stderr))
            self.assertEqual(results[-1][0], 0)
        self.assertLessEqual({status for status, _ in results}, {0, 5})
        messages = [message for status, message in results if status == 5]
        self.assertTrue(messages)
        for message in messages:
            self.assertIn(b"cannot go on", message)

    def test_records_on_a_full_disk(self):
        """No record file is there that is not whole: others would be told from it."""
        path, records = self.file("many.pcap", pcap_file(packets(2000))), self.folder / "records"
        for size in (0, 100, 1000, 50000):
            with self.subTest(size=size):
                done = self.limited(size, "--shard", "1/2", "--records", records, path)
                self.assertEqual(done.returncode, 4, done.stderr)
                self.assertIn("shard-1-of-2.records: cannot write", done.stderr.decode())
                self.assertEqual(list(records.iterdir()), [])
        done = harness.s7timeline("--shard", "1/2", "--records", path, path)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn(str(path), done.stderr)

    def test_records_of_a_reading_that_was_stopped(self):
        """The other shards saw more of the capture: nothing is written, and that is said."""
        records = self.folder / "records"
        process = subprocess.Popen([os.environ["S7TIMELINE"], "-q", "--shard", "1/1", "--records", records, "-"],
                                   stdin=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        process.stdin.write(pcap_file(packets(2000)))
        process.stdin.flush()
        while struct.unpack("i", fcntl.ioctl(process.stdin, termios.FIONREAD, bytes(4)))[0] > 0:
            pass  # until all of it was taken
        process.send_signal(signal.SIGINT)
        _, message = process.communicate(timeout=60)
        self.assertNotEqual(process.returncode, 0)
        self.assertIn(b"shard-1-of-1.records: not written, as the reading was stopped", message)
        self.assertEqual(list(records.iterdir()), [])

    def test_files_that_may_not_grow(self):
        """SIGXFSZ does not end the program before it says what went wrong."""
        path = self.file("many.pcap", pcap_file(packets(2000)))
        done = subprocess.run(
            [os.environ["S7TIMELINE"], "-o", self.out, path], capture_output=True, timeout=120, restore_signals=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
        )  # fmt: skip
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn(str(self.out), done.stderr.decode())

    def test_a_full_disk_is_met_while_a_capture_runs(self):
        """It is said then, not when the capture ends."""
        data = pcap_file(packets(60000))
        process = subprocess.Popen(
            [os.environ["S7TIMELINE"], "-q", "-o", self.out, "--memory", "4M", "-"], stdin=subprocess.PIPE,
            stderr=subprocess.PIPE, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000)),
        )  # fmt: skip
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(data)
            process.stdin.flush()
        self.assertEqual(process.wait(60), 4)
        self.assertIn(str(self.out), process.stderr.read().decode())
        process.stderr.close()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
