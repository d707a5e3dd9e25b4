using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Features;

/// <summary>A hash of weights, independent of their file format.</summary>
internal static class WeightFingerprint
{
    /// <summary>SHA-256 of names, shapes and float32 values in the order of names, in lower-case hexadecimal.</summary>
    public static string Of(IEnumerable<KeyValuePair<string, Tensor>> weights)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[8];
        foreach (var (key, tensor) in weights.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            hash.AppendData(Encoding.UTF8.GetBytes(key));
            foreach (var size in tensor.shape.Prepend(tensor.shape.Length))
            {
                BinaryPrimitives.WriteInt64LittleEndian(number, size);
                hash.AppendData(number);
            }

            hash.AppendData(tensor.to(ScalarType.Float32, CPU).contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
