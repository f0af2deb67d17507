#!/bin/bash
# tshark writes a datagram that its filter selects without the fragments that it came from, and -2 is no remedy any more. Seen with tshark
# 4.4.19 (Debian 13); 4.6.9 does the same; 4.0.17 kept them with -2, which the manual still recommends for what was reassembled.
# Input: a datagram to UDP port 8888 in two IPv4 fragments. `tshark -2 -r A -Y udp.port==8888 -w B` prints nothing, returns 0 and writes the
# last fragment alone; the same filter on B selects no packet. Three readers, three answers on A: tcpdump's filter takes the first
# fragment alone, tshark's the last alone; and `-z conv,udp` counts one frame of 68 bytes, the last, of the two with 1,582.
# Exit 0: as seen; 1: otherwise; 77: no such package.
set -euo pipefail
suite=trixie packages=(tshark=4.4.19-0+deb13u1 tcpdump=4.99.5-2)
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

python3 - "$work/a.pcap" <<'END'
import socket, struct, sys
data = b"#" + b"860000000000001," * 94 + b"#"
udp = struct.pack(">HHHH", 40000, 8888, 8 + len(data), 0) + data
ends = socket.inet_aton("192.0.2.1") + socket.inet_aton("192.0.2.2")
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    for second, (part, place) in enumerate(((udp[:1480], 0x2000), (udp[1480:], 185))):  # 0x2000: more follow; 185 * 8 = 1480
        frame = bytes(12) + b"\x08\x00" + struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(part), 7, place, 64, 17, 0) + ends + part
        file.write(struct.pack("<IIII", 1782864000 + second, 0, len(frame), len(frame)) + frame)
END
user=()
[ "$(id -u)" -ne 0 ] || user=(-Z root) # else tcpdump looks for a user of its own
lengths() { run tshark -n -r "$1" "${@:2}" -T fields -e frame.len 2>"$work/log" | tr '\n' ' '; }
run tshark --version 2>"$work/log" | head -n 1
run tshark -2 -n -r "$work/a.pcap" -Y udp.port==8888 -w "$work/b.pcap" 2>"$work/log"
run tcpdump "${user[@]}" -r "$work/a.pcap" -w "$work/c.pcap" udp port 8888 2>"$work/log"
run tshark -n -q -r "$work/a.pcap" -z conv,udp -z conv,ip 2>"$work/log" | grep '<->' | tr -s ' ' | tee "$work/conversations"
selected=$(run tshark -2 -n -r "$work/b.pcap" -Y udp.port==8888 2>"$work/log" | wc -l)
seen="$(lengths "$work/a.pcap"); $(lengths "$work/b.pcap"); $(lengths "$work/c.pcap"); $selected"
echo "lengths of the frames in the input; in what tshark -2 -Y wrote; tcpdump; packets that the filter selects in tshark's: $seen"
echo "expected: 1514 68 ; 1514 68 ; 1514 68 ; 1 (or an error)"
[ "$seen" = "1514 68 ; 68 ; 1514 ; 0" ]
tr "\n" " " <"$work/conversations" | grep -q " 2 1582 bytes .* 1 68 bytes "
