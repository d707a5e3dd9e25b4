using System.Security.Cryptography;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Storage;

/// <summary>Rows of a stored pipeline that generates.</summary>
internal static class StoredSeeds
{
    internal sealed class Input
    {
        public long Seed { get; set; }

        public string Label { get; set; } = "";
    }

    internal sealed class Output
    {
        public long Seed { get; set; }

        [VectorType(4, 8, 8)]
        public float[] Latent { get; set; } = [];

        [ImageType(16, 16)]
        public MLImage Out { get; set; } = null!;

        public override string ToString() => string.Join(
            ' ', Seed, string.Join(',', Latent.Select(BitConverter.SingleToInt32Bits)), Convert.ToHexString(SHA256.HashData(Out.Pixels)));
    }
}
