using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training.Streaming;

/// <summary>Latents in memory.</summary>
internal sealed class MemoryLatents : ILatents
{
    private readonly Tensor means;                               // [rows, c, h, w]
    private readonly Tensor? deviations;                         // same shape

    public MemoryLatents(LatentLayout layout)
    {
        Layout = layout;
        means = empty(layout.Shape(layout.Rows)).DetachFromDisposeScope();
        deviations = layout.Varies ? empty(layout.Shape(layout.Rows)).DetachFromDisposeScope() : null;
    }

    public LatentLayout Layout { get; }

    public void Write(long first, Tensor means, Tensor? deviations)
    {
        using var scope = NewDisposeScope();
        this.means.narrow(0, first, means.shape[0]).copy_(means);
        this.deviations?.narrow(0, first, means.shape[0]).copy_(deviations!);
    }

    public (Tensor Means, Tensor? Deviations) Read(ReadOnlySpan<long> rows)
    {
        using var indices = tensor(rows.ToArray());
        return (means.index_select(0, indices), deviations?.index_select(0, indices));
    }

    public void Multiply(double factor)
    {
        means.mul_(Real(factor));
        deviations?.mul_(Real(factor));
    }

    public void Dispose()
    {
        means.Dispose();
        deviations?.Dispose();
    }
}
