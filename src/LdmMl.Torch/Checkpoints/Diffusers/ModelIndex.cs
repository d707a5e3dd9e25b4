namespace LdmMl.Torch.Checkpoints.Diffusers;

/// <summary>The <c>model_index.json</c> of a folder: which components lie beside it.</summary>
/// <param name="PythonClass">The pipeline's Python class.</param>
/// <param name="Components">The Python class of each component, by the name of its folder.</param>
/// <param name="Extras">What this library adds to a whole diffusion model; null for others.</param>
internal sealed record ModelIndex(string PythonClass, IReadOnlyDictionary<string, string> Components, PipelineExtras? Extras = null);
