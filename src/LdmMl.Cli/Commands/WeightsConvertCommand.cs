using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Onnx;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml weights convert FILE</c>: a network for ImageNet from a package's ONNX file, as features and as a perceptual distance.</summary>
internal static class WeightsConvertCommand
{
    private static readonly Argument<FileInfo> Source = new("FILE")
    {
        Description = "ResNet18.onnx of the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1 (MIT), in its folder tools/DnnImageModels.",
    };
    private static readonly Option<FileInfo?> Out = new("--out")
    {
        Description = $"The safetensors file to write; by default in the user's cache, where --features and --perceptual find it as {ResidualOnnx.Name}.",
    };
    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand("convert", "Converts a residual network from an ONNX file of CNTK, for --features and --perceptual.")
        {
            Examples = ["ldmml weights convert ~/.nuget/packages/microsoft.ml.dnnimagefeaturizer.resnet18/0.23.1/tools/DnnImageModels/ResNet18Onnx/ResNet18.onnx"],
        };
        command.Arguments.Add(Source);
        command.With("Output", [Out, .. Output.All]);
        command.SetHandler((parsed, _) => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var target = parsed.GetValue(Out) ?? new FileInfo(Path.Combine(InstalledModels.Converted, ResidualOnnx.Name, InstalledModels.PerceptualFile));
        Output.Check(parsed, "--out", target);
        Output.Check(parsed);
        var source = parsed.GetRequiredValue(Source);
        if (!source.Exists)
            throw new FileNotFoundException($"FILE names '{source}', which does not exist.");
        using var weights = ResidualOnnx.Convert(source.FullName);
        target.Directory!.Create();
        SafetensorsFile.Write(target.FullName, weights, weights.Metadata);
        using var features = FeatureModel.Load(target.FullName);
        Terminal.WriteLine($"{features}");
        Output.Write(parsed, new { file = target.FullName, features.Name, features.Dimensions, features.Fingerprint });
        return ExitCode.Success;
    }
}
