#!/bin/bash
# Two Python readers of pcapng give packets of a second interface or section wrong times, and one of them a wrong link type, without a word.
# Seen with dpkt 1.9.8 and scapy 2.6.1 (Debian 13). Input: three valid files of two packets to UDP port 8888, a second apart (tshark 4.4.19
# reads all as that). "resolution": the second packet of a second interface with nanoseconds, as mergecap writes of two pcap files: dpkt
# counts them by the first interface, a thousand times too late. "offset": the second interface has if_tsoffset 3600: an hour early in
# both. "sections": two sections one after the other, as `cat` makes them, the second with raw IP and nanoseconds: both read its packet by
# the interface of the first section, in the year 58466, and scapy makes an Ethernet frame of it, without UDP.
# Exit 0: as seen; 1: otherwise; 77: no such package.
set -euo pipefail
suite=trixie packages=(python3-dpkt=1.9.8-2 python3-scapy=2.6.1+dfsg-1 tshark=4.4.19-0+deb13u1)
# The packages and what they need, of that suite of this machine's Debian mirror, unpacked; nothing is installed.
work=$(mktemp -d)
finish() { # 0 and 77 stay, all else is 1
    local status=$?
    rm -rf "$work"
    case $status in 0 | 77) ;; *) exit 1 ;; esac
}
trap finish EXIT
mkdir -p "$work"/etc/apt/{preferences.d,trusted.gpg.d} "$work"/var/{lib/apt/lists/partial,lib/dpkg,cache/apt/archives/partial} "$work/root"
: >"$work/var/lib/dpkg/status"
command -v apt-get >/dev/null && command -v dpkg >/dev/null || exit 77
site=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' |
    awk -v own="$(. /etc/os-release && echo "$VERSION_CODENAME")" '$2 == own && !seen++ { print $1 }')
echo "deb $site $suite main" >"$work/etc/apt/sources.list"
apt=(apt-get -qq -o "Dir=$work" -o Dir::Etc::trustedparts=/etc/apt/trusted.gpg.d -o APT::Sandbox::User= -o APT::Install-Recommends=false
    -o "Dir::Cache=$work/var/cache/apt" -o "Dir::State=$work/var/lib/apt" -o "Dir::State::status=$work/var/lib/dpkg/status")
"${apt[@]}" update >"$work/log" 2>&1 && "${apt[@]}" install -y --download-only "${packages[@]}" >>"$work/log" 2>&1 || exit 77
for file in "$work"/var/cache/apt/archives/*.deb; do dpkg -x "$file" "$work/root"; done
libraries=$(find "$work/root" -name '*.so.*' -printf '%h\n' | sort -u | tr '\n' ':')
loader=$(find "$work/root" -name 'ld-linux-*.so.*' | head -n 1)
run() { "$loader" --library-path "$libraries" "$work/root/usr/bin/$1" "${@:2}"; }

python() { HOME=$work PYTHONPATH=$work/root/usr/lib/python3/dist-packages python3 "$@"; }
python - "$work" <<'END'
import socket, struct, sys
def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)
def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)
section = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
def interface(link=1, options=b""):
    return block(1, struct.pack("<HHI", link, 0, 65535) + (options + option(0, b"") if options else b""))
ends = socket.inet_aton("192.0.2.1") + socket.inet_aton("192.0.2.2")
data = b"#860000000000001#"
udp = struct.pack(">HHHH", 40000, 8888, 8 + len(data), 0) + data
raw = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + ends + udp
ethernet = bytes(12) + b"\x08\x00" + raw
def packet(number, time, frame):
    return block(6, struct.pack("<IIIII", number, time >> 32, time & 0xFFFFFFFF, len(frame), len(frame)) + frame)
start = 1782864000
nano = option(9, b"\x09")
first = packet(0, start * 10**6, ethernet)
files = {
    "resolution": section + interface() + interface(1, nano) + first + packet(1, (start + 1) * 10**9, ethernet),
    "offset": section + interface() + interface(1, option(14, struct.pack("<q", 3600))) + first
    + packet(1, (start + 1 - 3600) * 10**6, ethernet),
    "sections": section + interface() + first + section + interface(101, nano) + packet(0, (start + 1) * 10**9, raw),
}
for name, content in files.items():
    with open(f"{sys.argv[1]}/{name}.pcapng", "wb") as file:
        file.write(content)
END
cat >"$work/read.py" <<'END'
import logging, sys
logging.disable(logging.CRITICAL)  # warnings at import about the machine's own interfaces
import dpkt
from scapy.layers.inet import UDP
from scapy.utils import rdpcap
logging.disable(logging.NOTSET)
start = 1782864000
for name in ("resolution", "offset", "sections"):
    path = f"{sys.argv[1]}/{name}.pcapng"
    with open(path, "rb") as file:
        times = [time for time, _ in dpkt.pcapng.Reader(file)]
    packets = rdpcap(path)
    print(f"{name}: dpkt {times[0] - start:.0f} {times[1] - start:.0f};", end=" ")
    print(f"scapy {packets[0].time - start} {packets[1].time - start}, {sum(UDP in packet for packet in packets)} UDP")
END
for name in resolution offset sections; do
    echo "$name: tshark $(run tshark -n -r "$work/$name.pcapng" -Y udp.port==8888 -T fields -e frame.time_epoch 2>"$work/log" | tr '\n' ' ')"
done | tee "$work/right"
[ "$(grep -c '1782864000.000000000 1782864001.000000000' "$work/right")" = 3 ]
run tshark --version 2>"$work/log" | head -n 1
python -c 'import dpkt, scapy; print("dpkt", dpkt.__version__, "scapy", scapy.__version__)'
python "$work/read.py" "$work" >"$work/seen" 2>"$work/said"
echo "seconds since the first packet; expected: 0 1"
cat "$work/seen" "$work/said"
[ ! -s "$work/said" ]
diff "$work/seen" - <<'END'
resolution: dpkt 0 1781081137000; scapy 0 1, 2 UDP
offset: dpkt 0 -3599; scapy 0 -3599, 2 UDP
sections: dpkt 0 1781081137000; scapy 0 1781081137000, 1 UDP
END
