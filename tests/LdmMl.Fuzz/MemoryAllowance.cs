namespace LdmMl.Fuzz;

/// <summary>
/// What reading a file may take: four times its size, what it decodes to, and what the reader takes for itself whatever the file says: settings of a
/// parser, buffers of a stream, the exception that refuses the file. Four times a file of 100 bytes would pay for none of it. What a reader takes for
/// itself is measured on good files of a few kilobytes, of which twice the most expensive one is allowed.
/// </summary>
internal sealed class MemoryAllowance
{
    private const int BytesPerByte = 4;

    // .NET's zip reader looks for the directory in growing buffers, up to 256 KiB together, however short the file is.
    private const long LeastOwnBytes = 320 << 10;

    // Segments of the managed heap, stacks of threads, pages touched for the first time: what the process grows by under good files.
    private const long ProcessBytes = 8 << 20;

    private readonly FuzzTarget target;
    private readonly long own;

    private MemoryAllowance(FuzzTarget target, long own) => (this.target, this.own) = (target, own);

    /// <summary>Reads the good files of a reader, twice so that its code is compiled.</summary>
    public static MemoryAllowance Measure(FuzzTarget target)
    {
        long most = 0;
        for (var round = 0; round < 2; round++)
            most = target.Samples.Select(file => target.Wrap?.Invoke(file) ?? file).Max(file => Allocated(target, file) - (BytesPerByte * file.LongLength) - target.DecodedBytes);
        ResidentPeak.Restart();
        return new MemoryAllowance(target, Math.Max(2 * most, Math.Max(LeastOwnBytes, target.OwnBytes)));
    }

    /// <summary>Gets the bytes that may be allocated in managed memory.</summary>
    public long Managed(int length) => ((long)BytesPerByte * length) + own + target.DecodedBytes;

    /// <summary>Gets the bytes that the process may grow by.</summary>
    public long Resident(int length) => Managed(length) + ProcessBytes;

    /// <inheritdoc/>
    public override string ToString() => $"{own / 1024} KiB of its own, {target.DecodedBytes / 1024} KiB decoded, {BytesPerByte} a byte";

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
