#!/bin/bash
# Both togeojson give the times of a GPX track to the wrong part if a part has none: it leaves no empty place among the lists of times.
# Seen with @tmcw/togeojson 7.1.3 and @mapbox/togeojson 0.16.2 (with @xmldom/xmldom 0.9.12), node 20. Input, valid GPX 1.1: a track of
# three segments with two points each, the middle one without times. Both print three lines and two lists of times; the second list,
# which by its place is that of the middle segment, is that of the third.
# Exit 0: as seen; 1: otherwise; 77: no such package.
set -euo pipefail
packages=(@tmcw/togeojson@7.1.3 @mapbox/togeojson@0.16.2 @xmldom/xmldom@0.9.12)
work=$(mktemp -d)
finish() { # 0 and 77 stay, all else is 1
    local status=$?
    rm -rf "$work"
    case $status in 0 | 77) ;; *) exit 1 ;; esac
}
trap finish EXIT
command -v npm >/dev/null || exit 77
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" "${packages[@]}" >"$work/log" 2>&1 || exit 77

segment() { # $1: of two points; $2, $3: their times
    local points
    points=$(for time in "${@:2}"; do printf '<trkpt lat="%s" lon="1">%s</trkpt>' "$1" "${time:+<time>$time</time>}"; done)
    echo "<trkseg>$points</trkseg>"
}
cat >"$work/track.gpx" <<END
<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><trk>
$(segment 1 2026-01-01T01:00:00Z 2026-01-01T01:00:01Z)
$(segment 2 '' '')
$(segment 3 2026-01-01T03:00:00Z 2026-01-01T03:00:01Z)
</trk></gpx>
END
cat >"$work/read.js" <<'END'
const name = process.argv[2];
const { DOMParser } = require(require.resolve("@xmldom/xmldom", { paths: [require.resolve(name)] }));
const text = require("fs").readFileSync(process.argv[3], "utf8");
const [{ geometry, properties }] = require(name).gpx(new DOMParser().parseFromString(text, "text/xml")).features;
const times = properties.coordTimes || properties.coordinateProperties.times;
console.log(`${geometry.coordinates.length} lines; second list of times: ${times[1]}; third: ${times[2]}`);
END
for package in @tmcw/togeojson @mapbox/togeojson; do
    said=$(cd "$work" && node read.js "$package" track.gpx)
    echo "$package: $said"
    [ "$said" = "3 lines; second list of times: 2026-01-01T03:00:00Z,2026-01-01T03:00:01Z; third: undefined" ]
done
