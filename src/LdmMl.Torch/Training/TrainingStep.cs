using System.Text.Json.Serialization;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Training.Monitoring;

namespace LdmMl.Torch.Training;

/// <summary>A trainer's report of one step.</summary>
public sealed record TrainingStep
{
    /// <summary>Gets the number of the step, 1 to <see cref="Steps"/>.</summary>
    public required int Step { get; init; }

    /// <summary>Gets the number of steps of the training.</summary>
    public int Steps { get; init; }

    /// <summary>Gets the epoch of the step, from 1.</summary>
    public int Epoch { get; init; }

    /// <summary>Gets the loss: the sum of its weighted terms.</summary>
    public required double Loss { get; init; }

    /// <summary>
    /// Gets every term of the loss with its weight, in the order in which they are summed. For autoencoders (Rombach et al. 2022, eq. 25):
    /// <c>reconstruction</c> and <c>perceptual</c> (together L_rec), <c>kullback-leibler</c> or <c>codebook</c> (L_reg), <c>adversarial</c> (L_adv).
    /// For diffusion: <c>prediction</c> (L_simple; Ho et al. 2020, eq. 14) and <c>variational</c> (L_vlb; eq. 12).
    /// </summary>
    public required IReadOnlyList<LossValue> Terms { get; init; }

    /// <summary>Gets the discriminator's own loss, times its factor; it is not part of <see cref="Loss"/>. Null if no discriminator ran.</summary>
    public LossValue? Discriminator { get; init; }

    /// <summary>
    /// Gets the values that the reference logs, under its names without the split prefix. For autoencoders: <c>total_loss</c>, <c>nll_loss</c>,
    /// <c>rec_loss</c>, <c>p_loss</c>, <c>kl_loss</c>, <c>logvar</c>, <c>quant_loss</c>, <c>perplexity</c>, <c>cluster_usage</c>, <c>d_weight</c>,
    /// <c>disc_factor</c>, <c>g_loss</c>, <c>disc_loss</c>, <c>logits_real</c>, <c>logits_fake</c>; for diffusion: <c>loss_simple</c>,
    /// <c>loss_gamma</c>, <c>loss_vlb</c>, <c>loss</c>. Only those that the training has.
    /// </summary>
    public required IReadOnlyDictionary<string, double> Logged { get; init; }

    /// <summary>Gets the norm of all gradients before clipping; for autoencoders without the discriminator's.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Gets the learning rate of the step; for autoencoders not the discriminator's.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Gets the mean speed since the training started or was resumed, without validation.</summary>
    public double ImagesPerSecond { get; init; }

    /// <summary>Gets the estimated time of the remaining steps at that speed, without validation.</summary>
    public TimeSpan TimeLeft { get; init; }

    /// <summary>Gets the validation that followed the step; null if there was none.</summary>
    public ValidationResult? Validation { get; init; }

    /// <summary>
    /// Gets what goes wrong, with figures and advice. A problem that lasts is reported again after 500 steps. Empty for a step of a training
    /// that goes well.
    /// </summary>
    public IReadOnlyList<TrainingVerdict> Verdicts { get; init; } = [];

    /// <summary>Gets the preview sheet that followed the step; null if there was none, and in histories.</summary>
    [JsonIgnore]
    public TrainingPreview? Preview { get; init; }

    /// <summary>Gets what the monitor reads in addition to this report; null once it has done so.</summary>
    internal StepSignals? Signals { get; init; }

    /// <summary>Gets whether the adversarial losses count in this step.</summary>
    internal bool IsOpposed => Logged.TryGetValue("disc_factor", out var factor) && factor > 0;

    /// <summary>Formats the figures in one line.</summary>
    /// <returns>Such as <c>step 60 of 600, epoch 2, loss 0.1234, learning rate 0.001, 120 images/s</c>.</returns>
    public override string ToString() =>
        FormattableString.Invariant(
            $"step {Step} of {Steps}, epoch {Epoch}, loss {Loss:G4}, learning rate {LearningRate:G3}, {ImagesPerSecond:G3} images/s");
}
