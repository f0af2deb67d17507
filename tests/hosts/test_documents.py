# SPDX-License-Identifier: GPL-2.0-or-later
"""What the documents tell a user to type, and what they say of it by version of Wireshark (docs/WIRESHARK.md, "By
version"): each one-liner runs in the version at hand, and what counts counts right."""
import os
import re
import shutil
import subprocess
import unittest
from collections import Counter

import harness
from talk import BODY, ID, PluginTest, Talk, gotop

ROOT = harness.TESTS.parent
FIELD_DAY = ROOT / "samples" / "captures" / "field-day.pcap"


def one_liners():
    """The indented lines that run tshark on a capture, of README.md and docs/WIRESHARK.md."""
    for document in ("README.md", "docs/WIRESHARK.md"):
        for line in (ROOT / document).read_text().splitlines():
            if line.startswith("    tshark -r "):
                yield line.strip()


class DocumentsTest(PluginTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.version = cls.tshark.version()
        # a tshark that a shell finds first: the one with the plugin of this build
        cls.bin = cls.tshark.home / "bin"
        cls.bin.mkdir()
        (cls.bin / "tshark").write_text("#!/bin/sh\nexec " + " ".join((*cls.tshark.command[:-1], shutil.which("tshark"))) + ' "$@"\n')
        (cls.bin / "tshark").chmod(0o755)

    def shell(self, line):
        environment = dict(os.environ, PATH=f"{self.bin}:{os.environ['PATH']}", C=str(self.tshark.stage(FIELD_DAY)))
        command = ["bash", "-o", "pipefail", "-c", line]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.tshark.home, env=environment, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, f"{line}\n{done.stderr}")
        return done.stdout

    def rows(self, folder):
        done = harness.s7timeline("-q", "-o", self.folder / folder, FIELD_DAY)
        self.assertIn(done.returncode, (0, 1))
        return [row for path in (self.folder / folder / "devices").glob("*.csv") for row in harness.read_csv(path.read_bytes())]

    def test_each_one_liner_prints_something(self):
        talk = Talk(self.capture, ("10.0.0.1", 20000), ("192.0.2.1", 5050))
        talk.down(b":123456M1,030S#")
        talk.up(gotop(f"CMD-T,{BODY}"))
        shutil.copy(self.stage(), self.tshark.home / "other.pcap")
        shutil.copy(self.tshark.stage(FIELD_DAY), self.tshark.home / "capture.pcap")
        for name in ("other.pcap", "capture.pcap"):
            (self.tshark.home / name).chmod(0o644)
        lines = list(one_liners())
        self.assertGreater(len(lines), 20)
        for line in lines:
            with self.subTest(line):
                self.assertGreater(len(self.shell(line)), 20)

    def test_frames_of_each_device_are_counted_as_the_documents_say(self):
        """No device of the CSV is missing, none sent more frames than it has rows, and all are as many as "By version" says
        for this version."""
        said = re.search(r"\| frames of `field-day.pcap`[^|]*\|([^|]*)\|([^|]*)\|([^|]*)\|", (ROOT / "docs/WIRESHARK.md").read_text())
        column = 2 if self.version >= (4, 6) else 1 if self.version >= (4, 4) else 0
        rows = self.rows("counted")
        sent = Counter(row["device_id"] for row in rows if row["direction"] == "up" and row["device_id"])
        platforms = {row["source"].rsplit(":", 1)[0].strip("[]") for row in rows if row["direction"] == "down"}
        kinds = self.shell("tshark -r $C -Y gotop.kind -T fields -E aggregator=, -e gotop.kind | tr , '\\n'").split()
        self.assertEqual(len(kinds), int(said[column + 1].strip()))
        counters = [line for line in one_liners() if "-e gotop.src | tr , " in line]
        self.assertEqual(len(counters), 2)
        for line in counters:
            counted = {sender: int(count) for count, sender in (row.split() for row in self.shell(line).splitlines())}
            self.assertEqual(set(counted) - platforms, set(sent))
            self.assertEqual({d: (n, sent[d]) for d, n in counted.items() if d not in platforms and n > sent[d]}, {})

    def test_events_and_doubtful_frames_are_those_of_the_csv(self):
        """As many as the CSV has, but for frames that Wireshark does not show: those touch a gap or a late segment."""
        rows = self.rows("events")
        events = self.shell("tshark -r $C -Y 'gotop.kind == \"event\"' -T fields -E aggregator=, -e gotop.event | tr , '\\n'").split()
        wanted = Counter(row["event"] for row in rows if row["event"])
        self.assertEqual({e: (n, wanted[e]) for e, n in Counter(events).items() if n > wanted[e]}, {})
        self.assertGreater(len(events), sum(wanted.values()) * 9 // 10)

    def test_current_fixes_of_packets_with_several_reports(self):
        """The line of README.md prints each of them, no last known position, and digits as they were sent."""
        (line,) = (line for line in (ROOT / "README.md").read_text().splitlines() if "s7timeline --stdout -q $C" in line)
        body = "%s,DATE:260203,TIME:04050%d,LAT:51.4%dN,LOT:%sE,Speed:036.0,84-20"
        reports = [("V", 1, 1, "000.1000000"), ("A", 2, 2, "000.0000120"), ("A", 3, 3, "000.0500000"), ("V", 4, 4, "000.2000000")]
        talk = Talk(self.capture, ("10.0.0.1", 20000), ("192.0.2.1", 8888))
        talk.up(b"".join(gotop("CMD-T," + body % report) for report in reports))
        line = line.strip().replace("build/release/analyzer/s7timeline", os.environ["S7TIMELINE"]).replace("$C", str(self.stage()))
        printed = [row.split()[1:] for row in self.shell(line).splitlines()]
        self.assertEqual(printed, [[ID, "51.42", "0.0000120", "36.0"], [ID, "51.43", "0.0500000", "36.0"]])

    def test_what_a_filter_leaves_of_frames(self):
        def frames(path):
            kinds = self.tshark.run("-n", "-r", path, "-Y", "gotop.kind", "-T", "fields", "-E", "aggregator=,", "-e", "gotop.kind").decode()
            return len(kinds.replace(",", "\n").split())

        def kept(wanted, *options):
            name = self.tshark.home / "home" / f"kept{len(options)}.pcapng"
            self.tshark.run(*options, "-n", "-r", self.tshark.stage(FIELD_DAY), "-Y", wanted, "-w", name)
            return frames(name)

        whole, one, two = frames(self.tshark.stage(FIELD_DAY)), kept("gotop"), kept("gotop", "-2")
        self.assertEqual(kept("tcp.port == 8888 || udp.port == 8888"), whole)
        if self.version < (4, 4):
            self.assertEqual((whole, one, two), (244, 225, 241))
        elif self.version < (4, 6):
            self.assertEqual((whole, one, two), (244, 226, 226))
        else:
            self.assertLessEqual(one, two)
            self.assertLess(two, whole)

    def test_forms_are_those_of_the_table_by_version(self):
        def first(*options):
            return self.tshark.run("-n", "-r", self.tshark.stage(FIELD_DAY), "-c", "4", "-Y", "gotop.valid", *options).decode()

        later = self.version >= (4, 4)
        texts = first("-T", "fields", "-E", "occurrence=f", "-e", "gotop.valid", "-e", "gotop.device_time").split("\t")
        self.assertEqual(texts[0].splitlines()[0], "True" if later else "1")
        iso, words = r"\d{4}-\d\d-\d\dT[\d:]{8}\.\d{9}Z", r"[A-Z][a-z]{2} [ \d]\d, \d{4} [\d:]{8}\.\d{9} UTC"
        form = iso if self.version >= (4, 6) else words
        self.assertRegex(texts[1].splitlines()[0], rf"\A{form}\Z")
        text = first("-T", "json")
        self.assertIn('"gotop.valid": "1"', text)
        self.assertRegex(text, rf'"gotop\.device_time": "{form}"')
        text = first("-T", "ek")
        self.assertIn('"gotop_gotop_valid":true', text)
        number = r"\d+" if self.version >= (4, 6) else r"0x[0-9a-f]+"
        self.assertRegex(text, rf'"gotop_gotop_status":"{number}"')
        self.assertRegex(text, rf'"gotop_gotop_device_time":"{iso}"')

    def accepts(self, text):
        command = [*self.tshark.command, "-n", "-r", self.tshark.stage(FIELD_DAY), "-Y", text]
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
        return len(done.stdout.splitlines()) if done.returncode == 0 else None

    def test_filters_are_taken_as_the_table_by_version_says(self):
        quoted = self.accepts('gotop.device_id == "359280010000011"')
        self.assertGreater(quoted, 50)
        self.assertEqual(self.accepts("gotop.device_id == 359280010000011"), quoted if self.version < (4, 4) else None)
        time = 'gotop.device_time >= "2026-03-08 %s"'
        utc = self.accepts(time % "06:00:00 UTC")
        self.assertGreater(utc, 50)
        self.assertEqual(self.accepts('gotop.device_time >= "2026-03-08T06:00:00Z"'), utc)
        self.assertEqual(self.accepts('gotop.device_time >= "2026-03-08T08:00:00+02:00"'), utc)
        # Central Standard Time, whatever CST is where the user lives
        if self.version < (4, 4):
            self.assertIsNone(self.accepts(time % "14:00:00 CST"))
        else:
            self.assertEqual(self.accepts(time % "00:00:00 CST"), utc)


if __name__ == "__main__":
    unittest.main(verbosity=2)
