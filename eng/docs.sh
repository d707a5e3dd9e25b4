#!/usr/bin/env bash
# Builds the documentation site in artifacts/docs from the XML documentation and the pages: eng/docs.sh [--serve [PORT]]
# The output is not committed.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$root/artifacts/docs-work
repository=https://github.com/ldmml/ldmml

rm -rf "$work" artifacts/docs
mkdir -p "$work/api-assemblies"
dotnet tool restore
dotnet build src/LdmMl -c Release -v q --nologo
# All references of the two assemblies are next to them, so that docfx can resolve base types and parameters.
dotnet publish src/LdmMl -c Release -v q --nologo --no-build -o "$work/api-assemblies"

# The pages keep their places. The root README becomes the site's first page, dot folders would be skipped,
# and links to anything other than pages and pictures lead to the repository.
mapfile -t files < <(git ls-files -co --exclude-standard -- '*.md' '*.png' '*.svg' | grep -Ev '/Goldens/|/ISSUE_TEMPLATE/|PULL_REQUEST|^src/LdmMl[^/]*/README\.md|^artifacts/|examples/data/emoji/')
for file in "${files[@]}"; do
    target=$work/${file/#.github/github}
    [ "$file" = README.md ] && target=$work/index.md
    mkdir -p "$(dirname "$target")"
    cp "$file" "$target"
done
while IFS= read -r page; do
    relative=${page#"$work"/}
    FOLDER=$(dirname "$relative") REPOSITORY=$repository perl -0pi -e '
        sub resolve {
            my ($target) = @_;
            return $target if $target =~ m{^(https?:|mailto:|\#)};
            my ($path, $anchor) = $target =~ m{^([^#]*)(\#.*)?$};
            $anchor //= "";
            my @parts = $ENV{FOLDER} eq "." ? () : split m{/}, $ENV{FOLDER};
            my @here = @parts;
            for my $part (split m{/}, $path) {
                if ($part eq "..") { pop @parts } elsif ($part ne "." && $part ne "") { push @parts, $part }
            }
            my $whole = join "/", @parts;
            if ($whole !~ m{\.(md|png|svg)$}) {
                $whole =~ s{^github/}{.github/};
                return "$ENV{REPOSITORY}/blob/main/$whole$anchor";
            }
            $whole = "index.md" if $whole eq "README.md";
            $whole =~ s{^\.github/}{github/};
            return ("../" x @here) . $whole . $anchor;
        }
        s{(\]\()([^)\s]+)(\))}{$1 . resolve($2) . $3}ge;
        s{(<(?:img|source)[^>]*?(?:src|srcset)=")([^"]+)(")}{$1 . resolve($2) . $3}ge;
    ' "$page"
done < <(find "$work" -name '*.md')
cp eng/docs/docfx.json eng/docs/toc.yml eng/docs/logo.svg "$work/"

(cd "$work" && dotnet docfx metadata docfx.json --logLevel warning && dotnet docfx build docfx.json --logLevel warning)
mv "$work/_site" artifacts/docs
rm -rf "$work"
echo "artifacts/docs/index.html: $(find artifacts/docs -name '*.html' | wc -l) pages"
[ "${1:-}" != --serve ] || dotnet docfx serve artifacts/docs --port "${2:-8080}"
