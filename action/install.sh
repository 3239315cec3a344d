#!/usr/bin/env bash
# Puts pushlint into the runner's temporary folder: the binary of a release, checked against the release's checksums,
# or one that is compiled here. Writes its path to the step's outputs.
#
#   PUSHLINT_VERSION   a version, "source", or empty for the version that the action comes with
#   PUSHLINT_RELEASES  where releases are downloaded from, for tests
set -euo pipefail

action=$(cd "$(dirname "$0")/.." && pwd)
releases=${PUSHLINT_RELEASES:-https://github.com/pushlint/pushlint/releases/download}
wanted=${PUSHLINT_VERSION#v}
own=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$action/Cargo.toml" | head -n 1)
version=${wanted:-$own}
folder=$RUNNER_TEMP/pushlint-$version
mkdir -p "$folder"
binary=pushlint

case $RUNNER_OS-$RUNNER_ARCH in
    Linux-X64) archive=pushlint-x86_64-unknown-linux-musl.tar.gz ;;
    Linux-ARM64) archive=pushlint-aarch64-unknown-linux-musl.tar.gz ;;
    macOS-*) archive=pushlint-universal-apple-darwin.tar.gz ;;
    Windows-X64) archive=pushlint-x86_64-pc-windows-msvc.zip binary=pushlint.exe ;;
    *) archive= ;;
esac

finish() {
    "$folder/$binary" --version
    echo "pushlint=$folder/$binary" >>"$GITHUB_OUTPUT"
    exit 0
}

fail() {
    echo "::error title=pushlint::$1"
    exit 1
}

download() {
    curl --fail --silent --show-error --location --retry 3 --output "$folder/$1" "$releases/v$version/$1"
}

checksum() {
    if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi
}

if [ "$version" != source ] && [ -n "$archive" ]; then
    if download SHA256SUMS && download "$archive"; then
        is=$(cd "$folder" && checksum "$archive" | cut -d ' ' -f 1)
        should_be=$(tr -d '*\r' <"$folder/SHA256SUMS" | awk -v file="$archive" '$2 == file { print $1 }')
        [ -n "$should_be" ] || fail "the checksums of version $version do not name $archive"
        [ "$is" = "$should_be" ] || fail "$archive is not what the checksums of version $version say; it is not run"
        case $archive in
            *.zip) unzip -q -o "$folder/$archive" -d "$folder" ;;
            *) tar -xzf "$folder/$archive" -C "$folder" ;;
        esac
        finish
    fi
    [ -z "$wanted" ] || fail "version $version cannot be downloaded from $releases"
    echo "::notice title=pushlint::there is no binary of version $version for $RUNNER_OS on $RUNNER_ARCH; it is compiled"
elif [ -n "$wanted" ] && [ "$wanted" != source ]; then
    fail "there are no binaries for $RUNNER_OS on $RUNNER_ARCH; use \`version: source\`"
fi

command -v cargo >/dev/null || fail "compiling pushlint needs Rust; install it in a step before"
cargo install --quiet --locked --path "$action" --root "$folder/built" --target-dir "$RUNNER_TEMP/pushlint-target"
cp "$folder/built/bin/$binary" "$folder/$binary"
finish
