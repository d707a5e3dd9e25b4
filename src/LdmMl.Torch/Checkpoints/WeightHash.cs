namespace LdmMl.Torch.Checkpoints;

/// <summary>Identifies weights by their content.</summary>
internal static class WeightHash
{
    /// <summary>The SHA-256 of what is written, as lowercase hexadecimal; nothing is held in memory.</summary>
    public static string Of(Action<Stream> write)
    {
        using var stream = new HashStream();
        write(stream);
        return stream.Finish();
    }
}
