using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>A transformer that encodes tokens.</summary>
internal abstract class TextNetwork(string name) : Module(name)
{
    /// <summary>Gets its shape.</summary>
    public abstract TextNetworkConfig Config { get; }

    /// <summary>Returns the input of the first block and the output of each block.</summary>
    /// <param name="ids">Token numbers [B, T], int64.</param>
    /// <param name="kept">1 for tokens that are attended to and 0 for others, [B, T]; null if all are.</param>
    /// <returns>States [B, T, width] each. The caller disposes them.</returns>
    public abstract IReadOnlyList<Tensor> HiddenStates(Tensor ids, Tensor? kept);

    /// <summary>Applies the layer norm that follows the last block.</summary>
    public abstract Tensor Normalize(Tensor states);

    /// <summary>Detaches the parameters from the dispose scope that is open while the network is built.</summary>
    protected void Outlive()
    {
        foreach (var tensor in parameters().Concat(buffers()))
            tensor.DetachFromDisposeScope();
    }
}
