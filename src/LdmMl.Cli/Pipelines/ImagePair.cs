namespace LdmMl.Cli.Pipelines;

/// <summary>Two files to compare; a row of the pipeline's input.</summary>
/// <param name="Name">The reference's name relative to its folder.</param>
/// <param name="Reference">The reference's file.</param>
/// <param name="Candidate">The candidate's file.</param>
internal sealed record ImagePair(string Name, string Reference, string Candidate);
