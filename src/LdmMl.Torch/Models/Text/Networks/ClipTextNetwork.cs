using LdmMl.Torch.Layers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>CLIP's text encoder (Radford et al. 2021, section 2.4), with the checkpoint keys of transformers.</summary>
internal sealed class ClipTextNetwork : TextNetwork
{
    // Field names are checkpoint keys.
    private readonly ClipTextTransformer text_model;
    private readonly LinearProjection? text_projection;
    private readonly ClipTextConfig config;

    public ClipTextNetwork(ClipTextConfig config, Device? device = null) : base(nameof(ClipTextNetwork))
    {
        config.Validate();
        this.config = config;
        text_model = new ClipTextTransformer(config, device);
        text_projection = config.ProjectionWidth is { } width ? new LinearProjection(config.Width, width, bias: false, device) : null;
        RegisterComponents();
        Outlive();
    }

    public override TextNetworkConfig Config => config;

    public override IReadOnlyList<Tensor> HiddenStates(Tensor ids, Tensor? kept) => text_model.HiddenStates(ids, kept);

    public override Tensor Normalize(Tensor states) => text_model.Normalize(states);

    /// <summary>Selects the state of the token at which each text ends.</summary>
    /// <param name="normalized">The last hidden states, normalised.</param>
    /// <param name="ids">The tokens.</param>
    /// <param name="endToken">The token that ends a text; null for the configuration's.</param>
    public Tensor Pool(Tensor normalized, Tensor ids, int? endToken = null)   // [B, T, C], [B, T] -> [B, C]
    {
        using var scope = NewDisposeScope();
        var place = EndOf(ids, endToken ?? config.EndToken);                                  // [B]
        var index = place.view(-1, 1, 1).expand([-1, 1, normalized.shape[2]]);
        return scope.MoveToOuter(normalized.gather(1, index).squeeze(1));
    }

    /// <summary>Finds where each text ends.</summary>
    public static Tensor EndOf(Tensor ids, int endToken)         // [B, T] -> [B]
    {
        using var scope = NewDisposeScope();
        var marks = endToken == ClipTextConfig.LegacyEndToken ? ids : ids.eq(Whole(endToken)).to(ScalarType.Int32);
        return scope.MoveToOuter(marks.argmax(-1));
    }

    /// <summary>Returns the projected vector of each text, or the pooled state itself if there is no projection.</summary>
    public Tensor Embed(Tensor normalized, Tensor ids)           // [B, T, C], [B, T] -> [B, P]
    {
        using var scope = NewDisposeScope();
        var pooled = Pool(normalized, ids);
        return scope.MoveToOuter(text_projection is null ? pooled : text_projection.call(pooled));
    }
}
