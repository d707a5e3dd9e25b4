using System.Runtime.InteropServices;
using LdmMl.Models;

namespace LdmMl.Transforms.Generate;

/// <summary>
/// The rows of one batch to generate from: seeds and conditions, and as planes the image that a row begins with and its mask. Rows that begin
/// with noise alone have planes of 0 channels, which group them by size.
/// </summary>
internal sealed class GenerationRows(int channels, int capacity) : PlaneBatch(channels, capacity)
{
    public Row[] Rows { get; } = new Row[capacity];

    /// <summary>Seed and conditions of a row.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal struct Row
    {
        public long Seed;
        public int Label;
        public string? Prompt, NegativePrompt;
        public float[] Context, Unconditional;
    }
}
