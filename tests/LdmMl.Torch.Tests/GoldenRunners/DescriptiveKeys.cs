namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>
/// The list of keys of <c>config.json</c> that no runner reads, because they describe how a case was made and have no effect on it.
/// </summary>
internal static class DescriptiveKeys
{
    // Their group; null for all groups.
    private static readonly (string? Group, string Key, string Reason)[] List =
    [
        (null, "_case", "names the case, the commits of the reference and the type of the stored weights"),
        ("inception", "reference", "names the reference's commit"),
        ("metrics", "crops", "where the images of the inputs were cut out"),
        ("metrics", "noise_sd", "how the second images of the inputs were made from the first"),
        ("taesd", "crops", "where the images of the inputs were cut out"),
    ];

    public static bool Contains(string group, string key) => List.Any(entry => (entry.Group ?? group) == group && entry.Key == key);
}
