#!/usr/bin/env bash
# How long pushlint takes, beside the tools that a user knows. Needs hyperfine, ripgrep and jq.
#
#   benches/speed.sh CHECKOUTS [NAME]...
#
# CHECKOUTS is a folder of checkouts; without names each of its folders with at least 1,000 Swift files is measured.
# Prints one line per checkout: Swift files, pushlint, `rg -l -t swift PKPushRegistry`, and how many times longer.
# A checkout without PushKit is to stay below three times; one with PushKit pays for parsing what can matter.
set -euo pipefail
checkouts=${1:?usage: benches/speed.sh CHECKOUTS [NAME]...}
shift
checkouts=$(cd "$checkouts" && pwd)
cd "$(dirname "$0")/.."
cargo build --release --quiet
pushlint=$PWD/target/release/pushlint
times=$(mktemp)
trap 'rm -f "$times"' EXIT

measure() { # COMMAND: mean milliseconds
    hyperfine --shell=none --ignore-failure --warmup 2 --min-runs 10 --style none \
        --export-json "$times" "$1" >/dev/null 2>&1
    jq '.results[0].mean * 1000 | floor' "$times"
}

if [ $# -eq 0 ]; then
    for folder in "$checkouts"/*/; do
        files=$(find "$folder" -name '*.swift' -type f | wc -l)
        [ "$files" -lt 1000 ] || set -- "$@" "$(basename "$folder")"
    done
fi

echo "start-up: $(measure "$pushlint --version") ms"
printf '%-40s %8s %10s %8s %7s %8s\n' checkout files pushlint rg times PushKit
for name in "$@"; do
    cd "$checkouts/$name"
    files=$("$pushlint" files 2>/dev/null | grep -c '\.swift\(	\|$\)' || true)
    names=$( (rg -l -t swift PKPushRegistry || true) | wc -l)
    ours=$(measure "$pushlint --quiet --no-config")
    theirs=$(measure "rg -l -t swift PKPushRegistry")
    printf '%-40s %8s %7s ms %5s ms %7s %8s\n' "$name" "$files" "$ours" "$theirs" \
        "$(jq -n "$ours / $theirs * 10 | round / 10")" "$names"
done
