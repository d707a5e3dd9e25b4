using System.Runtime.InteropServices;
using System.Security.Cryptography;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>The labels of a set of images, and their dropout, so that the model also learns to predict without a label.</summary>
/// <param name="labels">The label of each image.</param>
/// <param name="nullLabel">The number of the null label; null if no label is dropped.</param>
/// <param name="dropout">The share of images whose label is dropped (Ho and Salimans 2022, algorithm 1).</param>
internal sealed class TrainingLabels(IReadOnlyList<int> labels, int? nullLabel, double dropout)
{
    /// <summary>Computes the SHA-256 of the labels.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<int>(labels.ToArray())));

    /// <summary>Reads the labels of some images unchanged.</summary>
    public long[] Read(ReadOnlySpan<long> rows)
    {
        var read = new long[rows.Length];
        for (var i = 0; i < read.Length; i++)
            read[i] = labels[(int)rows[i]];
        return read;
    }

    /// <summary>Reads the labels of some images, with dropout by the generator.</summary>
    public long[] Read(ReadOnlySpan<long> rows, Generator generator)
    {
        var read = Read(rows);
        if (nullLabel is not { } any || dropout == 0)
            return read;
        using var drawn = rand(read.Length, generator: generator);
        var coins = drawn.data<float>();
        for (var i = 0; i < read.Length; i++)
            read[i] = coins[i] < dropout ? any : read[i];
        return read;
    }
}
