namespace LdmMl.Torch.Checkpoints.Published.Downloads;

/// <summary>A failed attempt. Its message is a clause, which becomes part of the message that the user reads.</summary>
internal sealed class DownloadFailure : Exception
{
    public DownloadFailure(string clause, bool canBeTriedAgain, Exception? cause = null) : base(clause, cause) => CanBeTriedAgain = canBeTriedAgain;

    /// <summary>Gets whether the same request may succeed later.</summary>
    public bool CanBeTriedAgain { get; }

    /// <summary>Gets how long the server asks clients to wait, or null.</summary>
    public TimeSpan? Wait { get; init; }
}
