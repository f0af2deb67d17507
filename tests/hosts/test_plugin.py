# SPDX-License-Identifier: GPL-2.0-or-later
"""What only the plugin has: labels, links between frames, other protocols on the port, statistics, expert information.

Traffic is made here, with expected values from docs/PROTOCOL.md, docs/STARTEK.md and the contract of the programs."""
import re
import unittest
import xml.etree.ElementTree

import harness
from pcap import Capture
from talk import BODY, ID, OTHER_ID, SERVER, PluginTest, Talk, fifotrack, gotop, startek


class ArgumentTest(PluginTest):
    def test_an_argument_is_shown_by_its_meaning_and_filtered_by_its_text(self):
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        talk.up(gotop(f"CMD-T,{BODY}"))
        talk.down(b":123456M1,030S#")
        talk.down(b":123456J1,080#")
        talk.down(b":123456S9,whatever#")
        _, tracking, speed, unknown = self.show("-Y", "gotop")
        self.assertEqual(tracking.fields["gotop.argument"], ["1", "030S"])
        self.assertEqual(tracking.labels["gotop.argument"], ["Tracking: on", "Interval: 30 s"])
        self.assertEqual(speed.fields["gotop.argument"], ["1", "080"])
        self.assertEqual(speed.labels["gotop.argument"], ["Speed alarm: on", "Speed: 80 km/h"])
        self.assertTrue(all(label.startswith("Argument") for label in unknown.labels["gotop.argument"]))
        filtered = self.show("-Y", 'gotop.argument == "030S"')
        self.assertEqual([layer.packet for layer in filtered], [tracking.packet])


class LinkTest(PluginTest):
    def links(self, *options):
        return [tuple(x.one(n) for n in ("request_in", "response_in", "response_time")) for x in self.show(*options)]

    def test_answers_and_commands_are_linked(self):
        """docs/PROTOCOL.md 8; docs/STARTEK.md 1.4: an answer repeats the index."""
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        first = talk.down(b":123456M1,030S#:123456J1,080#")
        talk.up(gotop(f"CMD-T,{BODY}"))
        answers = talk.up(gotop(f"CMD-J,{BODY}") + gotop(f"CMD-M,{BODY}"))
        bad = talk.down(b":123456S9#")
        refusal = talk.up(gotop("ERROR!"))
        other = Talk(self.capture, ("10.0.0.2", 20000))
        two = other.down(startek("800", index="B", head="$$") + startek("102", "60,60,600", index="C", head="$$"))
        done = other.up(startek("102", "OK", index="C"))
        none = (None, None, None)
        requests = [(None, answers), (None, answers), none, (first, None), (first, None)]
        requests += [(None, refusal), (bad, None), none, (None, done), (two, None)]
        times = {first: "2.000000000", bad: "1.000000000", two: "1.000000000"}
        wanted = [tuple(None if v is None else str(v) for v in r[:2]) + (times.get(r[0]),) for r in requests]
        self.assertEqual(self.links("-2"), wanted)
        one_pass = [(request, None, time) for request, _, time in wanted]
        self.assertEqual(self.links(), one_pass)

    def test_an_answer_belongs_to_its_own_conversation_and_comes_in_time(self):
        talk, other = (Talk(self.capture, (f"10.0.0.{n}", 20000)) for n in (1, 2))
        talk.down(b":123456J1,080#")
        other.up(gotop(f"CMD-J,{BODY}", OTHER_ID))
        self.capture.time += 121_000
        talk.up(gotop(f"CMD-J,{BODY}"))
        self.assertEqual(self.links("-2"), [(None, None, None)] * 3)

    def test_an_answer_belongs_to_the_device_that_was_asked(self):
        """Two devices in one conversation, asked with the same index or serial; the second answers first."""
        for make, code, head in ((startek, "800", "$$"), (fifotrack, "B03", "##")):
            self.capture = Capture()
            device = ("10.0.0.5", 20000)
            for asked in (ID, OTHER_ID):
                self.capture.udp(SERVER, device, make(code, "60" if make is fifotrack else "", asked, head=head))
            for answers in (OTHER_ID, ID):
                self.capture.udp(device, SERVER, make(code, "OK", answers))
            wanted = [(None, "4"), (None, "3"), ("2", None), ("1", None)]
            self.assertEqual([link[:2] for link in self.links("-2")], wanted)

    def test_an_answer_over_udp_and_one_spread_over_segments(self):
        device = ("10.0.0.3", 20000)
        self.capture.udp(device, SERVER, gotop("CMD-X"))
        self.capture.udp(SERVER, device, b":123456M1,030S#")
        self.capture.udp(device, SERVER, gotop(f"CMD-M,{BODY}"))
        talk = Talk(self.capture, ("10.0.0.4", 20000))
        asked = talk.down(b":123456M1,030S#")
        answer = gotop(f"CMD-M,{BODY}")
        talk.up(answer[:30])
        talk.up(answer[30:31])
        last = talk.up(answer[31:])
        wanted = [(None, None, None), (None, "3", None), ("2", None, "0.001000000")]
        wanted += [(None, str(last), None), (str(asked), None, "3.000000000")]
        self.assertEqual(self.links("-2"), wanted)

    def test_reports_of_a_device_are_linked_over_conversations(self):
        talk, other = (Talk(self.capture, (f"10.0.0.{n}", 20000)) for n in (1, 2))
        first = talk.up(gotop(f"CMD-T,{BODY}") + gotop("CMD-X"))
        other.up(gotop(f"CMD-T,{BODY}", OTHER_ID))
        talk.down(b":123456M1,030S#")
        talk.up(gotop(f"CMD-M,{BODY}"))  # an answer is no report
        last = other.up(gotop("ALM-A," + BODY) + gotop("ALM-A," + BODY, OTHER_ID))
        names = ("previous_report", "next_report")
        links = [tuple(x.one(n) for n in names) for x in self.show("-2")]
        none = (None, None)
        wanted = [(None, first), (first, last), (None, last), none, none, (first, None), (last - 3, None)]
        self.assertEqual(links, [tuple(None if v is None else str(v) for v in pair) for pair in wanted])
        self.assertEqual({x.one("device_id") for x in self.show("-Y", f"frame.number == {last - 2}")}, {ID})


H02 = b"*HQ,4209917484,V1,104522,A,2245.8040,N,11423.8687,E,000.00,000,030226,FFFFFBFF#"


class OtherProtocolTest(PluginTest):
    """docs/SHARED-PORT.md: other dissectors first; then the name; what matches nothing is not claimed."""

    def test_another_makers_protocol_is_named(self):
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        packets = [talk.up(H02), talk.down(b"*HQ,4209917484,V4,V1,20260203104522#"), talk.up(H02[:20]), talk.up(H02[20:])]
        self.capture.udp(("10.0.0.2", 20000), SERVER, b"imei:359586018966098,tracker,0809231929,,F,1.000,A,2,N,1,E,0;")
        for options in ((), ("-2",)):
            shown = self.show(*options)
            self.assertEqual([(x.packet, x.one("other_protocol")) for x in shown],
                             [(p, "H02") for p in packets] + [(packets[-1] + 1, "GPS103")])  # fmt: skip
            self.assertEqual({name for x in shown for name in x.fields} - {"gotop.other_protocol", ""}, set())
        self.assertEqual(self.summaries()[packets[0] - 1], ("TCP", "not GOTOP: looks like H02"))

    def test_a_dissector_that_knows_it_comes_first(self):
        body = b"device=1&text=" + b"x" * 40
        post = b"POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        talk.up(post[:70])
        last = talk.up(post[70:])
        talk.down(b"HTTP/1.1 204 No Content\r\n\r\n")
        git = Talk(self.capture, ("10.0.0.2", 9418))  # known by its port
        git.up(H02)
        text = self.tshark.run("-n", "-r", self.stage(), "-T", "pdml", "-Y", "http.request.method == POST")
        fields = {f.get("name"): f for f in xml.etree.ElementTree.fromstring(text).iter("field")}
        self.assertEqual(fields["num"].get("show"), str(last))
        # as bytes: what it shows is text in some versions and hexadecimal in others
        self.assertEqual(bytes.fromhex(fields["http.file_data"].get("value")), body)
        self.assertEqual(self.show(), [])

    def test_what_matches_nothing_is_not_claimed(self):
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        talk.up(bytes(range(200, 240)))
        talk.down(b"hello\r\n")
        self.assertEqual(self.show(), [])
        self.assertEqual(self.summaries("-Y", "data"), [("TCP", info) for _, info in self.summaries("-Y", "data")])
        self.assertEqual(len(self.summaries("-Y", "data")), 2)

    def test_in_such_a_stream_only_whole_frames_of_listed_codes_are_ours(self):
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        talk.up(H02)
        talk.up(gotop(f"CMD-QQ,{BODY}"))
        talk.up(gotop(f"CMD-T,{BODY}") + H02 + gotop(f"CMD-QQ,{BODY}"))
        talk.up(H02)
        shown = self.show()
        self.assertEqual([x.one("code") for x in shown], [None, None, "CMD-T", None, None, None])
        self.assertEqual([x.one("other_protocol") for x in shown], ["H02", "H02", None, "H02", "H02", "H02"])
        self.assertEqual({x.one("leftover_reason") for x in shown[3:]}, {"other_protocol"})

    def test_leftovers_of_our_conversation_are_named(self):
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        talk.up(gotop("CMD-X"))
        talk.down(b"hello\r\n")
        talk.up(b"hello\r\n")
        talk.up(H02[:50])
        talk.up(H02[50:] + gotop("CMD-X"))
        talk.down(bytes([1, 2, 3, 200]))
        shown = [(x.one("leftover_reason"), x.one("other_protocol")) for x in self.show()]
        wanted = [(None, None), ("undefined_text", None), ("junk", None)]
        # "once junk has begun it lasts to the next opener": the second hello and H02 are one stretch
        wanted += [("junk", None)] * 2 + [(None, None), ("junk", None)]
        self.assertEqual(shown, wanted)
        self.assertTrue(all(x.one("device_id") == ID for x in self.show()))

    def test_a_foreign_line_between_our_frames_keeps_its_name_over_segments(self):
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        talk.up(gotop("CMD-X") + H02[:50])
        talk.up(H02[50:] + gotop("CMD-X"))
        shown = [(x.one("leftover_reason"), x.one("other_protocol")) for x in self.show()]
        self.assertEqual(shown, [(None, None), ("other_protocol", "H02"), ("other_protocol", "H02"), (None, None)])


class StatisticsTest(PluginTest):
    def traffic(self):
        """Two devices on one connection each; the second packet of the first holds two frames."""
        talk, other = (Talk(self.capture, (f"10.0.0.{n}", 20000)) for n in (1, 2))
        talk.up(gotop(f"CMD-T,{BODY}"))
        talk.up(gotop(f"ALM-A,{BODY}") + gotop("CMD-X"))
        talk.down(b":123456M1,030S#")
        talk.up(gotop(f"CMD-M,{BODY}"))
        talk.down(b":123456M0,030S#")
        self.capture.time += 1000
        talk.up(gotop(f"CMD-M,{BODY}"))
        other.up(startek("102", "OK", OTHER_ID))
        return talk, other

    def statistics(self, *names):
        options = [option for name in names for option in ("-z", name)]
        return self.tshark.run("-n", "-q", "-r", self.stage(), *options).decode()

    def test_tree_times_endpoints_and_conversations(self):
        self.traffic()
        text = self.statistics("gotop,tree", "gotop,srt", "endpoints,gotop", "conv,gotop")
        rows = [line.replace(" bytes", "").split() for line in text.splitlines()]
        counts = {row[0]: row[1] for row in rows if len(row) > 3 and row[3].endswith("%")}
        wanted = {"position": "1", "event": "1", "heartbeat": "1", "command": "2", "answer": "3", "sos": "1"}
        self.assertEqual({name: counts.get(name) for name in wanted}, wanted)
        self.assertEqual((counts[ID], counts[OTHER_ID]), ("7", "1"))
        self.assertIn(["0", "M", "2", "1.000000", "2.000000", "1.500000", "3.000000"], rows)
        # packets sent and received: the command is the device's, by its conversation
        endpoints = {row[0]: (row[1], row[3], row[5]) for row in rows if len(row) == 7 and row[0].isdigit()}
        self.assertEqual(endpoints[ID], ("6", "4", "2"))
        self.assertEqual(endpoints[OTHER_ID], ("1", "1", "0"))
        pairs = {row[0]: (row[3], row[5]) for row in rows if len(row) > 9 and row[1:3] == ["<->", SERVER[0]]}
        self.assertEqual(pairs, {ID: ("2", "4"), OTHER_ID: ("0", "1")})

    def test_filters_of_endpoints_and_conversations_find_their_packets(self):
        """Each that Wireshark offers shows the packets that the row counts, and one with a direction those of it."""
        self.traffic()
        captures = harness.TESTS.parent / "samples" / "captures"
        for path in (self.stage(), *map(self.tshark.stage, sorted(captures.glob("*.pcap")))):
            (answer,) = self.tshark.sharkd(path, ("tap", {"tap0": "conv:GOTOP", "tap1": "endpt:GOTOP"}))
            tables = {table["type"]: table for table in answer["taps"]}
            conversations, endpoints = tables["conv"]["convs"], tables["host"]["hosts"]
            self.assertGreater(len(conversations), 1)
            self.assertEqual(len(conversations), len(endpoints))  # each device spoke with one address
            wanted = {row["filter"]: row["txf"] + row["rxf"] for row in conversations + endpoints}
            for row in conversations:
                for source, destination, count in (("saddr", "daddr", "txf"), ("daddr", "saddr", "rxf")):
                    wanted[f'gotop.src == "{row[source]}" && gotop.dst == "{row[destination]}"'] = row[count]
            self.assertEqual(len(wanted), 4 * len(conversations))
            found = self.tshark.sharkd(path, *(("frames", {"filter": text}) for text in wanted))
            self.assertEqual(dict(zip(wanted, map(len, found))), wanted, path.name)

    def test_follow_stream(self):
        talk, other = self.traffic()
        self.capture.udp(("10.0.0.3", 20000), SERVER, gotop("CMD-X"))
        pair = f"{other.client[0]}:20000,{SERVER[0]}:8888"
        text = self.statistics("follow,gotop,ascii,0", "follow,gotop,ascii,2", f"follow,gotop,raw,{pair}")
        parts = text.split("Follow: gotop,")[1:]
        first, udp, raw = (next(p for p in parts if key in p) for key in ("stream eq 0", "stream eq 2", "raw\n"))
        sent = [f"CMD-T,{BODY}", f"CMD-M,{BODY}", f"CMD-M,{BODY}"]
        self.assertEqual([line for line in first.splitlines() if line.startswith("#")],
                         [f"#{ID},{sent[0]}#", f"#{ID},ALM-A,{BODY}##{ID},CMD-X#"] + [f"#{ID},{s}#" for s in sent[1:]])  # fmt: skip
        self.assertEqual(first.count(":123456M"), 2)
        self.assertIn(f"#{ID},CMD-X#", udp)
        self.assertIn(startek("102", "OK", OTHER_ID).hex(), raw)
        streams = [x.one("stream") for x in self.show()]
        self.assertEqual(streams, ["0"] * 7 + ["1", "2"])

    def test_export_objects(self):
        """docs/STARTEK.md 6: 265 sends name,offset,size,bytes; what is missing is named, not filled silently."""
        talk, other = (Talk(self.capture, (f"10.0.0.{n}", 20000)) for n in (1, 2))
        picture = bytes(range(256)) * 10

        def package(name, start, end):
            body = b",%s,265,%s,%d,%d," % (ID.encode(), name, start, end - start) + picture[start:end]
            frame = b"&&A%d" % len(body) + body
            return frame + b"%02X\r\n" % (sum(frame) % 256)

        talk.up(package(b"a.jpg", 1024, 2048))
        talk.up(package(b"a.jpg", 0, 1024) + package(b"b/c.jpg", 0, 100))
        talk.up(package(b"a.jpg", 2048, 2560) + package(b"a.jpg", 0, 1024))
        talk.up(package(b"b/c.jpg", 200, 300))
        talk.up(package(b"d.jpg", 5, 10).replace(b"d.jpg,5,", b"d.jpg,x,"))  # damaged
        serial = other.up(gotop("CMD-Z,85,123,abc", OTHER_ID))
        folder = self.tshark.home / "home" / "objects"
        self.tshark.run("-n", "-q", "-r", self.stage(), "--export-objects", f"gotop,{folder}")
        got = {path.name: path.read_bytes() for path in folder.iterdir()}
        self.assertEqual(got, {
            f"{ID}-a.jpg": picture,
            f"{ID}-b%2fc.jpg.incomplete": picture[:100] + picture[200:300],
            f"{OTHER_ID}-packet-{serial}.bin": b"85,123,abc",
        })  # fmt: skip

    def test_timeline_has_the_rows_of_s7timeline(self):
        """Captures without loss: the same rows, but for what only s7timeline knows. It holds some back, to see whether
        they are acknowledged."""
        for name in ("gotop", "startek"):
            path = harness.TESTS.parent / "samples" / "captures" / f"{name}.pcap"
            text = self.tshark.run("-n", "-q", "-r", self.tshark.stage(path), "-z", "gotop,timeline")
            rows, wanted = harness.read_csv(text), harness.read_csv(harness.s7timeline("-q", "--stdout", path).stdout)
            self.assertGreater(len(rows), 20)
            for row in wanted:
                row.update(details="", stream_offset="", packets=row["packets"].split(";")[-1])
                row["stream"] = str(int(row["stream"]) - 1)
                row["flags"] = ";".join(harness.frame_flags(row["flags"]))
            for table in (rows, wanted):
                table.sort(key=lambda row: (int(row["packets"]), row["raw"]))
            self.assertEqual([row["raw"] for row in rows], [row["raw"] for row in wanted])
            problems = [(got["raw"], column, got[column], row[column]) for got, row in zip(rows, wanted)
                        for column in harness.COLUMNS if got[column] != row[column]]  # fmt: skip
            self.assertEqual(problems, [])

    def test_timeline_masks_and_filters(self):
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        talk.up(gotop(f"CMD-T,{BODY}"))
        talk.down(b":654321H135790#")
        path = self.stage()
        text = self.tshark.run("-n", "-q", "-r", path, "-z", "gotop,timeline,gotop.kind == command").decode()
        self.assertIn(":******H******#", text)
        self.assertNotIn("135790", text)
        self.assertEqual(len(text.splitlines()), 2)


class ExpertTest(PluginTest):
    def test_groups_and_severities(self):
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        talk.up(gotop(f"ALM-A,{BODY}"))
        talk.up(gotop(f"ALM-C,{BODY}"))
        talk.down(b":123456M1,030S#")
        talk.up(gotop("ERROR!"))
        talk.down(b":654321M1,030S#")
        talk.up(startek("102", "OK")[:-4] + b"00\r\n")
        found = {}
        for layer in self.show("-Y", "gotop"):
            for message, severity, group in zip(*(layer.fields.get(f"_ws.expert.{n}", []) for n in ("message", "severity", "group"))):
                found.setdefault(layer.packet, []).append((message.split(":")[0], int(severity) >> 20, int(group) >> 24))
        chat, note, warning, error = 2, 4, 6, 8
        sequence, response, security, checksum = 2, 3, 10, 1
        self.assertEqual(found, {
            4: [("Alarm", note, sequence)],
            5: [("Event", chat, sequence)],
            6: [("The password is the one of the factory, 123456", warning, security)],
            7: [("The device refused a command", note, response)],
            9: [("Not used as a report (checksum_bad)", error, checksum)],
        })  # fmt: skip


class PassesTest(PluginTest):
    FIELDS = ("frame.number _ws.col.Info gotop.kind gotop.frame gotop.flag gotop.device_id gotop.stream gotop.leftover "
              "gotop.leftover_reason gotop.other_protocol gotop.request_in gotop.response_time gotop.previous_report")  # fmt: skip

    def test_one_pass_shows_what_two_show(self):
        """Links that point forward apart; with segments put in order and without."""
        path = self.tshark.stage(harness.TESTS.parent / "samples" / "captures" / "field-day.pcap")
        fields = [option for field in self.FIELDS.split() for option in ("-e", field)]
        for order in ("TRUE", "FALSE"):
            options = ("-n", "-r", path, "-o", f"tcp.reassemble_out_of_order:{order}", "-T", "fields", *fields)
            # of TCP, where it hands nothing over: since 4.2 also in the Info column
            later = re.compile(rb"( Len=\d+) \[TCP PDU reassembled in \d+\]\t")
            outputs = (later.sub(rb"\1\t", self.tshark.run(*passes, *options)) for passes in ([], ["-2"]))
            one, two = (output.splitlines() for output in outputs)
            self.assertGreater(sum(b"position" in line for line in one), 50)
            # In 4.6 TCP gives up on a segment behind a lost one in the second pass, of HTTP too, if it keeps no order.
            kept = [pair for pair in zip(one, two) if b"[Reassembly error, protocol TCP: " not in pair[1]]
            self.assertGreaterEqual(len(kept), len(one) - (2 if order == "FALSE" else 0))
            # It also keeps back bytes there that a late segment repeated: leftovers behind a loss may look shorter.
            frames = [[line.split(b"\t")[2:6] for line in pair] for pair in kept]
            self.assertEqual([pair[0] for pair in frames], [pair[1] for pair in frames])
            other = [pair for pair in kept if pair[0] != pair[1]]
            self.assertLessEqual(len(other), 1 if order == "FALSE" and self.tshark.version() >= (4, 6) else 0)
            self.assertTrue(all(b"[TCP Previous segment not captured]" in line for pair in other for line in pair))
            self.assertEqual(len(one), len(two))

    def test_a_tree_changes_nothing(self):
        path = self.tshark.stage(harness.TESTS.parent / "samples" / "captures" / "field-day.pcap")
        without = self.tshark.run("-n", "-q", "-r", path, "-z", "gotop,timeline")
        self.assertEqual(without, self.tshark.run("-n", "-q", "-r", path, "-z", "gotop,timeline,gotop.kind"))
        self.assertGreater(without.count(b"position"), 50)


if __name__ == "__main__":
    unittest.main(verbosity=2)
