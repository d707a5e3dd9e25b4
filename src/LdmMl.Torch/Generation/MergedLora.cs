namespace LdmMl.Torch.Generation;

/// <summary>What became of a LoRA file whose changes are in a model's weights.</summary>
/// <param name="Lora">The file, and how strongly it counts.</param>
/// <param name="Layers">How many layers of the model it changed.</param>
/// <param name="UnusedKeys">The keys that fit nothing in the model, in the file's order; they changed nothing.</param>
public sealed record MergedLora(WeightedLora Lora, int Layers, IReadOnlyList<string> UnusedKeys);
