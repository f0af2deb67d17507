# SPDX-License-Identifier: GPL-2.0-or-later
"""What recorders and people do to captures: put behind each other, cut by power failures, old versions, odd times, wrong
link types, filters, many at once, written to while they are read. Nothing is lost or made up without a word."""
import gzip
import hashlib
import itertools
import json
import os
import struct
import tempfile
import time
import unittest
from pathlib import Path

import harness
import pcap
from carriers import (LINKS, TUNNELS, block, enhanced, ether, fragments4, interface, ipv4, pcap_file, section)  # fmt: skip

DEVICE = "861785001515349"
SERVER = ("192.0.2.1", 8888)
START = 1767225600 * 10**9
SECOND = 10**9


def serial(n):
    return f"{n:06d}"


def packets(count, first=0, step=SECOND, start=START):
    """(time, frame) of datagrams with a report each, and the numbers of those reports."""
    capture = pcap.Capture()
    for n in range(first, first + count):
        capture.udp(("10.0.0.1", 4000), SERVER, f"#{DEVICE},CMD-Z,{serial(n)}#".encode())
    return [(start + (first + n) * step, record[16:]) for n, record in enumerate(capture.records)]


def simple(frame, order="<"):
    return block(3, struct.pack(order + "I", len(frame)) + frame, order)


class CapturesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-captures-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out"

    def file(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def run_it(self, *arguments, status=0, stdin=None):
        done = harness.s7timeline("-o", self.out, "--force", *arguments, stdin=stdin)
        self.assertEqual(done.returncode, status, done.stderr)
        self.said = done.stderr
        self.summary = done.stdout.decode()
        self.manifest = json.loads((self.out / "manifest.json").read_text())
        ledger = self.manifest["ledger"]
        self.assertEqual(ledger["payload_bytes"], ledger["frame_bytes"] + ledger["leftover_bytes"])
        return done

    def rows(self):
        path = self.out / "devices" / f"{DEVICE}.csv"
        return harness.read_csv(path.read_bytes()) if path.exists() else []

    def serials(self):
        return [row["serial"] for row in self.rows()]

    def read(self, data, status=0, name="x.pcap", options=()):
        self.run_it(*options, self.file(name, data), status=status)
        return self.serials()

    # -- captures behind each other

    def forms(self):
        """Files of two reports each: every byte order, resolution and link type, pcapng too. Number -> bytes."""
        forms = [
            lambda r: pcap_file(r),
            lambda r: pcap_file(r, 1, ">"),
            lambda r: pcap_file([(t, f[14:]) for t, f in r], 101, "<", True),
            lambda r: pcap_file([(t, LINKS["linux cooked 1"][1](f[14:])) for t, f in r], 113, ">", True),
            lambda r: b"".join([section(), interface(1)] + [enhanced(0, t, f) for t, f in r]),
            lambda r: b"".join([section(">"), interface(1, ">", 9)] + [enhanced(0, t, f, ">", 9) for t, f in r]),
        ]
        return [lambda first, form=form: form(packets(2, first)) for form in forms]

    def test_behind_each_other(self):
        for one, other in itertools.product(self.forms(), repeat=2):
            data = one(0) + other(2) + one(4)
            self.assertEqual(self.read(data), [serial(n) for n in range(6)])
            (item,) = self.manifest["inputs"]
            self.assertIsNone(item["damage"])
            packed = gzip.compress(one(0)) + gzip.compress(other(2)) + gzip.compress(one(4))
            self.assertEqual(self.read(packed, name="x.pcap.gz"), [serial(n) for n in range(6)])
            self.run_it("-", stdin=data)
            self.assertEqual(self.serials(), [serial(n) for n in range(6)])
        self.read(b"".join(form(2 * n) for n, form in enumerate(self.forms()[:4])))
        (item,) = self.manifest["inputs"]
        self.assertEqual(item["format"], "pcap, 4 captures behind each other")
        self.assertIn("4 captures behind each other", self.summary)

    def test_behind_a_cut_one(self):
        """A recorder that was killed and went on in the same file: the packet that it was writing is lost, no other is, and
        none is made up of both."""
        first = pcap_file(packets(3))
        size = (len(first) - 24) // 3
        for cut in (1, 5, 20, size - 17, size - 16, size - 9, size - 1):
            with self.subTest(cut=cut):
                data = first[:-cut] + pcap_file(packets(5, 3), 1, ">", True)
                self.assertEqual(self.read(data, status=1), [serial(n) for n in (0, 1, 3, 4, 5, 6, 7)])
                self.assertIn("packet 3", self.said)

    # -- zeros, old versions, wrong times and lengths

    def test_zeros(self):
        data = pcap_file(packets(6))
        size = (len(data) - 24) // 6
        for order, count in itertools.product("<>", (16, 17, 100, 4096, 300000)):
            data = pcap_file(packets(6), 1, order)
            with self.subTest(order=order, zeros=count):
                at = 24 + 3 * size
                self.assertEqual(self.read(data + b"\0" * count, status=1), [serial(n) for n in range(6)])
                self.assertIn("zero bytes in place of packets", self.said)
                self.assertEqual(self.manifest["inputs"][0]["first_time"][:4], "2026")
                self.assertEqual(self.read(data[:at] + b"\0" * count + data[at:], status=1), [serial(n) for n in range(6)])
                self.assertIn("packet 4", self.said)
                self.assertEqual([row["packets"] for row in self.rows()], ["1", "2", "3", "5", "6", "7"])
        # In place of packets, and of the beginning of one.
        self.assertEqual(self.read(data[:at] + b"\0" * (size + 7) + data[at + size + 7 :], status=1), [serial(n) for n in (0, 1, 2, 5)])

    def test_old_versions(self):
        """libpcap before 0.4 (2.2 and less) wrote the two lengths of a record the other way round; 2.3 some of them."""
        for minor, turned in ((0, 1), (1, 1), (2, 1), (3, 0), (3, 1), (4, 0)):
            for order in "<>":
                data = struct.pack(order + "IHHiIII", 0xA1B2C3D4, 2, minor, 0, 0, 65535, 1)
                for moment, frame in packets(4):
                    lengths = (len(frame), len(frame) + 5)
                    data += struct.pack(order + "IIII", moment // SECOND, 0, *lengths[:: -1 if turned else 1]) + frame
                with self.subTest(minor=minor, order=order):
                    self.assertEqual(self.read(data), [serial(n) for n in range(4)])
        self.file("x.pcap", struct.pack("<IHHiIII", 0xA1B2C3D4, 3, 0, 0, 0, 65535, 1))
        done = harness.s7timeline("-o", self.out, "--force", self.folder / "x.pcap")
        self.assertEqual(done.returncode, 3)
        self.assertIn("version 3.0", done.stderr)

    def test_modified_form(self):
        for order in "<>":
            data = struct.pack(order + "IHHiIII", 0xA1B2CD34, 2, 4, 0, 0, 65535, 1)
            for moment, frame in packets(4):
                data += struct.pack(order + "IIIIIHBB", moment // SECOND, 0, len(frame), len(frame), 2, 0x800, 0, 0) + frame
            self.assertEqual(self.read(data), [serial(n) for n in range(4)])
            self.assertEqual(self.read(data[:-9], status=1), [serial(n) for n in range(3)])

    def test_wrong_time_before_wrong_length(self):
        """The packet with the wrong time is kept, that with the wrong length is lost, all behind it are read."""
        for order, seconds, length in itertools.product("<>", (0, 5, 0x7FFFFFFF, 2713000000), (0x7FFFFFFF, 300000, 90000)):
            data = pcap_file(packets(8), 1, order)
            size = (len(data) - 24) // 8
            at = 24 + 3 * size
            data = data[:at] + struct.pack(order + "I", seconds) + data[at + 4 :]
            at += size
            data = data[: at + 8] + struct.pack(order + "I", length) + data[at + 12 :]
            with self.subTest(order=order, seconds=seconds, length=length):
                serials = self.read(data, status=1)
                self.assertEqual(sorted(serials), [serial(n) for n in (0, 1, 2, 3, 5, 6, 7)])
                self.assertRegex(self.manifest["inputs"][0]["damage"], r"^damaged in packet 5: [^;]*$")

    def test_times_far_apart_are_no_damage(self):
        """Each packet a year from its neighbours, back and forth."""
        records = [(START + (n * 31536000 if n % 2 else 0) * SECOND, frame) for n, (_, frame) in enumerate(packets(9))]
        self.assertEqual(sorted(self.read(pcap_file(records))), [serial(n) for n in range(9)])
        self.assertIsNone(self.manifest["inputs"][0]["damage"])

    def test_a_thousand_places(self):
        """Reading stops, and says so."""
        good = packets(1)[0]
        bad = enhanced(7, *good)  # an interface that is not there
        data = b"".join([section(), interface(1), *[enhanced(0, *good) + bad for _ in range(999)], enhanced(0, *packets(1, 1)[0])])
        self.read(data, status=1, name="x.pcapng")
        self.assertEqual(self.serials()[-1], serial(1))
        self.assertNotIn("reading stopped", self.said)
        data = b"".join([section(), interface(1), *[enhanced(0, *good) + bad for _ in range(1100)], enhanced(0, *packets(1, 1)[0])])
        self.read(data, status=1, name="x.pcapng")
        self.assertNotIn(serial(1), self.serials())
        self.assertRegex(self.said, r"reading stopped behind packet 2000, the 1000th place")
        # Classic pcap: a record that claims more than a packet can have. Behind it two are needed to find the next.
        record = pcap_file([good])[24:]
        claims = struct.pack("<IIII", START // SECOND, 0, 1 << 30, 60) + bytes(range(60))
        for places, stopped in ((990, False), (1100, True)):
            self.read(pcap_file([good]) + (record * 2 + claims) * places + pcap_file(packets(1, 1))[24:], status=1)
            self.assertEqual("reading stopped behind packet" in self.said, stopped)
            self.assertEqual(serial(1) in self.serials(), not stopped)

    # -- times

    def test_times_of_pcapng(self):
        """Before 1970 and after 2106 they are kept; what cannot be is said."""
        cases = ((-2208988800, "1900-01-01T00:00:00"), (-1, "1969-12-31T23:59:59"), (4291747200, "2106-01-01T00:00:00"),
                 (4544208000, "2114-01-01T00:00:00"))  # fmt: skip
        frame = packets(1)[0][1]
        for order, (offset, text) in itertools.product("<>", cases):
            data = section(order) + interface(1, order, 6, offset) + enhanced(0, 250000000, frame, order)
            with self.subTest(text, order=order):
                self.assertEqual(self.read(data, name="x.pcapng"), [serial(0)])
                self.assertEqual(self.rows()[0]["capture_time"], text + ".250000000Z")
        for offset in (-(2**62), 2**62, -9000000000, 9000000000, 2**63 - 1):
            data = section() + interface(1, "<", 6, offset) + enhanced(0, 250000000, frame) + enhanced(0, 250000000, frame)
            self.read(data, status=1, name="x.pcapng")
            self.assertEqual([row["capture_time"] for row in self.rows()], ["", ""])
            self.assertIn("its time is before 1824 or after 2116", self.said)

    def test_times_of_pcap(self):
        """Its seconds are unsigned: from 1970 to 2106."""
        frame = packets(1)[0][1]
        for seconds, text in ((0, "1970-01-01T00:00:00"), (2**31 - 1, "2038-01-19T03:14:07"), (2**31, "2038-01-19T03:14:08"),
                              (2**32 - 1, "2106-02-07T06:28:15")):  # fmt: skip
            with self.subTest(text):
                self.assertEqual(self.read(pcap_file([(seconds * SECOND + 250000000, frame)])), [serial(0)])
                self.assertEqual(self.rows()[0]["capture_time"], text + ".250000000Z")

    def test_units(self):
        """if_tsresol from seconds to what is finer than nanoseconds, of ten and of two."""
        frame = packets(1)[0][1]
        for resolution in (0, 3, 6, 7, 9, 12, 18, 19, 0x80, 0x8A, 0xA0, 0xBF):
            units = 10**resolution if resolution < 128 else 2 ** (resolution - 128)
            moment = 1767225600 if units * 1767225600 < 2**63 else 1
            stamp = moment * units + units // 4
            body = struct.pack("<IIIII", 0, stamp >> 32, stamp & 0xFFFFFFFF, len(frame), len(frame)) + frame
            data = section() + interface(1, "<", resolution) + block(6, body)
            with self.subTest(resolution=resolution):
                self.read(data, name="x.pcapng")
                fraction = ".250000000" if units >= 4 else ".000000000"
                if resolution == 0x8A:
                    fraction = ".250000000"
                second = "2026-01-01T00:00:00" if moment > 1 else "1970-01-01T00:00:01"
                self.assertEqual(self.rows()[0]["capture_time"], second + fraction + "Z")

    def test_packets_without_a_time(self):
        """Five equal heartbeats are five rows: nothing says that one is another's copy."""
        capture = pcap.Capture()
        for _ in range(5):
            capture.udp(("10.0.0.1", 4000), SERVER, f"#{DEVICE},CMD-X#".encode())
        frames = [capture.records[0][16:]] * 5
        for order in "<>":
            data = section(order) + interface(1, order) + b"".join(simple(frame, order) for frame in frames)
            self.read(data, name="x.pcapng")
            rows = self.rows()
            self.assertEqual([row["packets"] for row in rows], ["1", "2", "3", "4", "5"])
            self.assertEqual({(row["capture_time"], row["skew_s"]) for row in rows}, {("", "")})
            (item,) = self.manifest["inputs"]
            self.assertEqual((item["packets_without_time"], item["first_time"], item["last_time"]), (5, None, None))
            self.assertEqual(self.summary.count("without a time"), 1)
            for name in ("streams.csv", "devices.csv", "leftovers.csv"):
                self.assertNotIn("1970", (self.out / name).read_text(), name)
        # The same with times a millisecond apart are one datagram, captured five times.
        data = section() + interface(1) + b"".join(enhanced(0, START + n * 10**6, frame) for n, frame in enumerate(frames))
        self.assertEqual(len(self.read(data, name="x.pcapng")), 1)

    def test_packets_without_a_time_are_in_any(self):
        """--since and --until never leave them out, wherever they stand, and it is said."""
        (early, first), (_, second), (late, third), (_, fourth) = packets(4)
        data = section() + interface(1) + simple(fourth) + enhanced(0, early, first) + simple(second) + enhanced(0, late, third)
        path = self.file("x.pcapng", data)
        for options, timed in (((), {0, 2}), (("--since", "2026-01-01T00:00:02Z"), {2}), (("--until", "2026-01-01T00:00:01Z"), {0}),
                               (("--since", "2030-01-01T00:00:00Z"), set()), (("--until", "1990-01-01T00:00:00Z"), set())):  # fmt: skip
            with self.subTest(options):
                self.run_it(*options, path)
                self.assertEqual({(row["serial"], row["capture_time"] != "") for row in self.rows()},
                                 {(serial(n), True) for n in timed} | {(serial(1), False), (serial(3), False)})  # fmt: skip
                self.assertEqual(self.manifest["totals"]["rows_without_time"], 2)
                said = "2 of them have no capture time: --since and --until leave none of these out"
                self.assertEqual(said in self.summary, bool(options))
                totals = harness.s7timeline("--summary", *options, path).stdout.decode()
                self.assertEqual(said in totals, bool(options))
                self.assertIn(f"Reports      {2 + len(timed)} reports from 1 device", totals)
                rows = harness.read_csv(harness.s7timeline("--stdout", *options, path).stdout)
                self.assertEqual({row["serial"] for row in rows}, {serial(n) for n in timed | {1, 3}})

    # -- pcapng

    def test_damaged_option(self):
        """The packet whose data and time are whole is kept, and the damage is said."""
        for order in "<>":
            good = packets(3)
            body = struct.pack(order + "IIIII", 0, (good[1][0] // 1000) >> 32, (good[1][0] // 1000) & 0xFFFFFFFF, *[len(good[1][1])] * 2)
            body += good[1][1] + b"\0" * (-len(good[1][1]) % 4) + struct.pack(order + "HH", 2, 400) + b"\0" * 4
            data = section(order) + interface(1, order) + enhanced(0, *good[0], order) + block(6, body, order) + enhanced(0, *good[2], order)
            self.assertEqual(self.read(data, status=1, name="x.pcapng"), [serial(n) for n in range(3)])
            self.assertEqual([row["packets"] for row in self.rows()], ["1", "2", "3"])
            self.assertIn("damaged in packet 2: an option is longer than its block", self.said)

    def test_damaged_options_of_every_block(self):
        """Each kind of damage in the options of a packet and of an interface: no packet is lost, none gets the number of
        another, and the damage is said."""
        frames = packets(3)
        for order in "<>":
            word = lambda code, length, order=order: struct.pack(order + "HH", code, length)
            damages = {
                "too long": word(2, 400) + bytes(4), "by one": word(2, 5) + bytes(4), "at the end": word(1, 1),
                "behind a good one": word(2, 4) + bytes(4) + word(1, 65535), "end with a length": word(0, 8) + bytes(4),
            }  # fmt: skip
            for name, options in damages.items():
                packet = enhanced(0, *frames[1], order)
                packet = block(6, packet[8:-4] + options, order)
                data = section(order) + interface(1, order) + enhanced(0, *frames[0], order) + packet + enhanced(0, *frames[2], order)
                with self.subTest(name, order=order, block="packet"):
                    self.assertEqual(self.read(data, status=1, name="x.pcapng"), [serial(n) for n in range(3)])
                    self.assertEqual([row["packets"] for row in self.rows()], ["1", "2", "3"])
                    self.assertIn("damaged in packet 2: an option is longer than its block; the packet is whole", self.said)
                    self.assertEqual(self.rows()[1]["capture_time"], "2026-01-01T00:00:01.000000000Z")
                # Its unit stands before the damage: the times are right.
                damaged = block(1, struct.pack(order + "HHI", 1, 0, 0) + word(9, 1) + b"\x09\0\0\0" + options, order)
                data = section(order) + damaged + b"".join(enhanced(0, *frame, order, 9) for frame in frames)
                with self.subTest(name, order=order, block="interface"):
                    self.assertEqual(self.read(data, status=1, name="x.pcapng"), [serial(n) for n in range(3)])
                    self.assertEqual([row["packets"] for row in self.rows()], ["1", "2", "3"])
                    self.assertIn("damaged before packet 1: an option of an interface is longer than its block", self.said)
                    self.assertEqual(self.rows()[2]["capture_time"], "2026-01-01T00:00:02.000000000Z")

    def test_unit_behind_damage(self):
        """Nanoseconds that are taken for microseconds are no time: the packets are kept without one."""
        word = struct.pack("<HH", 2, 400)
        data = section() + block(1, struct.pack("<HHI", 1, 0, 0) + word + struct.pack("<HH", 9, 1) + b"\x09\0\0\0")
        data += b"".join(enhanced(0, *frame, "<", 9) for frame in packets(3))
        self.assertEqual(sorted(self.read(data, status=1, name="x.pcapng")), [serial(n) for n in range(3)])
        self.assertEqual({row["capture_time"] for row in self.rows()}, {""})
        self.assertIn("the unit of its times is not known", self.said)

    def test_simple_packet_longer_than_its_block(self):
        frames = [frame for _, frame in packets(3)]
        long = block(3, struct.pack("<I", 2000) + frames[1])
        self.assertEqual(self.read(section() + interface(1) + simple(frames[0]) + long + simple(frames[2]), status=1, name="x.pcapng"),
                         [serial(n) for n in range(3)])  # fmt: skip
        self.assertIn("damaged in packet 2: a packet is longer than its block; what there is of it is kept", self.said)

    # -- link types

    def test_link_type_that_is_not_read(self):
        records = [(moment, b"\x40" * 70) for moment, _ in packets(4)]
        for link, name in ((189, "USB_LINUX"), (227, "CAN_SOCKETCAN"), (201, "BLUETOOTH_HCI_H4_WITH_PHDR"), (12345, "12345")):
            for data in (pcap_file(records, link), section() + interface(link) + b"".join(enhanced(0, *r) for r in records)):
                self.read(data, status=1)
                self.assertIn("Nothing could be looked at", self.summary)
                self.assertNotIn("No GOTOP traffic", self.summary)
                self.assertIn(name, self.said)
                self.assertIn(str(link), self.said)
                ((key, count),) = self.manifest["totals"]["link_types_not_read"].items()
                self.assertIn(str(link), key)
                self.assertEqual(count, 4)
        # Beside one that is read: the reports are there, and so is the word about the rest.
        mixed = section() + interface(1) + interface(189) + b"".join(enhanced(n % 2, *r) for n, r in enumerate(packets(6)))
        self.assertEqual(self.read(mixed, status=1, name="x.pcapng"), [serial(n) for n in (0, 2, 4)])
        self.assertIn("USB_LINUX (189)", self.said)

    def test_packets_that_cannot_be_opened(self):
        """Never "no traffic" when the packets are closed."""
        esp = lambda p: ipv4(50, struct.pack(">II", 7, 1) + bytes(p))
        for carry, word in ((esp, "encrypted"), (lambda p: ipv4(115, bytes(p)), "not opened")):
            self.read(pcap_file([(t, ether(carry(f[14:]))) for t, f in packets(3)]), status=1)
            self.assertIn("Nothing could be looked at", self.summary)
            self.assertIn(f"3 {word}" if word == "encrypted" else word, self.summary)
        arp = [(START + 9 * SECOND, bytes(12) + b"\x08\x06" + bytes(40))]
        self.read(pcap_file([(t, ether(esp(f[14:]))) for t, f in packets(3)] + arp))
        self.assertNotIn("No GOTOP traffic", self.summary)
        self.assertIn("3 packets of 4 could not be opened", self.summary)
        self.read(pcap_file(arp))
        self.assertIn("No GOTOP traffic", self.summary)

    def test_other_link_type_than_said(self):
        raw = [(t, f[14:]) for t, f in packets(4)]
        self.read(pcap_file(raw, 1), status=1)
        self.assertEqual(self.summary.count("editcap -T rawip"), 1)
        self.assertIn("Nothing could be looked at", self.summary)
        for link in (101, 228):
            self.read(pcap_file(packets(4), link), status=1)
            self.assertEqual(self.summary.count("editcap -T ether"), 1)

    # -- inner packets cut by a mirror

    def test_mirror_that_cuts(self):
        """The outer packets are whole, those inside are cut: what is there is used, the rest is a gap."""
        carriers = {
            "vxlan": lambda p: TUNNELS["vxlan"](p),
            "erspan I": lambda p: TUNNELS["erspan I"](p),
            "erspan II": lambda p: TUNNELS["erspan II"](p),
            "erspan III": lambda p: TUNNELS["erspan III"](p),
            "gre": lambda p: TUNNELS["gre"](p),
            "tzsp": lambda p: TUNNELS["tzsp"](p),
            "geneve": lambda p: TUNNELS["geneve"](p),
        }
        records = packets(4)
        long = pcap.Capture()
        text = f"#{DEVICE},CMD-Z,{'7' * 80}#".encode()
        long.udp(("10.0.0.1", 4000), SERVER, text)
        for name, carry in carriers.items():
            for kept in (20 + 8 + 1, 20 + 8 + 20, 20 + 8 + len(text) - 1):
                inner = [f[14:14 + struct.unpack_from(">H", f, 16)[0]] for _, f in records]
                inner.insert(2, long.records[0][30 : 30 + kept])
                data = pcap_file([(START + n * SECOND, ether(carry(p))) for n, p in enumerate(inner)])
                with self.subTest(name, kept=kept):
                    # A frame that ends with its datagram's start is a row too, of what was captured of it.
                    rows = [row for row in (self.read(data), self.rows())[1] if row["code"] == "CMD-Z" and "truncated" not in row["flags"]]
                    self.assertEqual([row["serial"] for row in rows], [serial(n) for n in range(4)])
                    self.assertEqual(self.manifest["ledger"]["missing_bytes"], len(text) - (kept - 28))

    # -- filters

    def test_filter_and_tags(self):
        tagged = [(t, f[:12] + b"\x81\x00\x00\x05" + f[12:]) for t, f in packets(4)]
        self.read(pcap_file(tagged), options=("-f", "udp port 8888"))
        self.assertRegex(self.summary, r"Hint +4 packets in a VLAN")
        self.assertEqual(self.read(pcap_file(tagged), options=("-f", "vlan and udp port 8888")), [serial(n) for n in range(4)])
        self.assertNotIn("Hint", self.summary)

    def test_filter_and_fragments(self):
        pieces = [part for _, f in packets(3) for part in fragments4(f[14 : 14 + struct.unpack_from(">H", f, 16)[0]], f[18] * 256 + f[19])]
        data = pcap_file([(START + n * 10**6, ether(part)) for n, part in enumerate(pieces)])
        self.assertEqual(self.read(data), [serial(n) for n in range(3)])
        self.read(data, options=("-f", "udp port 8888"))
        self.assertRegex(self.summary, r"Hint +\d+ IP fragments? did not pass --filter")
        self.assertNotIn("that the capture lacks,", self.summary)

    def test_filter_and_link_type_without_one(self):
        mixed = section() + interface(1) + interface(189) + b"".join(enhanced(n % 2, *r) for n, r in enumerate(packets(6)))
        self.assertEqual(self.read(mixed, status=1, name="x.pcapng", options=("-f", "udp")), [serial(n) for n in (0, 2, 4)])
        self.assertIn("--filter cannot be applied to the link type of 3 packets", self.said)

    # -- many inputs

    def test_more_files_at_once_than_are_open(self):
        """All are read; that some had to wait is said."""
        for count, waits in ((100, False), (300, True)):
            folder = self.folder / f"many{count}"
            for n in range(count):
                first, second = packets(1, n)[0], packets(1, 1000 + n)[0]
                self.file(f"many{count}/{n:03d}.pcap", pcap_file([(START + n * 1000, first[1]), (START + SECOND + n * 1000, second[1])]))
            self.run_it(folder)
            self.assertEqual(len(self.rows()), 2 * count)
            self.assertEqual("open_inputs" in self.manifest["limits_reached"], waits)
            if waits:
                self.assertEqual(self.manifest["limits_reached"]["open_inputs"], count - 256)
                self.assertIn("open_inputs (256) was reached", self.summary)

    def test_names(self):
        """Inputs of one name are told apart, whatever the order of the arguments."""
        paths = [self.file(f"{place}/tap/x.pcap", pcap_file(packets(1, n))) for n, place in enumerate(("madrid", "lyon"))]
        alone = self.file("other.pcap", pcap_file(packets(1, 2)))
        for order in itertools.permutations([*paths, alone]):
            self.run_it(*order)
            names = [item["name"] for item in self.manifest["inputs"]]
            self.assertEqual(names, ["madrid/tap/x.pcap", "lyon/tap/x.pcap", "other.pcap"])
        self.run_it(self.folder / "madrid", self.folder / "lyon")
        self.assertEqual([item["name"] for item in self.manifest["inputs"]], ["madrid/tap/x.pcap", "lyon/tap/x.pcap"])

    def test_folder_with_captures_that_cannot_be_read(self):
        """It would be wrong to say that all was read."""
        good = pcap_file(packets(2))
        for name, bad in (("cut.pcap", good[:20]), ("cut.pcapng", section()[:20]), ("x.pcap.xz", b"\xfd7zXZ\0\0\4" + bytes(40)),
                          ("x.pcap.bz2", b"BZh91AY&SY" + bytes(40)), ("x.pcap.gz", gzip.compress(good)[:12]),
                          ("cut.pcap.gz", gzip.compress(good[:20])), ("cut-big.pcap", pcap_file(packets(1), 1, ">")[:5]), ("old.pcap", good[:4] + b"\x03\0\0\0" + good[8:])):  # fmt: skip
            with self.subTest(name):
                self.file("in/good.pcap", good)
                path = self.file(f"in/{name}", bad)
                self.run_it(self.folder / "in", status=3)
                self.assertEqual(self.serials(), [serial(0), serial(1)])
                self.assertIn(name, self.said)
                self.assertEqual([item["name"] for item in self.manifest["unreadable"]], [name])
                path.unlink()
        self.file("in/notes.txt", b"no capture\n")
        self.file("in/empty", b"")
        self.file("in/report.docx", b"PK\x03\x04" + bytes(40))
        self.run_it(self.folder / "in")
        self.assertEqual(sorted(item["name"] for item in self.manifest["passed_over"]), ["empty", "notes.txt", "report.docx"])

    def test_input_that_changes(self):
        """Written to, replaced or taken away while it is read: said, exit status 1; size and hash are of one state."""
        grow = lambda path: path.write_bytes(path.read_bytes() + pcap_file(packets(1, 5))[24:])
        changes = {
            "written to": grow, "cut": lambda path: os.truncate(path, 24), "touched": lambda path: os.utime(path),
            "replaced": lambda path: os.replace(self.file("new.pcap", pcap_file(packets(3))), path),
            "taken away": os.unlink,
        }  # fmt: skip
        words = {"cut": "written to", "touched": "written to"}
        fifo = self.folder / "pipe"
        os.mkfifo(fifo)
        # Of inputs that begin at one time the hash is known before they are read. early: it changes before the first of
        # its packets is read, else behind it.
        for (name, change), twin, early in itertools.product(changes.items(), (False, True), (False, True)):
            path = self.file("x.pcap", pcap_file(packets(4)))
            inputs = [path, fifo, self.file("twin.pcap", pcap_file(packets(2)))][: 3 if twin else 2]
            child = os.fork()
            if child == 0:
                # The pipe is read to its end behind the file: it holds the run up until the file has changed.
                with open(fifo, "wb", 0) as pipe:
                    pipe.write(pcap_file(packets(1, 4, start=START - (5 if early else 2) * SECOND - SECOND // 2)))
                    time.sleep(0.5)
                    change(path)
                    pipe.write(pcap_file(packets(1, 6, start=START + 100 * SECOND))[24:])
                os._exit(0)
            with self.subTest(name, twin=twin, early=early):
                done = harness.s7timeline("-o", self.out, "--force", *inputs)
                os.waitpid(child, 0)
                if name == "taken away" and early:  # before it was opened to be read
                    self.assertEqual(done.returncode, 3, done.stderr)
                    continue
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn(f"it was {words.get(name, name)}", done.stderr)
                items = {item["name"]: item for item in json.loads((self.out / "manifest.json").read_text())["inputs"]}
                self.assertEqual(items["x.pcap"]["damage"].count("while it was read"), 1)
                if name == "taken away":
                    self.assertIsNone(items["x.pcap"]["sha256"])
                else:
                    self.assertEqual(items["x.pcap"]["size"], path.stat().st_size)
                    self.assertEqual(items["x.pcap"]["sha256"], hashlib.sha256(path.read_bytes()).hexdigest())

    def test_input_that_never_stops_growing(self):
        """A hash is of the size beside it, or there is none: as soon as the writer gets its turn while it is made."""
        path, stop = self.file("x.pcap", pcap_file(packets(4))), self.folder / "stop"
        child = os.fork()
        if child == 0:
            with open(path, "ab", 0) as file:
                while not stop.exists():
                    file.write(pcap_file(packets(1, 4))[24:])
            os._exit(0)
        while path.stat().st_size < 1 << 16:
            pass
        hashes = []
        try:
            for _ in range(50):
                done = harness.s7timeline("-o", self.out, "--force", path)
                self.assertIn(done.returncode, (0, 1), done.stderr)  # 0: the writer had no turn at all
                (item,) = json.loads((self.out / "manifest.json").read_text())["inputs"]
                self.assertEqual((item["damage"] or "").count("while it was read"), done.returncode)
                hashes.append(item["sha256"])
                if hashes[-1] is None:
                    break
                self.assertEqual(hashes[-1], hashlib.sha256(path.read_bytes()[: item["size"]]).hexdigest())
        finally:
            stop.touch()
            os.waitpid(child, 0)
        self.assertIsNone(hashes[-1])


if __name__ == "__main__":
    unittest.main(verbosity=2)
