using System.Diagnostics;
using System.Runtime.InteropServices;
using LdmMl.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PerceptualTrunk;

/// <summary>Trains a <see cref="TrunkNetwork"/> to classify emoji by category and subcategory; the same seed gives the same weights.</summary>
internal sealed class TrunkTraining(LabelledImages images, int epochs, int seed)
{
    private const int BatchSize = 32;
    private const double PeakRate = 2e-3;
    private const double FinalShare = 0.01;

    public TrunkNetwork Run()
    {
        using var generator = new Generator((ulong)seed);
        var network = new TrunkNetwork(images.Categories + images.Subcategories, generator);
        var steps = epochs * (images.Training.Count / BatchSize);
        using var optimizer = optim.AdamW(network.parameters(), PeakRate, weight_decay: 0.02);
        var augmentation = new Augmentation(seed);
        var orders = new Random(seed);
        var (step, watch) = (0, Stopwatch.StartNew());
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            network.train();
            var order = images.Training.ToArray();
            orders.Shuffle(order);
            var loss = 0.0;
            foreach (var batch in order.Chunk(BatchSize).Where(batch => batch.Length == BatchSize))
            {
                foreach (var group in optimizer.ParamGroups)
                    group.LearningRate = RateOf(step++, steps);
                loss += Learn(network, optimizer, augmentation, batch);
            }
            if (epoch % 5 == 0 || epoch == epochs)
                Report(network, epoch, loss / (order.Length / BatchSize), watch.Elapsed);
        }
        network.eval();
        return network;
    }

    // Warm-up over a tenth of the steps, then half a cosine down.
    private static double RateOf(int step, int steps)
    {
        var warmup = steps / 10;
        if (step < warmup)
            return PeakRate * (step + 1) / warmup;
        return PeakRate * (FinalShare + (1 - FinalShare) * 0.5 * (1 + Math.Cos(Math.PI * (step - warmup) / (steps - warmup))));
    }

    private double Learn(TrunkNetwork network, optim.Optimizer optimizer, Augmentation augmentation, LabelledImage[] batch)
    {
        using var scope = NewDisposeScope();
        var input = Fill(batch, augmentation.Draw);
        optimizer.zero_grad();
        var scores = network.call(input);                         // [B, categories + subcategories]
        using var one = 1.ToScalar();
        var loss = Loss(scores.narrow(1, 0, images.Categories), batch.Select(image => image.Category))
            .add(Loss(scores.narrow(1, images.Categories, images.Subcategories), batch.Select(image => image.Subcategory)), one);
        loss.backward();
        optimizer.step();
        return loss.item<float>();
    }

    private static Tensor Loss(Tensor scores, IEnumerable<int> labels) =>
        nn.functional.cross_entropy(scores, tensor(labels.Select(label => (long)label).ToArray()), label_smoothing: 0.1);

    private delegate void Reading(LabelledImage image, Span<float> target);

    private static Tensor Fill(LabelledImage[] batch, Reading read)
    {
        var input = empty(batch.Length, 3, ImageFiles.Side, ImageFiles.Side);
        var values = MemoryMarshal.Cast<byte, float>(input.bytes);
        var size = values.Length / batch.Length;
        for (var index = 0; index < batch.Length; index++)
            read(batch[index], values.Slice(index * size, size));
        return input;
    }

    private void Report(TrunkNetwork network, int epoch, double loss, TimeSpan elapsed)
    {
        network.eval();
        var (category, subcategory) = (0, 0);
        foreach (var batch in images.HeldOut.Chunk(BatchSize))
        {
            using var scope = NewDisposeScope();
            using var _ = inference_mode();
            var scores = network.call(Fill(batch, Plain));
            var found = scores.narrow(1, 0, images.Categories).argmax(1).data<long>().ToArray();
            var foundBelow = scores.narrow(1, images.Categories, images.Subcategories).argmax(1).data<long>().ToArray();
            category += batch.Zip(found).Count(pair => pair.First.Category == pair.Second);
            subcategory += batch.Zip(foundBelow).Count(pair => pair.First.Subcategory == pair.Second);
        }
        var count = (double)images.HeldOut.Count;
        Console.WriteLine(
            $"epoch {epoch}/{epochs}: loss {loss:F3}; of {count} held-out images the category is right for {category / count:P1}, " +
            $"the subcategory for {subcategory / count:P1} ({elapsed.TotalMinutes:F1} min)");
    }

    private static void Plain(LabelledImage image, Span<float> target) =>
        PixelTensors.ToPlanes(image.Pixels, image.Layout, PixelColor.White, PixelRange.MinusOneToOne, target, 3);
}
