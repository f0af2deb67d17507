# SPDX-License-Identifier: GPL-2.0-or-later
"""What the data of a startek report, the tail of a gotop body and a fifotrack message say: docs/STARTEK.md 4,
docs/PROTOCOL.md 5 and docs/FIFOTRACK.md 3 to 7 once more, as plainly as can be. It shares nothing with protocol/. Takes
fields as text, gives columns of the CSV as text, the quality flags, what stays in `extra`, and other keys of `details`."""
import re
from datetime import datetime, timedelta

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
        self.columns, self.flags, self.extra, self.details = {}, set(), [], {}

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
        else:
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


def device_time(found, text):
    try:
        moment = datetime.strptime(text if re.fullmatch(r"\d{12}", text) else "", "%y%m%d%H%M%S")
        found.columns["device_time"] = moment.replace(year=2000 + int(text[:2])).isoformat()
    except ValueError:
        found.columns["device_time"] = ""
        found.bad(text, "bad_time")


def fix(found, text):
    found.columns["valid"] = {"A": "1", "V": "0"}.get(text, "")
    if text == "V":
        found.flags.add("stale_fix")
    elif text != "A":
        found.bad(text)


def position(found, latitude, longitude):
    found.number("latitude", latitude, -90, 90)
    found.number("longitude", longitude, -180, 180)


def startek(fields):
    """fields: those behind the code, at least 18, without commas in the event data."""
    found = Found()
    event(found, fields[0], fields[1])
    device_time(found, fields[2])
    fix(found, fields[3])
    position(found, fields[4], fields[5])
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


# ---------------------------------------------------------------------------------------------------------------------
# fifotrack

ALARMS = {
    2: "sos", 14: "power_low", 15: "power_cut", 16: "power_restored", 17: "low_battery", 18: "overspeed", 20: "antenna_cut",
    21: "vibration", 22: "no_movement", 23: "harsh_acceleration", 24: "harsh_braking", 25: "tilt", 27: "fatigue",
    30: "jamming", 31: "fall", 32: "jamming", 33: "geofence_exit", 34: "geofence_enter", 35: "idling", 38: "driver_card",
    39: "driver_card", 40: "temperature_alarm", 41: "temperature_alarm", 53: "device_on", 54: "device_off",
}  # fmt: skip
# Types that docs/FIFOTRACK.md 7 lists with an answer.
ANSWERED = set(
    "B00 B01 B02 B03 B11 B14 B19 B23 B24 B25 B26 B27 B28 B37 B38 B39 B40 B41 B42 B43 B71 B76 B80 B81 B82 B83 B94 B96 B99 "
    "C01 C02 C03 C04 C06 C07 C08 D05 D06 D07 S09 S13 S17 S19".split()
)
RESULTS = {"OK": "answer", "UNSUPPORT": "rejected", "FAILED": "rejected"}
POSITION = "device_time valid latitude longitude speed_kmh course_deg altitude_m odometer_m satellites gsm_signal".split()
STATE = "ignition external_power charging external_v battery_v battery_pct mcc mnc lac cell_id status inputs outputs".split()
REST = "event adc_v fuel_l fuel_pct temperature_c driver_id hdop serial".split()


def nothing(code, kind):
    """Every column of a report, empty: what is not filled must be so."""
    found = Found()
    found.columns.update(dict.fromkeys(POSITION + STATE + REST, ""), code=code, kind=kind)
    return found


def alarm(found, text):
    number, bar, parameter = text.partition("|")
    if not text:
        return
    found.columns["kind"] = "event"
    if not re.fullmatch(r"\d{1,3}", number):
        found.bad(text)
        return
    found.details["event_code"] = str(int(number))
    if parameter:
        found.details["event_data"] = parameter
    found.columns["event"] = ALARMS.get(int(number), "")
    if not found.columns["event"]:
        found.flags.add("unknown_event")
    if int(number) in (33, 34) and DIGITS.match(parameter):
        found.details["geofence"] = str(int(parameter))


def status_word(found, text):
    """Satellites in bits 28 to 31, the signal in bits 3 to 7, unless it has four digits (4.1)."""
    found.bits("status", text, 8)
    if found.columns["status"] and len(text) != 4:
        found.columns["satellites"] = str(int(text, 16) >> 28)
        found.columns["gsm_signal"] = str(int(text, 16) >> 3 & 31)


def hundredths(value, factor=1, divisor=1):
    """value * factor / divisor hundredths, halves up, as a decimal with two places."""
    number = (2 * value * factor + divisor) // (2 * divisor)
    return f"{number // 100}.{number % 100:02}"


def inferred_volts(found, text):
    """What docs/FIFOTRACK.md 4.2 allows to be shown; the words always stand in `voltages`."""
    found.details["voltages"] = text
    words = [int(word, 16) for word in text.split("|")]
    battery, count = words[0], len(words)
    scale = ""
    if count >= 3 and 250 <= battery <= 450:
        scale = "hundredths"
        found.columns.update(battery_v=hundredths(battery), external_v=hundredths(words[1]))
        found.columns["adc_v"] = ";".join(f"{i}={hundredths(word)}" for i, word in enumerate(words[2:], 1))
    elif count in (2, 3, 4) and 1700 <= battery <= 2700:
        scale = {2: "adc12", 3: "adc12_48", 4: "adc12_16"}[count]
        found.columns["battery_v"] = hundredths(battery, 660, 4096)
        if count > 2 or words[1] == 0:
            found.columns["external_v"] = hundredths(words[1], {2: 1, 3: 15840, 4: 5280}[count], 4096)
    if scale:
        found.details["voltage_scale"] = scale


def driver(found, text):
    if not text:
        return
    if not HEX.match(text):
        found.columns["driver_id"] = text
    elif len(text) < 6:
        found.extra.append(text)
    else:
        found.columns["driver_id"] = text
        found.details["driver_number"] = str(int(text, 16))


def thermometers(found, text):
    items = []
    for place, item in enumerate(text.split("|") if text else [], 1):
        if re.fullmatch(r"-?\d+\.\d\d", item):
            items.append(f"{place}={plain(item)}")
        else:
            found.extra.append(item)
    found.columns["temperature_c"] = ";".join(items)


def integer(found, column, text, low, high):
    found.number(column, text, low, high, re.compile(r"-?\d{1,10}\Z"))


def fifotrack_cell(found, text):
    cell(found, text)
    if text:
        found.details["cell"] = text


def fifotrack_report(found, code, fields):
    """A00, A01, and A02 in their shape."""
    if len(fields) < 15:
        found.columns["kind"] = "event" if fields[0] else "position"
        found.flags.add("report_too_short")
        found.extra += fields
        return
    alarm(found, fields[0])
    device_time(found, fields[1])
    fix(found, fields[2])
    position(found, fields[3], fields[4])
    integer(found, "speed_kmh", fields[5], 0, 500)
    integer(found, "course_deg", fields[6], 0, 360)
    integer(found, "altitude_m", fields[7], -500, 9000)
    integer(found, "odometer_m", fields[8], 0, 2**32 - 1)
    if DIGITS.match(fields[9]):
        found.details["run_time"] = plain(fields[9])
    elif fields[9]:
        found.bad(fields[9])
    status_word(found, fields[10])
    found.bits("inputs", fields[11], 2)
    if code == "A01" and found.columns["inputs"]:
        found.columns["ignition"] = str(int(fields[11], 16) >> 1 & 1)
    found.bits("outputs", fields[12], 2)
    fifotrack_cell(found, fields[13])
    inferred_volts(found, fields[14])
    driver(found, fields[15] if len(fields) > 15 else "")
    thermometers(found, fields[16] if len(fields) > 16 else "")
    found.extra += fields[17:]


def fifotrack_a03(found, fields):
    alarm(found, fields[0])
    device_time(found, fields[1])
    fifotrack_cell(found, fields[2])
    found.number("battery_v", fields[3], 0, 100)
    integer(found, "battery_pct", fields[4], 0, 100)
    found.bits("status", fields[5], 8)
    found.details["location_type"] = fields[6]
    if fields[6] == "0":
        fix(found, fields[7])
        integer(found, "speed_kmh", fields[8], 0, 500)
        integer(found, "satellites", fields[9], 0, 99)
        position(found, fields[10], fields[11])
    elif fields[6] == "1":
        points = fields[7].split("|")
        found.details.update(wifi=points, wifi_mac=[p.split(":")[0] for p in points], wifi_rssi=[p.split(":")[1] for p in points])
    else:
        found.extra += fields[7:]


def announcement(found, fields):
    found.columns.update(kind="event", event="picture")
    device_time(found, fields[0])
    position(found, fields[1], fields[2])
    found.extra += fields[3:6]
    moment = datetime(2000, 1, 1) + timedelta(seconds=int(fields[7], 16))
    found.details.update(picture=fields[7], picture_size=plain(fields[6]), picture_time=moment.isoformat())


def fifotrack_answer(found, code, fields):
    found.columns["kind"] = RESULTS.get(fields[0], "answer") if len(fields) == 1 else "answer"
    if code == "C03" and fields[0] not in RESULTS:
        found.columns.update(battery_v=plain(fields[0]), battery_pct=plain(fields[1].rstrip("%")))
        found.columns["charging"] = "1" if fields[2:] == ["Charging"] else ""
    else:
        found.details["argument"] = fields
    if code not in ANSWERED:
        found.flags.add("unknown_code")


def fifotrack(code, fields):
    """fields: those behind the type, of a frame from the device."""
    found = nothing(code, "position")
    if code in ("A00", "A01"):
        fifotrack_report(found, code, fields)
    elif code == "A02":
        if len(fields) >= 15 and re.fullmatch(r"\d{12},[AV]", ",".join(fields[1:3])):
            fifotrack_report(found, code, fields)
            found.columns["event"] = ""
        else:
            found.extra = fields
        found.columns["kind"] = "unknown"
        found.flags.add("unknown_code")
    elif code == "A03":
        fifotrack_a03(found, fields)
    elif code == "D05" and len(fields) == 8:
        announcement(found, fields)
    elif code[0] in "BC" or fields[0] in RESULTS:
        fifotrack_answer(found, code, fields)
    else:
        found.columns["kind"] = "unknown"
        found.flags.add("unknown_code")
        found.extra = fields
    return found
