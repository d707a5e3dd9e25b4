using LdmMl.Torch.Arguments;
using LdmMl.Torch.Training.States;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>
/// EMA: the exponential moving average of a network's weights (CompVis <c>LitEma</c>, <c>use_ema</c>, keys <c>model_ema.*</c>). Samples of the
/// averaged weights are better than samples of the last step's (Ho et al. 2020, appendix B).
/// </summary>
/// <remarks>
/// Early updates keep less, so that the random initial weights do not linger: decay = min(decay, (1 + n) / (10 + n)), n being the number of updates
/// including the present one.
/// </remarks>
/// <example>
/// <code>
/// using var network = nn.Linear(4, 4);
/// using var ema = new EmaWeights(network.parameters(), decay: 0.999);
/// // after each step of the optimiser:
/// ema.Update();
/// // validate with the averaged weights; the trained ones return at the end of the block:
/// using (ema.Apply())
/// {
///     network.eval();
/// }
///
/// // keep the averages in the network for good:
/// ema.CopyToWeights();
/// </code>
/// </example>
public sealed class EmaWeights : IResumable, IDisposable
{
    private readonly (Parameter Weight, Tensor Average)[] pairs;
    private readonly float decay;
    private readonly bool warmsUp;
    private bool isApplied;

    /// <summary>Starts the averages at the current weights.</summary>
    /// <param name="weights">The weights that an optimiser updates; still owned by the caller. Those that require no gradient are copied, not
    /// averaged.</param>
    /// <param name="decay">The share of the average that an update keeps after the warm-up (CompVis <c>ema_decay</c>), in [0, 1].</param>
    /// <param name="warmsUp">Whether early updates keep less (<c>use_num_updates</c>).</param>
    /// <exception cref="OptionException">The decay is outside [0, 1].</exception>
    public EmaWeights(IEnumerable<Parameter> weights, double decay = 0.9999, bool warmsUp = true)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Check.Within(decay, 0.0, 1.0);
        this.decay = (float)decay;                               // the reference's buffer is float32
        this.warmsUp = warmsUp;
        using var noGradient = no_grad();
        pairs = [.. weights.Select(weight => (weight, Copy(weight)))];
    }

    /// <summary>Gets the averages, in the order of the weights. This object still owns them.</summary>
    public IReadOnlyList<Tensor> Averages => [.. pairs.Select(pair => pair.Average)];

    /// <summary>Gets the number of updates; 32 bits wide, as in the reference's checkpoints. It stays 0 without warm-up.</summary>
    public int Updates { get; private set; }

    /// <summary>Gets the decay of the latest update.</summary>
    public double EffectiveDecay => warmsUp ? Math.Min(decay, (1.0 + Updates) / (10.0 + Updates)) : decay;

    /// <summary>Updates every average towards its weight, in place.</summary>
    /// <exception cref="InvalidOperationException">The averages are applied to the network.</exception>
    public void Update()
    {
        ThrowIfApplied();
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

    /// <summary>Swaps the averages in for the weights (CompVis <c>ema_scope</c>: store, copy, restore).</summary>
    /// <returns>Disposing it restores the weights bit for bit.</returns>
    /// <exception cref="InvalidOperationException">The averages are applied to the network already.</exception>
    public IDisposable Apply()
    {
        ThrowIfApplied();
        Exchange();
        isApplied = true;
        return new Restoration(this);
    }

    /// <summary>Overwrites the weights with the averages.</summary>
    /// <exception cref="InvalidOperationException">The averages are applied to the network.</exception>
    public void CopyToWeights()
    {
        ThrowIfApplied();
        using var noGradient = no_grad();
        foreach (var (weight, average) in pairs)
            weight.copy_(average);
    }

    void IResumable.Write(TrainingSnapshot snapshot)
    {
        snapshot.Add("average.updates", Updates);
        for (var i = 0; i < pairs.Length; i++)
            snapshot.Add($"average.{i}", pairs[i].Average);
    }

    void IResumable.Read(TrainingSnapshot snapshot)
    {
        Updates = snapshot.Count("average.updates");
        for (var i = 0; i < pairs.Length; i++)
            snapshot.Restore($"average.{i}", pairs[i].Average);
    }

    /// <summary>Frees the averages.</summary>
    public void Dispose()
    {
        foreach (var (_, average) in pairs)
            average.Dispose();
    }

    private static Tensor Copy(Parameter weight)
    {
        using var values = weight.detach();
        return values.clone().DetachFromDisposeScope();
    }

    // One tensor at a time, so that no second copy of the network is needed.
    private void Exchange()
    {
        using var noGradient = no_grad();
        foreach (var (weight, average) in pairs)
        {
            using var kept = weight.clone();
            weight.copy_(average);
            average.copy_(kept);
        }
    }

    private void ThrowIfApplied()
    {
        if (isApplied)
            throw new InvalidOperationException($"The averages are applied to the network; dispose the result of {nameof(Apply)} first.");
    }

    private sealed class Restoration(EmaWeights owner) : IDisposable
    {
        public void Dispose()
        {
            if (!owner.isApplied)
                return;
            owner.Exchange();
            owner.isApplied = false;
        }
    }
}
