#!/bin/bash
# Whether DuckDB heeds the offset of a time depends on how fine its type is: 12:00:00+02:00 read as TIMESTAMP (also TIMESTAMP_MS, TIMESTAMP_S)
# is 12:00, the offset left out without a word; read as TIMESTAMP_NS it is 10:00 (UTC). Seen with DuckDB 1.5.6 (npm package
# @duckdb/node-api 1.5.6-r.1), node 20; 1.4.4 does the same. Input: a CSV file of two times, 12:00:00+02:00 and 11:00:00Z, read with
# types = {'time': ...}. As TIMESTAMP the first, which is an hour earlier, comes last. Without types, DuckDB guesses TIMESTAMPTZ, which is right.
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

printf '%s\n' time 2026-07-01T12:00:00+02:00 2026-07-01T11:00:00Z >"$work/times.csv"
cat >"$work/read.js" <<'END'
const { DuckDBInstance } = require("@duckdb/node-api");
async function main() {
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run("SET TimeZone = 'UTC'");
    console.log(`DuckDB ${(await connection.runAndReadAll("SELECT version()")).getRowsJson()}`);
    for (const type of ["TIMESTAMPTZ", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"]) {
        const rows = await connection.runAndReadAll(
            `SELECT strftime(time, '%H:%M') FROM read_csv('times.csv', types = {'time': '${type}'}) ORDER BY time`);
        console.log(`${type}: ${rows.getRowsJson().join(" ")}`);
    }
}
main();
END
cd "$work"
node read.js | tee seen
diff seen - <<'END'
DuckDB v1.5.6
TIMESTAMPTZ: 10:00 11:00
TIMESTAMP: 11:00 12:00
TIMESTAMP_S: 11:00 12:00
TIMESTAMP_MS: 11:00 12:00
TIMESTAMP_NS: 10:00 11:00
END
