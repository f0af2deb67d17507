# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin and its profile in Wireshark's window: lists, trees, bytes, links, colours, filter buttons, statistics. Started
by tests/gui/run. What is expected is read by hand from the scenario of the sample and the documents of the protocol."""
import os
import subprocess
import sys
import unittest
from pathlib import Path

from wireshark import Wireshark, cell, colour, double_click, find, reveal, rows, titles, toggle, wait, words

STAGE = Path(os.environ["GOTOP_STAGE"])
CONFIGURATION = Path.home() / ".config" / "wireshark"
PROFILE = CONFIGURATION / "profiles" / "GOTOP S7"
VAN, LORRY, PET = "359280010000011", "861000000000016", "867747070319866"
ANSWERS = ("position", "passthrough")  # kinds that may answer a command, too: 800, F, Z
STACKED = ("-o", "gui.layout_type:1")  # list, details and bytes one below the other


def setUpModule():
    """The profile as a user installs it; a window as large as the screen."""
    subprocess.run([STAGE / "plugin" / "install-profile"], check=True, capture_output=True)
    CONFIGURATION.joinpath("recent_common").write_text("privs.warn_if_elevated: FALSE\ngui.geometry_main_maximized: TRUE\n")
    with PROFILE.joinpath("recent").open("a") as recent:
        recent.write("gui.geometry_main_upper_pane: 230\ngui.geometry_main_lower_pane: 340\n")


class WindowTest(unittest.TestCase):
    maxDiff = None
    CAPTURE = "field-day.pcap"

    @classmethod
    def setUpClass(cls):
        cls.window = Wireshark(STAGE / "captures" / cls.CAPTURE, *STACKED)
        cls.addClassCleanup(cls.window.__exit__)
        assert cls.window.menu("Statistics", "GOTOP"), "Wireshark did not load the plugin: it has no menu Statistics > GOTOP"

    def setUp(self):
        self.window.set_filter("")

    def open_tree(self, packet):
        """The lines of our part of the packet, all open."""
        self.window.select_packet(packet)
        self.window.expand("GOTOP")
        lines = self.window.tree()
        return lines[next(i for i, line in enumerate(lines) if line.startswith("GOTOP")) :]

    def contains(self, packet, *wanted):
        lines = self.open_tree(packet)
        self.assertEqual([line for line in wanted if line not in lines], [], lines)

    def dialog(self, title, *path):
        dialog = self.window.open(title, *path)
        self.addCleanup(self.window.hide_dialogs)
        return dialog

    def table(self, title, *path):
        """The dialog and the rows of its table, once there are any."""
        dialog = self.dialog(title, *path)
        table = next(find(dialog, "tree"))
        wait(table.get_n_rows, f"rows in {title}")
        return dialog, rows(table)


class ListTest(WindowTest):
    def test_columns(self):
        columns = "No.|Time (UTC)|Skew|Device|Kind|Event|Position|Speed|Ignition|Battery %|Battery V|Info"
        self.assertEqual("|".join(titles(self.window.packets)), columns)
        for row in (
            ["60", "2026-03-08 05:58:31.000", "1", VAN, "event", "ignition_on", "41.375100 2.149100", "0", "Yes", "", "4.09",
             f"{VAN} event ignition_on 41.375100, 2.149100, 0 km/h, battery 4.09 V"],
            ["10", "2026-03-08 05:49:00.000", "-28799", LORRY, "position", "", "22.5428009 114.0530775", "34", "", "81", "",
             f"{LORRY} position 22.5428009, 114.0530775, 34.0 km/h, battery 81 %"],
            ["204", "2026-03-08 06:08:30.000", "", LORRY, "command", "", "", "", "", "", "", "command Q (Call and SMS options) 9,1"],
        ):  # fmt: skip
            self.assertEqual(rows(self.window.packets)[self.window.packet_row(int(row[0]))], row)

    def test_colours(self):
        """The background of each kind of row is that of its rule."""
        wanted = {230: "alarm", 373: "bad frame", 208: "rejected command", 28: "unrecognised data", 60: "event",
                  204: "command", 185: "heartbeat", 110: "last known position", 76: "report"}  # fmt: skip
        rules = {}
        for line in PROFILE.joinpath("colorfilters").read_text().splitlines():
            if line.startswith("@"):
                _, name, _, colours = line.split("@", 3)
                rules[name] = "#" + "".join(f"{int(part) >> 8:02X}" for part in colours[1:].split("]")[0].split(","))
        for packet, rule in wanted.items():
            self.window.show_row(packet)
            seen = colour(cell(self.window.packets, self.window.packet_row(packet), 4))
            self.assertEqual(seen, rules["GOTOP " + rule], f"packet {packet}")

    def test_filter_buttons(self):
        kind, event, speed = 4, 5, 7
        self.window.button("Alarms")
        alarms = [(row[0], row[event]) for row in rows(self.window.packets)]
        self.assertEqual(alarms, [("178", "power_cut"), ("194", "sos"), ("228", "tamper"), ("230", "tow"), ("268", "sos"), ("389", "fuel_theft")])
        self.window.button("Bad frames")
        self.assertEqual([row[0] for row in rows(self.window.packets)], "334 358 370 373 379 384".split())
        for button, column, test in (
            ("Events", kind, lambda text: "event" in text),
            ("Commands", kind, lambda text: {"command", "answer", "rejected", "version"} & set(text.split(",")) or text in ANSWERS),
            ("Moving", speed, lambda text: any(float(part) > 0 for part in text.split(","))),
            ("Reports", 6, lambda text: len(text) > 10),
        ):  # fmt: skip
            self.window.button(button)
            shown = rows(self.window.packets)
            self.assertGreater(len(shown), 20, button)
            self.assertEqual([row for row in shown if not test(row[column])], [], button)
        self.window.button("Not decoded")
        self.assertTrue({"28", "401", "435", "466"} <= {row[0] for row in rows(self.window.packets)})

    def test_picture_of_alarms(self):
        """All rows of the list, from a tow on: alarms, commands, answers and a refusal in their colours."""
        for pane in ("Packet Details", "Packet Bytes"):
            toggle(self.window, pane)
            self.addCleanup(toggle, self.window, pane)
        self.window.set_filter("gotop")
        self.window.show_row(268)
        self.window.picture("alarms")
        self.assertEqual(colour(cell(self.window.packets, self.window.packet_row(268), 4)), "#FF9C4E")


class DetailsTest(WindowTest):
    def test_a_report(self):
        lines = self.open_tree(60)
        self.window.picture("report")
        self.assertEqual(lines[0], f"GOTOP S7 Tracker Protocol, {VAN} event ignition_on 41.375100, 2.149100, 0 km/h, battery 4.09 V")
        for line in (
            "Code: 000 (Report)", "[Event: ignition_on]", "[Expert Info (Chat/Sequence): Event: ignition_on]",
            "Event code: 3 (Ignition on (input 2 active))", "Device time: 2026-03-08 05:58:30 (device clock)",
            "[Capture time minus device time: 1.000 s]", "Current fix: Yes", "Latitude: 41.375100°", "Longitude: 2.149100°",
            "[Position: 41.375100 2.149100]", "Satellites: 14", "HDOP: 0.8", "Speed: 0 km/h", "Course: 43°", "Altitude: 31 m",
            "Odometer: 482913 m", "Cell: 214|7|1A2B|01234567", "LAC: 6699", "Cell ID: 19088743", "GSM signal: 24",
            "Status: 0x003d", ".... .... .... .... .... .... ..1. .... = Movement: stopped", "[External power: Yes]",
            "Inputs: 0x02", ".... ..1. = Input 2 (ACC by default): triggered", "[Ignition (ACC): Yes]",
            "External supply: 12.60 V", "Internal battery: 4.09 V", "Analog input 1: 2.25 V", "Fuel, tank 1: 45.0 L",
            "[Next report of this device: 68]",
        ):  # fmt: skip
            self.assertIn(line, lines)

    def test_each_kind(self):
        for packet, name, *wanted in (
            (10, "position", "[Kind: position]", "Code: CMD-T (Periodic position report)", "[Previous report of this device: 8]",
             "Status group: 1-1-1-0-81-26", "External power: Yes", "Charging: Yes", "Battery level: 81 %", "Course: 266°"),
            (185, "heartbeat", "[Kind: heartbeat]", "Code: CMD-X (Heartbeat)"),
            (6, "hello", "[Kind: hello]", "Code: CMD-D (Connected)"),
            (405, "answer", "[Kind: answer]", "Code: 900 (Output)", "Result: OK", "[Answer to the command in: 403]",
             "[Response time: 0.500000000 seconds]"),
            (208, "rejected", "[Kind: rejected]", "[Answer to the command in: 204]",
             "[Expert Info (Note/Response): The device refused a command]"),
            (314, "passthrough", "[Kind: passthrough]", "Serial payload: $296=XW8AN2NE9FH018999", "VIN: XW8AN2NE9FH018999"),
            (202, "version", "[Kind: version]", "Version: H-TL402,S-0001-190611"),
            (204, "command", "[Kind: command]", f"[Device ID: {LORRY}]", "Code: Q (Call and SMS options)", "Password: 123456",
             "[Expert Info (Warning/Security): The password is the one of the factory, 123456]", "[Answered in: 208]"),
            (370, "unknown", "[Kind: unknown]", "Latitude: 41.123457°",
             "[Expert Info (Error/Checksum): Not used as a report (checksum_bad): its fields are shown as text only]"),
            (28, "leftover", f"[Device ID: {LORRY}]", "[Reason: junk]"),
            (401, "other", "[Looks like: H02]"),
        ):  # fmt: skip
            with self.subTest(name):
                self.contains(packet, *wanted)
                self.window.picture(f"kind-{name}")

    def test_several_frames_in_a_packet(self):
        self.window.select_packet(51)
        ours = [line.split(", ", 1)[1] for line in self.window.tree() if line.startswith("GOTOP")]
        self.assertEqual(ours, [f"{LORRY} position 22.5381866, 113.9894881, 62.0 km/h, battery 81 %",
                                "separator (2 bytes)", f"{LORRY} heartbeat"])  # fmt: skip

    def test_a_field_has_its_own_bytes(self):
        self.open_tree(60)
        for line, name, content in (
            ("Latitude", "gotop.latitude", "41.375100"),
            ("Device time", "gotop.device_time", "260308055830"),
            ("[Position", "gotop.position", "41.375100,2.149100"),
            ("[Ignition", "gotop.ignition", "02"),
            ("Internal battery", "gotop.battery_voltage", "0199"),
            ("Fuel, tank 1", "gotop.fuel", "0101C2"),
            ("Frame: &&", "gotop.frame", "&&k142,"),
        ):
            with self.subTest(name):
                self.window.select_line(line)
                wait(lambda name=name: f"({name})" in self.window.status(), name)
                shown = self.window.open(f"({name})", "Analyze", "Show Packet Bytes…")
                text = words(shown)
                self.window.hide_dialogs()
                self.assertTrue(text.startswith(content) if name == "gotop.frame" else text.strip() == content, text)

    def test_links_lead_to_command_and_answer(self):
        self.open_tree(208)
        double_click(self.window, "[Answer to the command in: 204]")
        wait(lambda: self.window.selected_packet() == 204, "the command")
        self.open_tree(204)
        double_click(self.window, "[Answered in: 208]")
        wait(lambda: self.window.selected_packet() == 208, "the answer")

    def test_picture_of_a_report(self):
        self.window.set_filter("gotop")
        self.open_tree(60)
        reveal(self.window.packets, self.window.packet_row(76))
        reveal(self.window.details, self.window.row_of("Outputs"))
        self.window.select_line("Inputs")
        wait(lambda: "(gotop.inputs), 2 byte" in self.window.status(), "the inputs")
        self.window.picture("packet-tree")


class StatisticsTest(WindowTest):
    def test_tree(self):
        dialog, lines = self.table("· GOTOP ·", "Statistics", "GOTOP")
        self.window.picture("statistics", dialog)
        counts = {line[0]: line[1] for line in lines if line[0]}
        wanted = {"Messages by kind": "244", "rejected": "4", "version": "1", "hello": "1", PET: "4", "sos": "2", "tamper": "1",
                  "overspeed": "2", "checksum_bad": "1", "Messages by device": "244"}  # fmt: skip
        self.assertEqual({name: counts.get(name) for name in wanted}, wanted)

    def test_response_times(self):
        dialog, lines = self.table("GOTOP Service Response Time", "Statistics", "Service Response Time", "GOTOP")
        self.window.picture("response-times", dialog)
        self.assertEqual([line[2:] for line in lines if line[1] == "F"],
                         [["2", "5.000000", "14.000000", "9.500000", "19.000000"]])  # fmt: skip
        self.assertEqual([line[3] for line in lines if line[1] == "801"], ["1.000000"])

    def test_endpoints_and_conversations(self):
        for title, first in (("Endpoints", [PET]), ("Conversations", [PET, "203.0.113.10"])):
            with self.subTest(title):
                self.window.hide_dialogs()
                dialog = self.dialog(title, "Statistics", title)
                toggle(dialog, "GOTOP")
                wait(lambda dialog=dialog: any("GOTOP" in tab.get_name() for tab in find(dialog, "page tab")), "the tab GOTOP")
                found = [line for table in find(dialog, "tree") for line in rows(table) if line[: len(first)] == first]
                self.window.picture(title.lower(), dialog)
                self.assertEqual([line[len(first)] for line in found], ["3"])

    def test_export_objects(self):
        dialog, lines = self.table("GOTOP object list", "File", "Export Objects", "GOTOP…")
        self.window.picture("export-objects", dialog)
        self.assertIn(["314", "860719028547457", "RS232 payload", "22 bytes", "860719028547457-packet-314.bin"], lines)

    def test_follow_stream(self):
        self.window.select_packet(60)
        dialog = self.dialog("Follow TCP Stream", "Analyze", "Follow", "TCP Stream")
        wait(lambda: "$$:20,359280010000011,801C3" in words(dialog), "the command")
        self.assertIn("&&:61,359280010000011,801,260308000017,359280010000011,VT200_V10104C", words(dialog))
        self.window.picture("follow", dialog)

    def test_expert_information(self):
        dialog, lines = self.table("Expert Information", "Analyze", "Expert Information")
        self.window.picture("expert", dialog)
        ours = [line[:3] + line[4:] for line in lines if line[3] == "GOTOP"]
        for line in (
            ["Error", "Wrong checksum: the frame is not used as a report", "Checksum", "1"],
            ["Error", "The frame is cut: it is not used as a report", "Malformed", "2"],
            ["Warning", "The password is the one of the factory, 123456", "Security", "17"],
            ["Note", "Alarm", "Sequence", "6"],
            ["Note", "The device refused a command", "Response", "4"],
            ["Chat", "Event", "Sequence", "30"],
        ):
            self.assertIn(line, ours)


class OtherCaptureTest(WindowTest):
    """A picture that a device sent, and what a workshop looks for."""

    CAPTURE = "startek.pcap"

    def test_a_picture(self):
        self.contains(289, "Picture: p1.jpg", "Offset: 0 bytes", "Size: 29 bytes",
                      "Picture bytes: \\xFF\\xD8\\xFF\\xE0\\x00\\x10JFIF\\x00&&A20,1,000\\r\\n$$#,\\\\")  # fmt: skip
        self.window.picture("picture")
        _, lines = self.table("GOTOP object list", "File", "Export Objects", "GOTOP…")
        self.assertIn(["289", "356789012345670", "picture", "29 bytes", "356789012345670-p1.jpg"], lines)

    def test_trouble_codes(self):
        self.contains(165, "Event code: 56 (Trouble codes)", "Trouble code: P0195", "Trouble code state: solved",
                      "Trouble code: P0196", "Trouble code state: pending")  # fmt: skip
        self.window.picture("trouble-codes")


if __name__ == "__main__":
    print(subprocess.run(["wireshark", "--version"], capture_output=True, text=True, check=False).stdout.split("\n")[0], file=sys.stderr)
    unittest.main(verbosity=2, argv=sys.argv)
