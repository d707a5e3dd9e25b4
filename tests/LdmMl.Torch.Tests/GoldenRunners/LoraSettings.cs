using System.Text.Json;
using LdmMl.Torch.Generation;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>The LoRA files that a case names and how strongly each counts, in the words of both references.</summary>
internal sealed class LoraSettings
{
    private static readonly string[] Strengths = ["multiplier", "scale", "weight"];
    private static readonly string[] SeveralStrengths = ["multipliers", "scales", "weights"];
    private static readonly string[] Unused = ["unused_keys", "unexpected_keys", "ignored_keys"];

    // How a file was made, which the file itself says; a wrong reading of it is seen in every output.
    private static readonly string[] SaidByTheFiles =
    [
        "rank", "ranks", "alpha", "alphas", "network_alpha", "network_alphas", "conv_rank", "conv_alpha", "modules", "targets", "target_modules",
        "modules_without_alpha", "dtype", "naming", "namings",
    ];

    private readonly GoldenCase golden;

    public LoraSettings(GoldenCase golden)
    {
        this.golden = golden;
        golden.Settings.Describes(SaidByTheFiles);
        Ways = Read(golden.Settings);
        UnusedKeys = Unused.FirstOrDefault(golden.Settings.Has) is { } key ? golden.Settings.Texts(key) : [];
    }

    /// <summary>Gets the ways in which the LoRA is stored, which all give the same model: of several files, all are added.</summary>
    public IReadOnlyList<IReadOnlyList<WeightedLora>> Ways { get; }

    /// <summary>Gets the keys that fit nothing.</summary>
    public IReadOnlyList<string> UnusedKeys { get; }

    private IReadOnlyList<IReadOnlyList<WeightedLora>> Read(CaseSettings settings)
    {
        if (settings.Has("loras"))
            return [[.. settings.Objects("loras").Select(item => Lora(item.Text("file"), Strength(item)))]];
        if (settings.Has("file"))
            return [[Lora(settings.Text("file"), Strength(settings))]];
        if (settings.Kind("files") == JsonValueKind.Object)
            return Named(settings.Object("files"), settings);
        var files = settings.Texts("files");
        if (SeveralStrengths.FirstOrDefault(settings.Has) is not { } key)
            return [.. files.Select(file => (IReadOnlyList<WeightedLora>)[Lora(file, Strength(settings))])];
        var strengths = settings.Node(key).AsArray().Select(item => item!.GetValue<double>());
        return [[.. files.Zip(strengths, Lora)]];
    }

    // Files with a number each are added, files with a description are the same LoRA in other words.
    private IReadOnlyList<IReadOnlyList<WeightedLora>> Named(CaseSettings files, CaseSettings settings)
    {
        string[] names = [.. files.Keys];
        if (files.Kind(names[0]) == JsonValueKind.Number)
            return [[.. names.Select(name => Lora(name, files.Number(name)))]];
        files.Describes(names);
        return [.. names.Select(name => (IReadOnlyList<WeightedLora>)[Lora(name, Strength(settings))])];
    }

    private WeightedLora Lora(string file, double strength) => new(golden.PathOf(file), strength);

    private static double Strength(CaseSettings settings) => Strengths.FirstOrDefault(settings.Has) is { } key ? settings.Number(key) : 1;
}
