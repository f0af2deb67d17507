# SPDX-License-Identifier: GPL-2.0-or-later
"""What scripts get from tshark: types of the fields, JSON, EK and PDML that are whole, and fields that stand on their own
bytes."""
import json
import re
import unittest
import xml.etree.ElementTree
from decimal import Decimal

import harness
from talk import BODY, PluginTest, Talk, gotop

CAPTURES = harness.TESTS.parent / "samples" / "captures"
# The types of the contract; a number of any width is a uint.
TYPES = {
    "STRING": "dialect direction device_id kind code event mnc driver_id serial password picture argument extra flag frame",
    "BOOLEAN": "valid ignition external_power charging",
    "ABSOLUTE_TIME": "device_time",
    "RELATIVE_TIME": "response_time",
    "FRAMENUM": "request_in response_in previous_report next_report",
    "DOUBLE": "latitude longitude altitude speed hdop external_voltage battery_voltage adc fuel fuel_level temperature",
    "UINT": "course satellites odometer battery signal mcc lac cell_id inputs outputs status",
}
# Shown by a word that stands for the bytes, or made of several of them.
WORDS = {"kind", "event", "profile", "dialect", "direction", "other_protocol", "leftover_reason", "trouble_code",
         "trouble_state", "position", "skew", "voltage_scale", "checksum_type"}
NUMBERS = {"FT_DOUBLE", "FT_UINT64"}
HEXADECIMAL = {"lac", "cell_id", "status", "inputs", "outputs", "checksum", "external_voltage", "battery_voltage", "adc"}


class FormatsTest(PluginTest):
    def registered(self):
        """Name -> type of each field of the protocol."""
        lines = self.tshark.run("-G", "fields").decode().splitlines()
        rows = [line.split("\t") for line in lines if "\tgotop." in line and line.startswith("F")]
        return {row[2]: row[3] for row in rows}

    def test_types_are_those_of_the_contract(self):
        registered = self.registered()
        problems = []
        for wanted, names in TYPES.items():
            for name in names.split():
                got = re.sub(r"^FT_|(?<=UINT)\d+$", "", registered.get(f"gotop.{name}", "none"))
                if got != wanted:
                    problems.append(f"{name} is {got}, not {wanted}")
        self.assertEqual(problems, [])

    def test_filters_compare_by_value(self):
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        talk.up(gotop(f"CMD-T,{BODY}".replace("000.0", "101.5")))
        talk.down(b":123456M1,030S#")
        talk.up(gotop(f"CMD-M,{BODY}"))
        for text, count in (
            ("gotop.speed > 100 && gotop.speed < 101.6", 1), ("gotop.speed == 101.5", 1), ("gotop.battery == 84", 2),
            ("gotop.latitude > 22.76 && gotop.latitude < 22.77", 2), ("gotop.valid == 1", 2), ("!gotop.valid", 4),
            ('gotop.device_time == "2026-02-03 04:05:06 UTC"', 2), ('gotop.device_time > "2026-02-03T04:05:06Z"', 0),
            ("gotop.response_time >= 1 && gotop.response_time < 1.1", 1), ("gotop.request_in == 5", 1),
            ('gotop.kind in {"command", "answer"}', 2), ('gotop.device_id == "490154203237518"', 3),
        ):  # fmt: skip
            lines = self.tshark.run("-n", "-r", self.stage(), "-Y", text).splitlines()
            self.assertEqual(len(lines), count, text)

    def test_json_and_ek_are_whole_and_every_field_is_registered(self):
        known = set(self.registered()) | {"gotop"}
        for capture in sorted(CAPTURES.glob("*.pcap")):
            path = self.tshark.stage(capture)
            packets = len(self.tshark.run("-n", "-r", path, "-Y", "gotop").splitlines())
            self.assertGreater(packets, 50)
            data = json.loads(self.tshark.run("-n", "-r", path, "-Y", "gotop", "-T", "json"))
            self.assertEqual(len(data), packets)
            lines = self.tshark.run("-n", "-r", path, "-Y", "gotop", "-T", "ek").decode().splitlines()
            documents = [json.loads(line) for line in lines]
            self.assertEqual(len(documents), 2 * packets)
            self.assertEqual(sum("gotop" in d.get("layers", {}) for d in documents), packets)
            data = self.tshark.run("-n", "-r", path, "-Y", "gotop", "-T", "json", "--no-duplicate-keys")
            self.assertEqual(len(json.loads(data)), packets)
            names = {name.decode() for name in re.findall(rb'"(gotop[.\w]*?)(?:_tree)?":', data)}
            self.assertEqual(names - known, set())

    def elements(self, capture):
        """The fields of each GOTOP item with their bytes: (packet, item, name, bytes, shown, offset in the item)."""
        text = self.tshark.run("-n", "-r", self.tshark.stage(capture), "-Y", "gotop", "-T", "pdml")
        for number, packet in enumerate(xml.etree.ElementTree.fromstring(text).iter("packet")):
            for item in (p for p in packet.iter("proto") if p.get("name") == "gotop"):
                for field in item.iter("field"):
                    offset = int(field.get("pos")) - int(item.get("pos"))
                    yield number, item, field, offset, int(field.get("size"))

    def problem(self, kind, name, data, shown):
        """What is wrong with a field that stands on those bytes."""
        text = data.decode("latin-1")
        if name in WORDS or "." in name:
            return None
        if kind == "FT_STRING":
            if re.fullmatch("([0-9A-F]{2} ?)+", text) and name == "vin":
                text = bytes.fromhex(text).decode()
            return None if shown in (text, text.rstrip(":"), harness.escape(data)) else "text"
        if kind == "FT_BOOLEAN":
            return None if re.fullmatch(r"[AV01XY]|[0-9A-F]+|ACC O(N|FF)|Charging", text) else "boolean"
        if name.startswith("update_") and kind == "FT_UINT64":
            return None if int.from_bytes(data, "big") == int(shown) else "bytes"
        if name == "picture_bytes":
            return None if len(data) == int(shown) else "size"
        if kind in NUMBERS and self.is_derived(name, text, shown):
            return None
        if kind in NUMBERS:
            if name in HEXADECIMAL and re.fullmatch("[0-9A-Fa-f]+", text):
                scale = 100 if kind == "FT_DOUBLE" else 1
                value = int(shown, 16) if shown.startswith("0x") else Decimal(shown) * scale
                return None if int(text, 16) == value else "hexadecimal"
            digits = re.search(r"[0-9]+(\.[0-9]+)?", text)
            same = digits and abs(Decimal(digits[0])) == abs(Decimal(shown))
            return None if same or name.startswith(("obd_", "fuel", "temperature", "t1_", "t2_")) else "number"
        return None

    @staticmethod
    def is_derived(name, text, shown):
        """Is it what docs/FIFOTRACK.md 4.1, 4.2 and 4.4 make of hexadecimal digits?"""
        if not re.fullmatch("[0-9A-Fa-f]+", text):
            return False
        value = int(text, 16)
        volts = {"battery_voltage": ("6.6",), "external_voltage": ("158.4", "52.8")}.get(name, ())
        near = [abs(value * Decimal(factor) / 4096 - Decimal(shown)) <= Decimal("0.005") for factor in volts]
        numbers = {"satellites": value >> 28, "signal": value >> 3 & 31, "driver_number": value}
        return any(near) or (name in numbers and numbers[name] == int(shown))

    def test_fields_stand_on_their_bytes(self):
        types, problems, checked = self.registered(), [], 0
        for capture in sorted(CAPTURES.glob("*.pcap")):
            for packet, item, field, offset, size in self.elements(capture):
                name = field.get("name")
                if not name.startswith("gotop.") or size == 0:
                    continue
                inside = 0 <= offset and offset + size <= int(item.get("size"))
                masked = field.get("unmaskedvalue")  # of a bit, all of its field
                data = bytes.fromhex(masked or field.get("value") or "")
                wrong = self.problem(types[name], name[6:], data, field.get("show"))
                if not inside or len(data) != size or wrong:
                    problems.append((capture.name, packet, name, data, field.get("show"), wrong))
                checked += 1
                if name == "gotop.frame" and size != int(item.get("size")):
                    problems.append((capture.name, packet, name, "not the whole item"))
        self.assertEqual(problems[:20], [])
        self.assertGreater(checked, 5000)

    def test_every_byte_of_a_frame_belongs_to_a_field(self):
        """Separators between fields apart: commas, the delimiters, labels."""
        for capture in (CAPTURES / "gotop.pcap", CAPTURES / "startek.pcap"):
            covered, frames = {}, {}
            for packet, item, field, offset, size in self.elements(capture):
                key = (packet, int(item.get("pos")))
                if field.get("name") == "gotop.frame":
                    frames[key] = bytes.fromhex(field.get("value"))
                elif field.get("name") not in ("gotop.dialect", "gotop.direction"):
                    covered.setdefault(key, set()).update(range(offset, offset + size))
            self.assertGreater(len(frames), 50)
            for key, data in frames.items():
                rest = bytes(c for i, c in enumerate(data) if i not in covered[key])
                self.assertRegex(rest, rb"\A[#&$:,;|\-\"{}~ =!>a-zA-Z]*\Z", f"{capture.name} {key}: {data}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
