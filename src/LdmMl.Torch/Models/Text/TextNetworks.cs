using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Text.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Text;

/// <summary>The networks of all text encoders of a model.</summary>
internal sealed class TextNetworks : Module
{
    // Field names appear in messages about non-finite values.
    private readonly TextNetwork text_encoder;
    private readonly TextNetwork? text_encoder_2;

    public TextNetworks(IReadOnlyList<TextNetwork> networks) : base(nameof(TextNetworks))
    {
        text_encoder = networks[0];
        text_encoder_2 = networks.ElementAtOrDefault(1);
        RegisterComponents();
        eval();
    }

    /// <summary>Gets the networks in the order in which their contexts are concatenated.</summary>
    public IReadOnlyList<TextNetwork> All => text_encoder_2 is null ? [text_encoder] : [text_encoder, text_encoder_2];

    /// <summary>Builds networks with TorchSharp's initial weights.</summary>
    public static TextNetwork Build(TextNetworkConfig config, Device? device = null) => config switch
    {
        ClipTextConfig clip => new ClipTextNetwork(clip, device),
        LdmTextConfig own => new LdmTextNetwork(own, device),
        _ => throw new ArgumentException($"There is no network for a {config.GetType().Name}.", nameof(config)),
    };

    /// <summary>Copies the networks to a device.</summary>
    public TextNetworks CopyTo(Device device)
    {
        using var noGradient = no_grad();
        return new TextNetworks([.. All.Select(source =>
        {
            using var replaced = InitialValues.Skip();
            var copy = Build(source.Config, device);
            using var scope = NewDisposeScope();
            var weights = copy.state_dict();
            foreach (var (key, weight) in source.state_dict())
                weights[key].copy_(weight);
            return copy;
        })]);
    }
}
