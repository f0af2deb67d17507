# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin where the capture is not kind to it: loss, disorder, streams without a beginning, frames without an end, errors
that quote packets. What it shows must not depend on how often, or for whom, Wireshark dissects a packet."""
import random
import unittest

import harness
import test_loss
from pcap import ACK, PSH, Capture
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
        fields = [option for field in FIELDS for option in ("-e", field)]
        for order in ORDERS.values():
            options = ("-n", "-r", path, *order, "-Y", "gotop", "-T", "fields", *fields)
            one, two = (self.tshark.run(*passes, *options).decode().splitlines() for passes in ((), ("-2",)))
            self.assertGreater(sum("#" in line or "&&" in line for line in one), 30)
            for first, second in zip(one, two):
                self.assertEqual(first, second)
            self.assertEqual(len(one), len(two))

    def test_one_pass_shows_what_two_show(self):
        self.check(self.tshark.stage(harness.TESTS.parent / "samples" / "captures" / "field-day.pcap"))
        for lossy in (False, True):
            for seed in (test_loss.SEED, test_loss.SEED + 1):
                self.capture = disturbed_traffic(seed, lossy)
                self.check(self.stage())


if __name__ == "__main__":
    unittest.main(verbosity=2)
