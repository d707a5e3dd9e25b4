using System.Security.Cryptography;

namespace LdmMl.Torch.Checkpoints.Published;

/// <summary>Verifies a published file by its length and its SHA-256, never by its name.</summary>
internal static class ContentCheck
{
    /// <summary>Reads a file and says what is wrong with it.</summary>
    /// <returns>A clause such as "it has 3 bytes instead of 7", or null if the content is the published one.</returns>
    public static string? Problem(PublishedFile file, string path, CancellationToken cancellation = default)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        return stream.Length == file.Length
            ? HashProblem(file, stream, cancellation)
            : $"it has {stream.Length:N0} bytes instead of {file.Length:N0}";
    }

    private static string? HashProblem(PublishedFile file, FileStream stream, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        int count;
        while ((count = stream.Read(buffer)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, count);
        }
        var found = Convert.ToHexStringLower(hash.GetHashAndReset());
        return found == file.Sha256 ? null : $"its SHA-256 begins with {found[..8]} instead of {file.Sha256[..8]}";
    }
}
