namespace LdmMl.Cli.Sharding;

/// <summary>Where the joined results of a job go.</summary>
/// <param name="Out">The file or folder of <c>--out</c>; null if none is given.</param>
/// <param name="MayReplace">Whether files that exist may be replaced.</param>
/// <param name="WriteDocument">Writes the document for machines where one is wanted.</param>
/// <param name="Cancellation">Ends the work.</param>
internal sealed record MergeTarget(string? Out, bool MayReplace, Action<object> WriteDocument, CancellationToken Cancellation)
{
    /// <summary>Gets the file or folder that a command needs.</summary>
    /// <param name="what">What it is: "the file of the report".</param>
    /// <exception cref="ArgumentException">None is given.</exception>
    public string Require(string what) => Out ?? throw new ArgumentException($"--out is missing; give {what}.");

    /// <summary>Refuses an output that the command does not have.</summary>
    /// <param name="command">The command.</param>
    /// <exception cref="ArgumentException">One is given.</exception>
    public void RefuseOut(string command)
    {
        if (Out is not null)
            throw new ArgumentException($"--out is '{Out}', but these are parts of 'ldmml {command}', which writes no such file; leave it out. --json takes the figures.");
    }
}
