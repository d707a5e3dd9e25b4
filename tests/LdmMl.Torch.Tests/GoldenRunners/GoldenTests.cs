using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Layers;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Each golden case is a separate test; its display name has the group, the case and the convolution mode.</summary>
[Trait("Category", "Golden")]
public class GoldenTests
{
    // A group without a runner is unsupported, and its cases fail.
    internal static IReadOnlyDictionary<string, IGoldenRunner> Runners { get; } = typeof(GoldenTests).Assembly.GetTypes()
        .Where(type => typeof(IGoldenRunner).IsAssignableFrom(type) && type is { IsClass: true, IsAbstract: false })
        .Select(type => (IGoldenRunner)Activator.CreateInstance(type)!)
        .ToDictionary(runner => runner.Group);

    public static TheoryData<string, string, string, ConvolutionMode> Cases()
    {
        var cases = new TheoryData<string, string, string, ConvolutionMode>();
        foreach (var (origin, group, name) in GoldenCatalog.Cases().Where(
            golden => !LaterParts.Has(golden.Group)))
        {
            var convolves = Runners.TryGetValue(group, out var runner) && runner.Convolves(GoldenCatalog.Folder(origin, group, name));
            foreach (var mode in convolves ? Enum.GetValues<ConvolutionMode>() : [ConvolutionMode.Direct])
                cases.Add(group, name, origin, mode);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_equals_the_reference(string group, string name, string origin, ConvolutionMode convolutions)
    {
        Assert.True(Runners.TryGetValue(group, out var runner), $"Unsupported: no runner for the group '{group}'.");
        using var golden = Open(group, name, origin, convolutions);
        Run(runner!, golden);
        golden.AssertComplete();
    }

    [Fact]
    public void Groups_left_for_later_have_no_runner() => Assert.Empty(LaterParts.Groups.Intersect(Runners.Keys));

    [Theory]
    [InlineData("autoencoder-kl")]
    [InlineData("taesd")]
    [InlineData("lpips")]
    [InlineData("unet")]
    public void Cases_in_the_repository_use_the_largest_tiles(string group)
    {
        var layers = 0;
        foreach (var (origin, _, name) in GoldenCatalog.Cases().Where(golden => golden.Origin == GoldenCatalog.Own && golden.Group == group))
        {
            using var golden = Open(group, name, origin, ConvolutionMode.Auto);
            Run(Runners[group], golden);
            layers += golden.LargeTileLayers;
        }

        Assert.Equal(WinogradConvolution.IsSupported, layers > 0);
    }

    private static GoldenCase Open(string group, string name, string origin, ConvolutionMode convolutions) =>
        new(group, name, GoldenCatalog.Folder(origin, group, name), convolutions);

    private static void Run(IGoldenRunner runner, GoldenCase golden)
    {
        using var scope = new ConvolutionScope(golden.Convolutions);
        runner.Run(golden);
    }
}
