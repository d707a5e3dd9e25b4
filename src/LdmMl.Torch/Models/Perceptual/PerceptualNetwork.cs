using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Perceptual;

/// <summary>A trunk, and one head for each of its layers if it is calibrated. Frozen: no gradient reaches a weight.</summary>
internal sealed class PerceptualNetwork : Module
{
    // The field's name is the checkpoint's key.
    private readonly PerceptualTrunk features;
    private readonly PerceptualHead[] heads;
    private readonly Lazy<string> hash;

    public PerceptualNetwork(PerceptualTrunkConfig trunk, bool withHeads) : base(nameof(PerceptualNetwork))
    {
        hash = new(() => PerceptualWeights.Hash(state_dict()));
        features = new PerceptualTrunk(trunk);
        heads = withHeads ? [.. trunk.LayerChannels.Select(channels => new PerceptualHead(channels))] : [];
        RegisterComponents();
        for (var layer = 0; layer < heads.Length; layer++)
            register_module(string.Create(CultureInfo.InvariantCulture, $"lin{layer}"), heads[layer]);

        eval();
        foreach (var parameter in parameters())
        {
            parameter.requires_grad = false;
            parameter.DetachFromDisposeScope();   // it lives until the network is disposed, whatever scope it was created in
        }
    }

    /// <summary>Gets the trunk.</summary>
    public PerceptualTrunk Trunk => features;

    /// <summary>Gets a short hash of all weights, computed once.</summary>
    public string WeightsHash => hash.Value;

    /// <summary>Gets the channel weights of a layer, [1, C, 1, 1], float32; null for equal weights.</summary>
    public Tensor? Head(int layer) => heads.Length == 0 ? null : heads[layer].Weight;

    /// <summary>Copies it to another device and number format; the heads and the first layer stay float32.</summary>
    public PerceptualNetwork Convert(PerceptualDescription description, Device device, ModelPrecision precision)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var target = new PerceptualNetwork(description.Trunk, description.IsCalibrated);
        var weights = target.state_dict();
        foreach (var (key, weight) in state_dict())
            weights[key].copy_(weight);
        target.to(device);
        if (precision == ModelPrecision.BFloat16)
            target.features.Round();
        foreach (var parameter in target.parameters())
            parameter.DetachFromDisposeScope();
        return target;
    }
}
