# SPDX-License-Identifier: GPL-2.0-or-later
"""One set of reports as the field delivers it: in fragments, in tunnels, compressed, rotated, in another link layer.
All give the same table apart from where the bytes came from."""
import gzip
import struct
import tempfile
import unittest
from pathlib import Path

import harness
import pcap

CLIENT, SERVER = ("10.0.0.1", 40000), ("192.0.2.1", 8888)
REPORTS = [
    b"#861785001515349,CMD-T,V,DATE:120903,TIME:160649,LAT:59.9326566N,LOT:010.7875033E,Speed:005.5,"
    b"X-X-X-X-49-5,000,24202-0ED9-D93B#",
    b"&&y139,860262050009146,000,0,,210323131512,A,22.678655,114.046223,14,1.1,0,231,71,5,460|0|249F|0099C257,28,"
    b"0000003D,00,00,0493|0199|0000|0000,1,,33\r\n",
    b"#861785001515349,CMD-X#",
]
PROVENANCE = ("capture_time", "skew_s", "stream", "stream_offset", "capture_file", "packets", "source", "destination")


def datagrams():
    capture = pcap.Capture()
    for report in REPORTS:
        capture.udp(CLIENT, SERVER, report)
    return capture


def split_records(data):
    """The records of a little-endian classic capture: (header, frame)."""
    records, at = [], 24
    while at < len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        records.append((data[at:at + 16], data[at + 16:at + 16 + length]))
        at += 16 + length
    return records


def rewrite(data, change, link=1):
    """The capture with each frame replaced by those that change() gives."""
    out = [data[:20] + struct.pack("<I", link)]
    for head, frame in split_records(data):
        for new in change(frame):
            out.append(head[:8] + struct.pack("<II", len(new), len(new)) + new)
    return b"".join(out)


def ip_checksum(header):
    total = sum(struct.unpack("!%dH" % (len(header) // 2), header))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def ip(payload, protocol, ident=7, offset=0, more=False, source=b"\x0a\x00\x00\x01", destination=b"\xc0\x00\x02\x01"):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident, (0x2000 if more else 0) | offset // 8, 64,
                       protocol, 0, source, destination)
    return head[:10] + struct.pack("!H", ip_checksum(head)) + head[12:] + payload


def fragments(order):
    ident = [100]

    def change(frame):
        ident[0] += 1
        inner, parts = frame[34:], []
        cuts = list(range(0, len(inner), 24))
        for at in cuts:
            parts.append(frame[:14] + ip(inner[at:at + 24], 17, ident[0], at, at != cuts[-1]))
        return order(parts)

    return change


def in_gtp(frame):
    inner = frame[14:]
    gtp = struct.pack("!BBHI", 0x30, 0xFF, len(inner), 0x1234) + inner
    udp = struct.pack("!HHHH", 2152, 2152, 8 + len(gtp), 0) + gtp
    return [frame[:14] + ip(udp, 17, source=b"\xcb\x00\x71\x01", destination=b"\xcb\x00\x71\x02")]


class Field(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-field-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.plain = datagrams().bytes()
        self.expected = self.table("plain.pcap", self.plain)
        self.assertEqual(len(self.expected), len(REPORTS))

    def table(self, name, data, status=0):
        (self.folder / name).write_bytes(data)
        return self.read(self.folder / name, status=status)

    def read(self, *captures, status=0):
        done = harness.s7timeline("-q", "--stdout", *captures, cwd=self.folder)
        self.assertEqual(done.returncode, status, done.stderr)
        return [{key: value for key, value in row.items() if key not in PROVENANCE}
                for row in harness.read_csv(done.stdout)]

    def same(self, name, data):
        self.assertEqual(self.table(name, data), self.expected)

    def test_fragments_in_order(self):
        self.same("fragments.pcap", rewrite(self.plain, fragments(lambda parts: parts)))

    def test_fragments_backwards(self):
        self.same("backwards.pcap", rewrite(self.plain, fragments(lambda parts: parts[::-1])))

    def test_fragments_twice(self):
        self.same("twice.pcap", rewrite(self.plain, fragments(lambda parts: parts + parts)))

    def test_a_lost_fragment_is_no_report_and_is_counted(self):
        rows = self.table("lost.pcap", rewrite(self.plain, fragments(lambda parts: parts[:1] + parts[2:])))
        self.assertEqual([row["valid"] for row in rows if row["valid"]], [])
        self.assertTrue(all(row["kind"] == "unknown" for row in rows), rows)

    def test_gtp_u(self):
        self.same("gtp.pcap", rewrite(self.plain, in_gtp))

    def test_vlan(self):
        self.same("vlan.pcap", rewrite(self.plain, lambda frame: [frame[:12] + b"\x81\x00\x00\x64" + frame[12:]]))

    def test_pppoe(self):
        self.same("pppoe.pcap", rewrite(self.plain, lambda frame: [
            frame[:12] + b"\x88\x64\x11\x00\x00\x01" + struct.pack("!H", len(frame) - 12) + b"\x00\x21" + frame[14:]]))

    def test_raw_ip(self):
        self.same("raw.pcap", rewrite(self.plain, lambda frame: [frame[14:]], link=101))

    def test_big_endian(self):
        parts = [struct.pack(">IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)]
        for head, frame in split_records(self.plain):
            parts.append(struct.pack(">IIII", *struct.unpack("<IIII", head)) + frame)
        self.same("big.pcap", b"".join(parts))

    def test_gzip(self):
        self.same("plain.pcap.gz", gzip.compress(self.plain, mtime=0))

    def test_rotated_files_in_any_order(self):
        records = split_records(self.plain)
        paths = []
        for number, (head, frame) in enumerate(records):
            path = self.folder / ("part%d.pcap" % number)
            path.write_bytes(self.plain[:24] + head + frame)
            paths.append(path)
        self.assertEqual(self.read(*paths), self.expected)
        self.assertEqual(self.read(*paths[::-1]), self.expected)


if __name__ == "__main__":
    unittest.main(verbosity=2)
