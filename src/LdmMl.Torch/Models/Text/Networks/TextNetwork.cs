using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>A transformer that reads tokens.</summary>
internal abstract class TextNetwork(string name) : Module(name)
{
    /// <summary>Gets its shape.</summary>
    public abstract TextNetworkConfig Config { get; }

    /// <summary>Gives the tokens as they go into the first block, and as they come out of each: one more than there are blocks.</summary>
    /// <param name="ids">Token numbers [B, T], int64.</param>
    /// <param name="kept">1 for tokens that are seen and 0 for others, [B, T]; null where all are.</param>
    /// <returns>States [B, T, width] each. The caller disposes them.</returns>
    public abstract IReadOnlyList<Tensor> HiddenStates(Tensor ids, Tensor? kept);

    /// <summary>Applies the normalisation that stands behind the last block.</summary>
    public abstract Tensor Normalize(Tensor states);

    /// <summary>Takes the parameters out of the dispose scope in which the network happens to be built.</summary>
    protected void Outlive()
    {
        foreach (var tensor in parameters().Concat(buffers()))
            tensor.DetachFromDisposeScope();
    }
}
