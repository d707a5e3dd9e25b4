namespace LdmMl.Cli.Output;

/// <summary>A feature model, as a document names it.</summary>
internal sealed record FeatureFacts(string Name, bool IsInception, int Dimensions, string Fingerprint, string Source);
