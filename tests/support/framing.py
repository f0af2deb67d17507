# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the frames of one datagram are: the rules of docs/PROTOCOL.md 1.1 to 1.3 and docs/STARTEK.md 1.2 and 8 once more,
as plainly as can be. It shares nothing with protocol/, is slow, and knows the end of the bytes only."""
import re

SEPARATORS = b"\r\n \0\x1a"
HEADER = re.compile(rb"(&&|\$\$)([!-#%'-+\--~])(\d{1,5}),[0-9A-Za-z]{3,16},\d{3}", re.S)
HEADER_CUT = re.compile(rb"(?:&|\$|&&|\$\$|(?:&&|\$\$)[!-#%'-+\--~](?:\d{0,5}|\d{1,5},(?:[0-9A-Za-z]{0,16}|[0-9A-Za-z]{3,16},\d{0,2})))\Z")
OPENER = re.compile(rb"#\d{8,17},")
SHARED = re.compile(rb"\d{8,17},")
OPENER_CUT = re.compile(rb"#\d{0,17}\Z|:\d{0,6}\Z|R(?:E(?:S(?:E(?:T?)?)?)?)?\Z")
COMMAND = re.compile(rb":\d{6}[A-Za-z]")
CODE = re.compile(rb" *(?:CMD-|ALM-|ERROR!|Ver:)")
DATE = re.compile(rb"(?:DATE:)?\d{6}")
GOTOP_MAX, COMMAND_MAX, STARTEK_MAX, LINE_MAX, QUOTE_REACH = 2048, 128, 8192, 2048, 64


def checksum(data):
    return b"%02X" % (sum(data) & 255)


def header(data, at):
    """The header at data[at]: bytes of it, and where the body would end; None."""
    match = HEADER.match(data, at)
    if not match or int(match[3]) > STARTEK_MAX:
        return None
    return match.end() - at, at + 3 + len(match[3]) + int(match[3])


def command_end(data, at):
    """Where "#" or CR stands, -1 if it is not within reach."""
    ends = [data.find(c, at + 8, at + COMMAND_MAX) for c in (b"#", b"\r")]
    return min((e for e in ends if e >= 0), default=-1)


def opens(data, at):
    """Does a frame of either dialect open here?"""
    if header(data, at) or OPENER.match(data, at) or data.startswith(b"RESET!", at):
        return True
    return bool(COMMAND.match(data, at)) and (command_end(data, at) >= 0 or len(data) - at < COMMAND_MAX)


def may_open(data, at):
    """Would more bytes tell?"""
    return at == len(data) or bool(OPENER_CUT.match(data, at) or HEADER_CUT.match(data, at))


def whole_inside(data, at, end):
    """A frame that lost its end must not swallow a whole one: where the first one begins; end if there is none."""
    for i in range(at + 1, end):
        if head := header(data, i):
            size, body = head
            if body >= i + size and data[body : body + 2].upper() == checksum(data[i:body]) and data[body + 2 : min(body + 4, end)] == b"\r\n":
                return i
        if opener := OPENER.match(data, i):
            stop = data.find(b"#", opener.end(), end)
            fields = data[opener.end() : stop].split(b",") if stop >= 0 else []
            for field, behind in zip(fields[:3], [*fields[1:], b""]):
                if CODE.match(field) or (field in (b"A", b"V") and DATE.match(behind)):
                    return i
    return end


def startek(data, at):
    """The verdict of STARTEK.md 1.2: length and flags; None if the head is junk."""
    size, body = header(data, at)
    total, flags = body + 4, {"index_out_of_range"} if data[at + 2] < 0x3A else set()
    if body >= at + size:
        right = body + 2 <= len(data) and data[body : body + 2].upper() == checksum(data[at:body])
        if data[body + 2 : total] == b"\r\n":
            return total - at, flags | (set() if right else {"checksum_bad"})
        behind = body + 2
        if right and (data[behind : behind + 1] in SEPARATORS or opens(data, behind) or may_open(data, behind)):
            return behind - at, flags | {"terminator_missing"}
    line = data.find(b"\r\n", at + size, at + LINE_MAX)
    if line >= 0:
        if line - 2 >= at + size and data[line - 2 : line].upper() == checksum(data[at : line - 2]):
            return line + 2 - at, flags | {"length_wrong"}
        return whole_inside(data, at, line + 2) - at, flags | {"damaged"}
    if len(data) < total:
        return whole_inside(data, at, len(data)) - at, flags | {"truncated"}
    return None


def closes(data, at):
    """A "#" inside an open quote: does it close the frame? (PROTOCOL.md 1.2)"""
    for i in range(at, min(at + QUOTE_REACH + 1, len(data))):
        if data[i] == ord('"'):
            return False
        if OPENER.match(data, i):
            return True
    return True


def gotop(data, at, shared):
    flags, quoted = {"shared_delimiter"} if shared else set(), False
    limit = min(len(data), at + GOTOP_MAX)
    for i in range(at + 9, limit):
        if data[i] == ord('"'):
            quoted = not quoted
        elif data[i] == ord("#") and (not quoted or closes(data, i)):
            return i + 1 - at, flags
    return whole_inside(data, at, limit) - at, flags | {"truncated"}


def command(data, at):
    end = command_end(data, at)
    if end < 0:
        return whole_inside(data, at, len(data)) - at, {"truncated"}
    return (end + 1 - at, set()) if data[end] == ord("#") else (end - at, {"terminator_missing"})


def scan(data):
    """(offset, length, flags of the framing) of each frame."""
    found, at, closed, junk, separated = [], 0, False, False, False
    while at < len(data):
        shared = closed and bool(SHARED.match(data, at))
        frame = None
        if header(data, at):
            frame = startek(data, at)
        elif shared or OPENER.match(data, at):
            frame = gotop(data, at, shared)
        elif COMMAND.match(data, at) and opens(data, at):
            frame = command(data, at)
        elif data.startswith(b"RESET!", at) and (not junk or separated):
            frame = (7 if data[at + 6 : at + 7] == b"1" else 6), set()
        if frame:
            found.append((at, frame[0], frame[1]))
            closed = data[at] not in b":&$R" and data[at + frame[0] - 1] == ord("#")
            at, junk = at + frame[0], False
            separated = data[at - 1] in SEPARATORS
            continue
        step = 2 if header(data, at) else 1
        separated = data[at] in SEPARATORS
        junk = junk or not separated
        at, closed = at + step, False
    return found
