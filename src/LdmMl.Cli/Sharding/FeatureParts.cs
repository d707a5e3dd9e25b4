using System.Runtime.InteropServices;
using LdmMl.Evaluation;
using LdmMl.Torch.Tensors;

namespace LdmMl.Cli.Sharding;

/// <summary>
/// The features of a set of images in parts: every row of them, float32, so that figures are computed from all rows in the order of one run,
/// and are its figures to the last bit.
/// </summary>
internal static class FeatureParts
{
    /// <summary>Adds the features of a part's rows.</summary>
    /// <param name="writer">The part.</param>
    /// <param name="set">Which of the two sets.</param>
    /// <param name="numbers">The numbers of the rows.</param>
    /// <param name="sizes">Gets the sizes of the images.</param>
    /// <param name="describe">Computes the rows, in the order of the numbers.</param>
    public static void Add(
        PartWriter writer, string set, int[] numbers, List<NumberedRow<RowSize>> sizes, Action<IFeatureRows> describe) =>
        writer.Add(EntryOf(set), entry => describe(new Recorder(entry, numbers, sizes)));

    /// <summary>Reads a set from all parts.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="set">Which set.</param>
    /// <param name="first">The number of its first row.</param>
    /// <param name="end">The number after its last.</param>
    /// <param name="description">The features.</param>
    /// <param name="options">The settings of the figures.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static FeatureSetStatistics Read(
        PartSet parts, string set, int first, int end, FeatureDescription description, GenerationEvaluationOptions options,
        CancellationToken cancellation)
    {
        var sizes = parts.Rows<RowSize>();
        var statistics = new FeatureSetStatistics(description, options.SampleCapacity, options.Seed);
        var row = new float[description.Dimensions];
        var streams = parts.Parts.Select(part => part.OpenEntry(EntryOf(set))).ToArray();
        try
        {
            for (var number = first; number < end; number++)
            {
                cancellation.ThrowIfCancellationRequested();
                streams[number % streams.Length].ReadExactly(MemoryMarshal.AsBytes(row.AsSpan()));
                statistics.Add(new ImageSize(sizes[number].Width, sizes[number].Height));
                statistics.Add(row);
            }

            return statistics;
        }
        finally
        {
            foreach (var stream in streams)
                stream.Dispose();
        }
    }

    private static string EntryOf(string set) => $"{set}.f32";

    private sealed class Recorder(Stream entry, int[] numbers, List<NumberedRow<RowSize>> sizes) : IFeatureRows
    {
        private readonly int before = sizes.Count;

        public void Add(ImageSize size) => sizes.Add(new(numbers[sizes.Count - before], new(size.Width, size.Height)));

        public void Add(ReadOnlySpan<float> features) => entry.Write(MemoryMarshal.AsBytes(features));

        public void AddMissing() => throw new InvalidDataException("An image is missing, which files are not.");
    }
}
