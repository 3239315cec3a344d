#!/usr/bin/env bash
# Runs pushlint and writes the job's summary. It succeeds whatever is found: the status is an output, for a later step.
#
#   PUSHLINT            the program
#   PUSHLINT_PATHS      paths, one per line
#   PUSHLINT_ARGS       further arguments, one per line
#   PUSHLINT_ANNOTATES  "true": the findings are written as annotations
set -euo pipefail

arguments=()
while IFS= read -r line; do
    line=${line%$'\r'}
    [ -z "$line" ] || arguments+=("$line")
done <<<"$PUSHLINT_ARGS"
arguments+=(--)
while IFS= read -r line; do
    line=${line%$'\r'}
    [ -z "$line" ] || arguments+=("$line")
done <<<"$PUSHLINT_PATHS"

format=human
[ "$PUSHLINT_ANNOTATES" != true ] || format=github
sarif=$RUNNER_TEMP/pushlint.sarif
summary=$RUNNER_TEMP/pushlint.md
rm -f "$sarif" "$summary"

status=0
"$PUSHLINT" --format "$format" --output "sarif=$sarif" --output "markdown=$summary" "${arguments[@]}" || status=$?

[ ! -f "$summary" ] || cat "$summary" >>"$GITHUB_STEP_SUMMARY"
[ -f "$sarif" ] || sarif=
{
    echo "status=$status"
    echo "sarif=$sarif"
} >>"$GITHUB_OUTPUT"
