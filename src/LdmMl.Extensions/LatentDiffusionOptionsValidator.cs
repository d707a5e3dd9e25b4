using LdmMl.Torch.Models;
using Microsoft.Extensions.Options;

namespace LdmMl.Extensions;

/// <summary>Checks the options when the application starts; reports every fault, not only the first.</summary>
internal sealed class LatentDiffusionOptionsValidator : IValidateOptions<LatentDiffusionOptions>
{
    public ValidateOptionsResult Validate(string? name, LatentDiffusionOptions options)
    {
        string[] faults = [.. FaultsOf(options)];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> FaultsOf(LatentDiffusionOptions options) =>
        FilesOf(options).Concat(NumbersOf(options));

    private static IEnumerable<string> FilesOf(LatentDiffusionOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Model))
            yield return $"{nameof(options.Model)} is empty; name an installed model, a folder in diffusers' layout, or a checkpoint file.";
        else if (!Path.Exists(InstalledModels.Resolve(options.Model, InstalledModelKind.Diffusion)))
            yield return $"{nameof(options.Model)} is '{options.Model}'; {InstalledModels.Missing(options.Model, InstalledModelKind.Diffusion).Reason}";
        if (options.ConfigPath is { } config && !File.Exists(config))
            yield return $"{nameof(options.ConfigPath)} is '{config}'; there is no such file.";
        foreach (var lora in options.Loras)
        {
            if (!File.Exists(lora.Path))
                yield return $"{nameof(options.Loras)} has '{lora.Path}'; there is no such file.";
            if (!double.IsFinite(lora.Weight))
                yield return $"{nameof(options.Loras)} has '{lora.Path}' with the weight {lora.Weight}; it must be a finite number.";
        }

        foreach (var embedding in options.Embeddings.Where(embedding => !File.Exists(embedding)))
            yield return $"{nameof(options.Embeddings)} has '{embedding}'; there is no such file.";
    }

    private static IEnumerable<string> NumbersOf(LatentDiffusionOptions options)
    {
        if (options.GpuDeviceId < 0)
            yield return $"{nameof(options.GpuDeviceId)} is {options.GpuDeviceId}; it must be the number of a GPU, from 0, or not be set.";
        if (!Enum.IsDefined(options.Precision))
            yield return $"{nameof(options.Precision)} is {options.Precision}; it must be one of {string.Join(", ", Enum.GetNames<ModelPrecision>())}.";
        if (options.Steps < 1)
            yield return $"{nameof(options.Steps)} is {options.Steps}; it must be at least 1.";
        if (options.GuidanceScale is { } scale && !(scale >= 0 && double.IsFinite(scale)))
            yield return $"{nameof(options.GuidanceScale)} is {scale}; it must be at least 0.";
        if (options.MaximumCount < 1)
            yield return $"{nameof(options.MaximumCount)} is {options.MaximumCount}; it must be at least 1.";
        if (options.MaximumPixels < 1)
            yield return $"{nameof(options.MaximumPixels)} is {options.MaximumPixels}; it must be at least 1.";
        if (options.BatchSize < 1)
            yield return $"{nameof(options.BatchSize)} is {options.BatchSize}; it must be at least 1.";
    }
}
