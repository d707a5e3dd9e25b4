using LdmMl.Torch.Training.States;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training.Streaming;

/// <summary>
/// Which images the batches of a training have, which of them are mirrored and which part of them is shown: the seed alone determines it, whoever reads
/// the images. Two plans of one seed go through the same batches, so that one can run ahead.
/// </summary>
internal sealed class BatchPlan : IResumable, IDisposable
{
    private const int Axes = 2;

    private readonly EpochOrder order;
    private readonly Generator? flips;
    private readonly Generator? crops;
    private readonly int leftCount, topCount;

    /// <summary>Begins a plan.</summary>
    /// <param name="images">The images.</param>
    /// <param name="options">Seed, size of a batch, and whether images are mirrored.</param>
    /// <param name="side">The side of the square that is cut from an image at a random place; null for whole images.</param>
    public BatchPlan(IImageSet images, TrainingOptions options, int? side)
    {
        order = new EpochOrder(images.Count, options.BatchSize, options.Seed);
        flips = options.HorizontalFlips ? RandomStream.Flips.Create(options.Seed) : null;
        crops = side is null ? null : RandomStream.Crops.Create(options.Seed);
        (leftCount, topCount) = (1 + images.Width - (side ?? images.Width), 1 + images.Height - (side ?? images.Height));
    }

    /// <summary>Gets the epoch of the last batch, from 1.</summary>
    public int Epoch => order.Epoch;

    /// <summary>Gets whether the last batch was its epoch's last.</summary>
    public bool EndsEpoch => order.EndsEpoch;

    /// <summary>Returns the next batch.</summary>
    public ImageView[] Next()
    {
        var rows = order.Next();
        var views = new ImageView[rows.Length];
        var (coins, places) = (Coins(rows.Length), Places(rows.Length));
        for (var i = 0; i < views.Length; i++)
        {
            views[i] = new ImageView(rows[i], coins.Length > 0 && coins[i] < 0.5f);
            if (places.Length > 0)
                views[i] = views[i] with { Left = (int)(places[Axes * i] * leftCount), Top = (int)(places[(Axes * i) + 1] * topCount) };
        }

        return views;
    }

    public void Write(TrainingSnapshot snapshot)
    {
        order.Write(snapshot);
        if (flips is not null)
            snapshot.Add(RandomStream.Flips, flips);
        if (crops is not null)
            snapshot.Add(RandomStream.Crops, crops);
    }

    public void Read(TrainingSnapshot snapshot)
    {
        order.Read(snapshot);
        if (flips is not null)
            snapshot.Restore(RandomStream.Flips, flips);
        if (crops is not null)
            snapshot.Restore(RandomStream.Crops, crops);
    }

    public void Dispose()
    {
        order.Dispose();
        flips?.Dispose();
        crops?.Dispose();
    }

    private float[] Coins(int count)
    {
        if (flips is null)
            return [];
        using var drawn = rand(count, generator: flips);
        return drawn.data<float>().ToArray();
    }

    private double[] Places(int count)
    {
        if (crops is null)
            return [];
        using var drawn = rand(count * Axes, ScalarType.Float64, generator: crops);
        return drawn.data<double>().ToArray();
    }
}
