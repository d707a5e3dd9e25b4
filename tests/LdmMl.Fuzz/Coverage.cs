using SharpFuzz.Common;

namespace LdmMl.Fuzz;

/// <summary>
/// Which branches of the readers a file takes. SharpFuzz writes a counter into each block of their code; here they are read in the same process, so
/// that no other fuzzer is needed. counts are told apart as AFL does: 1, 2, 3, 4 to 7, 8 to 15, ...
/// </summary>
internal static unsafe class Coverage
{
    private const int Counters = 1 << 16;

    // The code that reads files, ours and that of managed libraries; what computes with what was read teaches nothing about files.
    private static readonly (string Assembly, string[] Types)[] Instrumented =
    [
        ("LdmMl.Torch", ["LdmMl.Torch.Checkpoints.", "LdmMl.Torch.Generation.", "LdmMl.Torch.Models.", "LdmMl.Torch.Diffusion.", "LdmMl.Torch.Metrics."]),
        ("LdmMl", ["LdmMl.Images.", "LdmMl.ImageFile"]),
        ("LdmMl.ImageSharp", ["LdmMl.ImageSharp."]),
        ("SixLabors.ImageSharp", ["SixLabors.ImageSharp.Formats.Tiff.", "SixLabors.ImageSharp.Formats.Tga.", "SixLabors.ImageSharp.Formats.Jpeg."]),
        ("YamlDotNet", ["YamlDotNet."]),
    ];

    private static readonly byte* Counts = (byte*)System.Runtime.InteropServices.NativeMemory.AllocZeroed(Counters);
    private static readonly byte[] Seen = new byte[Counters];

    /// <summary>Writes the counters into the assemblies beside the program; before any of them is loaded.</summary>
    public static void Start()
    {
        Trace.SharedMem = Counts;
        foreach (var (assembly, types) in Instrumented)
            Instrument(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"), types);
    }

    /// <summary>Begins to count for the next file.</summary>
    public static void Reset()
    {
        Trace.PrevLocation = 0;
        new Span<byte>(Counts, Counters).Clear();
    }

    /// <summary>Takes note of what the last file did.</summary>
    /// <returns>Whether no file before did it.</returns>
    public static bool Note()
    {
        var isNew = false;
        for (var i = 0; i < Counters; i++)
        {
            if (Counts[i] == 0)
                continue;
            var kind = (byte)(1 << Math.Min(7, Counts[i] < 4 ? Counts[i] - 1 : System.Numerics.BitOperations.Log2(Counts[i]) + 1));
            isNew |= (Seen[i] & kind) == 0;
            Seen[i] |= kind;
        }

        return isNew;
    }

    /// <summary>Gets how many branches files took so far.</summary>
    public static int Branches => Seen.Count(kinds => kinds != 0);

    private static void Instrument(string path, string[] types)
    {
        var copy = path + ".counted";
        File.Copy(path, copy, overwrite: true);
        try
        {
            SharpFuzz.Fuzzer.Instrument(copy, name => Array.Exists(types, type => name.StartsWith(type, StringComparison.Ordinal)), SharpFuzz.Options.Value);
            File.Move(copy, path, overwrite: true);
        }
        catch (SharpFuzz.InstrumentationException) when (File.Exists(copy))
        {
            File.Delete(copy);   // an earlier run did it
        }
    }
}
