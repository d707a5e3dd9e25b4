using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>
/// Files in containers of every kind. Those in <c>manifest.json</c> contain tensors with the hashes given there;
/// those in <c>good/</c> load; those in <c>bad/</c> are refused by name and reason, in bounded time and memory.
/// </summary>
internal sealed class CheckpointsRunner : IGoldenRunner
{
    private const long MostManagedBytes = 128L << 20;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(20);
    private static readonly HashSet<string> Containers = [".pt", ".pth", ".ckpt", ".bin", ".safetensors"];

    public string Group => "checkpoints";

    public bool Convolves(string folder) => WholeModelCase.IsWhole(folder);

    public void Run(GoldenCase golden)
    {
        if (golden.Convolutions == ConvolutionMode.Direct)
            CheckFiles(golden);
        if (WholeModelCase.Find(golden) is { } checkpoint)
            new WholeModelCase(golden, checkpoint).Check();
    }

    // Once, because files are read the same way in every mode.
    private static void CheckFiles(GoldenCase golden)
    {
        var path = golden.PathOf("manifest.json");
        var manifest = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!.AsObject() : [];
        var failures = manifest.SelectMany(file => CompareWithManifest(golden, file.Key, file.Value!.AsObject()))
            .Concat(FilesIn(golden, "good").Where(file => !manifest.ContainsKey(file)).SelectMany(file => LoadWithoutManifest(golden, file)))
            .Concat(FilesIn(golden, "bad").SelectMany(file => Refuse(golden, file)))
            .ToArray();
        Assert.True(failures.Length == 0, $"checkpoints/{golden.Name}:\n" + string.Join('\n', failures));
    }

    private static IEnumerable<string> FilesIn(GoldenCase golden, string folder) =>
        Directory.Exists(golden.PathOf(folder))
            ? Directory.EnumerateFiles(golden.PathOf(folder))
                .Where(path => Containers.Contains(Path.GetExtension(path)))
                .Select(path => $"{folder}/{Path.GetFileName(path)}")
                .Order(StringComparer.Ordinal)
            : [];

    private static List<string> CompareWithManifest(GoldenCase golden, string file, JsonObject expected)
    {
        try
        {
            using var actual = StateDictionary.Read(golden.PathOf(file));
            var failures = expected.Select(tensor => tensor.Key).Except(actual.Keys).Select(key => $"{file}: '{key}' is missing")
                .Concat(actual.Keys.Except(expected.Select(tensor => tensor.Key)).Select(key => $"{file}: '{key}' should not be there"))
                .ToList();
            foreach (var (key, tensor) in actual.Where(pair => expected.ContainsKey(pair.Key)))
            {
                if (Difference(tensor, expected[key]!) is { } difference)
                    failures.Add($"{file}: '{key}' {difference}");
            }
            return failures;
        }
        catch (CheckpointException error)
        {
            return [$"{file}: {error.Message}"];
        }
    }

    private static string? Difference(Tensor actual, JsonNode expected)
    {
        var shape = expected["shape"]!.AsArray().Select(size => size!.GetValue<long>());
        if (!actual.shape.SequenceEqual(shape))
            return $"has the shape [{string.Join(", ", actual.shape)}]";
        if (Name(actual.dtype) != expected["dtype"]!.GetValue<string>())
            return $"is {actual.dtype}";
        if (!actual.is_contiguous())
            return "is not contiguous";
        if (Hash(actual) != expected["sha256_le_bytes_contiguous"]!.GetValue<string>())
            return "has other bytes";
        using var asFloat = actual.to_type(ScalarType.Float32);
        return expected["sha256_as_float32"] is { } hash && Hash(asFloat) != hash.GetValue<string>() ? "has other bytes as float32" : null;
    }

    private static string Hash(Tensor tensor) => Convert.ToHexStringLower(SHA256.HashData(tensor.bytes));

    private static string Name(ScalarType type) => type switch
    {
        ScalarType.Float64 => "F64",
        ScalarType.Float32 => "F32",
        ScalarType.Float16 => "F16",
        ScalarType.BFloat16 => "BF16",
        ScalarType.Int64 => "I64",
        ScalarType.Int32 => "I32",
        ScalarType.Int16 => "I16",
        ScalarType.Int8 => "I8",
        ScalarType.Byte => "U8",
        ScalarType.Bool => "BOOL",
        _ => type.ToString(),
    };

    private static IEnumerable<string> LoadWithoutManifest(GoldenCase golden, string file)
    {
        try
        {
            using var actual = StateDictionary.Read(golden.PathOf(file));
            return actual.Count > 0 ? [] : [$"{file}: no tensors"];
        }
        catch (CheckpointException error)
        {
            return [$"{file}: {error.Message}"];
        }
    }

    private static IEnumerable<string> Refuse(GoldenCase golden, string file)
    {
        var path = golden.PathOf(file);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        try
        {
            using var loaded = StateDictionary.Read(path);
            return [$"{file}: loaded"];
        }
        catch (CheckpointException error) when (error.Path != path || error.Reason.Length == 0)
        {
            return [$"{file}: the exception names '{error.Path}' and '{error.Reason}'"];
        }
        catch (CheckpointException)
        {
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            return clock.Elapsed < MostTime && allocated < MostManagedBytes ? [] : [$"{file}: took {clock.Elapsed} and {allocated} bytes"];
        }
        catch (Exception error)
        {
            return [$"{file}: {error.GetType().Name} instead of {nameof(CheckpointException)}: {error.Message}"];
        }
    }
}
