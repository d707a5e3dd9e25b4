using LdmMl.Torch.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LdmMl.Torch.Models.Autoencoders;

/// <summary>Replaces each latent pixel by the nearest entry of a codebook (taming-transformers <c>VectorQuantizer2</c>).</summary>
internal sealed class VectorQuantizer : Module<Tensor, Tensor>
{
    // Field names are checkpoint keys. "used" exists only for a remapped codebook.
    private readonly Embedding embedding;
    private readonly Tensor? used;
    private readonly VqAutoencoderConfig config;

    public VectorQuantizer(VqAutoencoderConfig config, Device? device = null) : base(nameof(VectorQuantizer))
    {
        this.config = config;
        embedding = Embedding(config.CodebookSize, config.LatentChannels, device: device);
        used = config.UsedEntries == 0 ? null : arange(Whole(config.UsedEntries), dtype: ScalarType.Int64, device: device);
        RegisterComponents();
    }

    private int IndexCount => config.UsedEntries + (config.UnknownIndexPolicy == UnknownIndexPolicy.Extra ? 1 : 0);

    /// <summary>Quantises latents with gradients passed straight through.</summary>
    public override Tensor forward(Tensor latents)               // [B, c, h, w] -> [B, c, h, w]
    {
        using var scope = NewDisposeScope();
        var z = latents.permute(0, 2, 3, 1);                     // [B, h, w, c]
        var entries = embedding.call(Nearest(z)).reshape(z.shape);
        return scope.MoveToOuter(StraightThrough(z, entries));
    }

    /// <summary>Quantises latents, with the indices of the entries and the loss.</summary>
    /// <param name="latents">Latents [B, c, h, w].</param>
    /// <param name="generator">Draws indices for unused entries under <see cref="UnknownIndexPolicy.Random"/>.</param>
    public VqCodes Quantize(Tensor latents, Generator? generator)
    {
        using var scope = NewDisposeScope();
        var z = latents.permute(0, 2, 3, 1);                     // [B, h, w, c]
        var nearest = Nearest(z);                                // [B*h*w]
        var entries = embedding.call(nearest).reshape(z.shape);  // [B, h, w, c]
        var commitment = (entries.detach() - z).pow(Whole(2)).mean();
        var codebook = (entries - z.detach()).pow(Whole(2)).mean();
        var loss = config.LegacyCommitment
            ? commitment.Plus(codebook * Real(config.CommitmentWeight))
            : (commitment * Real(config.CommitmentWeight)).Plus(codebook);
        var indices = used is null ? nearest : ToUsed(nearest, generator).reshape(-1, 1);
        if (config.SpatialIndices)
            indices = indices.reshape(z.shape[..3]);
        return new VqCodes(
            scope.MoveToOuter(StraightThrough(z, entries)),
            scope.MoveToOuter(indices.alias()),
            scope.MoveToOuter(loss));
    }

    /// <summary>Looks entries up.</summary>
    /// <param name="indices">Indices of any shape with B*h*w elements; of used entries for a remapped codebook.</param>
    /// <param name="shape">The shape [B, h, w, c] of the latents, channels last.</param>
    public Tensor Lookup(Tensor indices, ReadOnlySpan<long> shape)   // -> [B, c, h, w]
    {
        using var scope = NewDisposeScope();
        var flat = indices.reshape(-1);
        var entries = embedding.call(used is null ? flat : ToAll(flat));
        return scope.MoveToOuter(entries.reshape(shape.ToArray()).permute(0, 3, 1, 2).contiguous());
    }

    // |z - e|^2 = |z|^2 + |e|^2 - 2 z.e, in the reference's order of operations.
    private Tensor Nearest(Tensor z)                             // [B, h, w, c] -> [B*h*w]
    {
        using var scope = NewDisposeScope();
        var flat = z.reshape(-1, config.LatentChannels);         // [N, c]
        var entries = embedding.weight!;                         // [n, c]
        var distances = flat.pow(Whole(2)).sum(1, keepdim: true).Plus(entries.pow(Whole(2)).sum(1)) - (matmul(flat, entries.t()) * Real(2));
        return scope.MoveToOuter(distances.argmin(1));
    }

    private static Tensor StraightThrough(Tensor z, Tensor entries)  // [B, h, w, c] -> [B, c, h, w]
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(z.Plus((entries - z).detach()).permute(0, 3, 1, 2).contiguous());
    }

    private Tensor ToUsed(Tensor indices, Generator? generator)  // [N] -> [N]
    {
        using var scope = NewDisposeScope();
        var matches = indices.unsqueeze(1) == used!;             // [N, used]
        var positions = matches.to_type(ScalarType.Int64).argmax(1);
        var known = matches.any(1);
        var unknown = config.UnknownIndexPolicy switch
        {
            UnknownIndexPolicy.Extra => full_like(positions, Whole(config.UsedEntries)),
            UnknownIndexPolicy.Fixed => full_like(positions, Whole(config.UnknownIndex)),
            _ => RandomIndices(positions, generator),
        };
        return scope.MoveToOuter(where(known, positions, unknown));
    }

    private Tensor RandomIndices(Tensor like, Generator? generator)
    {
        if (generator is null)
            throw new ArgumentException("This codebook draws indices for unused entries: pass a generator.", nameof(generator));
        return randint(0, IndexCount, like.shape, dtype: ScalarType.Int64, generator: generator).to(like.device);
    }

    private Tensor ToAll(Tensor indices)                         // [N] -> [N]
    {
        using var scope = NewDisposeScope();
        var inside = where(indices >= Whole(config.UsedEntries), zeros_like(indices), indices);
        return scope.MoveToOuter(used!.index_select(0, inside));
    }
}
