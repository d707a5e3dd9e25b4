namespace LdmMl.Torch.Checkpoints.Published;

/// <summary>How far a download is.</summary>
/// <param name="Bytes">How much has arrived, earlier tries included.</param>
/// <param name="Length">How much there is.</param>
/// <param name="Remark">What a person should know, such as a connection that was cut and is tried again; mostly null.</param>
internal readonly record struct DownloadProgress(long Bytes, long Length, string? Remark);
