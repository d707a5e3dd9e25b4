using LdmMl.Torch.Diffusion.Schedulers;
using LdmMl.Torch.Diffusion.Storage;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>An entry of <see cref="SamplerRegistry"/>.</summary>
/// <param name="Usual">The sampler with the options implied by its name.</param>
/// <param name="Format">The scheduler class of diffusers as which it is written.</param>
/// <param name="OtherNames">Other names for it.</param>
internal sealed record SamplerEntry(ISampler Usual, SchedulerFormat Format, params string[] OtherNames)
{
    private const string Suffix = "Sampler";

    /// <summary>Gets the name: that of the record without its last word, or the first of the other names for a variant.</summary>
    public string Name => IsVariant ? OtherNames[0] : Usual.GetType().Name[..^Suffix.Length];

    /// <summary>Gets whether this is the same sampler as in another entry, with different options.</summary>
    public bool IsVariant { get; init; }

    /// <summary>Determines whether a name refers to this entry.</summary>
    public bool IsCalled(string name) => OptionName.AreSame(name, Name) || OtherNames.Any(other => OptionName.AreSame(name, other));
}
