using System.Security.Cryptography;

namespace LdmMl.Torch.Checkpoints;

/// <summary>Identifies weights by their content.</summary>
internal static class WeightHash
{
    /// <summary>The SHA-256 of what is written, as lowercase hexadecimal; nothing is held in memory.</summary>
    public static string Of(Action<Stream> write)
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
            write(stream);
        return Convert.ToHexStringLower(hash.Hash!);
    }
}
