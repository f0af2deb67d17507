# SPDX-License-Identifier: GPL-2.0-or-later
"""What may stand around an IP packet, and the files that it may come in: link layers, tunnels, fragments, pcap, pcapng,
compression. Written from the specifications; takes and gives bytes."""
import ipaddress
import struct

from pcap import _checksum

MACS = bytes.fromhex("020000000002020000000001")
OUTER = ("203.0.113.1", "203.0.113.2")
OUTER6 = ("2001:db8:f::1", "2001:db8:f::2")


def ipv4(protocol, payload, ends=OUTER, ident=7, offset=0, more=False):
    source, destination = (ipaddress.ip_address(a).packed for a in ends)
    place = (0x2000 if more else 0) | offset // 8
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), ident, place, 64, protocol, 0) + source + destination
    return head[:10] + struct.pack(">H", _checksum(head)) + head[12:] + payload


def ipv6(protocol, payload, ends=OUTER6):
    source, destination = (ipaddress.ip_address(a).packed for a in ends)
    return struct.pack(">IHBB", 0x60000000, len(payload), protocol, 64) + source + destination + payload


def udp(port, payload, source=40001):
    return struct.pack(">HHHH", source, port, 8 + len(payload), 0) + payload


def _type(packet):
    return b"\x08\x00" if packet[0] >> 4 == 4 else b"\x86\xdd"


def _inside(packet):
    return 4 if packet[0] >> 4 == 4 else 41


def ether(packet):
    return MACS + _type(packet) + packet


def to_ipv6(packet):
    """The IPv4 packet as one of IPv6: the addresses embedded, the checksum right. One of IPv6 as it is."""
    if packet[0] >> 4 == 6:
        return packet
    protocol, segment = packet[9], bytearray(packet[4 * (packet[0] & 15) : struct.unpack_from(">H", packet, 2)[0]])
    ends = [ipaddress.ip_address(bytes.fromhex("20010db8000a0000") + b"\0" * 4 + packet[i : i + 4]) for i in (12, 16)]
    if protocol not in (6, 17):
        return ipv6(protocol, bytes(segment), ends)
    at = 6 if protocol == 17 else 16
    segment[at : at + 2] = b"\0\0"
    pseudo = ends[0].packed + ends[1].packed + struct.pack(">II", len(segment), protocol)
    segment[at : at + 2] = struct.pack(">H", _checksum(pseudo + bytes(segment)) or 0xFFFF)
    return ipv6(protocol, bytes(segment), ends)


def fragments4(packet, ident, size=24):
    protocol, inner = packet[9], packet[20 : struct.unpack_from(">H", packet, 2)[0]]
    ends = [ipaddress.ip_address(packet[i : i + 4]) for i in (12, 16)]
    return [ipv4(protocol, inner[at : at + size], ends, ident, at, at + size < len(inner)) for at in range(0, len(inner), size)]


def fragments6(packet, ident, size=24):
    protocol, inner = packet[6], packet[40:]
    ends = [ipaddress.ip_address(packet[i : i + 16]) for i in (8, 24)]
    parts = []
    for at in range(0, len(inner), size):
        head = struct.pack(">BBHI", protocol, 0, at | (1 if at + size < len(inner) else 0), ident)
        parts.append(ipv6(44, head + inner[at : at + size], ends))
    return parts


def gtp(packet, teid=0x1234, flags=0x30, options=b""):
    return ipv4(17, udp(2152, struct.pack(">BBHI", flags, 255, len(options) + len(packet), teid) + options + packet))


# An IP packet within each tunnel, as the IP packet that carries it.
TUNNELS = {
    "gtp-u": gtp,
    "gtp-u, sequence": lambda p: gtp(p, flags=0x32, options=bytes.fromhex("00070000")),
    "gtp-u, extension": lambda p: gtp(p, flags=0x34, options=bytes.fromhex("0000008501000900")),
    "gtp-u over ipv6": lambda p: ipv6(17, udp(2152, struct.pack(">BBHI", 0x30, 255, len(p), 9) + p)),
    "gre": lambda p: ipv4(47, b"\0\0" + _type(p) + p),
    "gre, checksum, key, sequence": lambda p: ipv4(47, b"\xb0\0" + _type(p) + bytes.fromhex("abcd00000000002a00000007") + p),
    "gre, ethernet": lambda p: ipv4(47, bytes.fromhex("20006558000001ff") + ether(p)),
    "erspan I": lambda p: ipv4(47, bytes.fromhex("000088be") + ether(p)),
    "erspan II": lambda p: ipv4(47, bytes.fromhex("100088be000000011064000500000000") + ether(p)),
    "erspan III": lambda p: ipv4(47, bytes.fromhex("100022eb0000000120640005" + "12345678" + "00000000") + ether(p)),
    "ip in ip": lambda p: ipv4(_inside(p), p),
    "4in6": lambda p: ipv6(_inside(p), p),
    "6in4": lambda p: ipv4(41, to_ipv6(p)),
    "6in6": lambda p: ipv6(41, to_ipv6(p)),
    "vxlan": lambda p: ipv4(17, udp(4789, bytes.fromhex("0800000000002a00") + ether(p))),
    "geneve": lambda p: ipv4(17, udp(6081, bytes.fromhex("0000655800002a00") + ether(p))),
    "geneve, option": lambda p: ipv4(17, udp(6081, b"\x02\0" + _type(p) + bytes.fromhex("00002a000102800100000001") + p)),
    "teredo": lambda p: ipv4(17, udp(3544, to_ipv6(p), 3544)),
    "teredo, origin": lambda p: ipv4(17, udp(3544, bytes.fromhex("00001234abcdef01") + to_ipv6(p), 3544)),
    "vxlan, linux": lambda p: ipv4(17, udp(8472, bytes.fromhex("0800000000002a00") + ether(p))),
    "vxlan-gpe": lambda p: ipv4(17, udp(4790, bytes.fromhex("0c000001" if p[0] >> 4 == 4 else "0c000002") + bytes.fromhex("00002a00") + p)),
    "nsh in vxlan-gpe": lambda p: ipv4(17, udp(4790, bytes.fromhex("0c00000400002a000fc2020300002aff") + ether(p))),
    "gtp version 0": lambda p: ipv4(17, udp(3386, b"\x1e\xff" + struct.pack(">H", len(p)) + bytes.fromhex("00010002ffffffff6200000000000015") + p)),
    "tzsp": lambda p: ipv4(17, udp(37008, bytes.fromhex("010000010a01d301") + ether(p))),
    "tzsp, 802.11": lambda p: ipv4(17, udp(37008, bytes.fromhex("0100001201") + b"\x08\x01" + STATION + SNAP + _type(p) + p)),
    "l2tp": lambda p: ipv4(17, udp(1701, bytes.fromhex("000200070009ff03") + _ppp(p) + p)),
    "l2tp, length, numbers, compressed fields": lambda p: ipv4(17, udp(1701, b"\x48\x02" + struct.pack(">H", 13 + len(p)) + bytes.fromhex("0007000900010002") + _ppp(p)[1:] + p)),
    "multilink in l2tp": lambda p: ipv4(17, udp(1701, bytes.fromhex("000200070009ff03003dc0000007") + _ppp(p)[1:] + p)),
    "pptp": lambda p: ipv4(47, b"\x30\x01\x88\x0b" + struct.pack(">HHI", 4 + len(p), 7, 1) + b"\xff\x03" + _ppp(p) + p),
    "pptp, acknowledgement, compressed fields": lambda p: ipv4(47, b"\x30\x81\x88\x0b" + struct.pack(">HHII", 1 + len(p), 7, 1, 1) + _ppp(p)[1:] + p),
    "eoip": lambda p: ipv4(47, b"\x20\x01\x64\x00" + struct.pack(">H", 14 + len(p)) + b"\x07\x00" + ether(p)),
    "ah": lambda p: ipv4(51, struct.pack(">BBHII", _inside(p), 4, 0, 7, 1) + b"\0" * 12 + p),
    "etherip": lambda p: ipv4(97, b"\x30\x00" + ether(p)),
    "mpls in ip": lambda p: ipv4(137, bytes.fromhex("000101ff") + p),
    "mpls in udp": lambda p: ipv4(17, udp(6635, bytes.fromhex("000101ff") + p)),
    "gre in udp": lambda p: ipv4(17, udp(4754, b"\0\0" + _type(p) + p)),
    "wccp": lambda p: ipv4(47, bytes.fromhex("0000883e00010203") + p),
    "lisp": lambda p: ipv4(17, udp(4341, bytes.fromhex("8000000100000000") + p)),
    "lisp, instance": lambda p: ipv6(17, udp(4341, bytes.fromhex("0800000000002a01") + p)),
    "capwap": lambda p: ipv4(17, udp(5247, bytes.fromhex("0010420000000000") + ether(p))),
    "capwap, 802.11": lambda p: ipv4(17, udp(5247, bytes.fromhex("0010430000000000") + b"\x08\x01" + STATION + SNAP + _type(p) + p)),
    "capwap, 802.11 turned round": lambda p: ipv4(17, udp(5247, bytes.fromhex("0010430000000000") + b"\x01\x08" + STATION + SNAP + _type(p) + p)),
    "hp erm": lambda p: ipv4(17, udp(7932, b"\x01" * 12 + ether(p))),
    "erspan II over ipv6": lambda p: ipv6(47, bytes.fromhex("100088be000000011064000500000000") + ether(p)),
    "erspan in gre in udp": lambda p: ipv4(17, udp(4754, bytes.fromhex("100088be000000011064000500000000") + ether(p))),
    "pppoe in vxlan": lambda p: ipv4(17, udp(4789, bytes.fromhex("0800000000002a00") + MACS + b"\x88\x64" + _pppoe(p))),
    "mpls in geneve": lambda p: ipv4(17, udp(6081, bytes.fromhex("0000884700002a00000101ff") + p)),
    "llc in vxlan": lambda p: ipv4(17, udp(4789, bytes.fromhex("0800000000002a00") + MACS + struct.pack(">H", 8 + len(p)) + SNAP + _type(p) + p)),
    "vxlan in gtp-u in gre": lambda p: ipv4(47, b"\0\0\x08\0" + gtp(TUNNELS["vxlan"](p))),
}

STATION = bytes.fromhex("0000 020000000001 020000000002 020000000003 1000")
SNAP = bytes.fromhex("aaaa03000000")


def _ppp(packet):
    return b"\x00\x21" if packet[0] >> 4 == 4 else b"\x00\x57"


def _pppoe(packet):
    return bytes.fromhex("11000011") + struct.pack(">H", 2 + len(packet)) + _ppp(packet) + packet


# The link layers: LINKTYPE_ number, and the frame of an IP packet.
LINKS = {
    "ethernet": (1, ether),
    "vlan": (1, lambda p: MACS + b"\x81\x00\x00\x64" + _type(p) + p),
    "qinq": (1, lambda p: MACS + bytes.fromhex("88a800648100f065") + _type(p) + p),
    "mpls": (1, lambda p: MACS + bytes.fromhex("884700064040000101ff") + p),
    "ethernet in mpls": (1, lambda p: MACS + bytes.fromhex("88470001014000000000") + ether(p)),
    "pppoe": (1, lambda p: MACS + b"\x88\x64" + _pppoe(p)),
    "llc and snap": (1, lambda p: MACS + struct.pack(">H", 8 + len(p)) + SNAP + _type(p) + p),
    "null": (0, lambda p: struct.pack("<I", 2 if p[0] >> 4 == 4 else 24) + p),
    "loop": (108, lambda p: struct.pack(">I", 2 if p[0] >> 4 == 4 else 24) + p),
    "raw": (101, lambda p: p),
    "ppp": (9, lambda p: b"\xff\x03" + _ppp(p) + p),
    "ppp, hdlc": (50, lambda p: b"\xff\x03" + _ppp(p) + p),
    "ppp over ethernet": (51, _pppoe),
    "cisco hdlc": (104, lambda p: b"\x0f\x00" + _type(p) + p),
    "linux cooked 1": (113, lambda p: bytes.fromhex("0000000100060200000000010000") + _type(p) + p),
    "linux cooked 2": (276, lambda p: _type(p) + bytes.fromhex("000000000002000100060200000000010000") + p),
    "802.11": (105, lambda p: b"\x08\x01" + STATION + SNAP + _type(p) + p),
    "802.11, qos": (105, lambda p: b"\x88\x01" + STATION + b"\0\0" + SNAP + _type(p) + p),
    "trustsec": (1, lambda p: MACS + bytes.fromhex("8909010100010007") + _type(p) + p),
    "vn-tag": (1, lambda p: MACS + bytes.fromhex("8926800c0003") + _type(p) + p),
    "e-tag": (1, lambda p: MACS + bytes.fromhex("893fe00010070000") + _type(p) + p),
    "802.1ah": (1, lambda p: MACS + bytes.fromhex("88a8000588e700abcdef") + ether(p)),
    "ttag": (1, lambda p: MACS + bytes.fromhex("8988000102030405") + _type(p) + p),
    "ppp with direction": (204, lambda p: b"\x01\xff\x03" + _ppp(p) + p),
    "cisco hdlc with direction": (205, lambda p: b"\x00\x0f\x00" + _type(p) + p),
    "frame relay": (107, lambda p: b"\x18\x41\x03" + (b"\xcc" if p[0] >> 4 == 4 else b"\x8e") + p),
    "frame relay with direction": (206, lambda p: b"\x01\x18\x41" + _type(p) + p),
    "aal5, routed": (100, lambda p: SNAP + _type(p) + p),
    "aal5, bridged": (100, lambda p: bytes.fromhex("aaaa030080c200070000") + ether(p)),
    "pktap": (258, lambda p: struct.pack("<III", 16, 1, 1) + b"en0\0" + ether(p)),
    "pktap, raw": (258, lambda p: struct.pack("<III", 12, 1, 12) + p),
    "ppi": (192, lambda p: bytes.fromhex("00000800690000000801") + STATION + SNAP + _type(p) + p),
    "prism": (119, lambda p: struct.pack("<II", 0x44, 12) + b"\0" * 4 + b"\x08\x01" + STATION + SNAP + _type(p) + p),
    "avs": (163, lambda p: struct.pack(">II", 0x80211001, 12) + b"\0" * 4 + b"\x08\x01" + STATION + SNAP + _type(p) + p),
    "nflog": (239, lambda p: struct.pack(">BBH", 2 if p[0] >> 4 == 4 else 10, 0, 5) + struct.pack("<HHI", 8, 10, 7) + struct.pack("<HH", 4 + len(p), 9) + p),
    "pflog": (117, lambda p: struct.pack(">BB", 61, 2 if p[0] >> 4 == 4 else 24) + b"\0" * 62 + p),
    "enc": (109, lambda p: struct.pack("<III", 2 if p[0] >> 4 == 4 else 24, 7, 0) + p),
    "juniper ethernet": (178, lambda p: bytes.fromhex("4d474381000601010102" + "0100") + ether(p)),
    "radiotap": (127, lambda p: bytes.fromhex("00000a00020000000000") + b"\x08\x01" + STATION + SNAP + _type(p) + p),
}


# ---------------------------------------------------------------------------------------------------------------------
# Files. A record is (time in ns, frame).


def pcap_file(records, link=1, order="<", nanoseconds=False, snaplen=262144):
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    parts = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, link)]
    for time, frame in records:
        second, rest = divmod(time, 10**9)
        kept = frame[:snaplen]
        parts.append(struct.pack(order + "IIII", second, rest if nanoseconds else rest // 1000, len(kept), len(frame)) + kept)
    return b"".join(parts)


def block(kind, body, order="<"):
    body += b"\0" * (-len(body) % 4)
    return struct.pack(order + "II", kind, 12 + len(body)) + body + struct.pack(order + "I", 12 + len(body))


def section(order="<"):
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link, order="<", resolution=6, offset=0):
    options = struct.pack(order + "HHB3x", 9, 1, resolution) + struct.pack(order + "HHq", 14, 8, offset) + b"\0" * 4
    return block(1, struct.pack(order + "HHI", link, 0, 262144) + options, order)


def enhanced(number, time, frame, order="<", resolution=6, offset=0):
    ticks = (time - offset * 10**9) * 10**resolution // 10**9
    head = struct.pack(order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(frame), len(frame))
    return block(6, head + frame, order)


def zstd_file(data):
    """RFC 8878: a frame of raw blocks, without a checksum."""
    parts = [bytes.fromhex("28b52ffd") + b"\x80\x58" + struct.pack("<I", len(data))]
    cuts = range(0, len(data), 65536)
    for at in cuts:
        piece = data[at : at + 65536]
        parts.append(struct.pack("<I", len(piece) << 3 | (at == cuts[-1]))[:3] + piece)
    return b"".join(parts)


def lz4_file(data):
    """The LZ4 frame format: independent blocks of at most 64 KiB, stored, without checksums but that of the header."""
    parts = [bytes.fromhex("04224d18604082")]
    for at in range(0, len(data), 65536):
        piece = data[at : at + 65536]
        parts.append(struct.pack("<I", 0x80000000 | len(piece)) + piece)
    return b"".join(parts) + b"\0\0\0\0"
