using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Training;

/// <summary>
/// LoRA training (low-rank adaptation; Hu et al. 2021): the weights of a trained U-Net stay as they are, and each of its attention projections
/// (<c>to_q</c>, <c>to_k</c>, <c>to_v</c>, <c>to_out.0</c>, as in diffusers) learns a change of low rank, alpha / rank * B A.
/// </summary>
/// <example>
/// <code>
/// var set = new ImageSet(width: 64, height: 64);
/// set.Add(new byte[64 * 64 * 3], PixelLayout.Rgb24);           // and so on, one for each image
/// var options = new DiffusionTrainingOptions
/// {
///     InitialModel = model, Lora = new LoraTrainingOptions { Rank = 8 }, Steps = 500, LearningRate = 1e-3, EmaDecay = null,
/// };
/// using var result = new DiffusionTrainer(model.Autoencoder, options).Train(set);
/// result.Lora!.Save(TrainedLora.FileName);
/// using var styled = model.WithLora(TrainedLora.FileName, 0.8);
/// </code>
/// </example>
public sealed record LoraTrainingOptions
{
    /// <summary>Gets the rank of each change (<c>r</c>), at least 1 and at most the width of the model's widest attention.</summary>
    /// <value>Default: 8. Half the rank is half the file.</value>
    public int Rank { get; init; } = 8;

    /// <summary>Gets the number that is divided by the rank to scale each change (<c>lora_alpha</c>), above 0.</summary>
    /// <value>Default: null, the rank, which every reader of LoRA files assumes: versions of diffusers before 0.34 do not read another one.</value>
    public double? Alpha { get; init; }

    /// <summary>Gets the alpha that is used.</summary>
    internal double AlphaUsed => Alpha ?? Rank;

    /// <summary>Throws when a value is outside its range.</summary>
    /// <exception cref="OptionException">A value is outside its range.</exception>
    internal void Validate()
    {
        Check.AtLeast(Rank, 1);
        Check.That(Alpha is null or (> 0 and < double.PositiveInfinity), Alpha, $"it must be above 0, or {Wording.Nothing} for the rank");
    }
}
