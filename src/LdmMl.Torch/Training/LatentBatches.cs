using LdmMl.Torch.Training.States;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>Reads batches of cached latents. The seed determines their order, flips, samples, the wordings of captions, and
/// the images whose label or caption is dropped.</summary>
internal sealed class LatentBatches : IBatches<LatentBatch>
{
    private readonly LatentCache latents;
    private readonly TrainingConditions conditions;
    private readonly Device device;
    private readonly EpochOrder order;
    private readonly Generator flips;
    private readonly Generator posteriors;
    private readonly Generator dropout;
    private readonly Generator? wordings;

    /// <summary>Prepares to read.</summary>
    /// <param name="latents">The latents; still owned by the caller.</param>
    /// <param name="conditions">Their labels or captions.</param>
    /// <param name="options">Seed and size of a batch.</param>
    /// <param name="device">The device of the batches.</param>
    public LatentBatches(LatentCache latents, TrainingConditions conditions, TrainingOptions options, Device device)
    {
        this.latents = latents;
        this.conditions = conditions;
        this.device = device;
        order = new EpochOrder(latents.Count, options.BatchSize, options.Seed);
        flips = RandomStream.Flips.Create(options.Seed);
        posteriors = RandomStream.Posteriors.Create(options.Seed);
        dropout = RandomStream.LabelDropout.Create(options.Seed);
        wordings = conditions.Captions is null ? null : RandomStream.Captions.Create(options.Seed);
    }

    public int Epoch => order.Epoch;

    public bool EndsEpoch => order.EndsEpoch;

    public int Size { get; private set; }

    public LatentBatch Next()
    {
        var rows = order.Next();
        Size = rows.Length;
        var labels = conditions.Labels?.Read(rows, dropout);
        using var tokens = conditions.Captions?.Draw(rows, wordings!, dropout);
        using var noise = latents.Varies ? randn([Size, .. latents.Shape], generator: posteriors) : null;
        using var read = latents.Read(latents.HasMirrored ? Mirror(rows) : rows, noise);
        return new LatentBatch(
            read.to(device, copy: true), labels is null ? null : tensor(labels, device: device), tokens?.to(device, copy: true));
    }

    // Reading latents costs nothing beside a step.
    public LatentBatch Skip() => Next();

    public void Write(TrainingSnapshot snapshot)
    {
        order.Write(snapshot);
        snapshot.Add(RandomStream.Flips, flips);
        snapshot.Add(RandomStream.Posteriors, posteriors);
        snapshot.Add(RandomStream.LabelDropout, dropout);
        if (wordings is not null)
            snapshot.Add(RandomStream.Captions, wordings);
    }

    public void Read(TrainingSnapshot snapshot)
    {
        order.Read(snapshot);
        snapshot.Restore(RandomStream.Flips, flips);
        snapshot.Restore(RandomStream.Posteriors, posteriors);
        snapshot.Restore(RandomStream.LabelDropout, dropout);
        if (wordings is not null)
            snapshot.Restore(RandomStream.Captions, wordings);
    }

    public void Dispose()
    {
        order.Dispose();
        flips.Dispose();
        posteriors.Dispose();
        dropout.Dispose();
        wordings?.Dispose();
    }

    private long[] Mirror(ReadOnlySpan<long> rows)
    {
        using var coins = rand(rows.Length, generator: flips);
        var sides = coins.data<float>();
        var mirrored = rows.ToArray();
        for (var i = 0; i < mirrored.Length; i++)
            mirrored[i] += sides[i] < 0.5f ? latents.Count : 0;
        return mirrored;
    }
}
