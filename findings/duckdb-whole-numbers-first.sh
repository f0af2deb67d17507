#!/bin/bash
# read_csv of DuckDB rounds decimals without a word: if a column has whole numbers alone in the rows by which its type is guessed (20,480),
# it is BIGINT, and a later 36.5 or 41.1234567 is read as 37 and 41 instead of being refused. Seen with DuckDB 1.5.6 (npm package
# @duckdb/node-api 1.5.6-r.1), node 20. Input: a header, 30,000 rows "60", then those two. sample_size = -1 gives the numbers as written.
# Exit 0: as seen; 1: otherwise; 77: no such package.
set -euo pipefail
work=$(mktemp -d)
finish() { # 0 and 77 stay, all else is 1
    local status=$?
    rm -rf "$work"
    case $status in 0 | 77) ;; *) exit 1 ;; esac
}
trap finish EXIT
command -v npm >/dev/null || exit 77
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" @duckdb/node-api@1.5.6-r.1 >"$work/log" 2>&1 || exit 77

printf '%s\n' speed_kmh $(printf '60 %.0s' {1..30000}) 36.5 41.1234567 >"$work/speeds.csv"
cat >"$work/read.js" <<'END'
const { DuckDBInstance } = require("@duckdb/node-api");
const query = `SELECT speed_kmh, typeof(speed_kmh) FROM read_csv('speeds.csv'${process.argv[2]}) WHERE speed_kmh <> 60`;
DuckDBInstance.create()
    .then((database) => database.connect())
    .then((connection) => connection.runAndReadAll(query))
    .then((rows) => console.log(rows.getRowsJson().join(" ")));
END
cd "$work"
guessed=$(node read.js '')
whole=$(node read.js ', sample_size = -1')
echo "by the first rows: $guessed; by all: $whole"
[ "$guessed" = "37,BIGINT 41,BIGINT" ]
[ "$whole" = "36.5,DOUBLE 41.1234567,DOUBLE" ]
