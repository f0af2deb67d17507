# SPDX-License-Identifier: GPL-2.0-or-later
"""What scripts get from tshark: types of the fields, JSON, EK and PDML that are whole, and fields that stand on their own
bytes."""
import json
import re
import unittest
import xml.etree.ElementTree
from decimal import Decimal

import harness
from talk import BODY, PluginTest, Talk, fifotrack, gotop, startek

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
NUMBERS = {"FT_DOUBLE", "FT_UINT32", "FT_UINT64"}
HEXADECIMAL = {"lac", "cell_id", "status", "inputs", "outputs", "checksum", "external_voltage", "battery_voltage", "adc"}


def startek_report(status, inputs="02", outputs="00"):
    return startek("000", f"0,,260203040506,A,41.1,2.7,9,1.0,0,0,0,1,214|7|1A2B|1234567,20,{status},{inputs},{outputs},0512|0199")


def fifotrack_report(status, inputs="02", outputs="00"):
    return fifotrack("A01", f",260203040506,A,41.1,2.7,0,0,16,366959,345180,{status},{inputs},{outputs},520|0|FA8|1A9B5B9,19F|4D0")


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

    def test_hexadecimal_fields_are_as_wide_as_sent(self):
        """In whole bytes: the CSV has the digits that were sent, one of each byte or two."""
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        sent = [
            (startek_report, "003D", "02", "00"), (startek_report, "0000001D", "A2", "0F"), (startek_report, "C3D", "2", "F"),
            (startek_report, "0000F1", "0102", "00000001"), (fifotrack_report, "80000040", "02", "01"),
            (fifotrack_report, "0040", "2", "0"), (fifotrack_report, "40", "102", "0"), (fifotrack_report, "0000000040", "02", "00"),
        ]  # fmt: skip
        packets = [talk.up(report(*words)) for report, *words in sent]
        update = talk.up(startek("990", "\x01\x12\x34\x02\x00V1.0"))
        talk.down(startek("993", "\x00\x01\x00\x00\x0A\x0B", head="$$"))
        path = self.folder / "hexadecimal.pcap"
        self.capture.write(path)
        names = ("status", "inputs", "outputs", "checksum", "update_machine", "update_check")
        cells = self.tshark.fields(path, [f"gotop.{name}" for name in names])
        path = self.stage()
        documents = json.loads(self.tshark.run("-n", "-r", path, "-T", "json", "-J", "gotop"))
        lines = self.tshark.run("-n", "-r", path, "-T", "ek").decode().splitlines()
        elastic = [json.loads(line)["layers"] for line in lines if "layers" in line]
        decimal = self.tshark.version() >= (4, 6)
        tree = {layer.packet: layer for layer in self.show()}
        rows = {row["packets"]: row for row in harness.read_csv(harness.s7timeline("--stdout", path).stdout)}
        for packet, (_, *words) in zip(packets, sent):
            document = documents[packet - 1]["_source"]["layers"]["gotop"]
            for name, word, cell in zip(names, words, cells[packet - 1]):
                wide = f"0x{int(word, 16):0{min(len(word) + 1 & ~1, 8)}x}"
                self.assertEqual((name, rows[str(packet)][name]), (name, "0x" + word.lower()))
                self.assertEqual((name, cell), (name, wide))
                self.assertEqual((name, document[f"gotop.{name}"]), (name, wide))
                in_ek = str(int(word, 16)) if decimal else wide
                self.assertEqual((name, elastic[packet - 1]["gotop"][f"gotop_gotop_{name}"]), (name, in_ek))
                self.assertEqual((name, tree[packet].one(name)), (name, wide))
                self.assertIn(f": 0x{word.lower()}", tree[packet].labels[f"gotop.{name}"][0])
            self.assertRegex(cells[packet - 1][3], r"\A0x[0-9a-f]{2}\Z")
        self.assertEqual(cells[update - 1][4], "0x1234")
        self.assertEqual(cells[update][5], "0x0a0b")
        for text, count in (
            ("gotop.status == 0x40", 3), ("gotop.status == 0x00000040", 3), ("gotop.status > 0xfff", 1),
            ("gotop.inputs == 0x102", 2), ("gotop.outputs == 0xf", 2), ("gotop.inputs in {2, 0xa2}", 6),
            ("gotop.status & 8", 3), ("gotop.update_check == 2571", 1), ("gotop.status.external_power == 1", 3),
        ):  # fmt: skip
            with self.subTest(text):
                self.assertEqual(len(self.tshark.run("-n", "-r", path, "-Y", text).splitlines()), count)

    def test_more_than_32_bits_are_text_and_never_cut(self):
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        talk.up(startek_report("100000008"))
        talk.up(fifotrack_report("1234567890ABCDEF", "7FFFFFFFFFFFFFFF", "100000001"))
        first, second = self.show()
        for layer, name in ((first, "status"), (second, "status"), (second, "inputs"), (second, "outputs")):
            self.assertIsNone(layer.one(name))
        text = self.tshark.run("-n", "-r", self.stage(), "-V").decode()
        labels = re.findall(r"(?:Status|Inputs|Outputs): 0x\w+", text)
        for label in ("Status: 0x100000008", "Status: 0x1234567890abcdef", "Inputs: 0x7fffffffffffffff", "Outputs: 0x100000001"):
            self.assertIn(label, labels)
        self.assertEqual(first.fields["gotop.flag"], ["status_count"])
        self.assertEqual(second.fields["gotop.flag"], ["out_of_range", "status_count"])
        rows = harness.read_csv(harness.s7timeline("--stdout", self.stage()).stdout)
        self.assertEqual([harness.frame_flags(row["flags"]) for row in rows], [["status_count"], ["out_of_range", "status_count"]])
        self.assertEqual(json.loads(rows[1]["details"])["flag_fields"].get("out_of_range"), ["inputs", "outputs"])

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
        if name.startswith("update_") and kind in NUMBERS:
            return None if int.from_bytes(data, "big") == int(shown, 0) else "bytes"
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
