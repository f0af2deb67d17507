#!/bin/bash
# The raw bytes of a followed TCP stream have bytes that nobody sent. Seen with tshark 4.4.19 (Debian 13); 4.0.17 and 4.6.9 do the same.
# Input: a client on port 8888 sends three messages of 19 bytes; the capture lacks the second, the server answers all. `-z follow,tcp,raw`
# writes 35 bytes in its place, as data of the client: the text "[19 bytes missing in capture file]" and a zero, in hex as all else.
# `-z follow,tcp,yaml` gives them the time 0 (1970) and the number of the packet of the server's answer. Nothing in either form tells them
# from bytes of the stream, so that length, hash and offsets of the stream are wrong; one would expect nothing, or zeros, or a mark.
# Exit 0: as seen; 1: otherwise; 77: no such package.
set -euo pipefail
suite=trixie packages=(tshark=4.4.19-0+deb13u1)
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

python3 - "$work/gap.pcap" <<'END'
import socket, struct, sys
client, server = ("192.0.2.1", 40000), ("192.0.2.2", 8888)
def frame(source, target, number, answer, flags, data=b""):
    tcp = struct.pack(">HHIIBBHHH", source[1], target[1], number, answer, 0x50, flags, 65000, 0, 0) + data
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0) + socket.inet_aton(source[0]) + socket.inet_aton(target[0])
    return bytes(12) + b"\x08\x00" + ip + tcp
frames = [
    frame(client, server, 999, 0, 2), frame(server, client, 4999, 1000, 18), frame(client, server, 1000, 5000, 16),
    frame(client, server, 1000, 5000, 24, b"#860000000000001,A#"),
    frame(client, server, 1038, 5000, 24, b"#860000000000001,C#"),  # B, 1019 to 1037, is not there
    frame(server, client, 5000, 1057, 24, b"OK"),
]
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    for second, data in enumerate(frames):
        file.write(struct.pack("<IIII", 1782864000 + second, 0, len(data), len(data)) + data)
END
follow() { run tshark -n -q -r "$work/gap.pcap" -z "follow,tcp,$1,0" 2>"$work/log"; }
run tshark --version 2>"$work/log" | head -n 1
follow raw | grep -E '^[0-9a-f]+$' >"$work/raw"
echo "the client's bytes in the capture: 38; by follow,tcp,raw: $(($(tr -d '\n' <"$work/raw" | wc -c) / 2)), the second line of it being"
python3 -c 'import sys; print(bytes.fromhex(sys.argv[1]))' "$(sed -n 2p "$work/raw")" | tee "$work/second"
follow yaml | grep -B 2 -A 1 'timestamp: 0.0' | tee "$work/entry"
[ "$(wc -l <"$work/raw")" = 3 ]
grep -qxF 'b'"'"'[19 bytes missing in capture file]\x00'"'" "$work/second"
diff "$work/entry" - <<'END'
  - packet: 6
    peer: 0
    timestamp: 0.000000000
    data: !!binary |
END
