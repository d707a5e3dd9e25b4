#!/usr/bin/env bash
# Writes the public surface of the libraries into PublicAPI.Unshipped.txt, sorted, after it has changed. Review the difference before committing.
set -euo pipefail
cd "$(dirname "$0")/.."
for project in LdmMl.Torch LdmMl LdmMl.ImageSharp LdmMl.Extensions; do
    file=src/$project/PublicAPI.Unshipped.txt
    before=$(cat "$file")
    echo '#nullable enable' >"$file"
    # The analyzer reports each symbol that is missing from the file as a warning.
    if ! symbols=$(dotnet build "src/$project" --nologo --no-incremental -v q -p:TreatWarningsAsErrors=false -p:WarningsAsErrors= 2>&1 |
        sed -nE "s/.*RS0016: Symbol '(.*)' is not part of the declared public API.*/\1/p"); then
        printf '%s\n' "$before" >"$file"
        echo "src/$project does not compile; its file is unchanged." >&2
        exit 1
    fi
    { echo '#nullable enable'; LC_ALL=C sort -u <<<"$symbols"; } >"$file"
    echo "$file: $(wc -l <"$file") lines"
done
