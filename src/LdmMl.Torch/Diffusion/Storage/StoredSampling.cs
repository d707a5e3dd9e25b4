using System.Text.Json;
using System.Text.Json.Nodes;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion.Samplers;

namespace LdmMl.Torch.Diffusion.Storage;

/// <summary>
/// The stored form of <see cref="SamplingSettings"/>: a version, the settings, and the sampler by name, with its options. Files of the first
/// version, in which every option of any sampler was a setting of its own, can still be read.
/// </summary>
internal static class StoredSampling
{
    private const int Version = 2;
    private const string VersionKey = "version";
    private const string SamplerKey = "sampler";
    private const string NameKey = "name";

    /// <summary>Writes settings.</summary>
    /// <exception cref="OptionException">The sampler is not one of this library's.</exception>
    public static JsonObject Write(SamplingSettings settings)
    {
        var json = new JsonObject { [VersionKey] = Version, [SamplerKey] = WriteSampler(settings.Sampler) };
        foreach (var (name, value) in RecordJson.Write(settings with { Sampler = new DdimSampler() }).ToArray())
        {
            if (name != SamplerKey)
                json.Add(name, value?.DeepClone());
        }

        return json;
    }

    /// <summary>Reads settings.</summary>
    /// <exception cref="JsonException">There is no such sampler, a value has the wrong type, a name is unknown, or the file was written by a newer
    /// version.</exception>
    public static SamplingSettings Read(JsonObject json)
    {
        if (json[VersionKey]?.GetValue<int>() is > Version)
            throw new JsonException("The sampling settings were written by a newer version of this library.");
        var (sampler, rest) = (Find(json, SamplerKey), new JsonObject());
        foreach (var (name, value) in json)
        {
            if (!OptionName.AreSame(name, SamplerKey))
                rest.Add(name, value?.DeepClone());
        }

        // In the first version the sampler was a string, and its options were among the settings.
        return RecordJson.Read(new SamplingSettings(), rest, sampler is null or JsonObject ? [VersionKey] : null) with
        {
            Sampler = sampler switch
            {
                null => new DdimSampler(),
                JsonObject own => RecordJson.Read(Create(own[NameKey]?.GetValue<string>() ?? ""), own, [NameKey]),
                _ => FirstVersion(sampler.GetValue<string>(), json),
            },
        };
    }

    /// <summary>Determines whether two settings have equal content, including that of lists.</summary>
    public static bool AreEqual(SamplingSettings one, SamplingSettings other) => JsonNode.DeepEquals(Write(one), Write(other));

    private static JsonObject WriteSampler(ISampler sampler)
    {
        if (!SamplerRegistry.IsBuiltIn(sampler))
        {
            throw Check.Refuse(
                nameof(SamplingSettings.Sampler), sampler.GetType().Name,
                "only the library's own samplers can be stored; store one of them, and set your own when generating");
        }

        var json = new JsonObject { [NameKey] = SamplerRegistry.NameOf(sampler) };
        foreach (var (name, value) in RecordJson.Write(sampler))
            json.Add(name, value?.DeepClone());
        return json;
    }

    // The names of that version: the sampler was a string, and its options were among the settings or their details.
    private static ISampler FirstVersion(string name, JsonObject json)
    {
        var options = new JsonObject { [nameof(HeunSampler.LargestFall)] = "Infinity", [nameof(PlmsSampler.LargestFactor)] = "Infinity" };
        foreach (var (key, value) in json.Concat(Find(json, nameof(SamplingSettings.Details)) as JsonObject ?? new JsonObject()))
        {
            if (value is not null)
                options[OptionName.AreSame(key, "SecondOrder") ? nameof(DpmSolverSampler.Method) : key] = value.DeepClone();
        }

        return RecordJson.Read(Create(name), options);
    }

    private static ISampler Create(string name)
    {
        try
        {
            return SamplerRegistry.Create(name);
        }
        catch (OptionException error)
        {
            throw new JsonException(error.Message, error);
        }
    }

    private static JsonNode? Find(JsonObject json, string key) => json.FirstOrDefault(pair => OptionName.AreSame(pair.Key, key)).Value;
}
