using SharpFuzz.Common;

namespace LdmMl.Fuzz;

/// <summary>
/// Which branches of the readers a file takes. SharpFuzz instruments each block of their code with a counter; the counters are read in the same
/// process, so that no other fuzzer is needed. Counts are distinguished as in AFL: 1, 2, 3, 4 to 7, 8 to 15, ...
/// </summary>
internal static unsafe class Coverage
{
    private const int Counters = 1 << 16;

    // The code that reads files, ours and that of managed libraries; code that computes with the result says nothing about files.
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

    /// <summary>Instruments the assemblies next to the program, before any of them is loaded.</summary>
    public static void Start()
    {
        Trace.SharedMem = Counts;
        foreach (var (assembly, types) in Instrumented)
            Instrument(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"), types);
    }

    /// <summary>Starts counting for the next file.</summary>
    public static void Reset()
    {
        Trace.PrevLocation = 0;
        new Span<byte>(Counts, Counters).Clear();
    }

    /// <summary>Records the branches that the last file took.</summary>
    /// <returns>Whether one of them is new.</returns>
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

    /// <summary>Gets the number of branches taken so far.</summary>
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
            File.Delete(copy);   // instrumented by an earlier run
        }
    }
}
