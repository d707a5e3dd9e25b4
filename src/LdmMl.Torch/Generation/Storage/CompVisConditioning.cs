using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>Reads a model's conditioning from its CompVis YAML.</summary>
/// <param name="model">The mapping <c>model.params</c>.</param>
internal sealed class CompVisConditioning(ConfigMap model)
{
    private const string FirstStage = "__is_first_stage__";
    private const string Unconditional = "__is_unconditional__";
    private const string ClassEmbedder = "ClassEmbedder";

    // The published model for guidance has ImageNet's labels and one more.
    private const int ImageNetWithNull = 1001;
    private const int ImageNet = 1000;

    // A string names a special stage; a mapping names a class.
    private readonly ConfigMap? parameters = model.Map("cond_stage_config")?.Map("params");
    private readonly string? stage = StageOf(model);

    /// <summary>Gets the class of the conditioning stage, or <c>__is_first_stage__</c>; null if there is none.</summary>
    public string? StageClass => stage?.Split('.')[^1];

    // The reference's default.
    private string? Kind => stage is null ? null : model.Text("conditioning_key") ?? (model.Truth("concat_mode") ?? true ? "concat" : "crossattn");

    /// <summary>Reads the conditioning.</summary>
    /// <exception cref="InvalidDataException">The model has a conditioning that this library does not support.</exception>
    public Conditioning Read(UNetConfig unet) => Kind switch
    {
        null => Conditioning.None,
        "crossattn" when StageClass == ClassEmbedder => Classes(),
        "crossattn" => Context(unet),
        "adm" => Labels(unet.LabelCount ?? throw Unsupported("its U-Net has no 'num_classes'"), LabelInput.TimeEmbedding),
        "concat" => new ConcatenatedConditioning { Input = Concatenated() },
        "hybrid" => new ConcatenatedConditioning { Input = ConcatenatedInput.MaskThenMaskedImage, Context = Context(unet) },
        var other => throw new InvalidDataException(
            $"its 'conditioning_key' is '{other}'; supported are crossattn, adm, concat and hybrid, and none for an unconditional model."),
    };

    private static string? StageOf(ConfigMap model)
    {
        if (model.Map("cond_stage_config") is { } own)
            return own.NeededText("target");
        var text = model.Text("cond_stage_config");
        return text == Unconditional ? null : text;
    }

    private LabelConditioning Classes()
    {
        var count = parameters?.Integer("n_classes") ?? ImageNet;
        parameters?.Ignore("embed_dim", "key");                  // the width is the U-Net's context_dim; the key names a field of training data
        parameters?.RefuseUnread();
        return Labels(count, LabelInput.ContextToken);
    }

    private static LabelConditioning Labels(int count, LabelInput input) => count == ImageNetWithNull
        ? new LabelConditioning { Count = ImageNet, HasNullLabel = true, Input = input }
        : new LabelConditioning { Count = count, Input = input };

    private ContextConditioning Context(UNetConfig unet)
    {
        var context = new ContextConditioning { Dimension = unet.ContextDimension ?? throw Unsupported("its U-Net has no 'context_dim'") };
        var tokens = parameters?.Integer("max_seq_len") ?? parameters?.Integer("max_length");
        return tokens is { } count ? context with { Tokens = count } : context;
    }

    private ConcatenatedInput Concatenated() => (StageClass, model.Text("cond_stage_key") ?? "image") switch
    {
        (FirstStage, "masked_image") => ConcatenatedInput.MaskedImageThenMask,
        ("Identity", "LR_image") => ConcatenatedInput.LowResolutionImage,
        var (stage, key) => throw Unsupported(
            $"it concatenates '{key}' (computed by '{stage}') with the latent; supported are 'masked_image' by {FirstStage} and 'LR_image' by Identity"),
    };

    private InvalidDataException Unsupported(string why) => new($"its 'conditioning_key' is '{Kind}', but {why}.");
}
