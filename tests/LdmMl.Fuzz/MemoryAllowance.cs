namespace LdmMl.Fuzz;

/// <summary>
/// The memory that reading a file may take: four times its size, what it decodes to, and what the reader itself needs whatever the file says:
/// settings of a parser, buffers of a stream, the exception that refuses the file. Four times a file of 100 bytes would cover none of that. What a
/// reader needs for itself is measured on valid files of a few kilobytes; twice the most expensive one is allowed.
/// </summary>
internal sealed class MemoryAllowance
{
    private const int BytesPerByte = 4;

    // .NET's zip reader searches for the directory with growing buffers, up to 256 KiB in all, however short the file is.
    private const long LeastOwnBytes = 320 << 10;

    // Segments of the managed heap, stacks of threads, pages touched for the first time: the process grows by these with valid files too.
    private const long ProcessBytes = 8 << 20;

    private readonly FuzzTarget target;
    private readonly long own;

    private MemoryAllowance(FuzzTarget target, long own) => (this.target, this.own) = (target, own);

    /// <summary>Reads the valid files of a reader, twice so that its code is compiled.</summary>
    public static MemoryAllowance Measure(FuzzTarget target)
    {
        long most = 0;
        for (var round = 0; round < 2; round++)
            most = target.Samples.Select(file => target.Wrap?.Invoke(file) ?? file).Max(file => Allocated(target, file) - (BytesPerByte * file.LongLength) - target.DecodedBytes);
        ResidentPeak.Restart();
        return new MemoryAllowance(target, Math.Max(2 * most, Math.Max(LeastOwnBytes, target.OwnBytes)));
    }

    /// <summary>Gets the number of bytes of managed memory that may be allocated.</summary>
    public long Managed(int length) => ((long)BytesPerByte * length) + own + target.DecodedBytes;

    /// <summary>Gets the number of bytes by which the process may grow.</summary>
    public long Resident(int length) => Managed(length) + ProcessBytes;

    /// <inheritdoc/>
    public override string ToString() => $"{own / 1024} KiB for the reader, {target.DecodedBytes / 1024} KiB decoded, {BytesPerByte} per byte";

    private static long Allocated(FuzzTarget target, byte[] file)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        try
        {
            target.Open(file);
        }
        catch (Exception error) when (target.IsDocumented(error))
        {
            return 0;   // some samples are damaged on purpose
        }

        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
