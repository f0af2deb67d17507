#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/TUNNELS.md from analyzer/packet/layers.def. Usage: tunnels.py [--write]

Without --write: whether the document says what the table says; check.py asks the same."""
import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
DOCUMENT = TOP / "docs" / "TUNNELS.md"
HEAD = """# What is opened around a report, and what is not

`s7timeline` finds the IP packet in what stands around it: a link type, tags of the link, tunnels within each other. This list is made from the
table by which the program itself works (`tests/style/tunnels.py --write`; a test holds the two together).

Rules:
- A tunnel counts only when there is an IP packet in it whose version and lengths are right. A datagram on the port of a tunnel that holds anything
  else is an ordinary datagram.
- Where a mirror cut the packets inside a tunnel, what is there is used, and what lacks is a gap. The lengths inside are then larger than those
  around them; such an IPv4 packet is believed when the checksum of its header is right or was not computed.
- Up to eight tunnels within each other are opened, in any order, each of those below in any other.
- What was around a conversation stands in the column `tunnel` of `streams.csv`, from the outside in: `vlan 12 / vxlan 192.0.2.1>192.0.2.2 vni 42`.
- A packet that is known to hold another and cannot be opened is counted by its kind in `totals.packets_passed_over` of `manifest.json`.
- Packets of a link type that is not listed are named with their number and counted (`totals.link_types_not_read`), and the exit status is 1. When no
  packet at all could be opened, the summary says so, and never that no traffic was found.
"""
SECTIONS = {
    "LINK": ("Link types", "The numbers are those of libpcap (DLT_), which those of files (LINKTYPE_) mostly are.", str),
    "TYPE": ("By EtherType", "Behind Ethernet, LLC with SNAP, cooked headers, GRE, Geneve, tags.", lambda n: f"0x{n:04x}"),
    "PPP": ("In PPP", "With and without address and control, with a protocol of one byte or two.", lambda n: f"0x{n:04x}"),
    "PROTOCOL": ("By protocol of IP", "Over IPv4 and IPv6.", str),
    "PORT": ("By port of UDP", "The destination port counts, then the source port.", str),
}
RESULTS = {"PACKET_ENCRYPTED": "encrypted", "PACKET_UNOPENED": "in a tunnel or a form that is not opened"}
TAIL = """## Not opened besides

| what | what becomes of it |
| --- | --- |
| fragments of PPP multilink, but for packets in one fragment | counted as `fragment of PPP multilink` |
| CAPWAP fragments, signs of life and DTLS; LWAPP; L2TP version 3 in UDP; IPsec in UDP (port 4500), WireGuard, OpenVPN and other VPNs | the datagram is an ordinary one on another port |
| GRE with routing; GRE of version 1 that is neither PPTP nor EoIP; EtherIP of another version (EoIP over IPv6) | counted as `in a tunnel or a form that is not opened` |
| GRE with HDLC framing (3GPP2 A10, 0x8881, 0x88d2), with 802.11 frames (0x8180 to 0x83f0), with an unknown EtherType | counted as `neither UDP nor TCP` |
| 802.11 frames with several packets in one (A-MSDU) | counted as `in a tunnel or a form that is not opened` |
| 802.11 frames that are encrypted | counted as `encrypted` |
| tunnels on ports other than those above; TCP in TCP (SSH, SOCKS, TLS) | the conversation around them is one on another port |
"""


def tables():
    """Space -> (opened, closed): lists of (number, text, result)."""
    found = {space: ([], []) for space in SECTIONS}
    text = (TOP / "analyzer" / "packet" / "layers.def").read_text()
    for space, number, _, line in re.findall(r'^LAYER_(\w+)\((\w+), (\w+), "([^"]*)"\)', text, re.M):
        found[space][0].append((int(number, 0), line, None))
    for space, number, result, line in re.findall(r'^CLOSED_(\w+)\((\w+), (\w+), "([^"]*)"\)', text, re.M):
        found[space][1].append((int(number, 0), line, RESULTS[result]))
    return found


def document():
    parts = [HEAD]
    for space, (opened, closed) in tables().items():
        title, text, form = SECTIONS[space]
        parts.append(f"\n## {title}\n\n{text}\n\n| number | opened |\n| --- | --- |\n")
        parts += [f"| {form(number)} | {line} |\n" for number, line, _ in sorted(opened)]
        if closed:
            parts.append("\n| number | known, not opened | counted as |\n| --- | --- | --- |\n")
            parts += [f"| {form(number)} | {line} | {result} |\n" for number, line, result in sorted(closed)]
    return "".join(parts) + "\n" + TAIL


def problems():
    same = DOCUMENT.is_file() and DOCUMENT.read_text() == document()
    return [] if same else ["docs/TUNNELS.md is not what analyzer/packet/layers.def makes it: tests/style/tunnels.py --write"]


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        DOCUMENT.write_text(document())
    sys.exit("\n".join(problems()))
