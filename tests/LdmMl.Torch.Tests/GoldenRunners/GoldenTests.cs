namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Each golden case is a test of its own; its display name holds group and case.</summary>
[Trait("Category", "Golden")]
public class GoldenTests
{
    // A group without a runner is unsupported, and its cases fail as such.
    private static readonly Dictionary<string, IGoldenRunner> Runners = typeof(GoldenTests).Assembly.GetTypes()
        .Where(type => typeof(IGoldenRunner).IsAssignableFrom(type) && type is { IsClass: true, IsAbstract: false })
        .Select(type => (IGoldenRunner)Activator.CreateInstance(type)!)
        .ToDictionary(runner => runner.Group);

    public static TheoryData<string, string, string> Cases()
    {
        var cases = new TheoryData<string, string, string>();
        foreach (var (origin, group, name) in GoldenCatalog.Cases())
            cases.Add(group, name, origin);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_equals_the_reference(string group, string name, string origin)
    {
        Assert.True(Runners.TryGetValue(group, out var runner), $"Unsupported: no runner for the group '{group}'.");
        using var golden = new GoldenCase(group, name, GoldenCatalog.Folder(origin, group, name));
        runner!.Run(golden);
        golden.AssertComplete();
    }
}
