namespace LdmMl.Cli.Output;

/// <summary>What <c>ldmml encode</c> reports besides its latents.</summary>
/// <param name="Model">The autoencoder.</param>
/// <param name="WeightHash">The SHA-256 of its weights, which is in every file of a latent too.</param>
internal sealed record EncodingFacts(ModelInfo Model, string WeightHash);
