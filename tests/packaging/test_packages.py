# SPDX-License-Identifier: GPL-2.0-or-later
"""The packages that cpack makes of this build, and what `cmake --install` puts where, without installing them:
tests/packages does that in a bare system."""
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
TOP = TESTS.parent
sys.path.insert(0, str(TESTS / "hosts"))
import harness  # noqa: E402  # pylint: disable=wrong-import-position

BUILD = Path(os.environ["BUILD"])
PLUGIN, ANALYZER = "wireshark-plugin-gotop", "s7timeline"
WIRESHARK = Path(os.environ["GOTOP_PLUGIN"]).parent.parent.name
PROFILE = "usr/share/wireshark/profiles/GOTOP S7"
MANUAL = "share/man/man1/s7timeline.1.gz"
COMPLETION = "share/bash-completion/completions/s7timeline"
ANALYZER_DOCUMENTS = {"ANALYSIS.md", "COLUMNS.md", "EVENTS.md", "RECORDS.md", "SCALE.md", "TRACKS.md", "TUNNELS.md", "reports.schema.json"}
DOCUMENTS = {"CLOCKS.md", "CONVERSATIONS.md", "FIFOTRACK.md", "FLAGS.md", "MAPPING.md", "PROTOCOL.md", "SHARED-PORT.md", "STARTEK.md", "mapping.example"}


def output(*command, **options):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command}: status {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def files(folder):
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir()}


class PackagesTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="gotop-packages-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        # With the umask of a cautious builder.
        output("cpack", "-G", "DEB", "-B", cls.folder / "made", cwd=BUILD, umask=0o077)
        cls.packages = {}
        for path in (cls.folder / "made").glob("*.deb"):
            name = output("dpkg-deb", "-f", path, "Package").strip()
            cls.packages[name] = path
            output("dpkg-deb", "-x", path, cls.folder / name)
        cls.libdir = f"usr/lib/{output('dpkg-architecture', '-qDEB_HOST_MULTIARCH').strip()}"

    def control(self, package):
        text = output("dpkg-deb", "-f", self.packages[package])
        return dict(re.findall(r"^([\w-]+): ((?:.*)(?:\n .*)*)", text, re.M))

    def test_there_are_two(self):
        self.assertEqual(set(self.packages), {PLUGIN, ANALYZER})
        changelog = (TOP / "packaging" / "changelog").read_text()
        version = re.match(r"gotop-s7 \((\S+)\)", changelog)[1]
        architecture = output("dpkg", "--print-architecture").strip()
        self.assertEqual(output(os.environ["S7TIMELINE"], "--version"), f"s7timeline {version.split('-')[0]}\n")
        for name, path in self.packages.items():
            self.assertEqual(path.name, f"{name}_{version}_{architecture}.deb")

    def test_control_fields(self):
        for package in (PLUGIN, ANALYZER):
            control = self.control(package)
            self.assertEqual(control["Section"], "net")
            self.assertRegex(control["Maintainer"], r"^[^<]+ <\S+@\S+>$")
            synopsis, *text = control["Description"].splitlines()
            self.assertRegex(synopsis, "GOTOP S7")
            self.assertLess(len(synopsis), 80)
            self.assertGreater(len(text), 3)

    def test_dependencies(self):
        """Libraries as the linker knows them, and for the plugin programs of just the version that loads it."""
        plugin = self.control(PLUGIN)["Depends"].split(", ")
        major, minor = WIRESHARK.split(".")
        self.assertIn(f"wireshark-common (>= {WIRESHARK}~)", plugin)
        self.assertIn(f"wireshark-common (<< {major}.{int(minor) + 1}~)", plugin)
        self.assertIn("wireshark | tshark", plugin)
        self.assertRegex(", ".join(plugin), r"libwireshark\d+\w* ")
        analyzer = self.control(ANALYZER)["Depends"]
        for library in ("libc6", "libglib2.0-0", "libpcap0.8", "libsqlite3-0", "libssl3", "libwiretap"):
            self.assertIn(library, analyzer)
        self.assertNotRegex(analyzer, r"libwireshark|wireshark-common|tshark")

    def test_files(self):
        plugin_doc, analyzer_doc = f"usr/share/doc/{PLUGIN}", f"usr/share/doc/{ANALYZER}"
        debian = {"copyright", "changelog.gz", "changelog.Debian.gz"}
        wanted = {f"{self.libdir}/wireshark/plugins/{WIRESHARK}/epan/gotop.so"}
        wanted |= {f"{PROFILE}/{name}" for name in files(TOP / "plugin/profile/GOTOP S7")}
        wanted |= {f"{plugin_doc}/{name}" for name in DOCUMENTS | debian | {"WIRESHARK.md"}}
        self.assertEqual(files(self.folder / PLUGIN), wanted)
        wanted = {"usr/bin/s7timeline", f"usr/{MANUAL}", f"usr/{COMPLETION}"}
        wanted |= {f"{analyzer_doc}/{name}" for name in DOCUMENTS | debian | ANALYZER_DOCUMENTS}
        self.assertEqual(files(self.folder / ANALYZER), wanted)

    def test_owners_and_rights(self):
        for package in (PLUGIN, ANALYZER):
            for line in output("dpkg-deb", "-c", self.packages[package]).splitlines():
                rights, owner, *_, name = line.split(maxsplit=5)
                self.assertEqual(owner, "root/root", line)
                program = rights[0] == "d" or name.startswith("./usr/bin/")
                self.assertEqual(rights[1:], "rwxr-xr-x" if program else "rw-r--r--", line)

    def test_contents(self):
        for package in (PLUGIN, ANALYZER):
            doc = self.folder / package / "usr/share/doc" / package
            self.assertIn("/usr/share/common-licenses/GPL-2", (doc / "copyright").read_text())
            for name, source in (("changelog", "CHANGELOG.md"), ("changelog.Debian", "packaging/changelog")):
                packed = (doc / f"{name}.gz").read_bytes()
                self.assertEqual(gzip.decompress(packed), (TOP / source).read_bytes())
                self.assertEqual(packed[4:8], bytes(4), "no time in it: the same source gives the same file")
        for name in files(TOP / "plugin/profile/GOTOP S7"):
            packed = self.folder / PLUGIN / PROFILE / name
            self.assertEqual(packed.read_bytes(), (TOP / "plugin/profile/GOTOP S7" / name).read_bytes())
        analyzer = self.folder / ANALYZER / "usr"
        manual = gzip.decompress((analyzer / MANUAL).read_bytes())
        self.assertEqual(manual, (TOP / "docs/s7timeline.1").read_bytes())
        self.assertEqual((analyzer / COMPLETION).read_bytes(), (TOP / "packaging/s7timeline.bash").read_bytes())

    def test_manual_names_what_is_there(self):
        """Documents that the manual page refers to."""
        names = re.findall(r"\b([A-Z-]+\.md)\b", (TOP / "docs/s7timeline.1").read_text())
        self.assertGreater(len(names), 1)
        for name in names:
            self.assertTrue((self.folder / ANALYZER / "usr/share/doc" / ANALYZER / name).is_file(), name)

    def test_every_document_is_packed(self):
        """In the one package or the other; its links lead to another that is packed, to the manual page or into the source."""
        packed = {name for package in (PLUGIN, ANALYZER) for name in os.listdir(self.folder / package / "usr/share/doc" / package)}
        documents = sorted((TOP / "docs").glob("*.md"))
        self.assertGreater(len(documents), 10)
        self.assertLessEqual({path.name for path in documents}, packed)
        for path in documents:
            for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text()):
                if not link.startswith("../"):
                    self.assertIn(link, packed | {"s7timeline.1"}, path.name)
        for link in re.findall(r"\]\(docs/([^)#]+)", (TOP / "README.md").read_text()):
            self.assertTrue(link in packed or link.endswith(".png"), link)

    def test_packed_programs_run(self):
        """Stripping must leave both whole."""
        self.assertRegex(output(self.folder / ANALYZER / "usr/bin/s7timeline", "--version"), r"^s7timeline \d")
        plugin = self.folder / PLUGIN / self.libdir / "wireshark/plugins" / WIRESHARK / "epan/gotop.so"
        self.assertNotIn(".debug_info", output("readelf", "-SW", plugin))
        before = os.environ["GOTOP_PLUGIN"]
        os.environ["GOTOP_PLUGIN"] = str(plugin)
        self.addCleanup(os.environ.__setitem__, "GOTOP_PLUGIN", before)
        tshark = harness.Tshark()
        self.addCleanup(tshark.close)
        self.assertGreater(len(tshark.frames(TOP / "samples/captures/startek.pcap")), 10)

    def test_plain_installation(self):
        """cmake --install: below the prefix, but the plugin and its profile where Wireshark looks."""
        root = self.folder / "root"
        output("cmake", "--install", BUILD, "--prefix", "/opt/s7", env=dict(os.environ, DESTDIR=str(root)))
        wanted = {f"{self.libdir}/wireshark/plugins/{WIRESHARK}/epan/gotop.so"}
        wanted |= {f"{PROFILE}/{name}" for name in files(TOP / "plugin/profile/GOTOP S7")}
        wanted |= {f"opt/s7/{name}" for name in ("bin/s7timeline", MANUAL, COMPLETION)}
        wanted |= {f"opt/s7/share/doc/{PLUGIN}/{name}" for name in DOCUMENTS | {"WIRESHARK.md"}}
        wanted |= {f"opt/s7/share/doc/{ANALYZER}/{name}" for name in DOCUMENTS | ANALYZER_DOCUMENTS}
        self.assertEqual(files(root), wanted)


if __name__ == "__main__":
    unittest.main(verbosity=2)
