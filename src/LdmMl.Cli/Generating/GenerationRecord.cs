using System.Security.Cryptography;
using System.Text.Json;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;

namespace LdmMl.Cli.Generating;

/// <summary>
/// What determines every image of a folder, by the name of the option that changes it. It is kept in the folder next to the images, so that a later
/// run goes on only with what would make the same images.
/// </summary>
internal sealed class GenerationRecord
{
    /// <summary>The file's name within the folder.</summary>
    public const string FileName = "generation.json";

    private const string ModelName = "--model", ConvolutionsName = "--convolutions", InitNames = "images of --init";

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly SortedDictionary<string, string> values = new(StringComparer.Ordinal);

    /// <summary>Gets the hash of the model's weights.</summary>
    public string ModelHash => values[ModelName];

    /// <summary>Records what determines the images of a plan.</summary>
    /// <param name="plan">The images.</param>
    /// <param name="generation">How they are made.</param>
    /// <param name="reading">How texts are read, where it is not the usual way.</param>
    public static GenerationRecord Of(GenerationPlan plan, ImageGeneration generation, IEnumerable<(string Name, string Value)> reading)
    {
        var (settings, sampling) = (generation.Settings, generation.Settings.Sampling!);
        var record = new GenerationRecord();
        record.Set(ModelName, $"{generation.Model.ComputeWeightHash()}");
        if (generation.Model.Device.type != TorchSharp.DeviceType.CPU)
            record.Set("--device", $"cuda");           // whose images are not the CPU's to the last bit
        record.Set("--precision", $"{generation.Model.Precision}");
        record.Set(ConvolutionsName, $"{ConvolutionNames.Of(ModeOf(generation.Model))}");
        record.Set("--seed", $"{plan.Seed}");
        record.Set("--label", $"{string.Join(", ", plan.Labels.Select(label => label.Name))}");
        record.Set("--prompt", $"{Joined(plan.Texts.Prompts)}");
        record.Set("--negative", $"{plan.Texts.Negative}");
        record.Set("--prompt-2", $"{plan.Texts.Second}");
        record.Set("--negative-2", $"{plan.Texts.SecondNegative}");
        foreach (var (name, value) in reading)
            record.Set(name, $"{value}");
        record.Set("--sampler", $"{sampling.Sampler}");
        record.Set("--steps", $"{sampling.Steps}");
        record.Set("--spacing", $"{sampling.Spacing}");
        record.Set("--sigmas", $"{sampling.SigmaCurve}");
        record.Set("--guidance", $"{settings.GuidanceScale}");
        record.Set("--guidance-rescale", $"{settings.GuidanceRescale}");
        if (settings.GuidanceProjection is { } projection)
        {
            record.Set("--guidance-projection", $"{projection.ParallelShare}");
            if (projection.LargestNorm is { } norm)
                record.Set("--guidance-norm", $"{norm}");
        }

        if (settings.GuidanceInterval is { } interval)
        {
            record.Set("--guidance-above", $"{interval.LowestSigma}");
            record.Set("--guidance-below", $"{interval.HighestSigma}");
        }

        record.Set("--width", $"{settings.Width ?? generation.Model.DefaultWidth}");
        record.Set("--height", $"{settings.Height ?? generation.Model.DefaultHeight}");
        if (plan.Initials.Count == 0)
            return record;
        record.Set("--strength", $"{settings.Strength}");
        if (settings.ImageRule != ImageRule.Mean)          // what there was before there was a choice
            record.Set("--image-rule", $"{Choices.NameOf(settings.ImageRule)}");
        record.Set("--fit", $"{generation.Initials.Fit}");
        record.Set("--init", $"{HashOf(plan.Initials.Select(initial => initial.Image))}");
        record.Set(InitNames, $"{string.Join(", ", plan.Initials.Select(initial => initial.Name))}");
        record.Set("--mask", $"{HashOf(plan.Initials.Select(initial => initial.Mask).OfType<string>())}");
        return record;
    }

    // Whole where a person can read it.
    private static string Joined(IReadOnlyList<PlannedPrompt> prompts) => prompts switch
    {
        [] => "",
        [{ Negative: null, Seed: null, Second: null, SecondNegative: null } only] => only.Text,
        _ => $"{prompts.Count} prompts, {Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(prompts, Options)))}",
    };

    // In bf16 libtorch convolves in every mode, so that every mode makes the same images.
    private static ConvolutionMode ModeOf(LatentDiffusionModel model) =>
        model.Precision == ModelPrecision.Float32 ? model.Convolutions : ConvolutionMode.Direct;

    // Missing values are left out, so that people can read the file too.
    private void Set(string option, FormattableString value)
    {
        if (FormattableString.Invariant(value) is { Length: > 0 } text)
            values[option] = text;
    }

    // Of the contents, not of the paths: machines may keep the same images elsewhere.
    private static string HashOf(IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var count = 0;
        foreach (var file in files)
        {
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
            count++;
        }

        return count == 0 ? "" : $"{count} images, {Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    /// <summary>Writes the file, unless another machine that works on the same folder has just done so.</summary>
    /// <exception cref="InvalidOperationException">The other machine's settings differ.</exception>
    public void Write(string folder)
    {
        var path = Path.Combine(folder, FileName);
        Directory.CreateDirectory(folder);
        var temporary = TemporaryName.Beside(path);
        File.WriteAllText(temporary, JsonSerializer.Serialize(values, Options) + "\n");
        try
        {
            File.Move(temporary, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
            Check(folder);
        }
    }

    /// <summary>Checks whether the images in a folder were made with these settings.</summary>
    /// <returns>Whether there are such settings in the folder.</returns>
    /// <exception cref="InvalidOperationException">They are not; the message says what differs.</exception>
    public bool Check(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return false;
        var there = Read(path);

        // Before there was a choice, libtorch convolved.
        there.TryAdd(ConvolutionsName, ConvolutionNames.Of(ConvolutionMode.Direct));
        var differences = values.Keys.Union(there.Keys, StringComparer.Ordinal)
            .Where(name => values.GetValueOrDefault(name) != there.GetValueOrDefault(name))
            .Select(name => $"{name} was {there.GetValueOrDefault(name) ?? "not given"} and is {values.GetValueOrDefault(name) ?? "not given"}")
            .ToArray();
        return differences.Length == 0 ? true : throw new InvalidOperationException(
            $"The folder '{folder}' contains images that were generated with other settings: {string.Join("; ", differences)}. "
            + "Choose another --out, or delete the folder.");
    }

    private static Dictionary<string, string> Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(path)) ?? throw new JsonException("It is null.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"'{path}' should say how the images next to it were generated, but cannot be read. Choose another --out, or delete the folder.", error);
        }
    }
}
