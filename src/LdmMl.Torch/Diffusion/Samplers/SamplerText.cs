using System.Globalization;
using LdmMl.Torch.Diffusion.Storage;

namespace LdmMl.Torch.Diffusion.Samplers;

/// <summary>Describes a sampler in words.</summary>
internal static class SamplerText
{
    /// <summary>Returns its name and the options that are not at their defaults.</summary>
    public static string Describe(ISampler sampler)
    {
        var name = SamplerRegistry.NameOf(sampler);
        if (!SamplerRegistry.IsBuiltIn(sampler))
            return name;
        var usual = SamplerRegistry.Create(name);
        var changed = RecordOption.Of(sampler.GetType())
            .Select(option => (option.Name, Value: option.ValueOf(sampler), Usual: option.ValueOf(usual)))
            .Where(option => !Equals(option.Value, option.Usual))
            .Select(option => $"{option.Name} {Text(option.Value)}");
        return string.Join(", ", changed.Prepend(name));
    }

    private static string Text(object? value) =>
        value is IEnumerable<int> numbers ? string.Join(' ', numbers) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
