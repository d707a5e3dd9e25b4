using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Text.Networks;

/// <summary>Token embeddings plus position embeddings.</summary>
internal sealed class ClipEmbeddings : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys.
    private readonly EmbeddingTable token_embedding;
    private readonly EmbeddingTable position_embedding;

    public ClipEmbeddings(ClipTextConfig config, Device? device) : base(nameof(ClipEmbeddings))
    {
        token_embedding = new EmbeddingTable(config.VocabularySize, config.Width, device);
        position_embedding = new EmbeddingTable(config.Positions, config.Width, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor ids)                   // [B, T] -> [B, T, C]
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(token_embedding.call(ids).Plus(position_embedding.Rows.narrow(0, 0, ids.shape[1])));
    }
}
