# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes classic pcap files for the tests: Ethernet, IPv4, UDP and TCP with right checksums and our own clock."""
import ipaddress
import struct

SYN, ACK, PSH, FIN = 2, 16, 8, 1
ICMP, TCP, UDP = 1, 6, 17


def header(snaplen=262144, link=1):
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snaplen, link)


def _checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Capture:
    """Packets in the order of writing, a millisecond apart."""

    def __init__(self, start=1767225600):
        self.records = []
        self.time = start * 1000
        self.identification = 0

    def _add(self, source, destination, protocol, segment, checksum_at):
        source, destination = (ipaddress.ip_address(a).packed for a in (source, destination))
        pseudo = b"" if protocol == ICMP else source + destination + struct.pack(">BBH", 0, protocol, len(segment))
        value = _checksum(pseudo + segment)
        segment = segment[:checksum_at] + struct.pack(">H", value or 0xFFFF) + segment[checksum_at + 2 :]
        self.identification = self.identification % 65535 + 1
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(segment), self.identification, 0x4000, 64, protocol, 0)
        ip += source + destination
        ip = ip[:10] + struct.pack(">H", _checksum(ip)) + ip[12:]
        frame = bytes.fromhex("0200000000020200000000010800") + ip + segment
        frame += b"\0" * max(0, 60 - len(frame))  # Ethernet padding is never payload
        seconds, milli = divmod(self.time, 1000)
        self.time += 1
        self.records.append(struct.pack("<IIII", seconds, milli * 1000, len(frame), len(frame)) + frame)

    def udp(self, source, destination, payload):
        """source, destination: (address, port)."""
        head = struct.pack(">HHHH", source[1], destination[1], 8 + len(payload), 0)
        self._add(source[0], destination[0], UDP, head + payload, 6)

    def tcp(self, source, destination, seq, ack, flags, payload=b""):
        head = struct.pack(">HHIIBBHHH", source[1], destination[1], seq, ack, 0x50, flags, 64240, 0, 0)
        self._add(source[0], destination[0], TCP, head + payload, 16)

    def unreachable(self, router, number):
        """ICMP, port unreachable: the router quotes the packet with that number (from 1) to its sender."""
        quoted = self.records[number - 1][16 + 14 :]
        sender = str(ipaddress.ip_address(quoted[12:16]))
        self._add(router, sender, ICMP, bytes([3, 3, 0, 0, 0, 0, 0, 0]) + quoted, 2)

    def connection(self, client, server, chunks, from_client=True):
        """A whole TCP connection with a handshake, one direction of data, and both FINs."""
        isn = {client: 1000, server: 500000}
        self.tcp(client, server, isn[client], 0, SYN)
        self.tcp(server, client, isn[server], isn[client] + 1, SYN | ACK)
        self.tcp(client, server, isn[client] + 1, isn[server] + 1, ACK)
        sender, receiver = (client, server) if from_client else (server, client)
        seq, ack = isn[sender] + 1, isn[receiver] + 1
        for chunk in chunks:
            self.tcp(sender, receiver, seq, ack, ACK | PSH, chunk)
            seq += len(chunk)
        self.tcp(sender, receiver, seq, ack, ACK | FIN)
        self.tcp(receiver, sender, ack, seq + 1, ACK | FIN)
        self.tcp(sender, receiver, seq + 1, ack + 1, ACK)

    def bytes(self):
        return header() + b"".join(self.records)

    def write(self, path):
        with open(path, "wb") as file:
            file.write(self.bytes())
