#!/usr/bin/env python3
"""What an analyst writes in an afternoon, for the benchmark: a capture to one CSV of its reports, with dpkt and regular
expressions. TCP in order of sequence numbers, frames of gotop and startek, the columns that every report has; no tunnels,
fragments, late segments, flags, ledger. Usage: dpkt_timeline.py CAPTURE"""
import csv
import re
import socket
import sys

import dpkt

FRAME = re.compile(rb"#(\d{8,17}),([^#]*)#|&&(.)(\d+),(\w{3,16}),(\d{3})(?:,([^\r\n]*))?..\r\n", re.S)
BODY = re.compile(r"(?:.*,)?([AV]),(?:DATE:)?(\d{6}),(?:TIME:)?(\d{6}),(?:LAT:)?([\d.]+)([NS]),(?:LO[NT]:)?([\d.]+)([EW]),"
                  r"Speed:([\d.]+)(?:,([^,]*))?")


def gotop(identifier, content):
    code, _, rest = content.partition(",")
    body = BODY.match(rest)
    if not body:
        return [identifier, "gotop", code]
    valid, date, time, latitude, north, longitude, east, speed, status = body.groups()
    return [identifier, "gotop", code, int(valid == "A"), date + time, ("-" if north == "S" else "") + latitude.lstrip("0"),
            ("-" if east == "W" else "") + longitude.lstrip("0"), speed, *(status or "").split("-")]


def startek(identifier, code, data):
    fields = data.split(",")
    if code not in ("000", "010") or len(fields) < 18:
        return [identifier, "startek", code, data]
    event, _, time, fix, latitude, longitude, satellites, hdop, speed, course, altitude, odometer, cell = fields[:13]
    volts = [int(word, 16) / 100 for word in fields[17].split("|")]
    return [identifier, "startek", code, event, int(fix == "A"), time, latitude, longitude, satellites, hdop, speed, course,
            altitude, odometer, *cell.split("|"), *fields[13:17], *volts]


def frames(data):
    """Rows of the frames in data, and how many bytes of it are done with."""
    rows, done = [], 0
    for match in FRAME.finditer(data):
        done = match.end()
        if match.group(1):
            rows.append(gotop(match.group(1).decode(), match.group(2).decode("latin-1")))
        else:
            rows.append(startek(match.group(5).decode(), match.group(6).decode(), (match.group(7) or b"").decode("latin-1")))
    return rows, done


def main():
    streams = {}  # key -> [next sequence number, bytes, waiting segments]
    out = csv.writer(sys.stdout)
    with open(sys.argv[1], "rb") as file:
        for number, (time, packet) in enumerate(dpkt.pcap.Reader(file), 1):
            ip = dpkt.ethernet.Ethernet(packet).data
            if not isinstance(ip, dpkt.ip.IP) or not isinstance(ip.data, (dpkt.tcp.TCP, dpkt.udp.UDP)):
                continue
            segment = ip.data
            if 8888 not in (segment.sport, segment.dport):
                continue
            rows = []
            if isinstance(segment, dpkt.udp.UDP):
                rows, _ = frames(segment.data)
            else:
                key = ip.src, segment.sport, ip.dst, segment.dport
                if segment.flags & dpkt.tcp.TH_SYN:
                    streams[key] = [segment.seq + 1, b"", {}]
                elif segment.data:
                    stream = streams.setdefault(key, [segment.seq, b"", {}])
                    stream[2].setdefault(segment.seq, segment.data)
                    while stream[0] in stream[2]:
                        data = stream[2].pop(stream[0])
                        stream[0] += len(data)
                        stream[1] += data
                    rows, done = frames(stream[1])
                    stream[1] = stream[1][done:]
            for row in rows:
                out.writerow([time, number, socket.inet_ntoa(ip.src), segment.sport, *row])


if __name__ == "__main__":
    main()
