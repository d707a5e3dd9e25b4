using System.Runtime.InteropServices;
using LdmMl.Models;

namespace LdmMl.Transforms.Generate;

/// <summary>
/// The rows of one batch to generate from: seeds and conditions, and the initial image and its mask as planes. Rows without an
/// initial image have planes of 0 channels, which group them by size.
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
