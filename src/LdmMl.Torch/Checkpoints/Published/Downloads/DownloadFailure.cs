namespace LdmMl.Torch.Checkpoints.Published.Downloads;

/// <summary>A try that failed. Its message is a clause, from which the download makes the sentence that the user reads.</summary>
internal sealed class DownloadFailure : Exception
{
    public DownloadFailure(string clause, bool canBeTriedAgain, Exception? cause = null) : base(clause, cause) => CanBeTriedAgain = canBeTriedAgain;

    /// <summary>Gets a value indicating whether the same request may succeed later.</summary>
    public bool CanBeTriedAgain { get; }

    /// <summary>Gets how long the server asks to wait, or null.</summary>
    public TimeSpan? Wait { get; init; }
}
