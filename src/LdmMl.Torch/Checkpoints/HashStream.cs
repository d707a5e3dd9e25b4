using System.Security.Cryptography;

namespace LdmMl.Torch.Checkpoints;

/// <summary>Hashes what is written to it in place, where a <see cref="CryptoStream"/> copies each weight twice.</summary>
internal sealed class HashStream : Stream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Ends the hash.</summary>
    /// <returns>The SHA-256 of everything that was written, as lowercase hexadecimal.</returns>
    public string Finish() => Convert.ToHexStringLower(hash.GetHashAndReset());

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer) => hash.AppendData(buffer);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => hash.AppendData(buffer, offset, count);

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            hash.Dispose();
        base.Dispose(disposing);
    }
}
