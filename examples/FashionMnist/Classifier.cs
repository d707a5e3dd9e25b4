using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace FashionMnist;

/// <summary>A classifier that has only seen real training images. It judges generated ones, and its last hidden layer describes them.</summary>
internal sealed class Classifier : IDisposable
{
    private const int BatchSize = 128, Seed = 1;
    private const double LargestRate = 2e-3;

    private readonly ClothingNetwork network = new();

    /// <summary>Opens a file, or trains.</summary>
    public static Classifier Open(string path, FashionData data, Plan plan)
    {
        var classifier = new Classifier();
        if (File.Exists(path))
        {
            using var weights = StateDictionary.Read(path);
            classifier.Load(weights);
            Console.WriteLine($"Classifier: {path} already exists.");
        }
        else
        {
            Console.WriteLine("Classifier:");
            classifier.Train(data.Training, plan.ClassifierEpochs);
            SafetensorsFile.Write(path, classifier.network.state_dict());
        }

        classifier.network.eval();
        return classifier;
    }

    /// <summary>Returns the label that each image most likely has.</summary>
    /// <param name="images">[N, 1, 32, 32] in [-1, 1].</param>
    public long[] Label(Tensor images)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return [.. images.split(BatchSize).SelectMany(batch => network.call(batch).argmax(1).data<long>().ToArray())];
    }

    /// <summary>Describes images by the last hidden layer.</summary>
    /// <param name="images">[N, 1, 32, 32] in [-1, 1].</param>
    /// <returns>[N, 128]; the caller disposes it.</returns>
    public Tensor Features(Tensor images)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return scope.MoveToOuter(cat([.. images.split(BatchSize).Select(network.Features)]));
    }

    public void Dispose() => network.Dispose();

    private void Load(StateDictionary weights)
    {
        using var noGradient = no_grad();
        foreach (var (key, tensor) in network.state_dict())
            tensor.copy_(weights[key]);
    }

    private void Train(LabeledImages images, int epochs)
    {
        Initialise();
        var clock = new TrainingClock();
        var random = new Random(Seed);
        var order = Enumerable.Range(0, images.Images.Count).ToArray();
        var steps = epochs * ((order.Length + BatchSize - 1) / BatchSize);
        using var optimizer = optim.AdamW(network.parameters(), LargestRate, weight_decay: 0.01);
        network.train();
        for (var (epoch, step) = (1, 0); epoch <= epochs; epoch++)
        {
            random.Shuffle(order);
            var sum = 0.0;
            foreach (var rows in order.Chunk(BatchSize))
            {
                foreach (var group in optimizer.ParamGroups)
                    group.LearningRate = LargestRate * 0.5 * (1 + Math.Cos(Math.PI * step++ / steps));
                sum += rows.Length * Learn(optimizer, images, rows);
            }

            Console.WriteLine($"  epoch {epoch}/{epochs}: loss {sum / order.Length:F4} ({clock.Time})");
        }
    }

    private float Learn(optim.Optimizer optimizer, LabeledImages images, int[] rows)
    {
        using var scope = NewDisposeScope();
        var batch = ImageTensor.Of(images.Images, rows);
        optimizer.zero_grad();
        var loss = nn.functional.cross_entropy(network.call(batch), tensor(rows.Select(row => (long)images.Labels![row]).ToArray()));
        loss.backward();
        optimizer.step();
        return loss.item<float>();
    }

    // He et al. 2015, from a seed of its own, so that a run can be repeated.
    private void Initialise()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator(Seed, CPU);
        foreach (var weight in network.parameters().Where(parameter => parameter.dim() > 1))
        {
            using var deviation = Math.Sqrt(2.0 * weight.shape[0] / weight.numel()).ToScalar();
            weight.copy_(randn(weight.shape, generator: generator).mul(deviation));
        }
    }
}
