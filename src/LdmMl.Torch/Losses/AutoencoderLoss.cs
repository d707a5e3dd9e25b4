using static TorchSharp.torch;

namespace LdmMl.Torch.Losses;

/// <summary>
/// The loss of an autoencoder: an ordered list of named, weighted terms and their sum.
/// A further term (perceptual, adversarial) is one more class in the list.
/// </summary>
internal sealed class AutoencoderLoss(IReadOnlyList<IAutoencoderLossTerm> terms)
{
    /// <summary>Computes the weighted sum as a scalar with gradients, and what each term added.</summary>
    public (Tensor Total, IReadOnlyList<LossValue> Values) Compute(AutoencoderPass pass)
    {
        using var scope = NewDisposeScope();
        var values = new LossValue[terms.Count];
        var total = zeros(1, device: pass.Images.device).squeeze();   // []
        for (var i = 0; i < terms.Count; i++)
        {
            var value = terms[i].Compute(pass);
            values[i] = new LossValue(terms[i].Name, value.item<float>(), terms[i].Weight);
            total += value * terms[i].Weight;
        }

        return (scope.MoveToOuter(total), values);
    }
}
