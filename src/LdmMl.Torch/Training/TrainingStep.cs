using LdmMl.Torch.Losses;

namespace LdmMl.Torch.Training;

/// <summary>What a trainer reports after each step.</summary>
public sealed record TrainingStep
{
    /// <summary>Gets the number of the step, 1 to <see cref="Steps"/>.</summary>
    public required int Step { get; init; }

    /// <summary>Gets how many steps the training will take.</summary>
    public required int Steps { get; init; }

    /// <summary>Gets the pass over the images that the step belongs to, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Gets the loss: the sum of its terms, each times its weight.</summary>
    public required double Loss { get; init; }

    /// <summary>Gets every term of the loss, in the order in which they are summed.</summary>
    public required IReadOnlyList<LossValue> Terms { get; init; }

    /// <summary>Gets the discriminator's own loss, times its factor; it is no part of <see cref="Loss"/>. Null where no discriminator ran.</summary>
    public LossValue? Discriminator { get; init; }

    /// <summary>
    /// Gets every value that the reference logs, under its names without the split: <c>total_loss</c>, <c>nll_loss</c>, <c>rec_loss</c>,
    /// <c>p_loss</c>, <c>kl_loss</c>, <c>logvar</c>, <c>quant_loss</c>, <c>perplexity</c>, <c>cluster_usage</c>, <c>d_weight</c>,
    /// <c>disc_factor</c>, <c>g_loss</c>, <c>disc_loss</c>, <c>logits_real</c>, <c>logits_fake</c>; those that the training has.
    /// </summary>
    public required IReadOnlyDictionary<string, double> Logged { get; init; }

    /// <summary>Gets the norm of all the autoencoder's gradients together, before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Gets the learning rate of the step, the autoencoder's.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Gets the mean speed since the start, without validation.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Gets the validation that followed the step; null where none did.</summary>
    public ValidationResult? Validation { get; init; }

    /// <summary>Says the figures in one line.</summary>
    /// <returns>Such as <c>step 60 of 600, epoch 2, loss 0.1234, learning rate 0.001, 120 images/s</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant(
            $"step {Step} of {Steps}, epoch {Epoch}, loss {Loss:G4}, learning rate {LearningRate:G3}, {ImagesPerSecond:G3} images/s");
}
