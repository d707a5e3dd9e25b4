namespace LdmMl.Torch.Tensors.Resampling;

/// <summary>
/// How rows of an image become rows of four lanes (one <see cref="uint"/> per pixel), the only form that the
/// horizontal filter supports, and back. Packed rows have room for a multiple of 8 pixels.
/// </summary>
internal interface IResizeRows
{
    static abstract int Channels { get; }

    /// <summary>Gets how many rows share one packed row.</summary>
    static abstract int RowsAtOnce { get; }

    /// <summary>Packs <paramref name="count"/> consecutive rows.</summary>
    static abstract void Pack(ReadOnlySpan<byte> rows, int count, Span<uint> packed);

    /// <summary>Unpacks into rows <paramref name="stride"/> bytes apart, each with room for whole blocks of 8 pixels.</summary>
    static abstract void Unpack(ReadOnlySpan<uint> packed, Span<byte> rows, int stride, int count);

    /// <summary>Writes a filtered row to the image.</summary>
    static abstract void Finish(ReadOnlySpan<byte> filtered, Span<byte> target);
}
