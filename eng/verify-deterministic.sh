#!/usr/bin/env bash
# Packs everything of the last commit in two folders, as a release is packed, and compares libraries, symbols and packages: the bytes must be the same.
# With --libraries the tool, whose package takes minutes, is left out.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

projects=(LdmMl.ImageSharp LdmMl.Extensions LdmMl LdmMl.Torch LdmMl.Models.Emoji LdmMl.Templates)
[ "${1:-}" = --libraries ] || projects+=(LdmMl.Cli)

for folder in one another/folder; do
    git clone --quiet . "$work/$folder"
    for project in "${projects[@]}"; do
        dotnet pack "$work/$folder/src/$project" -c Release -v quiet --nologo -p:ContinuousIntegrationBuild=true
    done
    (
        cd "$work/$folder"
        sha256sum src/LdmMl*/bin/Release/net10.0/LdmMl*.dll src/LdmMl*/bin/Release/net10.0/LdmMl*.pdb
        sha256sum artifacts/packages/*.nupkg artifacts/packages/*.snupkg
    ) >"$work/$(basename "$folder").txt"
done
diff "$work/one.txt" "$work/folder.txt"
cat "$work/one.txt"
