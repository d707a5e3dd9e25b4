namespace LdmMl.Torch.Generation;

/// <summary>A LoRA file that was merged into a model's weights.</summary>
/// <param name="Lora">The file and its weight.</param>
/// <param name="Layers">The number of layers of the model that it changed.</param>
/// <param name="UnusedKeys">The keys without a matching layer in the model, in the file's order; they had no effect.</param>
public sealed record MergedLora(WeightedLora Lora, int Layers, IReadOnlyList<string> UnusedKeys);
