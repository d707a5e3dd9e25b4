using System.Security.Cryptography;

namespace LdmMl.Torch.Native;

/// <summary>
/// A copy of TorchSharp's library that loads where libstdc++ is older than the one it was built with (Debian 12, Ubuntu 22.04).
/// The original stays as it is. The copy is named by the hash of its content, so that versions never mix,
/// and is renamed into place, so that processes that start at the same time never see a partial file.
/// </summary>
internal static class CompatibilityCopy
{
    // Needed for std::ios_base_library_init alone, which nothing in the library calls.
    private const string UnusedVersion = "GLIBCXX_3.4.32";

    /// <summary>Creates the copy, or finds the one created earlier.</summary>
    /// <param name="original">The path of the library.</param>
    /// <returns>The path of the copy.</returns>
    /// <exception cref="IOException">No folder can be written.</exception>
    /// <exception cref="InvalidDataException">The library is no ELF file, or needs something else.</exception>
    public static string Create(string original) => Create(original, CacheFolders.Candidates("native"));

    internal static string Create(string original, IEnumerable<string> folders)
    {
        var image = File.ReadAllBytes(original);
        ElfVersionNeeds.MarkWeak(image, UnusedVersion);
        var name = Path.Combine(Convert.ToHexStringLower(SHA256.HashData(image))[..16], Path.GetFileName(original));

        var tried = new List<string>();
        foreach (var folder in folders)
        {
            var path = Path.Combine(folder, name);
            if (IsWhole(path, image) || TryWrite(path, image))
                return path;
            tried.Add(folder);
        }
        throw new IOException(
            $"an adapted copy of it ({image.Length / 1024} KiB) is needed on this system " +
            $"and none of these folders can be written: {string.Join(", ", tried)}. " +
            "Make one of them writable, or set XDG_CACHE_HOME to a folder that is.");
    }

    // The content is compared, not just the name: a damaged or planted file is never loaded.
    private static bool IsWhole(string path, byte[] image)
    {
        try
        {
            return File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(image);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool TryWrite(string path, byte[] image)
    {
        var temporary = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        try
        {
            CreatePrivateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(temporary, image);
            File.Move(temporary, path, overwrite: true);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
            return false;
        }
    }

    private static void CreatePrivateDirectory(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
