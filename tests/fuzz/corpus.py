#!/usr/bin/env python3
"""Corpora of the fuzz targets: text files with one input a line, in hexadecimal.

    corpus.py seeds FRAMES.TSV DIR          a starting corpus for each target from the published frames
    corpus.py records FILE.records DIR      a record file as an input of the target records: whole, and its blocks alone
    corpus.py unpack FILE.txt DIR           one file an input, as libFuzzer wants them
    corpus.py pack DIR FILE.txt             back, sorted by size
"""
import hashlib
import os
import re
import sys

TARGETS = (
    "stream", "gotop_report", "gotop_command", "startek_report", "startek_command", "fifotrack_report",
    "fifotrack_command", "mapping", "plugin",
)  # fmt: skip
# Rules for the mapping target: each source, target and transform.
RULES = (
    b"flag A = ignition, 0 off 1 on\nflag B = named door, 0 closed 1 open X unknown # comment\n",
    b"when dialect gotop, profile T6, fields 7: R6.1 = charging\r\nlast = adc 1\nR2 = satellites\nR1 = hdop\n",
    b"adc 1 = fuel tank 1, points 0.5:0 2.0:30 4.5:60\ninput 3 = named door, 0 closed 1 open\noutput 1 = charging\n",
    b"when device 35*: extra 3 = temperature sensor 2, scale 0.1 offset -40\ntail 6 = driver_id\nR1 = named raw\n",
)


def unescape(text):
    table = {"r": b"\r", "n": b"\n", "t": b"\t", "\\": b"\\"}

    def replace(match):
        rest = match.group(1)
        return bytes([int(rest[1:], 16)]) if rest[0] == ord("x") else table[rest.decode()]

    return re.sub(rb"\\(x[0-9A-Fa-f]{2}|[rnt\\])", replace, text.encode("latin-1"))


def write(directory, inputs):
    os.makedirs(directory, exist_ok=True)
    for data in inputs:
        with open(os.path.join(directory, hashlib.sha1(data).hexdigest()), "wb") as file:
            file.write(data)


def packet(direction, data, how=0):
    """A packet of the plugin target: fuzz/carry.h."""
    return bytes([how | (direction == "down")]) + len(data).to_bytes(2, "big") + data


def plugin_seeds(first, second):
    """Two frames in two TCP segments, in one over UDP, and cut in two behind one that was lost."""
    yield b"\0" + packet(*first) + packet(*second)
    yield b"\0" + packet(first[0], first[1] + second[1], 2)
    yield b"\1" + packet(second[0], second[1][:20]) + packet(second[0], second[1][20:]) + packet(*first, 8)


def seeds(table, directory):
    found = {name: set() for name in TARGETS}
    with open(table, encoding="latin-1", newline="\n") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    frames = [unescape(row[2]) for row in rows]
    for first, second in zip(frames, frames[1:] + frames[:1]):
        found["stream"].update((b"\0" + first, b"\x03\x00\x05\x10" + first + second, b"\0junk" + first[:40] + second))
    sent = [(row[1], frame) for row, frame in zip(rows, frames)]
    for first, second in zip(sent, sent[1:] + sent[:1]):
        found["plugin"].update(plugin_seeds(first, second))
    for number, frame in enumerate(frames):
        found["mapping"].add(RULES[number % len(RULES)] + b"\0" + frame)
        if rows[number][5] == "other":
            continue
        if frame.startswith(b"#") and not frame.startswith(b"##"):
            found["gotop_report"].add(frame.split(b",", 1)[1].rstrip(b"#"))
        elif frame.startswith(b":"):
            found["gotop_command"].add(frame[7:].rstrip(b"#"))
        elif re.match(rb"(\$\$|##)[1-9]\d*,", frame):
            target = "fifotrack_report" if frame.startswith(b"$$") else "fifotrack_command"
            content = re.sub(rb"\*[0-9A-Fa-f]{2}(\r\n)?\Z", b"", frame[frame.index(b",") :])
            found[target].update((content, b"\xff" + content))
        else:
            head = re.match(rb"(&&|\$\$)[^&$,]\d+(,.*)..\r\n\Z", frame, re.DOTALL)
            if head:
                target = "startek_report" if head.group(1) == b"&&" else "startek_command"
                found[target].add(head.group(2))
    for name, inputs in found.items():
        write(os.path.join(directory, name), inputs)


def records(path, directory):
    """fuzz_records.c: kind, owner, length and bytes of each block."""
    kinds = b"HEAD OPTS CAPT HASH SUMS CONV DEVS ROWS LEFT RECS INDX DONE".split()
    with open(path, "rb") as file:
        whole = file.read()
    at, blocks = whole.index(b"\n") + 1, b"\1"
    while at < len(whole):
        length = int.from_bytes(whole[at + 12 : at + 16], "little")
        blocks += bytes([kinds.index(whole[at : at + 4]), whole[at + 4]]) + length.to_bytes(2, "big")
        blocks += whole[at + 20 : at + 20 + length]
        at += 20 + length
    write(directory, [b"\0" + whole, blocks])


def unpack(packed, directory):
    with open(packed, encoding="ascii") as file:
        write(directory, [bytes.fromhex(line) for line in file])


def pack(directory, packed):
    inputs = []
    for name in os.listdir(directory):
        with open(os.path.join(directory, name), "rb") as file:
            inputs.append(file.read())
    with open(packed, "w", encoding="ascii") as file:
        for data in sorted(inputs, key=lambda data: (len(data), data)):
            file.write(data.hex() + "\n")


if __name__ == "__main__":
    actions = {"seeds": seeds, "records": records, "unpack": unpack, "pack": pack}
    if len(sys.argv) != 4 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    actions[sys.argv[1]](*sys.argv[2:])
