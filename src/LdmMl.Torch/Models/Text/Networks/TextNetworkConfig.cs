using LdmMl.Torch.Arguments;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>Shape of a transformer that encodes text: CLIP's (Radford et al. 2021) or latent diffusion's own.</summary>
internal abstract record TextNetworkConfig
{
    private const int LargestNumber = 1 << 24;

    /// <summary>Gets the size of the vocabulary (<c>vocab_size</c>).</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Gets the width of a token's embedding (<c>hidden_size</c>, <c>n_embed</c>).</summary>
    public required int Width { get; init; }

    /// <summary>Gets the width inside the feed-forward layers (<c>intermediate_size</c>).</summary>
    public required int FeedForwardWidth { get; init; }

    /// <summary>Gets the number of blocks (<c>num_hidden_layers</c>).</summary>
    public required int Layers { get; init; }

    /// <summary>Gets the number of heads of each attention (<c>num_attention_heads</c>).</summary>
    public required int Heads { get; init; }

    /// <summary>Gets the largest number of tokens in a text (<c>max_position_embeddings</c>).</summary>
    public int Positions { get; init; } = 77;

    /// <summary>Gets the nonlinearity (<c>hidden_act</c>).</summary>
    public TextActivation Activation { get; init; } = TextActivation.Gelu;

    /// <summary>Gets the width of all heads of an attention together.</summary>
    public abstract int AttentionWidth { get; }

    /// <summary>Checks the numbers before a network is built from them.</summary>
    /// <exception cref="OptionException">A number is not possible; the message names it.</exception>
    public virtual void Validate()
    {
        Check.Within(VocabularySize, 1, LargestNumber);
        Check.Within(Width, 1, 1 << 16);
        Check.Within(FeedForwardWidth, 1, 1 << 18);
        Check.Within(Layers, 1, 1024);
        Check.Within(Heads, 1, 1024);
        Check.Within(Positions, 1, LargestNumber);
    }
}
