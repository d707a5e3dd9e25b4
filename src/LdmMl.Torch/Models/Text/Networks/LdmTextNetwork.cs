using LdmMl.Torch.Layers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>
/// Latent diffusion's own text encoder, with the checkpoint keys of diffusers' <c>LDMBertModel</c>. Its vocabulary head (<c>to_logits</c>), which
/// no diffusion model uses, is omitted.
/// </summary>
internal sealed class LdmTextNetwork : TextNetwork
{
    // The field's name is a checkpoint key.
    private readonly LdmTextTransformer model;
    private readonly LdmTextConfig config;

    public LdmTextNetwork(LdmTextConfig config, Device? device = null) : base(nameof(LdmTextNetwork))
    {
        config.Validate();
        this.config = config;
        model = new LdmTextTransformer(config, device);
        RegisterComponents();
        Outlive();
    }

    public override TextNetworkConfig Config => config;

    /// <summary>Reinitializes every weight from the seed.</summary>
    public void Initialize(long seed)
    {
        using var noGradient = no_grad();
        using var generator = new Generator((ulong)seed, CPU);
        model.InitializeTables(generator);
        foreach (var linear in modules().OfType<LinearProjection>())
            linear.Initialize(generator);
    }

    public override IReadOnlyList<Tensor> HiddenStates(Tensor ids, Tensor? kept) => kept is null
        ? model.HiddenStates(ids)
        : throw new ArgumentException("This text encoder takes no mask.", nameof(kept));

    public override Tensor Normalize(Tensor states) => model.Normalize(states);
}
