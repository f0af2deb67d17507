# SPDX-License-Identifier: GPL-2.0-or-later
"""The scripted day of samples/vehicle-day.scenario: its events and trips as the script says them, written here from the
script and not from any output. Rows are named by their times."""
import csv
import tempfile
import unittest
from pathlib import Path

import harness

CAPTURE = harness.TESTS.parent / "samples" / "captures" / "vehicle-day.pcap"
VAN, TWIN, TAG = "359280010000094", "359280010000102", "359280010000110"

# event, its time (c: of the capture's clock), what the detail says, times of its first and last row
EVENTS = {
    VAN: """
driver_in         07:00:00   0B4A067                                  07:00:00 07:00:00
driver_card       07:00:00   A01 alarm 38                             07:00:00 07:00:00
ignition_on       07:01:00   inferred from input 2                    07:00:00 07:01:00
moving            07:01:00   -                                        07:01:00 07:02:00
overspeed         07:08:00   A01 alarm 18; peak 134.0 km/h            07:08:00 07:08:20
stopped           07:13:00   -                                        07:13:00 07:19:00
ignition_off      07:14:00   inferred from input 2                    07:13:00 07:14:00
driver_out        07:14:00   0B4A067; inferred as reports no longer name him   07:13:00 07:14:00
command           07:19:58c  D05 2                                    07:19:58 07:19:58
answer            07:19:58c  D05 OK                                   07:19:58 07:19:58
picture           07:20:00   D05                                      07:20:00 07:20:00
power_cut         07:30:00   A01 alarm 15                             07:30:00 07:30:00
power_restored    07:40:00   A01 alarm 16                             07:40:00 07:40:00
command           07:45:30c  B03 60,300                               07:45:30 07:45:30
answer            07:45:30c  B03 OK                                   07:45:30 07:45:30
config_changed    07:45:30c  interval: B03                            07:45:30 07:45:30
command           07:46:00c  B28 1,2                                  07:46:00 07:46:00
refusal           07:46:00c  B28 FAILED                               07:46:00 07:46:00
command           07:51:00c  C08                                      07:51:00 07:51:00
unanswered        07:51:00c  C08                                      07:51:00 07:51:00
ignition_on       08:00:00   inferred from input 2                    07:55:00 08:00:00
moving            08:00:00   -                                        08:00:00 08:01:00
harsh_braking     08:05:30   A01 alarm 24                             08:05:30 08:05:30
geofence_exit     08:07:00   A01 alarm 33 (2)                         08:07:00 08:07:00
stopped           08:15:00   -                                        08:15:00 08:20:00
ignition_off      08:15:30   inferred from input 2                    08:15:00 08:15:30
silence           08:25:00   1:40:00 until 2026-03-10T10:05:00; rhythm 0:01:00   08:25:00 10:05:00
silence_end       10:05:00   -                                        08:25:00 10:05:00
address_changed   10:05:00   stream 1 from 100.64.70.1:49001 then stream 3 from 100.64.80.7:49002   08:25:00 10:05:00
ignition_on       10:10:00   inferred from input 2                    10:05:00 10:10:00
moving            10:10:00   -                                        10:10:00 10:11:00
stored_upload     10:25:02c  4 of 2026-03-10T10:17:00 to 2026-03-10T10:23:00; sent up to 0:08:02 late   10:17:00 10:23:00
future_time       10:26:30c  -                                        10:26:30 10:26:30
null_island       10:27:30   -                                        10:27:30 10:27:30
impossible_jump   10:28:30   156.5 km in 0:00:30; left out of trips   10:28:00 10:28:30
stopped           10:29:00   -                                        10:29:00 10:35:00
ignition_off      10:30:00   inferred from input 2                    10:29:00 10:30:00
operator_changed  10:35:00   214/7 then 214/1                         10:30:00 10:35:00
gps_lost          10:40:00   -                                        10:40:00 10:42:00
gps_restored      10:44:00   -                                        10:42:00 10:44:00
sos               10:46:00   A01 alarm 2                              10:46:00 10:46:00
low_battery       10:47:00   A01 alarm 17                             10:47:00 10:47:00
""",
    TWIN: """
address_changed   10:40:31   stream 4 from 100.64.71.9:49010 then stream 5 from 100.64.72.9:49011   10:40:01 10:40:31
two_conversations 10:40:31   stream 4 from 100.64.71.9:49010; stream 5 from 100.64.72.9:49011   10:40:01 10:41:01
two_places        10:40:31   105.5 km in 0:00:30; stream 4 from 100.64.71.9:49010; stream 5 from 100.64.72.9:49011; 2 fixes out of reach   10:40:01 10:41:31
""",
    TAG: "",
}  # fmt: skip

# Ways along the meridian, from the latitudes of the script (0.105, 0.099 and 0.171 degrees) by the formula of its arc. The first
# fix that moves is 999 m from the last that stood: each trip begins at that one.
TRIPS = [
    (VAN, "trip", "07:01:00", "07:13:00", "720", "11658", "11700", "134.0", "39.4000000", "39.5050000"),
    (VAN, "stop", "07:13:00", "08:00:00", "2820", "0", "0", "0.0", "39.5050000", "39.5050000"),
    (VAN, "trip", "08:00:00", "08:15:00", "900", "10992", "11000", "60.0", "39.5050000", "39.6040000"),
    (VAN, "stop", "08:15:00", "08:25:00", "600", "0", "0", "0.0", "39.6040000", "39.6040000"),
    (VAN, "silence", "08:25:00", "10:05:00", "6000", "0", "", "", "39.6040000", "39.6040000"),
    (VAN, "stop", "10:05:00", "10:10:00", "300", "0", "0", "0.0", "39.6040000", "39.6040000"),
    (VAN, "trip", "10:10:00", "10:29:00", "1140", "18986", "19000", "60.0", "39.6040000", "39.7750000"),
    (VAN, "stop", "10:29:00", "10:50:00", "1260", "0", "0", "0.0", "39.7750000", "39.7750000"),
    (TAG, "stop", "08:20:00", "10:10:00", "6600", "0", "", "0.0", "39.4450600", "39.4450600"),
]


def clock(text):
    return text[11:19]


class VehicleDayTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="gotop-day-")
        cls.addClassCleanup(folder.cleanup)
        cls.out = Path(folder.name) / "out"
        done = harness.s7timeline("-q", "-o", cls.out, CAPTURE)
        assert done.returncode == 0, done.stderr

    def table(self, name):
        return list(csv.DictReader((self.out / name).read_text().splitlines()))

    def row_time(self, device, number):
        """The device's own time where the row has one that is right, else that of the capture."""
        row = self.table(f"devices/{device}.csv")[int(number) - 1]
        own = row["device_time"] and "future_time" not in row["flags"]
        return clock(row["device_time"] if own else row["capture_time"])

    def test_events(self):
        events = self.table("events.csv")
        for device, script in EVENTS.items():
            wanted = []
            for line in script.strip().splitlines():
                event, time, rest = line.split(maxsplit=2)
                detail, first, last = rest.rsplit(maxsplit=2)
                wanted.append((event, time, "" if detail == "-" else detail.strip(), first, last))
            found = []
            for row in (r for r in events if r["device_id"] == device):
                self.assertEqual(row["time"][:10], "2026-03-10")
                self.assertEqual(row["time"].endswith("Z"), row["clock"] == "capture")
                rows = [self.row_time(device, row[end]) for end in ("first_row", "last_row")]
                found.append((row["event"], clock(row["time"]) + ("c" if row["clock"] == "capture" else ""), row["detail"], *rows))
            self.assertEqual(sorted(found), sorted(wanted))
        self.assertEqual({r["device_id"] for r in events}, {VAN, TWIN})
        self.assertEqual([r["time"].rstrip("Z")[:19] for r in events], sorted(r["time"].rstrip("Z")[:19] for r in events))

    def test_trips(self):
        columns = ("duration_s", "distance_m", "odometer_m", "max_speed_kmh", "start_latitude", "end_latitude")
        found = [(r["device_id"], r["kind"], clock(r["start"]), clock(r["end"]), *(r[c] for c in columns)) for r in self.table("trips.csv")]
        self.assertEqual(found, TRIPS)
        for row in self.table("trips.csv"):
            self.assertEqual(self.row_time(row["device_id"], row["first_row"]), clock(row["start"]))
            self.assertEqual(self.row_time(row["device_id"], row["last_row"]), clock(row["end"]))

    def test_the_picture_is_whole(self):
        (picture,) = self.table("pictures.csv")
        self.assertEqual((picture["device_id"], picture["complete"]), (VAN, "1"))
        camera = (harness.TESTS.parent / "samples" / "camera.jpg").read_bytes()
        self.assertEqual((self.out / picture["file"]).read_bytes(), camera)


if __name__ == "__main__":
    unittest.main(verbosity=2)
