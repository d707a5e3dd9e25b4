using System.Security.Cryptography;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace LdmMl.Tests.Storage;

/// <summary>Rows of the stored pipeline.</summary>
internal static class StoredRows
{
    internal sealed class Input
    {
        public string Path { get; set; } = "";
    }

    internal sealed class Output
    {
        public string Path { get; set; } = "";

        public float Psnr { get; set; }

        public float Ssim { get; set; }

        public float Distance { get; set; }

        public float PerceptualDistance { get; set; }

        [VectorType(3)]
        public float[] Layers { get; set; } = [];

        [VectorType(1, 16, 16)]
        public float[] Map { get; set; } = [];

        [VectorType(3, 4, 4)]
        public float[] Latent { get; set; } = [];

        [ImageType(16, 16)]
        public MLImage Out { get; set; } = null!;

        [ImageType(16, 16)]
        public MLImage Decoded { get; set; } = null!;

        public override string ToString() => string.Join(
            ' ', System.IO.Path.GetFileName(Path), BitConverter.SingleToInt32Bits(Psnr), BitConverter.SingleToInt32Bits(Ssim),
            BitConverter.SingleToInt32Bits(Distance), BitConverter.SingleToInt32Bits(PerceptualDistance),
            string.Join(',', Latent.Concat(Layers).Concat(Map).Select(BitConverter.SingleToInt32Bits)),
            Convert.ToHexString(SHA256.HashData(Out.Pixels)), Convert.ToHexString(SHA256.HashData(Decoded.Pixels)));
    }
}
