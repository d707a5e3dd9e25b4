using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>
/// The exponential moving average of a network's weights (CompVis <c>LitEma</c>). Early updates forget faster, so that the first weights,
/// which are random, do not linger: decay = min(decay, (1 + n) / (10 + n)) with n updates so far, this one counted.
/// </summary>
internal sealed class WeightAverage
{
    private readonly (Parameter Weight, Tensor Average)[] pairs;
    private readonly float decay;
    private readonly bool warmsUp;

    /// <summary>Starts the average at the present weights.</summary>
    /// <param name="weights">The weights that are learnt; those that need no gradient are only copied. They stay with the caller.</param>
    /// <param name="averages">Where the averages are kept: tensors of the same shapes, which stay with the caller.</param>
    /// <param name="decay">How much of the average an update keeps in the long run, 0 to 1.</param>
    /// <param name="warmsUp">Whether early updates keep less.</param>
    public WeightAverage(IEnumerable<Parameter> weights, IEnumerable<Tensor> averages, double decay, bool warmsUp = true)
    {
        this.decay = (float)decay;                               // the reference's buffer is float32
        this.warmsUp = warmsUp;
        pairs = [.. weights.Zip(averages)];
        using var noGradient = no_grad();
        foreach (var (weight, average) in pairs)
            average.copy_(weight);
    }

    /// <summary>Gets or sets how many updates there were; 32 bits wide, as in the reference's checkpoints. It stays 0 without warm-up.</summary>
    public int Updates { get; set; }

    /// <summary>Gets the decay of the latest update.</summary>
    public double EffectiveDecay => warmsUp ? Math.Min(decay, (1.0 + Updates) / (10.0 + Updates)) : decay;

    /// <summary>Moves every average towards its weight, in place and without further memory.</summary>
    public void Update()
    {
        using var noGradient = no_grad();
        if (warmsUp)
            Updates++;                                           // before the decay is computed
        using var share = tensor((float)(1 - EffectiveDecay));   // [], on the CPU wherever the weights are
        foreach (var (weight, average) in pairs)
        {
            if (weight.requires_grad)
                average.lerp_(weight, share);
            else
                average.copy_(weight);
        }
    }
}
