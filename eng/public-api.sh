#!/usr/bin/env bash
# Writes the public surface of the libraries anew into PublicAPI.Unshipped.txt, sorted. Look at the difference before you commit it.
set -euo pipefail
cd "$(dirname "$0")/.."
for project in LdmMl.Torch LdmMl; do
    file=src/$project/PublicAPI.Unshipped.txt
    echo "#nullable enable" >"$file"
    # The analyzers list what is missing as errors of the build; each line becomes an entry.
    dotnet build "src/$project" --nologo -v q -p:TreatWarningsAsErrors=false -p:WarningsNotAsErrors=RS0016 -warnAsMessage:CS1591 2>&1 |
        sed -nE "s/.*RS0016: Symbol '(.*)' is not part of the declared public API.*/\1/p" >>"$file.all" || true
    { echo "#nullable enable"; LC_ALL=C sort -u "$file.all"; } >"$file"
    rm "$file.all"
done
