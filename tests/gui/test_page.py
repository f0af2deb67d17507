# SPDX-License-Identifier: GPL-2.0-or-later
"""report.html in Chromium: what its parser makes of the page is what an XML parser makes of it, its console stays empty, and
there are pictures to look at. See page, which runs this."""
import os
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from html.parser import HTMLParser
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests" / "hosts"), str(TOP / "tests" / "support")]

import harness  # noqa: E402
from pcap import Capture  # noqa: E402
from talk import startek  # noqa: E402

PICTURES = Path(os.environ["GOTOP_PICTURES"])
VAN = "359280010000011"  # of field-day
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag.lower())


class PageTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="gotop-page-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def chromium(self, *options):
        """What it prints. Its console has nothing to say."""
        printed, said = self.run_chromium(*options)
        self.assertNotIn(":CONSOLE", said)
        return printed

    def run_chromium(self, *options):
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr"]
        command += ["--no-first-run", f"--user-data-dir={self.folder}/profile", *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
        return done.stdout, done.stderr

    def report(self, capture, *options):
        out = self.folder / "out"
        done = harness.s7timeline("-q", "--report", "--force", "-o", out, *options, capture)
        self.assertEqual(done.returncode, 0, done.stderr)
        return out / "report.html"

    def picture(self, page, name, width, height):
        self.chromium(f"--window-size={width},{height}", f"--screenshot={PICTURES}/{name}.png", page.as_uri())
        self.assertGreater((PICTURES / f"{name}.png").stat().st_size, 10000)

    def check(self, page):
        """The same elements in the same order."""
        tags = Tags()
        tags.feed(self.chromium("--dump-dom", page.as_uri()))
        root = xml.etree.ElementTree.parse(page).getroot()
        self.assertEqual(tags.tags, [e.tag.split("}")[1].lower() for e in root.iter()])

    def test_the_console_would_be_heard(self):
        page = self.folder / "loud.html"
        page.write_text("<script>console.error('loud')</script>")
        self.assertIn(":CONSOLE", self.run_chromium("--dump-dom", page.as_uri())[1])

    def test_the_samples(self):
        for capture in sorted((TOP / "samples" / "captures").glob("*.pcap")):
            with self.subTest(capture=capture.name):
                page = self.report(capture)
                self.check(page)
                self.picture(page, f"report-{capture.stem}", 1100, 3000)
                self.picture(page, f"report-{capture.stem}-narrow", 500, 3000)
                self.chromium("--no-pdf-header-footer", f"--print-to-pdf={PICTURES}/report-{capture.stem}.pdf", page.as_uri())

    def test_the_picture_of_the_readme(self):
        """The part of one device alone, without its tables."""
        page = self.report(TOP / "samples" / "captures" / "field-day.pcap", "-d", VAN)
        text = page.read_text("utf-8")
        part = re.search(r'<section class="device".*?(?=<h3>Trips)', text, re.S)[0]
        alone = self.folder / "van.html"
        alone.write_text(text[: text.index("<header>")] + part + "</section></main></body></html>", "utf-8")
        self.picture(alone, "report-van", 840, 2100)

    def test_nothing_is_run_that_a_device_sent(self):
        capture = Capture(start=1772600000)
        body = "A,41.1,2.7,9,1.0,0,0,0,1,214|7|1A2B|1234567,20,0000001D,00,00,0512|0199"
        for event in ("0,", f"53,{MARKUP}", "0,"):
            capture.udp(("10.0.0.1", 4000), ("192.0.2.1", 8888), startek("000", f"{event},260304050607,{body}"))
        capture.udp(("192.0.2.1", 8888), ("10.0.0.1", 4000), startek("102", MARKUP, head="$$"))
        path = self.folder / f"{MARKUP.replace('/', '')}.pcap"
        capture.write(path)
        page = self.report(path)
        self.assertIn("&lt;script&gt;", page.read_text("utf-8"))
        self.check(page)


if __name__ == "__main__":
    unittest.main()
