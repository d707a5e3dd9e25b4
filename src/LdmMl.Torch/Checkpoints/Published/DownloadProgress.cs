namespace LdmMl.Torch.Checkpoints.Published;

/// <summary>The progress of a download.</summary>
/// <param name="Bytes">The bytes received, earlier attempts included.</param>
/// <param name="Length">The total length in bytes.</param>
/// <param name="Remark">A remark for the user, such as that a lost connection is being retried; usually null.</param>
internal readonly record struct DownloadProgress(long Bytes, long Length, string? Remark);
