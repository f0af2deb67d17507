# SPDX-License-Identifier: GPL-2.0-or-later
"""What a reader of the packet list and of the tree sees: the Info column, meanings behind codes, position and skew; and
the profile with its columns, colours and filter buttons.

Expected values from docs/PROTOCOL.md and docs/STARTEK.md, read by hand."""
import csv
import os
import shutil
import subprocess
import unittest
import xml.etree.ElementTree

import harness
from talk import BODY, ID, SERVER, PluginTest, Talk, gotop, startek

REPORT = "240517061233,A,41.123457,2.765432,11,0.9,0,118,64,482913,214|7|1A2B|01234567,23,001D,02,00,0512|0199,1,"


class InfoTest(PluginTest):
    WHERE = "22.7634066, 114.3964783, 0.0 km/h, battery 84 %"

    def check(self, *cases):
        """What stands in the Info column: (who speaks, payload, text) of one conversation."""
        talk = Talk(self.capture, ("10.0.0.1", 20000), handshake=False)
        for say, payload, _ in cases:
            (talk.up if say == "up" else talk.down)(payload)
        self.assertEqual([info for _, info in self.summaries()], [text for _, _, text in cases])

    def test_a_code_is_followed_by_its_meaning(self):
        self.check(
            ("up", gotop("CMD-X"), f"{ID} heartbeat"),
            ("down", b":123456J1,080#", "command J (Speed alarm) 1,080"),
            ("up", gotop(f"CMD-J,{BODY}"), f"{ID} answer CMD-J (Speed alarm set) {self.WHERE}"),
            ("down", startek("010", "1", head="$$"), f"{ID} command 010 (Acknowledgement) 1"),
            ("up", startek("020", "\x01"), f"{ID} unknown 020 (Compressed reports, to be acknowledged)"),
            ("up", startek("888", "a"), f"{ID} unknown 888"),
            ("up", gotop("ERROR!"), f"{ID} rejected ERROR!"),
            ("up", startek("211", "Unsupport"), f"{ID} rejected 211 (Events to photograph) Unsupport"),
        )

    def test_an_event_without_a_name_is_told_by_its_number_or_code(self):
        both = "(External power lost (vehicle), or reserved)"
        self.check(
            ("up", startek("000", "61,," + REPORT), f"{ID} event 61 41.123457, 2.765432, 0 km/h, battery 4.09 V"),
            ("up", gotop(f"ALM-J,{BODY}"), f"{ID} event ALM-J {both} {self.WHERE}"),
            ("up", gotop(f"ALM-D1,{BODY}"), f"{ID} event ALM-D1 {self.WHERE}"),
        )

    def test_the_payload_of_a_peripheral(self):
        records = "T1," + "1," * 40
        self.check(
            ("up", gotop("CMD-Z,$296=XW8AN2NE9FH018999"), f"{ID} passthrough CMD-Z $296=XW8AN2NE9FH018999"),
            ("up", startek("710", "T1,5\r\n"), f"{ID} passthrough 710 T1,5"),
            ("up", startek("710", f"{records}\r\n"), f"{ID} passthrough 710 {records[:60]}..."),
            ("up", gotop("CMD-Z,a\\\t"), f"{ID} passthrough CMD-Z a\\\\\\x09"),
        )

    def test_a_picture(self):
        body = b",%s,265,p1.jpg,0,3,\xff\xd8#" % ID.encode()
        frame = b"&&A%d" % len(body) + body
        self.check(("up", frame + b"%02X\r\n" % (sum(frame) % 256), f"{ID} answer 265 (Upload a picture) p1.jpg,0,3"))
        (layer,) = self.show("-Y", "gotop.picture")
        self.assertEqual(layer.labels["gotop.extra"], ["Picture bytes: \\xFF\\xD8#"])


class LabelTest(PluginTest):
    def layer(self, frame):
        self.capture.udp(("10.0.0.1", 20000), SERVER, frame)
        return self.show()[-1]

    def test_trouble_codes_and_their_states(self):
        """docs/STARTEK.md 4.2: 01 solved, 02 pending; a truck bus sends none."""
        layer = self.layer(startek("000", "56,00019501019602C12303," + REPORT))
        self.assertEqual(layer.labels["gotop.trouble_code"],
                         ["Trouble code: P0195", "Trouble code: P0196", "Trouble code: U0123"])  # fmt: skip
        self.assertEqual(layer.labels["gotop.trouble_state"][:2], ["Trouble code state: solved", "Trouble code state: pending"])
        layer = self.layer(startek("000", "56,01F40305F80307," + REPORT))
        self.assertEqual(layer.labels["gotop.trouble_code"], ["Trouble code: 1012-5", "Trouble code: 1016-7"])

    def test_an_ambiguous_code_has_both_meanings_a_decided_one_has_its_own(self):
        for content, label in (
            (f"ALM-F,{BODY}", "Code: ALM-F (Battery full, or ACC on (vehicle))"),
            ("ALM-F,", "Code: ALM-F (Battery full)"),
            (f"ALM-G,{BODY}", "Code: ALM-G (Door (vehicle), or reserved)"),
            (f"ALM-D1,{BODY}", "Code: ALM-D1"),
        ):
            self.assertEqual(self.layer(gotop(content)).labels["gotop.code"], [label])

    def test_the_profile_of_a_tail_is_named(self):
        for tail, label in ((",000", "T1 (course)"), ("", "T0 (none)"), (",01.15", "T4 (Farnear)")):
            layer = self.layer(gotop(f"CMD-T,{BODY}{tail}"))
            self.assertEqual(layer.labels["gotop.profile"], [f"Tail profile: {label}"])

    def test_a_separator_has_no_device(self):
        self.capture.udp(("10.0.0.1", 20000), SERVER, gotop("CMD-X") + b"\r\n" + gotop("CMD-X") + b"junk")
        devices = [layer.one("device_id") for layer in self.show()]
        self.assertEqual(devices, [ID, None, ID, ID])


class PlaceAndTimeTest(PluginTest):
    def test_position_and_skew(self):
        """Both are there to be columns; the skew is that of the CSV: capture time minus device time, read as UTC."""
        self.capture.time = 1709878711250  # 2024-03-08 06:18:31.25
        self.capture.udp(("10.0.0.1", 20000), SERVER,
                         gotop("CMD-T,V,DATE:240308,TIME:141830,LAT:22.7634060S,LOT:000.0000000E,Speed:000.0,84-20"))  # fmt: skip
        self.capture.udp(("10.0.0.1", 20000), SERVER, startek("000", "0,," + REPORT.replace("240517061233", "240308061759")))
        self.capture.udp(("10.0.0.1", 20000), SERVER, gotop("CMD-X"))
        first, second, third = self.show()
        times = [float(t) for t in self.tshark.run("-r", self.stage(), "-T", "fields", "-e", "frame.time_epoch").split()]
        self.assertEqual(first.one("position"), "-22.7634060 0.0000000")
        self.assertEqual(second.one("position"), "41.123457 2.765432")
        self.assertAlmostEqual(float(first.one("skew")), times[0] - 1709907510, places=6)
        self.assertAlmostEqual(float(second.one("skew")), times[1] - 1709878679, places=6)
        self.assertEqual((third.one("position"), third.one("skew")), (None, None))
        self.assertEqual(first.one("skew"), "-28798.75")
        self.assertEqual(first.labels["gotop.skew"], ["Capture time minus device time: -28798.750 s"])

    def test_neither_of_a_frame_that_is_not_proven(self):
        self.capture.udp(("10.0.0.1", 20000), SERVER, startek("000", "0,," + REPORT)[:-4] + b"00\r\n")
        (layer,) = self.show()
        self.assertEqual(layer.fields["gotop.flag"], ["checksum_bad"])
        self.assertEqual((layer.one("position"), layer.one("skew")), (None, None))


class ProfileTest(PluginTest):
    PLUGIN = harness.TESTS.parent / "plugin"
    NAME = "GOTOP S7"

    def install(self, home, *arguments, **environment):
        environment = {"HOME": str(home), "PATH": os.environ["PATH"], **environment}
        done = subprocess.run([self.PLUGIN / "install-profile", *arguments], env=environment, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def contents(self, folder):
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    def test_it_goes_where_wireshark_looks(self):
        home = self.folder / "fresh"
        home.mkdir()
        shipped = self.contents(self.PLUGIN / "profile" / self.NAME)
        profiles = home / ".config" / "wireshark" / "profiles"
        self.assertEqual(self.install(home), str(profiles / self.NAME))
        self.assertEqual(self.contents(profiles / self.NAME), shipped)
        elsewhere = self.folder / "configuration"
        self.install(home, XDG_CONFIG_HOME=str(elsewhere))
        self.assertEqual(self.contents(elsewhere / "wireshark" / "profiles" / self.NAME), shipped)

    def test_installing_again_loses_nothing(self):
        home = self.folder / "again"
        home.mkdir()
        self.install(home)
        profiles = home / ".config" / "wireshark" / "profiles"
        mine = profiles / self.NAME
        (mine / "recent").write_text("column.width: \n")  # Wireshark writes it at each end
        (mine / "bookmarks").write_text("mine")
        self.install(home)
        self.assertEqual([path.name for path in profiles.iterdir()], [self.NAME])
        self.assertEqual((mine / "recent").read_text(), "column.width: \n")
        self.assertEqual((mine / "bookmarks").read_text(), "mine")
        for version in ("one", "two"):
            (mine / "colorfilters").write_text(version)
            self.install(home)
            self.install(home)
        shipped = self.contents(self.PLUGIN / "profile" / self.NAME)
        self.assertEqual(self.contents(mine), shipped)
        kept = {path.name: (path / "colorfilters").read_text() for path in profiles.iterdir() if path != mine}
        self.assertEqual(kept, {f"{self.NAME}.old": "one", f"{self.NAME}.old2": "two"})

    def test_profile(self):
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        talk.up(gotop(f"CMD-T,{BODY}"))
        talk.up(gotop(f"ALM-A,{BODY}"))
        talk.up(gotop(f"ALM-C,{BODY}"))
        talk.down(b":123456M1,030S#")
        talk.up(gotop("ERROR!"))
        talk.up(startek("102", "OK")[:-4] + b"00\r\n")
        talk.up(b"junk" + gotop("CMD-X"))
        profiles = self.tshark.home / "home" / ".config" / "wireshark" / "profiles"
        self.install(self.folder, profiles)
        self.addCleanup(shutil.rmtree, profiles)
        columns = ("Device", "Kind", "Event", "Position", "Speed", "Ignition", "Battery %", "Battery V")
        options = ("-C", self.NAME, "--color", "-n", "-r", self.stage(), "-Y", "gotop", "-T")
        psml = xml.etree.ElementTree.fromstring(self.tshark.run(*options, "psml"))
        names = [section.text for section in psml.find("structure")]
        rows = [dict(zip(names, (section.text or "" for section in packet))) for packet in psml.iter("packet")]
        where = "22.7634066 114.3964783"
        self.assertEqual([rows[0][name] for name in columns], [ID, "position", "", where, "0", "", "84", ""])
        self.assertEqual([rows[1][name] for name in columns], [ID, "event", "sos", where, "0", "", "84", ""])
        found = self.tshark.run(*options, "fields", "-e", "frame.coloring_rule.name").decode().splitlines()
        rules = "report alarm event command rejected-command bad-frame unrecognised-data".split()
        self.assertEqual(found, ["GOTOP " + rule.replace("-", " ") for rule in rules])

    def test_every_filter_of_the_profile_is_valid(self):
        folder = self.PLUGIN / "profile" / self.NAME
        buttons = list(csv.reader((folder / "dfilter_buttons").read_text().splitlines()))
        self.assertGreater(len(buttons), 4)
        self.capture.udp(("10.0.0.1", 20000), SERVER, gotop("CMD-X"))
        filters = " or ".join(f"({button[2]})" for button in buttons).replace("\\x22", '"')
        self.tshark.run("-n", "-r", self.stage(), "-Y", filters)


if __name__ == "__main__":
    unittest.main(verbosity=2)
