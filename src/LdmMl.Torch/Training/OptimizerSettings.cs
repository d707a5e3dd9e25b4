namespace LdmMl.Torch.Training;

/// <summary>How Adam moves parameters.</summary>
/// <param name="Beta1">Decay of the mean gradient.</param>
/// <param name="Beta2">Decay of the mean squared gradient.</param>
/// <param name="WeightDecay">Decoupled weight decay.</param>
/// <param name="ClipNorm">The largest norm of all gradients together; null for any.</param>
internal sealed record OptimizerSettings(double Beta1, double Beta2, double WeightDecay = 0, double? ClipNorm = null);
