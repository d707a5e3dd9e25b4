using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Models;

/// <summary>A tensor of rows [n, C, H, W] on the CPU. The address of its memory is looked up once rather than for every row.</summary>
internal sealed unsafe class PlaneTensor : IDisposable
{
    private readonly float* data;
    private readonly int rowLength;

    /// <param name="rows">Contiguous rows, which this then owns.</param>
    public PlaneTensor(Tensor rows)
    {
        var shape = rows.shape;
        Rows = rows;
        Count = (int)shape[0];
        Size = new ImageSize((int)shape[3], (int)shape[2]);
        rowLength = (int)(shape[1] * shape[2] * shape[3]);
        data = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(rows.bytes));   // native memory: it does not move
    }

    /// <summary>Detaches rows from their scope and makes them contiguous.</summary>
    public static PlaneTensor Keep(Tensor rows) => new(rows.contiguous().DetachFromDisposeScope());

    public Tensor Rows { get; }

    public int Count { get; }

    public ImageSize Size { get; }

    /// <summary>Gets the planes [C, H, W] of a row; valid until this is disposed.</summary>
    public Span<float> Row(int index) => new(data + (long)index * rowLength, rowLength);

    public void Dispose() => Rows.Dispose();
}
