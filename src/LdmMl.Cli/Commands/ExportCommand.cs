using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Onnx;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml export MODEL</c>: a model's networks as ONNX files, for runtimes without this library.</summary>
internal static class ExportCommand
{
    private const string DistanceName = "distance.onnx";

    private static readonly Argument<string> Model = new("MODEL") { Description = AnyModel.Description + "." };

    private static readonly Option<DirectoryInfo> Out = new("--out")
    {
        Description = "The folder for the model.onnx of each network, with the layout of diffusers' exporters; created if missing.",
        Required = true,
    };

    // All that an export may write; checked before anything is written.
    private static readonly string[] Names = ["vae_encoder", "vae_decoder", "unet", "model_index.json", DistanceName];

    private static readonly ModelOptions Opening = new();
    private static readonly OutputOptions Output = new();

    public static Command Create()
    {
        var command = new ToolCommand("export", "Writes a model's networks as ONNX files, which ONNX Runtime, ML.NET and browsers run.")
        {
            Examples =
            [
                "ldmml export emoji --out exported", "ldmml export examples/models/emoji-kl-f4 --out exported",
                "ldmml export model.ckpt --weights ema --out exported",
            ],
        };
        command.Arguments.Add(Model);
        command.With("Opening", Opening.Weights).With("Output", [Out, .. Output.All]);
        command.SetHandler((parsed, _) => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var folder = parsed.GetRequiredValue(Out);
        OutputFolder.CheckFree(folder, "an exported model", Names, Output.Overwrites(parsed));
        OutputFolder.Check("--out", folder);
        Output.Check(parsed);
        using var model = AnyModel.Open(parsed, Opening, parsed.GetRequiredValue(Model));
        switch (model)
        {
            case LatentDiffusionModel whole: whole.SaveAsOnnx(folder.FullName); break;
            case AutoencoderModel autoencoder: autoencoder.SaveAsOnnx(folder.FullName); break;
            case PerceptualModel distance: distance.SaveAsOnnx(Path.Combine(folder.FullName, DistanceName)); break;
        }

        var files = folder.EnumerateFiles("*", SearchOption.AllDirectories)
            .Select(file => new ExportedFile(Path.GetRelativePath(folder.FullName, file.FullName), file.Length))
            .OrderBy(file => file.Name, StringComparer.Ordinal).ToArray();
        foreach (var file in files)
            Terminal.WriteLine($"{file.Name}  {ByteSize.Of(file.Bytes)}");
        Output.Write(parsed, new { Files = files });
        return ExitCode.Success;
    }

    private sealed record ExportedFile(string Name, long Bytes);
}
