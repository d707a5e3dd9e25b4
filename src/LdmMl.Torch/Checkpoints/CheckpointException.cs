namespace LdmMl.Torch.Checkpoints;

/// <summary>Thrown when a checkpoint cannot be used; the message names the file and the reason.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Initializes the exception for one file.</summary>
    /// <param name="path">The file or folder, or the name that the caller gave to a stream.</param>
    /// <param name="reason">Why it cannot be used: what was found, what is needed, and, where it helps, what to do.</param>
    /// <param name="innerException">The exception that caused this one, if any.</param>
    public CheckpointException(string path, string reason, Exception? innerException = null)
        : base($"Checkpoint '{path}': {reason}", innerException)
    {
        Path = path;
        Reason = reason;
    }

    /// <summary>Gets the file or folder, or the name that the caller gave to a stream.</summary>
    public string Path { get; }

    /// <summary>Gets why the checkpoint cannot be used, without the file's name.</summary>
    public string Reason { get; }
}
