using System.Security.Cryptography;

namespace LdmMl.Fuzz;

/// <summary>The files of a reader that are mutated: valid ones, and each that took a new branch. The latter are kept on disk.</summary>
internal sealed class Corpus
{
    private const int LargestFile = 16 << 10;   // bytes; larger files are slow and find nothing more
    private const int Newest = 16;

    private readonly string folder;
    private readonly List<byte[]> files;

    /// <summary>Reads the files that an earlier run kept.</summary>
    public Corpus(FuzzTarget target, string folder)
    {
        this.folder = Directory.CreateDirectory(Path.Combine(folder, target.Name.Replace(' ', '-'))).FullName;
        files = [.. target.Samples, .. Directory.EnumerateFiles(this.folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
    }

    /// <summary>Gets all files.</summary>
    public IReadOnlyList<byte[]> Files => files;

    /// <summary>Picks a file to mutate; every second time one of the newest, which have not been mutated much yet.</summary>
    public byte[] Pick(Random random) => random.Next(2) == 0
        ? files[random.Next(files.Count)]
        : files[files.Count - 1 - random.Next(Math.Min(Newest, files.Count))];

    /// <summary>Keeps a file.</summary>
    public void Add(byte[] file)
    {
        if (file.Length > LargestFile)
            return;
        files.Add(file);
        File.WriteAllBytes(Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(file))[..16]), file);
    }
}
