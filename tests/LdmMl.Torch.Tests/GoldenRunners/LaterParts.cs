namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>
/// The list of golden groups that this library does not support yet. It should become empty: a group that is neither supported nor listed
/// here fails, and so does a listed group that has a runner.
/// </summary>
internal static class LaterParts
{
    public static IReadOnlyList<string> Groups { get; } =
    [
    ];

    /// <summary>Returns whether a group is left for later.</summary>
    public static bool Has(string group) => Groups.Contains(group);
}
