using LdmMl.Torch.Checkpoints.CompVis;
using LdmMl.Torch.Models.UNets;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>What a model is told, as its CompVis YAML says it.</summary>
internal static class CompVisConditioning
{
    private const string FirstStage = "__is_first_stage__";
    private const string ClassEmbedder = "ClassEmbedder";

    // ImageNet's labels and one more: the published model for guidance.
    private const int ImageNetWithNull = 1001;
    private const int ImageNet = 1000;

    /// <exception cref="InvalidDataException">The model is told something that this library does not have.</exception>
    public static Conditioning Of(CompVisDiffusion model, UNetConfig unet) => model.ConditioningKey switch
    {
        null => Conditioning.None,
        "crossattn" when ClassOf(model.ConditionStage) == ClassEmbedder => Labels(model.ClassCount ?? ImageNet, LabelInput.ContextToken),
        "crossattn" => Context(model, unet),
        "adm" => Labels(unet.LabelCount ?? throw Unsupported(model, "its U-Net has no 'num_classes'"), LabelInput.TimeEmbedding),
        "concat" => new ConcatenatedConditioning { Input = Concatenated(model) },
        "hybrid" => new ConcatenatedConditioning { Input = ConcatenatedInput.MaskThenMaskedImage, Context = Context(model, unet) },
        var other => throw new InvalidDataException(
            $"its 'conditioning_key' is '{other}'; supported are crossattn, adm, concat and hybrid, and none for an unconditional model."),
    };

    private static LabelConditioning Labels(int count, LabelInput input) => count == ImageNetWithNull
        ? new LabelConditioning { Count = ImageNet, HasNullLabel = true, Input = input }
        : new LabelConditioning { Count = count, Input = input };

    private static ContextConditioning Context(CompVisDiffusion model, UNetConfig unet)
    {
        var context = new ContextConditioning { Dimension = unet.ContextDimension ?? throw Unsupported(model, "its U-Net has no 'context_dim'") };
        return model.TokenCount is { } tokens ? context with { Tokens = tokens } : context;
    }

    private static ConcatenatedInput Concatenated(CompVisDiffusion model) => (ClassOf(model.ConditionStage), model.ConditionKey) switch
    {
        (FirstStage, "masked_image") => ConcatenatedInput.MaskedImageThenMask,
        ("Identity", "LR_image") => ConcatenatedInput.LowResolutionImage,
        var (stage, key) => throw Unsupported(
            model, $"it lays '{key}' beside the latent, made by '{stage}'; supported are 'masked_image' by {FirstStage} and 'LR_image' by Identity"),
    };

    private static InvalidDataException Unsupported(CompVisDiffusion model, string why) =>
        new($"its 'conditioning_key' is '{model.ConditioningKey}', but {why}.");

    private static string? ClassOf(string? target) => target?.Split('.')[^1];
}
