# SPDX-License-Identifier: GPL-2.0-or-later
"""What report.html says of the run that it comes from: what is damaged, unread, passed over or limited, how clocks are apart,
and by which options rows were chosen. What the page does not say nobody will ask for."""
import struct
import tempfile
import unittest
from pathlib import Path

import harness
from test_apart import one_way, pcap, shifted, talk
from test_conversations import START, Site
from test_report import Page

IDS = [f"{860000001000000 + n}" for n in range(5)]


def heartbeats(count=1, start=0, devices=1):
    """The bytes of a capture."""
    packets = []
    for n in range(count):
        site = Site(START + start + n * 10)
        site.udp(0, b"#%s,CMD-X#" % IDS[n % devices].encode())
        packets += site.packets
    return pcap(packets)


class EvidenceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-evidence-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, name, content):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    def said(self, *arguments, status=0):
        out = self.folder / "out"
        done = harness.s7timeline("-q", "--report", "--force", "-o", out, *arguments)
        self.assertEqual(done.returncode, status, done.stderr)
        page = Page(out)
        return page, Page.said(page.root)

    def test_nothing_to_say(self):
        _, said = self.said(self.file("a.pcap", heartbeats(3)))
        for words in ("damaged", "could not be", "passed over", "no capture", "The limit", "Clocks of the inputs", "stopped"):
            with self.subTest(words):
                self.assertNotIn(words, said.split("Parameters of the rules")[0])

    def test_inputs_that_are_damaged_or_none(self):
        self.file("in/a.pcap", heartbeats(2))
        self.file("in/b.pcap", heartbeats(2, 100)[:-5])
        self.file("in/notes<1>.txt", b"no capture\n")
        packed = self.file("in/c.pcap.xz", b"\xfd7zXZ\0" + bytes(40))
        _, said = self.said(self.folder / "in", status=3)
        self.assertIn("1 input is damaged or cut; what could be read was read.", said)
        self.assertIn("In the folders, but no capture", said)
        self.assertIn("notes<1>.txt: ", said)
        self.assertIn("1 input could not be read at all.", said)
        self.assertIn(f"Named, but not readable {packed.name}: ", said)

    def test_packets_that_are_not_opened(self):
        good, other = heartbeats(1), bytearray(heartbeats(3, 100))
        other[20:24] = struct.pack("<I", 187)
        _, said = self.said(self.file("a.pcap", good), self.file("b.pcap", bytes(other)), status=1)
        self.assertIn("3 packets of 4 could not be opened: nothing is known of what is in them.", said)
        self.assertIn("3 packets of link type BLUETOOTH_HCI_H4 (187), which is not read", said)
        self.assertIn("3 packets passed over: link type not supported", said)

    def test_clocks(self):
        """The server's recorder is 90 s behind the device's, so that its capture begins first."""
        packets = talk("startek", "tcp")
        page, said = self.said(self.file("up.pcap", pcap(one_way(packets, True))),
                               self.file("down.pcap", pcap(shifted(one_way(packets, False), -90))))  # fmt: skip
        self.assertIn("Clocks of the inputs", said)
        cells = [[Page.said(cell) for cell in row] for row in Page.rows(page.root, "clocks")]
        self.assertEqual([row[0] for row in cells], ["1", "2"])
        ahead = [float(row[2].split(" s ahead of the first clock of group 1")[0]) for row in cells]
        self.assertAlmostEqual(ahead[1] - ahead[0], 90, delta=0.1)

    def test_a_clock_that_nothing_compares(self):
        page, _ = self.said(self.file("a.pcap", heartbeats(2)), self.file("b.pcap", heartbeats(2, 5)))
        for row in Page.rows(page.root, "clocks"):
            self.assertEqual(Page.said(row[2]), "nothing tells how it compares with the others")

    def test_a_limit(self):
        _, said = self.said("--max-devices", "2", self.file("a.pcap", heartbeats(6, devices=4)))
        self.assertRegex(said, r"The limit \S+ \(2\) was reached 2 times")

    def test_how_rows_were_chosen(self):
        mapping = self.file("unit.map", b"input 3 = named door, 0 closed 1 open\n")
        ports = [word for port in range(2000, 3001) for word in ("-p", str(port))]
        page, said = self.said("--map", mapping, *ports, "-p", "8888", "-d", IDS[1], "-d", IDS[0], "--since", "2026-01-01",
                               "--overlap", "last", self.file("a.pcap", heartbeats(6, devices=3)))  # fmt: skip
        self.assertIn("2999 and 2 more Capture filternone", said)
        self.assertIn(f"Devices{IDS[0]}, {IDS[1]} Captured since2026-01-01 00:00:00", said)
        self.assertIn("Of bytes sent twicethe last copy", said)
        self.assertRegex(said, r"Mapping fileunit\.map, SHA-256 [0-9a-f]{64}: columns that it fills do not come from the devices")
        self.assertEqual(list(page.sections), IDS[:2])


if __name__ == "__main__":
    unittest.main()
