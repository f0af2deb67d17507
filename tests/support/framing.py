# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the frames of one datagram are: the rules of docs/PROTOCOL.md 1.1 to 1.3, docs/STARTEK.md 1.2 and 8 and
docs/FIFOTRACK.md 1.2 and 1.5 once more, as plainly as can be. It shares nothing with protocol/, is slow, and knows the end
of the bytes only."""
import re

SEPARATORS = b"\r\n \0\x1a"
HEADER = re.compile(rb"(&&|\$\$)([!-#%'-+\--~])(\d{1,5}),[0-9A-Za-z]{3,16},\d{3}", re.S)
BEHIND_CODE = re.compile(rb",|[0-9A-Fa-f]{2}\r\n|\Z")
HEADER_CUT = re.compile(
    rb"(?:&|\$|&&|\$\$|(?:&&|\$\$)[!-#%'-+\--~](?:\d{0,5}|\d{1,5},(?:[0-9A-Za-z]{0,16}|[0-9A-Za-z]{3,16},"
    rb"(?:\d{0,2}|\d{3}(?:[0-9A-Fa-f]{0,2}|[0-9A-Fa-f]{2}\r)))))\Z"
)
FIFO = re.compile(rb"(\$\$|##)([1-9]\d{0,4}),[0-9A-Za-z]{3,20},[0-9A-Fa-f]{1,4},([A-Z]\d\d)(?=[,*])")
FIFO_CUT = re.compile(
    rb"(?:#|(?:##|\$\$)(?:[1-9]\d{0,4})?|(?:##|\$\$)[1-9]\d{0,4},(?:[0-9A-Za-z]{0,20}|[0-9A-Za-z]{3,20},"
    rb"(?:[0-9A-Fa-f]{0,4}|[0-9A-Fa-f]{1,4},(?:[A-Z]\d{0,2})?)))\Z"
)
PACKAGE = re.compile(rb",(?:(?!\r\n)[^,])*,(?:(?!\r\n)[^,])*,(?:(?!\r\n)[^,])*,", re.S)
COUNTED = re.compile(rb",[0-9A-Fa-f]{1,8},\d{1,10},(\d{1,5}),")
OPENER = re.compile(rb"#\d{8,17},")
SHARED = re.compile(rb"\d{8,17},")
OPENER_CUT = re.compile(rb"#\d{0,17}\Z|:\d{0,6}\Z|R(?:E(?:S(?:E(?:T?)?)?)?)?\Z")
COMMAND = re.compile(rb":\d{6}[A-Za-z]")
CODE = re.compile(rb" *(?:CMD-|ALM-|ERROR!|Ver:)")
BODY = re.compile(
    rb"(?:DATE:)?\d{6},(?:TIME:)?\d{6},(?:LAT:)?\d{1,3}\.\d+[NS],(?:LO[NT]:)?\d{1,3}\.\d+[EW],Speed:\d+(?:\.\d+)?(?:,|\Z)"
)
DATE = re.compile(rb"(?:DATE:)?\d{6}")
# A gotop frame that counts inside a damaged fifotrack one: the codes that the tests send, and whether they need a body.
LISTED = {b"CMD-X": False, b"CMD-D": False, b"ERROR!": False, b"CMD-T": True}
GOTOP_MAX, COMMAND_MAX, STARTEK_MAX, LINE_MAX, REACH, QUOTE_REACH = 2048, 128, 8192, 2048, 8192 + 64, 64
NOT_GOOD = {"checksum_bad", "damaged", "length_wrong", "truncated"}


def checksum(data):
    return b"%02X" % (sum(data) & 255)


def parity(data):
    total = 0
    for byte in data:
        total ^= byte
    return b"%02X" % total


def header(data, at):
    """The startek header at data[at]: bytes of it, and where the body would end; None."""
    match = HEADER.match(data, at)
    if not match or int(match[3]) > STARTEK_MAX:
        return None
    size, body = match.end() - at, at + 3 + len(match[3]) + int(match[3])
    if match.end() != body and not BEHIND_CODE.match(data, match.end()):
        return None
    if data[at] == ord("$") and data[at + 2] in b"0123456789" and not startek_right(data, at, size, body):
        return None
    return size, body


def startek_right(data, at, size, body):
    """Length and checksum right, and behind them what may be there? (rows 1 and 2 of rule 3)"""
    if body < at + size or data[body : body + 2].upper() != checksum(data[at:body]) or body + 2 > len(data):
        return False
    behind = body + 2
    return data[behind : behind + 1] in SEPARATORS or opens(data, behind) or may_open(data, behind)


def fifo(data, at):
    """The fifotrack header at data[at]: bytes of it, and where "*" should stand; None."""
    match = FIFO.match(data, at)
    if not match or int(match[2]) > STARTEK_MAX:
        return None
    return match.end() - at, at + 2 + len(match[2]) + int(match[2])


def fifo_sum(data, at, place, end):
    """Do "*" and the right checksum stand at place, in front of end?"""
    if place < at or place + 3 > end or data[place] != ord("*"):
        return False
    wanted = {parity(data[at + 2 : place])} | ({checksum(data[at : place + 1])} if data[at] == ord("#") else set())
    return data[place + 1 : place + 3].upper() in wanted


def command_end(data, at):
    """Where "#" or CR stands, -1 if it is not within reach."""
    ends = [data.find(c, at + 8, at + COMMAND_MAX) for c in (b"#", b"\r")]
    return min((e for e in ends if e >= 0), default=-1)


def opens(data, at):
    """Does a frame of any dialect open here? What is none unless it is good does not count."""
    conditional = data[at : at + 1] == b"$" and data[at + 2 : at + 3].isdigit()
    if (header(data, at) and not conditional) or fifo(data, at) or OPENER.match(data, at) or data.startswith(b"RESET!", at):
        return True
    return bool(COMMAND.match(data, at)) and (command_end(data, at) >= 0 or len(data) - at < COMMAND_MAX)


def may_open(data, at):
    """Would more bytes tell?"""
    return at == len(data) or any(cut.match(data, at) for cut in (OPENER_CUT, HEADER_CUT, FIFO_CUT))


def gotop_counts(content):
    """docs/FIFOTRACK.md 1.2: a listed code and a complete body."""
    fields = content.split(b",")
    for i, field in enumerate(fields[:3]):
        if CODE.match(field):
            break
    else:
        i = 0
    code, body = fields[i].lstrip(b" "), fields[i + 1 :]
    if code not in LISTED:
        return False
    if not body or body[0] not in (b"A", b"V"):
        return not LISTED[code]
    return bool(BODY.match(b",".join(body[1:])))


def whole_inside(data, at, end, strict=False):
    """A frame that lost its end must not swallow a whole one: where the first one begins; end if there is none. In a
    damaged fifotrack frame (strict) one may begin inside and go on behind the end."""
    beyond = min(len(data), at + REACH) if strict else end
    for i in range(at + 1, end):
        match = HEADER.match(data, i)
        if match and int(match[3]) <= STARTEK_MAX:
            body = i + 3 + len(match[3]) + int(match[3])
            if (
                body >= match.end() and (body == match.end() or data[match.end() : match.end() + 1] == b",")
                and data[body : body + 2].upper() == checksum(data[i:body]) and data[body + 2 : min(body + 4, beyond)] == b"\r\n"
            ):
                return i
        if (head := fifo(data, i)) and head[1] >= i + head[0] and fifo_sum(data, i, head[1], beyond):
            return i
        if opener := OPENER.match(data, i):
            stop = data.find(b"#", opener.end(), min(end, i + GOTOP_MAX))
            if stop >= 0 and strict and gotop_counts(data[opener.end() : stop]):
                return i
            fields = data[opener.end() : stop].split(b",") if stop >= 0 and not strict else []
            for field, behind in zip(fields[:3], [*fields[1:], b""]):
                if CODE.match(field) or (field in (b"A", b"V") and DATE.match(behind)):
                    return i
    return end


def fifotrack(data, at):
    """The verdict of FIFOTRACK.md 1.2: length and flags; None if the head is junk."""
    size, place = fifo(data, at)
    total = place + 5
    if place >= at + size and fifo_sum(data, at, place, len(data)):
        if data[place + 3 : total] == b"\r\n":
            return total - at, set()
        return place + 3 - at, {"terminator_missing"}
    if place >= at + size and re.match(rb"\*[0-9A-Fa-f]{2}\r\n", data[place:total]):
        return total - at, {"checksum_bad"}
    if data[at] == ord("$") and data[at + size - 3 : at + size] == b"D06" and PACKAGE.match(data[: at + LINE_MAX], at + size):
        return package(data, at, size)
    line = data.find(b"\r\n", at + size, at + LINE_MAX)
    stop = line if line >= 0 else len(data)
    if line >= 0 or len(data) - at < LINE_MAX:
        behind = stop + 2 if line >= 0 else stop
        inside = whole_inside(data, at, behind, True)
        if stop - 3 >= at + size and fifo_sum(data, at, stop - 3, stop) and inside == behind:
            return behind - at, {"length_wrong"}
        if line >= 0 or (stop - 3 >= at + size and fifo_sum(data, at, stop - 3, stop)):
            return inside - at, {"damaged"}
    if len(data) < total:
        return whole_inside(data, at, len(data), True) - at, {"truncated"}
    return None


def package(data, at, size):
    """Rule 5: a package of a picture is found by its own count."""
    if counted := COUNTED.match(data, at + size):
        place = counted.end() + int(counted[1])
        if fifo_sum(data, at, place, min(len(data), at + REACH)):
            return place + (5 if data[place + 3 : place + 5] == b"\r\n" else 3) - at, {"length_wrong"}
    assert len(data) - at < REACH, "not for the tests of the whole reach"
    inside = whole_inside(data, at, len(data), True)
    return inside - at, {"damaged"} if inside < len(data) else {"truncated"}


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


def told(frame):
    """Directly behind junk an opener counts with a code or a body in one of the three fields behind the id."""
    fields = frame[OPENER.match(frame).end() :].split(b",")
    return any(CODE.match(field) or (field in (b"A", b"V") and DATE.match(behind)) for field, behind in zip(fields[:3], [*fields[1:], b""]))


def command(data, at):
    end = command_end(data, at)
    if end < 0:
        return whole_inside(data, at, len(data)) - at, {"truncated"}
    return (end + 1 - at, set()) if data[end] == ord("#") else (end - at, {"terminator_missing"})


def scan(data):
    """(offset, length, flags of the framing) of each frame."""
    found, at, closed, junk, separated, inside = [], 0, False, False, False, False
    while at < len(data):
        shared = closed and bool(SHARED.match(data, at))
        frame = None
        rival = fifotrack(data, at) if fifo(data, at) else None
        if fifo(data, at) and ((rival and not rival[1] & NOT_GOOD) or not header(data, at)):
            frame = rival
        elif header(data, at):
            frame = startek(data, at)
        elif shared or OPENER.match(data, at):
            frame = gotop(data, at, shared)
            if inside and not told(data[at : at + frame[0]]):
                frame = None
        elif COMMAND.match(data, at) and opens(data, at):
            frame = command(data, at)
        elif data.startswith(b"RESET!", at) and (not junk or separated):
            frame = (7 if data[at + 6 : at + 7] == b"1" else 6), set()
        if frame:
            found.append((at, frame[0], frame[1]))
            closed = data[at] not in b":&$R" and data[at : at + 2] != b"##" and data[at + frame[0] - 1] == ord("#")
            at, junk, inside = at + frame[0], False, False
            separated = data[at - 1] in SEPARATORS
            continue
        step = 2 if header(data, at) or fifo(data, at) else 1
        separated = data[at] in SEPARATORS
        junk = junk or not separated
        inside = junk and not separated and data[at + step - 1] != ord("#")
        at, closed = at + step, False
    return found
