using LdmMl.Torch.Layers;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Discriminators;
using LdmMl.Torch.Models.Perceptual;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>
/// The objective of a first stage (Rombach et al. 2022, eq. 25; CompVis <c>LPIPSWithDiscriminator</c> and <c>VQLPIPSWithDiscriminator</c>), as
/// <see cref="AutoencoderTrainer"/> uses it: reconstruction, perceptual distance, Kullback-Leibler or codebook loss, and a discriminator whose weight
/// adapts to the others. For custom training loops.
/// </summary>
/// <remarks>
/// It puts the autoencoder into training mode until it is disposed; use the model for nothing else meanwhile. The image terms and the discriminator
/// are differentiated once, down to the reconstructions: the adaptive weight and the autoencoder's backward pass both start from there.
/// </remarks>
/// <example>
/// <code>
/// var options = new AutoencoderTrainingOptions { KullbackLeiblerWeight = 1e-6, Adversarial = new AdversarialTrainingOptions { StartStep = 50 } };
/// using var objective = new AutoencoderObjective(autoencoder, options, steps: 100);
/// using var noises = new Generator(1, CPU);
/// var optimizer = optim.Adam(objective.Parameters, lr: 1e-4);
/// var opponent = optim.Adam(objective.DiscriminatorParameters, lr: 1e-4);
/// for (var finished = 0; finished &lt; 100; finished++)
/// {
///     using var scope = NewDisposeScope();
///     using var pass = objective.Forward(images, noises);
///     using var loss = objective.Evaluate(pass, finished);
///     optimizer.zero_grad();
///     loss.Backward();
///     optimizer.step();
///     if (!loss.HasDiscriminatorLoss)
///         continue;
///     opponent.zero_grad();
///     loss.BackwardDiscriminator();
///     opponent.step();
/// }
/// </code>
/// </example>
public sealed class AutoencoderObjective : IDisposable
{
    private readonly LearningModel? held;
    private readonly nn.Module network;
    private readonly AutoencoderConfig config;
    private readonly PerceptualModel? perceptual;
    private readonly PixelLikelihood likelihood;
    private readonly Adversary? adversary;
    private readonly EquivarianceTrainingOptions? equivariance;
    private readonly ConvolutionMode convolutions;
    private readonly List<IAutoencoderLossTerm> imageTerms, latentTerms = [];

    /// <summary>Prepares the objective and puts the model into training mode.</summary>
    /// <param name="model">The model, in float32; still owned by the caller.</param>
    /// <param name="options">The terms and their weights, and the seed of the discriminator; null for the defaults.</param>
    /// <param name="steps">The number of steps; a discriminator without <see cref="AdversarialTrainingOptions.StartStep"/> starts after a
    /// third.</param>
    /// <exception cref="ArgumentException">The model is not in float32, or an option is outside its range.</exception>
    public AutoencoderObjective(AutoencoderModel model, AutoencoderTrainingOptions? options = null, int steps = 1)
        : this(new LearningModel(AutoencoderTrainer.Checked(model, options ??= new AutoencoderTrainingOptions())), options, steps)
    {
    }

    internal AutoencoderObjective(nn.Module network, AutoencoderConfig config, AutoencoderTrainingOptions options, int steps, Device device)
    {
        (this.network, this.config, equivariance, convolutions) = (network, config, options.Equivariance, options.Convolutions);
        using var moved = options.PerceptualModel?.To(device, options.PerceptualModel.Precision);
        perceptual = moved?.With(convolutions);
        likelihood = config is VqAutoencoderConfig
            ? new PixelLikelihood(LossReduction.Mean)
            : new PixelLikelihood(LossReduction.SumOfImage, options.LogVariance, options.LearnLogVariance, device);
        if (options.Adversarial is { } adversarial)
            adversary = new Adversary(Opponent(adversarial, options.Seed, device), adversarial, adversarial.StartStep ?? steps / 3);
        imageTerms = [new ReconstructionTerm(options.ReconstructionError, options.ReconstructionWeight, likelihood)];
        if (perceptual is not null)
            imageTerms.Add(new PerceptualTerm(perceptual, config.PixelRange, options.PerceptualWeight, likelihood));
        if (config.HasPosterior)
            latentTerms.Add(new KullbackLeiblerTerm(options.KullbackLeiblerWeight));
        if (config is VqAutoencoderConfig vq)
            latentTerms.Add(new CodebookTerm(options.CodebookWeight, vq.LearnedEntries));
    }

    private AutoencoderObjective(LearningModel held, AutoencoderTrainingOptions options, int steps)
        : this(held.Network, held.Model.Config, options, steps, held.Model.Device) =>
        this.held = held;

    /// <summary>Gets the parameters of the autoencoder's optimiser: the weights, and the variance if it is learned.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. network.parameters(), .. LogVariance is { } variance ? [variance] : Array.Empty<Parameter>()];

    /// <summary>Gets the learned logarithm of the pixels' variance (CompVis <c>logvar</c>); null if it is fixed.</summary>
    public Parameter? LogVariance => likelihood.Parameter;

    /// <summary>
    /// Gets the parameters of the discriminator's optimiser (a PatchGAN, Isola et al. 2017); none without an adversarial loss.
    /// </summary>
    public IReadOnlyList<Parameter> DiscriminatorParameters => adversary is null ? [] : [.. adversary.Network.parameters()];

    internal NLayerDiscriminator? Discriminator => adversary?.Network;

    /// <summary>Halves the adversarial losses the given number of times.</summary>
    internal void EaseAdversary(int times) => adversary?.Share = Math.Pow(0.5, times);

    // Smaller latents would decode to images that the discriminator or the perceptual network refuses.
    private int SmallestLatent
    {
        get
        {
            var image = Math.Max(perceptual?.MinimumSize ?? 1, Discriminator?.Config.MinimumSize ?? 1);
            return (image + config.DownsampleFactor - 1) / config.DownsampleFactor;
        }
    }

    private Tensor LastLayer => network.named_parameters()
        .Last(entry => entry.name.StartsWith("decoder.", StringComparison.Ordinal) && entry.parameter.dim() == 4).parameter;

    /// <summary>Draws the noise of a batch's posteriors.</summary>
    /// <param name="images">Images [B, C, H, W].</param>
    /// <param name="generator">A generator on the CPU, so that a seed gives the same noise on every device.</param>
    /// <returns>Standard normal noise [B, c, H/f, W/f] on the images' device. The caller disposes it.</returns>
    public Tensor DrawNoise(Tensor images, Generator generator)
    {
        var factor = config.DownsampleFactor;
        long[] shape = [images.shape[0], config.LatentChannels, images.shape[2] / factor, images.shape[3] / factor];
        return randn(shape, generator: generator).to(images.device);
    }

    /// <summary>
    /// Runs the autoencoder with gradients, through samples of its posteriors if it has them; turned and shrunk where
    /// <see cref="AutoencoderTrainingOptions.Equivariance"/> asks for it.
    /// </summary>
    /// <param name="images">Images [B, C, H, W] in <see cref="AutoencoderConfig.PixelRange"/>; still owned by the caller.</param>
    /// <param name="generator">A generator on the CPU, which determines the noise and everything else that is drawn.</param>
    /// <returns>The pass; the caller disposes it.</returns>
    public AutoencoderPass Forward(Tensor images, Generator generator)
    {
        using var draw = Draw(images, generator);
        return Forward(images, draw);
    }

    /// <summary>Runs the autoencoder with gradients, through samples of its posteriors if it has them.</summary>
    /// <param name="images">Images [B, C, H, W] in <see cref="AutoencoderConfig.PixelRange"/>; still owned by the caller.</param>
    /// <param name="noise">Standard normal noise [B, c, H/f, W/f] (<see cref="DrawNoise"/>); only the KL kind reads it.</param>
    /// <returns>The pass; the caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">The options have <see cref="AutoencoderTrainingOptions.Equivariance"/>, which draws more than
    /// noise.</exception>
    public AutoencoderPass Forward(Tensor images, Tensor noise) => equivariance is null
        ? Run(images, noise)
        : throw new InvalidOperationException("Equivariance draws more than noise; call Forward with a generator instead.");

    /// <summary>Draws the random numbers of a batch.</summary>
    internal TrainingDraw Draw(Tensor images, Generator generator)
    {
        var change = equivariance is null ? null : EquivariantChange.Draw(
            equivariance, images.shape[2] / config.DownsampleFactor, images.shape[3] / config.DownsampleFactor, SmallestLatent, generator);
        if (change is not { BeforeEncoding: true })
            return new TrainingDraw(DrawNoise(images, generator), change);
        using var shrunk = change.Apply(images, config.DownsampleFactor);
        return new TrainingDraw(DrawNoise(shrunk, generator), change);
    }

    /// <summary>Runs the autoencoder with what was drawn.</summary>
    internal AutoencoderPass Forward(Tensor images, TrainingDraw draw)
    {
        if (draw.Change is not { } change)
            return Run(images, draw.Noise);
        var changed = change.Apply(images, config.DownsampleFactor);
        var pass = change.BeforeEncoding
            ? Run(changed, draw.Noise)
            : Run(images, draw.Noise, change);
        return pass with { Images = changed, ChangedImages = changed };
    }

    /// <summary>Computes the autoencoder's loss and its gradients at the reconstructions.</summary>
    /// <param name="pass">The result of <see cref="Forward(Tensor, Tensor)"/>.</param>
    /// <param name="finishedSteps">The number of finished steps, which determines whether the discriminator counts.</param>
    /// <returns>The loss; the caller disposes it.</returns>
    public AutoencoderLoss Evaluate(AutoencoderPass pass, int finishedSteps)
    {
        ArgumentNullException.ThrowIfNull(pass);
        using var scope = NewDisposeScope();
        var (log, values) = (new LossLog(), new List<LossValue>());
        log.Set("total_loss", 0);                                // first in the order of the log
        if (likelihood.Reduction == LossReduction.SumOfImage)
            log.Set("logvar", likelihood.LogVariance);
        var reconstructions = pass.Reconstructions.detach().requires_grad_();
        var errors = Sum(imageTerms, pass with { Reconstructions = reconstructions }, log, values);   // [B]
        log.Set("nll_loss", errors.mean().Read<float>());
        var gradients = Differentiate(errors, pass.ImageWeights, reconstructions);
        var latentLoss = latentTerms.Count == 0 ? null : Sum(latentTerms, pass with { ImageWeights = null }, log, values).mean();

        var output = adversary is not null && adversary.RunsAfter(finishedSteps) ? adversary.Judge(reconstructions) : null;
        var pull = adversary is null ? null : Pull(output, finishedSteps, log, values, AdaptiveWeight);
        var gradient = (pull is null ? gradients[0] : gradients[0].Plus(pull)).DetachFromDisposeScope();
        return new AutoencoderLoss(pass, gradient, values, log, finishedSteps)
        {
            LatentLoss = latentLoss?.DetachFromDisposeScope(),
            Variance = likelihood.Parameter, VarianceGradient = gradients.Count > 1 ? gradients[1].DetachFromDisposeScope() : null,
            Adversary = adversary, Discriminator = output,
        };

        // It adapts to the unweighted errors of all images, as in the reference.
        double AdaptiveWeight()
        {
            var alike = pass.ImageWeights is null ? gradients[0] : Differentiate(errors, weights: null, reconstructions)[0];
            return adversary!.AdaptiveWeight(pass.Reconstructions, LastLayer, alike, output!.Gradient);
        }
    }

    /// <summary>Frees the discriminator and the variance, and returns the model to inference mode.</summary>
    public void Dispose()
    {
        adversary?.Network.Dispose();
        likelihood.Dispose();
        perceptual?.Dispose();
        held?.Dispose();
    }

    private AutoencoderPass Run(Tensor images, Tensor noise, EquivariantChange? change = null)
    {
        using var scope = new ConvolutionScope(convolutions, trains: true);
        return TrainingForward.Run(network, images, noise, change);
    }

    private NLayerDiscriminator Opponent(AdversarialTrainingOptions options, long seed, Device device)
    {
        var made = new NLayerDiscriminator(options.ConfigFor(config.ImageChannels), RandomStream.Discriminator.SeedFrom(seed), device);
        foreach (var tensor in made.parameters().Concat(made.buffers()))
            tensor.DetachFromDisposeScope();                     // it lives as long as this object
        return made;
    }

    private static Tensor Sum(IReadOnlyList<IAutoencoderLossTerm> terms, AutoencoderPass pass, LossLog log, List<LossValue> values)
    {
        using var scope = NewDisposeScope();
        Tensor? total = null;
        foreach (var term in terms)
        {
            var each = term.Compute(pass, log);                  // [B] or []
            values.Add(new LossValue(term.Name, Mean(each, pass.ImageWeights).Read<float>(), term.Weight));
            total = total is null ? each * Real(term.Weight) : total.Plus(each * Real(term.Weight));
        }

        return scope.MoveToOuter(total!);
    }

    private static Tensor Mean(Tensor each, Tensor? weights)
    {
        using var weighted = weights is null ? each.alias() : each * weights;
        return weighted.mean();
    }

    // The gradient at the reconstructions, and at a learned variance.
    private IList<Tensor> Differentiate(Tensor errors, Tensor? weights, Tensor reconstructions)
    {
        using var loss = Mean(errors, weights);
        return autograd.grad(
            [loss], likelihood.Parameter is { } variance ? [reconstructions, variance] : [reconstructions], retain_graph: weights is not null);
    }

    // The adversarial term's contribution to the gradient at the reconstructions; null before it counts.
    private Tensor? Pull(DiscriminatorOutput? output, int finishedSteps, LossLog log, List<LossValue> values, Func<double> adaptiveWeight)
    {
        var factor = adversary!.FactorAfter(finishedSteps);
        log.Set("disc_factor", factor);
        if (output is null)
            return null;
        var weight = adaptiveWeight();
        log.Set("d_weight", weight);
        log.Set("g_loss", output.Loss);
        values.Add(new LossValue("adversarial", output.Loss, weight * factor));
        return factor > 0 ? output.Gradient * Real(weight * factor) : null;
    }
}
