using LdmMl.Torch.Diffusion.Schedulers;
using LdmMl.Torch.Diffusion.Storage;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>A line of <see cref="SamplerRegistry"/>.</summary>
/// <param name="Usual">The sampler with the options that its name means.</param>
/// <param name="Format">The scheduler class of diffusers that it is written as.</param>
/// <param name="OtherNames">Other names for it.</param>
internal sealed record SamplerEntry(ISampler Usual, SchedulerFormat Format, params string[] OtherNames)
{
    private const string Suffix = "Sampler";

    /// <summary>Gets the name: that of the record without its last word; for a variant, the first of its other names.</summary>
    public string Name => IsVariant ? OtherNames[0] : Usual.GetType().Name[..^Suffix.Length];

    /// <summary>Gets a value indicating whether this is a sampler of another line with other options.</summary>
    public bool IsVariant { get; init; }

    /// <summary>Says whether a name means this line.</summary>
    public bool IsCalled(string name) => OptionName.AreSame(name, Name) || OtherNames.Any(other => OptionName.AreSame(name, other));
}
