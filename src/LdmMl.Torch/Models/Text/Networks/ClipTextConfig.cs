using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>Shape of a CLIP text encoder, OpenAI's or OpenCLIP's.</summary>
internal sealed record ClipTextConfig : TextNetworkConfig
{
    /// <summary>The end token in every published configuration. It is wrong: in fact the text ends at the largest token number.</summary>
    public const int LegacyEndToken = 2;

    /// <summary>Gets what is added to a variance before the square root (<c>layer_norm_eps</c>).</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Gets the width of a text's projected vector (<c>projection_dim</c>); null if there is no projection.</summary>
    public int? ProjectionWidth { get; init; }

    /// <summary>
    /// Gets the token that ends a text (<c>eos_token_id</c>): its first occurrence counts. <see cref="LegacyEndToken"/> means the largest number.
    /// </summary>
    public int EndToken { get; init; } = LegacyEndToken;

    public override int AttentionWidth => Width;

    /// <summary>Gets the encoder of Stable Diffusion 1, and the first of SDXL: OpenAI's CLIP ViT-L/14.</summary>
    public static ClipTextConfig LargePatch14 { get; } = new()
    {
        VocabularySize = 49408, Width = 768, FeedForwardWidth = 3072, Layers = 12, Heads = 12, Activation = TextActivation.QuickGelu,
    };

    /// <summary>Gets the encoder of Stable Diffusion 2 in diffusers' folders: OpenCLIP ViT-H/14 without its last block.</summary>
    public static ClipTextConfig HugePatch14 { get; } = new() { VocabularySize = 49408, Width = 1024, FeedForwardWidth = 4096, Layers = 23, Heads = 16 };

    /// <summary>Gets the second encoder of SDXL: OpenCLIP ViT-bigG/14, with its projection.</summary>
    public static ClipTextConfig BigGiantPatch14 { get; } = new()
    {
        VocabularySize = 49408, Width = 1280, FeedForwardWidth = 5120, Layers = 32, Heads = 20, ProjectionWidth = 1280,
    };

    public override void Validate()
    {
        base.Validate();
        Check.That(Width % Heads == 0, Heads, $"it must divide the width, {Width}");
        Check.That(Epsilon > 0 && double.IsFinite(Epsilon), Epsilon, "it must be above 0");
        Check.That(ProjectionWidth is null or (> 0 and <= 1 << 16), ProjectionWidth, "it must be at least 1");
    }
}
