using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Perceptual.Storage;

/// <summary>The metadata of a perceptual model's combined file, as strings in its header.</summary>
internal static class CombinedFile
{
    private const string KindKey = "kind", TrunkKey = "trunk", VersionKey = "version";
    private const string Lpips = "LPIPS", Uncalibrated = "uncalibrated perceptual distance";

    /// <summary>Writes the file to a stream, which stays open; the weights in float32 in any precision of the network.</summary>
    public static void Write(Stream stream, PerceptualNetwork network, PerceptualDescription description)
    {
        using var scope = NewDisposeScope();
        var weights = network.state_dict().Select(pair => KeyValuePair.Create(pair.Key, pair.Value.to(ScalarType.Float32)));
        var metadata = Metadata(description.TrunkName, description.IsCalibrated ? Lpips : Uncalibrated);
        if (description.Version is { } version)
            metadata[VersionKey] = version == LpipsVersion.V00 ? "0.0" : "0.1";
        SafetensorsFile.Write(stream, weights, metadata);
    }

    /// <summary>Creates the metadata of an uncalibrated distance.</summary>
    /// <param name="trunk">The name of the trunk.</param>
    public static Dictionary<string, string> Metadata(string trunk) => Metadata(trunk, Uncalibrated);

    private static Dictionary<string, string> Metadata(string trunk, string kind) => new(StringComparer.Ordinal)
    {
        ["format"] = "pt", [KindKey] = kind, [TrunkKey] = trunk,
    };

    /// <summary>Gets the name of the trunk in the file; null for none.</summary>
    public static string? TrunkName(StateDictionary weights) => weights.Metadata.GetValueOrDefault(TrunkKey);

    /// <exception cref="CheckpointException">It is not such a file.</exception>
    public static PerceptualDescription Describe(StateDictionary weights, string source)
    {
        var kind = weights.Metadata.GetValueOrDefault(KindKey);
        if (kind is not (Lpips or Uncalibrated) || TrunkName(weights) is not { } name)
        {
            var code = Wording.Of(
                $"Open a trunk and its heads with {nameof(PerceptualModel)}.{nameof(PerceptualModel.LoadLpips)} and save the model, or open a trunk without heads "
                + $"by name, with {nameof(PerceptualModel)}.{nameof(PerceptualModel.LoadUncalibrated)}.");
            throw WordedException.Of(
                $"it is not a combined file of a perceptual model: its header does not say so. "
                + $"{Wording.Either(code, "A trunk and its heads are opened together, as two files.")}",
                reason => new CheckpointException(source, reason));
        }

        var trunk = TrunkKeys.Identify(weights, source);
        return new PerceptualDescription(trunk, kind == Lpips ? Version(weights, source) : null, name);
    }

    private static LpipsVersion Version(StateDictionary weights, string source) => weights.Metadata.GetValueOrDefault(VersionKey) switch
    {
        "0.1" => LpipsVersion.V01,
        "0.0" => LpipsVersion.V00,
        var other => throw new CheckpointException(source, $"its header gives the version of LPIPS as '{other}'; there are 0.1 and 0.0."),
    };
}
