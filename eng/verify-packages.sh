#!/usr/bin/env bash
# Packs the libraries, the models and the tool, and uses them as a stranger does, outside of the repository. `dotnet test` does so too.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet test tests/LdmMl.Packages.Tests "$@"
