# SPDX-License-Identifier: GPL-2.0-or-later
"""For tests of the plugin: devices that talk with a platform, packet by packet, and what tshark shows of it."""
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path

import harness
from pcap import ACK, PSH, SYN, Capture

ID = "490154203237518"
OTHER_ID = "356938035643809"
SERVER = ("192.0.2.1", 8888)
BODY = "A,DATE:260203,TIME:040506,LAT:22.7634066N,LOT:114.3964783E,Speed:000.0,84-20"


def gotop(content, device=ID):
    return f"#{device},{content}#".encode()


def startek(code, data="", device=ID, index="A", head="&&"):
    """docs/STARTEK.md 1.1: the length counts from the comma in front of the id to the byte before the checksum."""
    body = f",{device},{code}" + (f",{data}" if data else "")
    frame = f"{head}{index}{len(body)}{body}".encode()
    return frame + b"%02X\r\n" % (sum(frame) % 256)


def fifotrack(code, data=None, device=ID, serial="1", head="$$"):
    """docs/FIFOTRACK.md 1.1: the length counts from the comma behind it to the byte before the asterisk. data: text or
    bytes."""
    body = f",{device},{serial},{code}".encode()
    if data is not None:
        body += b"," + (data if isinstance(data, bytes) else data.encode())
    body = b"%d" % len(body) + body
    checksum = 0
    for byte in body:
        checksum ^= byte
    return head.encode() + body + b"*%02X\r\n" % checksum


class Talk:
    """A TCP connection of a device with the platform, packet by packet, a second apart."""

    def __init__(self, capture, client, server=SERVER, handshake=True):
        self.capture, self.client, self.server = capture, client, server
        self.next = {client: 1000, server: 500000}
        if handshake:
            self._send(client, SYN)
            self.next[client] += 1
            self._send(server, SYN | ACK)
            self.next[server] += 1
            self._send(client, ACK)

    def _send(self, sender, flags, payload=b""):
        receiver = self.server if sender == self.client else self.client
        self.capture.tcp(sender, receiver, self.next[sender], self.next[receiver], flags, payload)
        self.next[sender] += len(payload)
        return len(self.capture.records)

    def say(self, sender, payload):
        """Returns the number of the packet."""
        self.capture.time += 999
        return self._send(sender, ACK | PSH, payload)

    def up(self, payload):
        return self.say(self.client, payload)

    def down(self, payload):
        return self.say(self.server, payload)


class Layer:
    """One GOTOP item of a packet: fields (name -> values) and labels (name -> lines of the tree), at any depth."""

    def __init__(self, packet, element):
        self.packet = packet
        self.title = element.get("showname")
        self.fields, self.labels = {}, {}
        for field in element.iter("field"):
            self.fields.setdefault(field.get("name"), []).append(field.get("show"))
            self.labels.setdefault(field.get("name"), []).append(field.get("showname") or field.get("show"))

    def one(self, name):
        values = self.fields.get(f"gotop.{name}", [])
        assert len(values) < 2, f"packet {self.packet}: {name} is {values}"
        return values[0] if values else None


def layers(text):
    found = []
    for packet in xml.etree.ElementTree.fromstring(text).iter("packet"):
        number = next(int(f.get("show")) for f in packet.iter("field") if f.get("name") == "num")
        found += [Layer(number, proto) for proto in packet.iter("proto") if proto.get("name") == "gotop"]
    return found


class PluginTest(unittest.TestCase):
    """Each test gets its own capture; tshark is set up once."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="gotop-plugin-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.tshark = harness.Tshark()
        cls.addClassCleanup(cls.tshark.close)

    def setUp(self):
        self.capture = Capture()

    def stage(self):
        path = self.folder / f"{self.id().split('.')[-1]}.pcap"
        self.capture.write(path)
        return self.tshark.stage(path)

    def show(self, *options):
        """The GOTOP items of all packets; options of tshark."""
        return layers(self.tshark.run("-n", "-r", self.stage(), "-T", "pdml", *options))

    def summaries(self, *options):
        """Protocol and Info column of each packet. Versions differ in what -T fields escapes."""
        psml = xml.etree.ElementTree.fromstring(self.tshark.run("-n", "-r", self.stage(), "-T", "psml", *options))
        names = [section.text for section in psml.find("structure")]
        rows = [dict(zip(names, (section.text or "" for section in packet))) for packet in psml.iter("packet")]
        return [(row["Protocol"], row["Info"]) for row in rows]
