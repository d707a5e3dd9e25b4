namespace LdmMl.Torch.Native;

/// <summary>What loading the native libraries found.</summary>
/// <param name="TorchFolder">The folder of libtorch, or null if TorchSharp finds it by itself.</param>
/// <param name="CompatibilityCopy">The adapted copy of TorchSharp's library that was loaded, or null if the original loads.</param>
/// <param name="Failure">Why loading failed and what to do, or null.</param>
internal sealed record NativeLoadResult(string? TorchFolder, string? CompatibilityCopy, string? Failure);
