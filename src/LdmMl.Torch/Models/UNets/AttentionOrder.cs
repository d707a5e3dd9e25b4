namespace LdmMl.Torch.Models.UNets;

/// <summary>How the output of a self-attention's joint projection is split into heads and queries, keys and values.</summary>
public enum AttentionOrder
{
    /// <summary>Heads first: each head's queries, keys and values are contiguous. Used by the published models.</summary>
    HeadsFirst,

    /// <summary>All queries, then all keys, then all values; each of them split into heads (<c>use_new_attention_order</c>).</summary>
    ProjectionsFirst,
}
