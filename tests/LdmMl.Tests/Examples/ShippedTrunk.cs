using LdmMl.Torch.Models.Perceptual;
using PerceptualTrunk.Judging;

namespace LdmMl.Tests.Examples;

/// <summary>The trunk in <c>examples/models</c>, opened once for all its tests.</summary>
public sealed class ShippedTrunk : IDisposable
{
    private const int Stride = 3;   // a third of the images is enough; the example shows them all
    private static readonly string Examples = Path.Combine(RealData.Repository, "examples");

    public ShippedTrunk() =>
        Judge = new Judge(Model, [.. SampleImages.Read(Path.Combine(Examples, "data", "emoji")).Where((_, index) => index % Stride == 0)]);

    public static string File { get; } = Path.Combine(Examples, "models", "emoji-vgg.safetensors");

    public PerceptualModel Model { get; } = PerceptualModel.Load(File);

    internal Judge Judge { get; }

    public void Dispose()
    {
        Judge.Dispose();
        Model.Dispose();
    }
}
