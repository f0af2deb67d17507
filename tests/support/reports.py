# SPDX-License-Identifier: GPL-2.0-or-later
"""What the data of a startek report and the tail of a gotop body say: docs/STARTEK.md 4 and docs/PROTOCOL.md 5 once more,
as plainly as can be. It shares nothing with protocol/. Takes fields as text, gives columns of the CSV as text, the quality
flags, and what stays in `extra`."""
import re
from datetime import datetime

EVENTS = dict(enumerate(
    " sos sos_released ignition_on ignition_off door_open door_closed input4_on input4_off input5_on input5_off input6_on "
    "input6_off - - - - power_low power_cut power_restored low_battery antenna_cut overspeed sleep wake geofence_exit "
    "geofence_enter gps_lost gps_restored heading_change distance_interval  device_on device_off  tow stopped moving idling "
    "harsh_acceleration harsh_braking harsh_turn impact fatigue fatigue_end driving_time_exceeded temperature_high "
    "temperature_low fuel_theft fuel_low jamming jamming_end theft_alarm driver_card picture tamper trouble_codes low_speed".split(" ")
))  # fmt: skip
DATA_NEEDED, DATA_ALLOWED = {24, 25, 26, 46, 47, 48, 49, 52, 53, 54, 56}, {57}
DIGITS, DECIMAL, HEX = re.compile(r"\d{1,18}\Z"), re.compile(r"-?\d+(\.\d+)?\Z"), re.compile(r"[0-9A-Fa-f]+\Z")


def plain(number):
    """No leading zeros, trailing ones kept, "-" never on zero."""
    whole, point, decimals = number.lstrip("-").partition(".")
    text = (whole.lstrip("0") or "0") + point + decimals
    return "-" + text if number.startswith("-") and set(text) - set("0.") else text


class Found:
    def __init__(self):
        self.columns, self.flags, self.extra = {}, set(), []

    def bad(self, text, flag="bad_value"):
        self.extra.append(text)
        self.flags.add(flag)

    def number(self, column, text, low, high, form=DECIMAL):
        self.columns[column] = ""
        if not text:
            return
        if not form.match(text):
            self.bad(text)
            return
        self.columns[column] = plain(text)
        if not low <= float(text) <= high:
            self.flags.add("out_of_range")

    def bits(self, column, text, longest, bit=None, named=None):
        self.columns[column] = ""
        if named:
            self.columns[named] = ""
        if not text:
            return
        if len(text) > longest or not HEX.match(text):
            self.bad(text)
            return
        self.columns[column] = "0x" + text.lower()
        if named:
            self.columns[named] = str(int(text, 16) >> bit & 1)


def event(found, number, data):
    code = int(number) if DIGITS.match(number) else None
    name = EVENTS.get(code, "-")
    if code is None:
        found.bad(number)
    elif name == "-":
        found.flags.add("unknown_event")
    found.columns["kind"] = {None: "unknown", 0: "position", 34: "position", 31: "heartbeat"}.get(code, "event")
    found.columns["event"] = name.strip("-")
    found.columns["driver_id"] = data if code == 53 else ""
    if not data and code in DATA_NEEDED:
        found.flags.add("event_data_missing")
    if data and name != "-" and code not in DATA_NEEDED | DATA_ALLOWED:
        found.flags.add("event_data_unexpected")
    if data and code == 56 and not re.fullmatch("0[01]([0-9A-Fa-f]{6})*", data):
        found.flags.add("bad_value")


def cell(found, text):
    parts = text.split("|")
    found.columns.update(mcc="", mnc="", lac="", cell_id="")
    if not text:
        return
    if len(parts) != 4:
        found.flags.add("bad_value")
        return
    if DIGITS.match(parts[0]) and int(parts[0]) == 0:
        return
    for column, form, part in zip(("mcc", "mnc", "lac", "cell_id"), (r"\d{1,3}", r"\d{1,3}", "[0-9A-Fa-f]{1,4}", "[0-9A-Fa-f]{1,8}"), parts):
        if not re.fullmatch(form, part):
            found.bad(part)
        elif column == "mnc":
            found.columns[column] = part
        elif column != "lac" or part.upper() != "FFFF":
            found.columns[column] = str(int(part, 10 if column == "mcc" else 16))


def voltages(found, text):
    inputs = []
    found.columns.update(external_v="", battery_v="")
    for i, word in enumerate(text.split("|")):
        if not word:
            continue
        if len(word) > 4 or not HEX.match(word):
            found.bad(word)
            continue
        volts = f"{int(word, 16) // 100}.{int(word, 16) % 100:02}"
        if int(word, 16) > 10000:
            found.flags.add("out_of_range")
        if i < 2:
            found.columns[("external_v", "battery_v")[i]] = volts
        else:
            inputs.append(f"{i - 1}={volts}")
    found.columns["adc_v"] = ";".join(inputs)


def sensors(found, column, text, signed):
    items = []
    for item in text.split("|") if text else []:
        if not re.fullmatch("[0-9A-Fa-f]{6}", item):
            found.bad(item)
            continue
        value = int(item[2:], 16)
        sign = "-" if signed and value & 0x8000 else ""
        value = value & 0x7FFF if sign else value
        items.append(f"{int(item[:2], 16)}={plain(f'{sign}{value // 10}.{value % 10}')}")
    found.columns[column] = ";".join(items)


def obd(found, text):
    items = text.split("|")
    if len(items) != 9:
        found.bad(text)
        return
    for i, item in enumerate(items):
        digits = item[:-1] if i == 8 and item[-1:] in ("%", "L") else item
        if item and not DIGITS.match(digits):
            found.bad(item)
        elif item and i == 8 and item.endswith("%"):
            found.columns["fuel_pct"] = plain(digits)


def tail(found, fields):
    fields = fields + [""] * (4 - len(fields))
    if fields[0] and not DIGITS.match(fields[0]):
        found.bad(fields[0])
    sensors(found, "fuel_l", fields[1], False)
    sensors(found, "temperature_c", fields[2], True)
    found.columns["fuel_pct"] = ""
    seen = set()
    for i, field in enumerate(fields[3:]):
        sort = "time" if re.fullmatch(r"\d{1,10}", field) else "text"
        if i == 0 and "|" in field:
            obd(found, field)
        elif field and sort in seen:
            found.extra.append(field)
        elif field:
            seen.add(sort)
            if sort == "text" and not found.columns["driver_id"]:
                found.columns["driver_id"] = field


def startek(fields):
    """fields: those behind the code, at least 18, without commas in the event data."""
    found = Found()
    event(found, fields[0], fields[1])
    try:
        moment = datetime.strptime(fields[2] if re.fullmatch(r"\d{12}", fields[2]) else "", "%y%m%d%H%M%S")
        found.columns["device_time"] = moment.replace(year=2000 + int(fields[2][:2])).isoformat()
    except ValueError:
        found.columns["device_time"] = ""
        found.bad(fields[2], "bad_time")
    found.columns["valid"] = {"A": "1", "V": "0"}.get(fields[3], "")
    if fields[3] == "V":
        found.flags.add("stale_fix")
    elif fields[3] != "A":
        found.bad(fields[3])
    found.number("latitude", fields[4], -90, 90)
    found.number("longitude", fields[5], -180, 180)
    found.number("satellites", fields[6], 0, 60, DIGITS)
    found.number("hdop", fields[7], 0, 99.9)
    found.number("speed_kmh", fields[8], 0, 500)
    found.number("course_deg", fields[9], 0, 360, DIGITS)
    found.number("altitude_m", fields[10], -500, 9000)
    found.number("odometer_m", fields[11], 0, 2**32 - 1, DIGITS)
    cell(found, fields[12])
    found.number("gsm_signal", fields[13], 0, 10**18, DIGITS)
    found.bits("status", fields[14], 16, 3, "external_power")
    if found.columns["status"] and len(fields[14]) not in (4, 8):
        found.flags.add("status_count")
    found.bits("inputs", fields[15], 8, 1, "ignition")
    found.bits("outputs", fields[16], 8)
    voltages(found, fields[17])
    tail(found, fields[18:])
    return found


# ---------------------------------------------------------------------------------------------------------------------
# The tail of a gotop body


def split(text):
    """At commas, but not inside quotes or braces."""
    return re.findall(r'(?:"[^"]*"|\{[^}]*\}|[^,"{])+|(?<=,)(?=,|$)|^(?=,|$)', text)


def decimals(text, count):
    return bool(re.fullmatch(rf"-?\d+\.\d{{{count}}}", text))


def is_integer(text):
    return bool(re.fullmatch(r"-?\d+", text))


def profile(fields, labelled):
    """T0 to T6 or ""; the fields behind the status group."""
    if not fields:
        return "T0"
    first, second = fields[0], fields[1] if len(fields) > 1 else ""
    if re.fullmatch(r"(\d{3})?", first) and re.fullmatch(r"(\d{1,6}-[0-9A-Fa-f]{1,4}-[0-9A-Fa-f]{1,8})?", second):
        if len(fields) >= 5 and re.fullmatch(r"\d{1,2}", fields[2]):
            if len(fields) == 11 and is_integer(fields[4]):
                return "T2"
            if decimals(fields[3], 2) and "." in fields[4]:
                return "T3"
        return "T1"
    if not labelled:
        return "T6"
    if decimals(first, 2) and (not second or second.startswith(("WIFI:", "BLE:"))):
        return "T4"
    return "T5" if decimals(first, 1) and decimals(second, 2) else ""


def without_empty_end(fields):
    while fields and not fields[-1]:
        fields = fields[:-1]
    return fields


def wifi_rest(fields):
    """What the quoted access points and empty slots leave: nothing, or all when they do not come out (10.14)."""
    i = 0
    while i < len(fields):
        mac = re.fullmatch('"([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}"', fields[i + 2]) if i + 2 < len(fields) else None
        if fields[i] and not (mac and re.fullmatch('"[^"]*"', fields[i]) and is_integer(fields[i + 1])):
            return [] if any('"' in f for f in fields) else without_empty_end(fields)
        i += 3 if fields[i] else 1
    return []


def gotop_tail(fields, labelled):
    found, name = Found(), profile(fields, labelled)
    found.columns.update(course_deg="", satellites="", hdop="", temperature_c="", altitude_m="")
    if name in ("T1", "T2", "T3"):
        found.number("course_deg", fields[0], 0, 360)
    if name == "T1":
        found.extra = without_empty_end(fields[2:])
    elif name in ("T2", "T3"):
        found.number("satellites", fields[2], 0, 40)
        found.number("hdop", fields[3], 0, 100)
    if name == "T2":
        found.extra.append(fields[4])
        for field in fields[5:]:
            found.number("motion", field, -(2**31), 2**31)
        del found.columns["motion"]
    elif name == "T3":
        found.number("temperature_c", fields[4], -80, 80)
        steps = len(fields) > 5 and is_integer(fields[5])
        if steps and fields[5].startswith("-"):
            found.bad(fields[5])
        found.extra += wifi_rest(fields[5 + steps :])
    elif name == "T4":
        found.number("hdop", fields[0], 0, 100)
        found.extra = [f for f in fields[1:] if f and not re.fullmatch(r"(WIFI|BLE):\{.*\}", f)]
    elif name == "T5":
        found.number("altitude_m", fields[0], -500, 9000)
        found.number("hdop", fields[1], 0, 100)
        found.extra += [f for f in fields[2:] if f and not re.fullmatch(r"-?\d+(~-?\d+){5,}", f)]
    elif name in ("T6", ""):
        found.extra = without_empty_end(fields)
    return name, found
