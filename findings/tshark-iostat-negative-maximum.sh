#!/bin/bash
# io,stat reports the greatest of values that are all negative as 0. Seen with tshark 4.0.17 (Debian 12); 4.4.19 and 4.6.9 do
# the same. Input: two CoAP messages within a second with the real numbers -5.5 and -12.25 (CBOR), and one 4.5 s later with
# -7. `-z io,stat,1,MAX(cbor.type.float64)cbor.type.float64` prints 0.000000 for the first second (right: -5.5), and -7.000000
# for later seconds without any value; MIN is right. Exit 0: as seen; 1: otherwise; 77: no such package.
set -euo pipefail
suite=bookworm packages=(tshark=4.0.17-0+deb12u3)
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

python3 - "$work/coap.pcap" <<'END'
import socket, struct, sys
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    for number, (time, value) in enumerate(((0, -5.5), (500000, -12.25), (4500000, -7.0), (7000000, None))):
        data = b"\xf6" if value is None else b"\xfb" + struct.pack(">d", value)  # null, or a double of 64 bits
        coap = b"\x50\x02" + struct.pack(">H", number) + b"\xc1\x3c\xff" + data  # POST, application/cbor
        udp = struct.pack(">HHHH", 40000, 5683, 8 + len(coap), 0) + coap
        ends = socket.inet_aton("192.0.2.1") + socket.inet_aton("192.0.2.2")
        frame = bytes(12) + b"\x08\x00" + struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), number, 0, 64, 17, 0) + ends + udp
        file.write(struct.pack("<IIII", 1782864000 + time // 1000000, time % 1000000, len(frame), len(frame)) + frame)
END
field=cbor.type.float64
values=$(run tshark -n -r "$work/coap.pcap" -T fields -e $field 2>"$work/log" | tr '\n' ' ')
run tshark -n -q -r "$work/coap.pcap" -z "io,stat,1,MAX($field)$field,MIN($field)$field" >"$work/table" 2>"$work/log"
cat "$work/table"
seen="$(awk -F '|' '/ 0 <> 1 | 5 <> 6 / { gsub(/ /, ""); print $3, $4 }' "$work/table" | tr '\n' ' ')"
echo "values: $values; seconds 0 and 5, MAX and MIN: $seen(right: -5.5 -12.25, and nothing)"
[ "$values" = "-5.5 -12.25 -7  " ] && [ "$seen" = "0.000000 -12.250000 -7.000000 -7.000000 " ]
