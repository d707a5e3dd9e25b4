using LdmMl.Torch.Training.States;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>The rows of an endless sequence of batches: every epoch has each row once, shuffled by the seed.</summary>
/// <param name="count">The number of rows.</param>
/// <param name="batchSize">The number of rows in a batch; the last batch of an epoch may have fewer.</param>
/// <param name="seed">The training's seed.</param>
internal sealed class EpochOrder(int count, int batchSize, long seed) : IResumable, IDisposable
{
    private readonly Generator orders = RandomStream.Order.Create(seed);
    private long[] order = [];
    private int position;

    /// <summary>Gets the epoch of the last batch, from 1.</summary>
    public int Epoch { get; private set; }

    /// <summary>Gets whether the last batch was its epoch's last.</summary>
    public bool EndsEpoch => position == order.Length;

    /// <summary>Returns the rows of the next batch.</summary>
    public ReadOnlySpan<long> Next()
    {
        if (EndsEpoch)
            StartEpoch();
        var size = Math.Min(batchSize, order.Length - position);
        var rows = order.AsSpan(position, size);
        position += size;
        return rows;
    }

    public void Write(TrainingSnapshot snapshot)
    {
        snapshot.Add(RandomStream.Order, orders);
        using var rows = tensor(order);
        snapshot.Add("order", rows);
        snapshot.Add("order.position", position);
        snapshot.Add("order.epoch", Epoch);
    }

    public void Read(TrainingSnapshot snapshot)
    {
        snapshot.Restore(RandomStream.Order, orders);
        order = snapshot.Numbers("order");
        position = snapshot.Count("order.position");
        Epoch = snapshot.Count("order.epoch");
        if (order.Length != count || position > count || order.Any(row => row < 0 || row >= count))
            throw new InvalidDataException($"the order of the epoch is not a permutation of {count} images.");
    }

    public void Dispose() => orders.Dispose();

    private void StartEpoch()
    {
        using var permutation = randperm(count, generator: orders);
        order = permutation.data<long>().ToArray();
        position = 0;
        Epoch++;
    }
}
