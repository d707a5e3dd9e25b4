#!/usr/bin/env bash
# Packs the libraries and the tool and uses them as a stranger does, outside of the repository:
# from a console project, from a file-based app, and as a local tool. Prints "The packages work." at the end.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
version="0.1.0-verify.$(date +%s)"
work=$(mktemp -d)
cleanup() {
    rm -rf "$work"
    # Versions made here are of no use to anybody else.
    cache=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')
    rm -rf "${cache:?}"/ldmml*/"$version"
}
trap cleanup EXIT

cd "$repository"
for project in LdmMl.Torch LdmMl LdmMl.Cli; do
    dotnet pack "src/$project" -c Release -v q --nologo -p:Version="$version" -p:PackageOutputPath="$work/packages"
done

program='
using LdmMl;
using LdmMl.Torch.Models.Autoencoders;
using Microsoft.ML;
using TorchSharp;

// TorchSharp is touched before anything of LdmMl: it must load all the same.
using var images = torch.zeros(2, 3, 16, 16);
using var model = AutoencoderModel.Create(new KlAutoencoderConfig { BaseChannels = 32, ChannelMultipliers = [1, 2], LatentChannels = 4, ResidualBlocks = 1 }, seed: 1);
using var latents = model.Encode(images);
var estimator = new MLContext().Transforms.ReconstructImages("Reconstruction", model, "Image");
Console.WriteLine($"latents [{string.Join(", ", latents.shape)}], {estimator.GetType().Name}");
'
expected='latents [2, 4, 8, 8], ReconstructImagesEstimator'

echo "== console project"
mkdir "$work/console"
cat >"$work/console/console.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <RuntimeIdentifier>linux-x64</RuntimeIdentifier>
    <SelfContained>false</SelfContained>
    <CreateHardLinksForCopyLocalIfPossible>true</CreateHardLinksForCopyLocalIfPossible>
    <RestoreAdditionalProjectSources>$work/packages</RestoreAdditionalProjectSources>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="LdmMl" Version="$version" />
    <PackageReference Include="TorchSharp-cpu" Version="0.107.0" />
  </ItemGroup>
</Project>
XML
echo "$program" >"$work/console/Program.cs"
(cd "$work/console" && dotnet run) | tee "$work/output"
grep -qxF "$expected" "$work/output"

echo "== file-based app"
mkdir "$work/script"
{
    echo "#:package LdmMl@$version"
    echo "#:package TorchSharp-cpu@0.107.0"
    echo "#:property PublishAot=false"
    echo "#:property RuntimeIdentifier=linux-x64"
    echo "#:property RestoreAdditionalProjectSources=$work/packages"
    echo "$program"
} >"$work/script/app.cs"
(cd "$work/script" && dotnet run app.cs) | tee "$work/output"
grep -qxF "$expected" "$work/output"

echo "== tool"
mkdir "$work/tool"
(cd "$work/tool" && dotnet tool install LdmMl.Cli --tool-path . --version "$version" --add-source "$work/packages" && ./ldmml doctor) | tee "$work/output"
grep -qxF "LdmMl works here." "$work/output"

echo "The packages work."
