# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin where the capture is not kind to it: loss, disorder, streams without a beginning, frames without an end, errors
that quote packets. What it shows must not depend on how often, or for whom, Wireshark dissects a packet."""
import random
import unittest

import harness
import test_loss
from pcap import Capture
from talk import BODY, ID, OTHER_ID, SERVER, PluginTest, Talk, gotop, startek

ORDERS = {name: ("-o", f"tcp.reassemble_out_of_order:{name}") for name in ("FALSE", "TRUE")}
# Everything about frames but what leads forward. (On the second pass TCP keeps back bytes that a late segment brought
# again: where these are in no frame, less of them is shown then.)
FIELDS = (
    "frame.number frame.protocols gotop.kind gotop.frame gotop.flag gotop.device_id gotop.stream gotop.leftover_reason "
    "gotop.other_protocol gotop.request_in gotop.response_time gotop.previous_report"
).split()


def disturbed_traffic(seed, lossy):
    """A capture of generated streams: segments in another order, repeated, overlapping; if lossy, some missing, and some
    streams without their first segments."""
    rng, capture = random.Random(seed), Capture()
    for index, (direction, data) in enumerate(test_loss.generated_streams(seed)):
        segments = test_loss.cut(rng, len(data))
        if lossy:
            segments, _ = test_loss.lose(rng, segments)
        segments, _ = test_loss.disturb(rng, segments)
        if lossy and rng.random() < 0.3:
            segments = segments[rng.randrange(len(segments)) :]
        test_loss.connect(capture, (f"10.3.0.{index + 1}", 30000 + index), data, direction == "up", segments)
    return capture


class SameAlwaysTest(PluginTest):
    def check(self, path):
        fields = [option for field in (*FIELDS, "_ws.col.Info") for option in ("-e", field)]
        for order in ORDERS.values():
            options = ("-n", "-r", path, *order, "-T", "fields", *fields)
            one, two = (self.tshark.run(*passes, *options).decode().splitlines() for passes in ((), ("-2",)))
            self.assertEqual(len(one), len(two))
            self.assertGreater(sum("gotop" in line for line in two), 30)
            for first, second in zip(one, two):
                # In 4.6 TCP gives up on a segment behind a lost one in the second pass.
                if "[Reassembly error, protocol TCP: " not in second:
                    self.assertEqual(first.rsplit("\t", 1)[0], second.rsplit("\t", 1)[0])

    def test_one_pass_shows_what_two_show(self):
        for lossy in (False, True):
            for seed in (test_loss.SEED, 5, 9):
                self.capture = disturbed_traffic(seed, lossy)
                self.check(self.stage())

    def test_it_is_the_same_with_a_tree_and_without(self):
        """No tree; one at which nobody looks; one for a filter of ours; one for the fields of expert information."""
        self.capture = disturbed_traffic(test_loss.SEED, True)
        taps = [o for name in ("gotop,timeline", "gotop,tree", "gotop,srt", "expert") for o in ("-z", name)]
        paths = (self.stage(), self.tshark.stage(harness.TESTS.parent / "samples" / "captures" / "field-day.pcap"))
        for path in paths:
            outputs = []
            for more in ((), ("io,stat,0",), ("io,stat,0,gotop.flag",), ("io,stat,0,_ws.expert",)):
                options = [o for name in more for o in ("-z", name)]
                text = self.tshark.run("-n", "-q", "-r", path, *taps, *options).decode()
                outputs.append(sorted(line for line in text.splitlines() if "," in line or line.startswith(" ")))
            self.assertGreater(len(outputs[0]), 60)
            self.assertTrue(any("Security" in line or "Protocol" in line for line in outputs[0]))
            for output in outputs[1:]:
                missing = [line for line in outputs[0] if line not in output]
                self.assertEqual(missing, [])

    def test_expert_information_is_found_by_filter(self):
        """Also if no field of ours is asked for."""
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        talk.up(gotop(f"CMD-T,{BODY}"))
        packet = talk.up(startek("102", "OK")[:-4] + b"00\r\n")
        for text in ('_ws.expert.message contains "Not used as a report"', "gotop.flag.checksum_bad", 'gotop.flag == "checksum_bad"'):
            shown = self.tshark.run("-n", "-r", self.stage(), "-Y", text).splitlines()
            self.assertEqual([line.split()[0] for line in shown], [b"%d" % packet], text)


class DisorderTest(PluginTest):
    def rows(self, *options):
        """(packet, code) of each frame."""
        return [(x.packet, x.one("code")) for x in self.show(*options) if x.one("frame")]

    def test_segments_put_in_order_show_each_frame_once(self):
        """The frame that ends in the segment which was early, before another that goes on."""
        talk = Talk(self.capture, ("10.0.0.1", 20000))
        data = gotop("CMD-X") + gotop(f"CMD-T,{BODY}") + gotop(f"ALM-A,{BODY}")
        start = talk.next[talk.client]
        for begin, end in ((14, 44), (0, 14), (44, 70), (70, 120), (120, len(data))):
            talk.next[talk.client] = start + begin
            talk.up(data[begin:end])
        wanted = ["CMD-X", "CMD-T", "ALM-A"]
        for passes in ((), ("-2",)):
            rows = self.rows(*ORDERS["TRUE"], *passes)
            self.assertEqual([code for _, code in rows], wanted)
            self.assertEqual(rows, self.rows(*ORDERS["TRUE"]))

    def test_it_finds_its_place_again(self):
        """Behind a lost segment, and in a capture that begins in the midst of a stream, even of a frame."""
        frame = gotop(f"CMD-T,{BODY}")
        lost = Talk(self.capture, ("10.0.0.1", 20000))
        first = lost.up(frame + frame[:40])
        lost.next[lost.client] += 200
        found = lost.up(frame[60:] + frame)
        midst = Talk(self.capture, ("10.0.0.2", 20000), handshake=False)
        begun = midst.up(frame[30:] + startek("102", "OK"))
        split = midst.up(frame[:50])
        whole = midst.up(frame[50:])
        wanted = [(first, "CMD-T"), (found, "CMD-T"), (begun, "102"), (whole, "CMD-T")]
        self.assertNotIn(split, [packet for packet, _ in wanted])
        for passes in ((), ("-2",)):
            self.assertEqual(self.rows(*passes), wanted)

    def test_a_frame_without_an_end_is_given_up(self):
        """At 2048 bytes, or at once if it declares more. Then the rest is in no frame, and what follows is found."""
        for head, packets, reported in (
            (f"#{ID},CMD-Z,".encode(), 11 + 1, ("unknown", "truncated", None)),
            (b"&&A9999," + ID.encode() + b",710,", 1, (None, None, "too_long")),
        ):
            with self.subTest(head=head):
                self.capture = Capture()
                talk = Talk(self.capture, ("10.0.0.1", 20000))
                talk.up(gotop("CMD-X"))
                first = talk.up(head) - 1
                for _ in range(100):
                    talk.up(b"a" * 200)
                last = talk.up(gotop("CMD-X"))
                for options in ((), ("-2",), ORDERS["TRUE"]):
                    shown = [x for x in self.show(*options) if x.packet > first]
                    self.assertEqual(shown[0].packet, first + packets)
                    self.assertEqual(tuple(shown[0].one(n) for n in ("kind", "flag", "leftover_reason")), reported)
                    self.assertEqual([x.one("frame") for x in shown[1:-1]], [None] * (len(shown) - 2))
                    self.assertEqual((shown[-1].packet, shown[-1].one("code")), (last, "CMD-X"))


class QuotedTest(PluginTest):
    def test_an_error_that_quotes_a_packet_is_no_report(self):
        """ICMP: the frame is shown, but linked with nothing, counted nowhere, and it answers no command."""
        device = ("10.0.0.1", 20000)
        self.capture.udp(device, SERVER, gotop(f"CMD-T,{BODY}"))
        self.capture.unreachable(SERVER[0], 1)
        self.capture.udp(device, SERVER, gotop("CMD-X"))
        self.capture.udp(SERVER, device, b":123456M1,030S#")
        self.capture.unreachable(device[0], 4)
        self.capture.udp(device, SERVER, gotop(f"CMD-M,{BODY}"))
        talk = Talk(self.capture, ("10.0.0.2", 20000))
        split = talk.up(gotop("CMD-X", OTHER_ID)[:10])
        self.capture.unreachable(SERVER[0], split)
        whole = talk.up(gotop("CMD-X", OTHER_ID)[10:])
        for passes in ((), ("-2",)):
            shown = self.show(*passes)
            links = ("code", "previous_report", "request_in")
            self.assertEqual([(x.packet, *(x.one(n) for n in links)) for x in shown if x.one("code")], [
                (1, "CMD-T", None, None), (2, "CMD-T", None, None), (3, "CMD-X", "1", None), (4, "M", None, None),
                (5, "M", None, None), (6, "CMD-M", None, "4"), (whole, "CMD-X", None, None)])  # fmt: skip
        text = self.tshark.run("-n", "-q", "-r", self.stage(), "-z", "gotop,timeline").decode()
        self.assertEqual(len(text.splitlines()), 1 + 5)


if __name__ == "__main__":
    unittest.main(verbosity=2)
