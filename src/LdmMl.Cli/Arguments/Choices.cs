using System.Text;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Text;

namespace LdmMl.Cli.Arguments;

/// <summary>Names of enum values on the command line: in any case, also with the spellings of other tools.</summary>
internal static class Choices
{
    private const string LongName = "DpmSolverPlusPlus", UniPc = "UniPc";

    // Values whose C# name is not how the field spells them.
    private static readonly Dictionary<Enum, string> Spelled = new()
    {
        [ModelPrecision.BFloat16] = "bfloat16",
        [StorageFormat.BFloat16] = "bfloat16",
        [WeightSource.MovingAverageIfComplete] = "auto",
        [WeightSource.MovingAverage] = "ema",
        [WeightSource.Trained] = "raw",
        [TextRules.OpenAi] = "openai",
        [TextRules.OpenAiUnrepaired] = "openai-unrepaired",
    };

    private static readonly Dictionary<Enum, string[]> OtherNames = new()
    {
        [ModelPrecision.Float32] = ["fp32", "f32"],
        [ModelPrecision.BFloat16] = ["bf16"],
        [StorageFormat.Float32] = ["fp32", "f32"],
        [StorageFormat.Float16] = ["fp16", "f16", "half"],
        [StorageFormat.BFloat16] = ["bf16"],
        [Prediction.Epsilon] = ["eps", "noise"],
        [Prediction.Start] = ["x0", "sample", "image"],
        [Prediction.Velocity] = ["v", "v-prediction"],
        [BetaCurve.SquareRoot] = ["sqrt"],
        [BetaCurve.Cosine] = ["squaredcos-cap-v2"],
        [ReconstructionError.Absolute] = ["l1", "mae"],
        [ReconstructionError.Squared] = ["l2", "mse"],
    };

    /// <summary>Gets the name of a value as help and messages show it: <c>dpm++-2m</c>, <c>euler-ancestral</c>, <c>crop-to-fill</c>.</summary>
    public static string NameOf(Enum value) => Spelled.TryGetValue(value, out var name) ? name : Hyphenated($"{value}");

    /// <summary>Gets the name of a sampler as help shows it.</summary>
    public static string NameOf(ISampler sampler) => ShownName(SamplerRegistry.NameOf(sampler));

    /// <summary>Lists the samplers.</summary>
    public static string[] Samplers => [.. SamplerRegistry.Names.Select(ShownName)];

    /// <summary>Lists the names of an enum's values.</summary>
    public static string[] NamesOf(Type type) => [.. Enum.GetValues(type).Cast<Enum>().Select(NameOf)];

    /// <summary>Finds a value by any of its names; null if there is none.</summary>
    public static T? Find<T>(string text)
        where T : struct, Enum
    {
        var wanted = Key(text);
        foreach (var value in Enum.GetValues<T>())
        {
            if (Key($"{value}") == wanted || Key(NameOf(value)) == wanted || OtherNames.GetValueOrDefault(value, []).Any(name => Key(name) == wanted))
                return value;
        }

        return null;
    }

    // Lowercase, without separators between words.
    private static string Key(string text) =>
        string.Concat(text.ToLowerInvariant().Where(letter => letter is not ('-' or '_' or ' ' or '.')));

    /// <summary>Gets the name of a sampler as help shows it.</summary>
    public static string ShownName(string sampler) => sampler == UniPc ? UniPc.ToLowerInvariant() : Hyphenated(sampler);

    /// <summary>Gets a name of C# in lowercase with hyphens.</summary>
    public static string Hyphenated(string name)
    {
        var text = new StringBuilder();
        var rest = name.StartsWith(LongName, StringComparison.Ordinal) && name.Length > LongName.Length ? name[LongName.Length..] : name;
        if (rest.Length < name.Length)
            text.Append("dpm++-");
        for (var at = 0; at < rest.Length; at++)
        {
            var begins = at > 0 && char.IsUpper(rest[at])
                && (char.IsLower(rest[at - 1]) || (at + 1 < rest.Length && char.IsLower(rest[at + 1])));
            text.Append(begins ? "-" : "").Append(char.ToLowerInvariant(rest[at]));
        }

        return text.ToString();
    }
}
