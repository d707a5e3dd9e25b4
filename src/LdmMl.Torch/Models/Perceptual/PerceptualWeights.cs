using LdmMl.Torch.Arguments;
using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>A hash of the weights of a frozen network.</summary>
internal static class PerceptualWeights
{
    private const int HexDigits = 16;

    /// <summary>Returns the beginning of the SHA-256 of keys and float32 values.</summary>
    public static string Hash(IReadOnlyDictionary<string, Tensor> weights)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (key, weight) in weights.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            hash.AppendData(Encoding.UTF8.GetBytes($"{key} {weight.ShapeText()}\n"));
            hash.AppendData(weight.to(ScalarType.Float32, CPU).contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..HexDigits];
    }
}
