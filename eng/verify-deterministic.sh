#!/usr/bin/env bash
# Builds the libraries of the last commit in two folders, as for a release, and compares assemblies and symbols: the bytes must be the same.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for folder in one another/folder; do
    git clone --quiet . "$work/$folder"
    for library in LdmMl.ImageSharp LdmMl.Extensions; do
        dotnet build "$work/$folder/src/$library" -c Release -v quiet -p:ContinuousIntegrationBuild=true
    done
    for library in LdmMl.Torch LdmMl LdmMl.ImageSharp LdmMl.Extensions; do
        (cd "$work/$folder/src/$library/bin/Release/net10.0" && sha256sum "$library.dll" "$library.pdb")
    done >"$work/$(basename "$folder").txt"
done
diff "$work/one.txt" "$work/folder.txt"
cat "$work/one.txt"
