#!/usr/bin/env bash
# Packs the libraries, the models and the tool, and uses them outside the repository. Also part of `dotnet test`.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet test tests/LdmMl.Packages.Tests "$@"
