using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;

namespace LdmMl.Torch.Training.Streaming;

/// <summary>
/// A file of latents: a first page of JSON, with what they are of and the SHA-256 of the rest, and then the latents, one after the other, in float32. It
/// gets its name when it is complete.
/// </summary>
internal static class LatentFile
{
    private const int HeaderBytes = 64 << 10, BlockBytes = 1 << 20;
    private const string KeyName = "Key", HashName = "Sha256";

    /// <summary>Opens a file for reading after checking that it holds what is wanted, to the last bit.</summary>
    /// <returns>The latents; null if there is no such file.</returns>
    /// <exception cref="InvalidDataException">It is damaged, or of something else.</exception>
    public static FileLatents? TryOpen(string path, JsonObject key, LatentLayout layout, CancellationToken cancellation)
    {
        if (!File.Exists(path))
            return null;
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            if (RandomAccess.GetLength(file) != HeaderBytes + layout.Bytes)
                throw new InvalidDataException($"it has {RandomAccess.GetLength(file)} bytes instead of {HeaderBytes + layout.Bytes}");
            var header = ReadHeader(file);
            if (!JsonNode.DeepEquals(header[KeyName], key))
                throw new InvalidDataException("it is of another first stage or of other images");
            if (header[HashName]?.GetValue<string>() != Hash(file, cancellation))
                throw new InvalidDataException("its content does not have the hash that it names");
            return new FileLatents(path, file, layout, HeaderBytes);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Creates a file, under a temporary name until it is complete.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="key">What the latents are of.</param>
    /// <param name="layout">The latents.</param>
    /// <param name="fill">Writes all of them.</param>
    /// <param name="cancellation">Ends the writing.</param>
    public static void Create(string path, JsonObject key, LatentLayout layout, Action<FileLatents> fill, CancellationToken cancellation)
    {
        var temporary = $"{path}.tmp";                           // whoever holds the lock may replace what a killed process left
        try
        {
            // Room is taken at once, so that a full disk is an error before hours of encoding.
            var file = File.OpenHandle(
                temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, preallocationSize: HeaderBytes + layout.Bytes);
            using (var latents = new FileLatents(temporary, file, layout, HeaderBytes))
            {
                fill(latents);
                var header = new JsonObject { [KeyName] = key.DeepClone(), [HashName] = Hash(file, cancellation) };
                WriteHeader(file, header);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static JsonObject ReadHeader(SafeFileHandle file)
    {
        var bytes = new byte[HeaderBytes];
        RandomAccess.Read(file, bytes, 0);
        try
        {
            return JsonNode.Parse(Encoding.UTF8.GetString(bytes).TrimEnd('\0', ' ')) as JsonObject ?? [];
        }
        catch (JsonException error)
        {
            throw new InvalidDataException("it does not begin with a description of latents", error);
        }
    }

    private static void WriteHeader(SafeFileHandle file, JsonObject header)
    {
        var text = Encoding.UTF8.GetBytes(header.ToJsonString());
        if (text.Length > HeaderBytes)
            throw new InvalidOperationException($"The description of the latents has {text.Length} bytes; there is room for {HeaderBytes}.");
        var bytes = new byte[HeaderBytes];
        bytes.AsSpan().Fill((byte)' ');
        text.CopyTo(bytes, 0);
        RandomAccess.Write(file, bytes, 0);
    }

    private static string Hash(SafeFileHandle file, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[BlockBytes];
        for (long at = HeaderBytes; RandomAccess.Read(file, block, at) is > 0 and var read; at += read)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(block, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
