namespace LdmMl.Torch.Models.UNets;

/// <summary>How the output of a self-attention's one projection is shared out among heads and queries, keys and values.</summary>
public enum AttentionOrder
{
    /// <summary>Heads first: each head's queries, keys and values lie together. What the published models use.</summary>
    HeadsFirst,

    /// <summary>All queries, then all keys, then all values; each of them shared among the heads (<c>use_new_attention_order</c>).</summary>
    ProjectionsFirst,
}
