namespace LdmMl.Torch.Generation;

/// <summary>A LoRA file and its weight (Hu et al. 2021); of one that is merged into a model also what became of it.</summary>
/// <param name="Path">The file: safetensors or a PyTorch checkpoint, with kohya's, diffusers' or PEFT's names.</param>
/// <param name="Weight">The factor of its change: 0 has no effect, 1 is the strength at which it was trained, negative reverses the change.</param>
public sealed record WeightedLora(string Path, double Weight = 1)
{
    /// <summary>Gets how many layers of the model it changed.</summary>
    /// <value>0 for a file that is in no model.</value>
    public int Layers { get; internal init; }

    /// <summary>Gets the keys that fit nothing in the model, in the file's order; they changed nothing.</summary>
    public IReadOnlyList<string> UnusedKeys { get; internal init; } = [];

    /// <summary>Describes the file and its weight.</summary>
    /// <returns>Such as <c>style.safetensors at 0.7</c>.</returns>
    public override string ToString() => FormattableString.Invariant($"{System.IO.Path.GetFileName(Path)} at {Weight}");
}
