#!/bin/bash
# libpcap refuses a pcapng file of two interfaces that differ in link type, or in no more than snapshot length. Seen with libpcap
# 1.10.3 and tcpdump 4.99.3 (Debian 12). Input: three packets; 1 and 3 of an Ethernet interface, 2 of one with raw IP, as a
# capture on two devices at once has them; the same with Ethernet twice and snapshot lengths 65535 and 128. `tcpdump -r` prints
# "an interface has a type 101 different ...", not one packet, and returns 1. Exit 0: as seen; 1: otherwise; 77: no such package.
set -euo pipefail
suite=bookworm packages=(tcpdump=4.99.3-1 libpcap0.8=1.10.3-1)
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

python3 - "$work" <<'END'
import socket, struct, sys
def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)
ends = socket.inet_aton("192.0.2.1") + socket.inet_aton("192.0.2.2")
packet = struct.pack(">BBHHHBBH", 0x45, 0, 28, 1, 0, 64, 17, 0) + ends + struct.pack(">HHHH", 40000, 9, 8, 0)
frame = bytes(12) + b"\x08\x00" + packet
def write(name, first, second):
    interfaces = b"".join(block(1, struct.pack("<HHI", link, 0, snap)) for link, snap in (first, second))
    blocks = [block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + interfaces]
    for number, interface in enumerate((0, 1, 0)):
        data = packet if (first, second)[interface][0] == 101 else frame
        time = 1782864000 * 10**6 + number
        blocks.append(block(6, struct.pack("<IIIII", interface, time >> 32, time & 0xFFFFFFFF, len(data), len(data)) + data))
    with open(f"{sys.argv[1]}/{name}.pcapng", "wb") as file:
        file.write(b"".join(blocks))
write("one", (1, 65535), (1, 65535))
write("links", (1, 65535), (101, 65535))
write("snaps", (1, 65535), (1, 128))
END
user=()
[ "$(id -u)" -ne 0 ] || user=(-Z root) # else it looks for a user of its own
read_all() { # what tcpdump prints and returns
    local status=0
    run tcpdump -n "${user[@]}" -r "$work/$1.pcapng" >"$work/out" 2>"$work/log" || status=$?
    echo "$(wc -l <"$work/out") packets, status $status"
    grep '^tcpdump' "$work/log" || true
}
for name in one links snaps; do
    echo "$name: $(read_all $name)"
done | tee "$work/seen"
diff "$work/seen" - <<'END'
one: 3 packets, status 0
links: 0 packets, status 1
tcpdump: pcap_loop: an interface has a type 101 different from the type of the first interface
snaps: 0 packets, status 1
tcpdump: pcap_loop: an interface has a snapshot length 128 different from the snapshot length of the first interface
END
