# SPDX-License-Identifier: GPL-2.0-or-later
"""For tests of what is derived from timelines: a capture of four vehicles in which every trap of a track stands."""
from datetime import datetime, timedelta, timezone

from pcap import Capture
from talk import fifotrack, gotop, startek

SERVER = ("192.0.2.1", 8888)
DAY = datetime(2026, 3, 8, tzinfo=timezone.utc)
# One whose id begins with a zero, in UTC; one that crosses 180 degrees; one whose clock is eight hours ahead; fifotrack.
VAN, SHIP, TRUCK, BIKE = "012896001890042", "356938035643809", "490154203237518", "359280010000037"
MARKUP = "<b>&\"']]>"
SECRET = "918273"


def at(clock):
    """"05:58:30" or "05:58:30.125"."""
    parts = clock.split(":")
    return DAY + timedelta(hours=int(parts[0]), minutes=int(parts[1]), seconds=float(parts[2]))


def report(device, time, latitude, longitude, valid="A", speed=36, course=43, altitude=31, event="0", data="", satellites="9"):
    """startek, whose clock is UTC."""
    fields = f"{event},{data},{time:%y%m%d%H%M%S},{valid},{latitude},{longitude},{satellites},0.8,{speed},{course},{altitude}"
    return startek("000", f"{fields},1000,214|7|1A2B|1234567,20,0000003D,00,00,0512|0199", device)


def zoned(time, latitude, longitude, speed="36.0"):
    """gotop, whose clock is eight hours ahead of UTC."""
    local = time + timedelta(hours=8)
    return gotop(f"CMD-T,A,DATE:{local:%y%m%d},TIME:{local:%H%M%S},LAT:{latitude}N,LOT:{longitude}E,Speed:{speed},64-28", TRUCK)


class Journeys:
    """The capture, and for each vehicle the parts of its tracks and its single fixes, written by hand: time or None,
    latitude, longitude, altitude or None."""

    def __init__(self):
        self.sent = []
        self.parts = {VAN: [], SHIP: [], TRUCK: [], BIKE: []}
        self.single = {VAN: [], SHIP: [], TRUCK: [], BIKE: []}
        self.van()
        self.ship()
        self.truck()
        self.bike()

    def send(self, captured, port, payload):
        self.sent.append((captured, port, payload))

    def van(self):
        def fix(clock, latitude, longitude, **more):
            self.send(at(clock) + timedelta(seconds=1), 4001, report(VAN, at(clock), latitude, longitude, **more))
            return f"2026-03-08T{clock}Z", latitude, longitude, "31"

        morning = [fix(f"05:{58 + i // 60:02}:{i % 60:02}", f"41.37{i:03}0", "2.149100") for i in (0, 30, 60)]
        # Twice in the same second, at other places nearby.
        morning += [fix("05:59:30", "41.3720001", "2.150000"), fix("05:59:30", "41.3720002", "2.150100")]
        self.parts[VAN].append(morning)
        # 601 s later, and nothing near it before 600 s are over: it stands alone.
        self.single[VAN].append(fix("06:09:31", "41.500000", "2.500000"))
        # Exactly 600 s are no gap.
        noon = [fix("12:00:00", "41.600000", "2.600000"), fix("12:10:00", "41.610000", "2.610000")]
        # Another city, and back: no line goes there.
        self.parts[VAN].append(noon)
        self.single[VAN].append(fix("12:10:30", "48.856600", "2.352200"))
        back = [fix("12:11:00", "41.611000", "2.611000"), fix("12:11:30", "41.612000", "2.612000", event="53", data=MARKUP)]
        self.parts[VAN].append(back)
        # No places: 0/0, and where it was before.
        self.send(at("12:12:01"), 4001, report(VAN, at("12:12:00"), "0.000000", "0.000000"))
        self.send(at("12:12:31"), 4001, report(VAN, at("12:12:30"), "41.612000", "2.612000", valid="V"))
        # Kept in a tunnel for half an hour, sent later: it stands where it was.
        last = [fix("15:00:00", "41.700000", "2.700000"), fix("15:02:00", "41.702000", "2.702000")]
        self.send(at("15:32:00"), 4001, report(VAN, at("15:01:00"), "41.701000", "2.701000"))
        last.insert(1, ("2026-03-08T15:01:00Z", "41.701000", "2.701000", "31"))
        self.parts[VAN].append(last)
        self.send(at("15:33:00"), 4001, startek("600", SECRET, VAN, "B", "$$"))

    def ship(self):
        def fix(clock, latitude, longitude):
            self.send(at(clock) + timedelta(seconds=1), 4002, report(SHIP, at(clock), latitude, longitude, altitude=0))
            return f"2026-03-08T{clock}Z", latitude, longitude, "0"

        east = [fix("07:00:00", "-17.100000", "179.990000"), fix("07:01:00", "-17.101000", "179.995000")]
        west = [fix("07:02:00", "-17.102000", "-179.999000"), fix("07:03:00", "-17.103000", "-179.994000")]
        self.parts[SHIP] += [east, west]
        # One alone on the other side, and 180 degrees itself.
        self.single[SHIP].append(fix("07:04:00", "-17.104000", "180.000000"))
        self.parts[SHIP].append([fix("07:05:00", "-17.105000", "-179.998000"), fix("07:06:00", "-17.106000", "-179.996000")])

    def truck(self):
        def fix(clock, latitude, longitude, captured=None):
            self.send(at(captured or clock), 4003, zoned(at(clock), latitude, longitude))
            milliseconds = clock if "." in clock else clock + ".000"
            return None if captured else f"2026-03-08T{milliseconds}Z", latitude, longitude, None

        live = [fix(f"08:0{i}:00.999", f"22.54{i}0000", "114.0500000") for i in range(4)]
        self.parts[TRUCK].append(live)
        # Kept for an hour: when it was is only known by a clock without a zone.
        self.single[TRUCK].append(fix("07:30:00", "22.5000000", "114.0400000", captured="08:30:00"))

    def bike(self):
        def fix(clock, latitude, longitude):
            data = f",{at(clock):%y%m%d%H%M%S},A,{latitude},{longitude},54,270,16,366959,345180,80000040,02,00,520|0|FA8|1A9B5B9,19F|4D0"
            self.send(at(clock) + timedelta(seconds=2), 4004, fifotrack("A01", data, BIKE))
            return f"2026-03-08T{clock}Z", latitude, longitude, "16"

        self.parts[BIKE].append([fix("09:00:00", "39.472310", "-0.371880"), fix("09:01:00", "39.473310", "-0.372880")])

    def write(self, path):
        capture = Capture()
        for captured, port, payload in sorted(self.sent, key=lambda sent: sent[0]):
            capture.time = round(captured.timestamp() * 1000)
            ends = ("10.0.0.1", port), SERVER
            capture.udp(*(ends if payload[:2] != b"$$" or payload[2:3].isdigit() else reversed(ends)), payload)
        capture.write(path)

    def fixes(self, device):
        """All of them, in the order of time as far as it is known."""
        return [fix for part in self.parts[device] for fix in part] + self.single[device]
