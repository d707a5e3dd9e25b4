using LdmMl.Torch.Generation;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.Text.Tokens;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Training;

/// <summary>
/// Teaches a new text encoder what another one knows (knowledge distillation, Hinton et al. 2015): from the mean of its tokens, a linear layer
/// predicts the other's vector of the whole text. The linear layer is discarded.
/// </summary>
internal sealed class TextDistillation : IDisposable
{
    private const int BatchSize = 64;
    private const double LearningRate = 1e-3;

    private readonly DiffusionNetworks networks;
    private readonly TextEncoderTrainingOptions options;
    private readonly long seed;
    private readonly long[][] tokens;
    private readonly Tensor targets;                             // [N, D], of mean 0 and mean square 1
    private readonly LinearProjection head;

    private TextDistillation(LatentDiffusionModel model, TextEncoderTrainingOptions options, IReadOnlyList<string> texts, long seed)
    {
        (this.options, this.seed) = (options, seed);
        networks = new DiffusionNetworks(model);
        var tokenizer = model.OwnEncoder!.Parts[0].Tokenizer;
        tokens = [.. texts.Select(text => TokenRow.Of(tokenizer.Tokenize(text), tokenizer.Frame).Ids)];
        targets = Targets(options.Teacher!, texts).to(model.Device, disposeAfter: true).DetachFromDisposeScope();
        head = new LinearProjection(options.Width, (int)targets.shape[1], device: model.Device);
        using var noGradient = no_grad();
        using var random = RandomStream.Teaching.Create(seed);
        head.Initialize(random);
    }

    /// <summary>Teaches the text encoder of a model.</summary>
    /// <param name="model">The model; still owned by the caller.</param>
    /// <param name="options">The encoder's options, with a teacher.</param>
    /// <param name="captions">The captions of the training images.</param>
    /// <param name="seed">The seed of the order and of the linear layer.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    /// <returns>The last step's error as a share of the variance of the teacher's vectors.</returns>
    public static double Run(
        LatentDiffusionModel model, TextEncoderTrainingOptions options, IReadOnlyList<IReadOnlyList<string>> captions, long seed, CancellationToken cancellationToken)
    {
        string[] texts = [.. captions.SelectMany(wordings => wordings).Concat(options.TeacherTexts).Distinct(StringComparer.Ordinal)];
        using var distillation = new TextDistillation(model, options, texts, seed);
        return distillation.Run(cancellationToken);
    }

    public void Dispose()
    {
        targets.Dispose();
        head.Dispose();
    }

    private double Run(CancellationToken cancellationToken)
    {
        Parameter[] weights = [.. networks.Text!.parameters(), .. head.parameters()];
        var schedule = new LearningRateSchedule(LearningRate, options.TeacherSteps, options.TeacherSteps / 10, LearningRateDecay.Cosine);
        using var optimizer = new AdamOptimizer(weights) { Schedule = schedule, Beta1 = 0.9, Beta2 = 0.999, ClipNorm = 1 };
        using var order = RandomStream.TeachingOrder.Create(seed);
        networks.Text!.train();
        var error = 1.0;
        for (var step = 1; step <= options.TeacherSteps && !cancellationToken.IsCancellationRequested; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.ClearGradients();
            error = AddGradients(order);
            optimizer.Clip();
            optimizer.Step(step);
        }

        networks.Text!.eval();
        return error;
    }

    private double AddGradients(Generator order)
    {
        var rows = randint(0, tokens.Length, [BatchSize], generator: order);
        var places = rows.data<long>().ToArray();
        var ids = tensor(places.SelectMany(place => tokens[(int)place]).ToArray(), [BatchSize, tokens[0].Length], device: targets.device);
        var predicted = head.call(networks.Context(ids).mean([1]));
        var error = nn.functional.mse_loss(predicted, targets.index_select(0, rows.to(targets.device)));
        error.backward();
        return error.Read<float>();
    }

    // Centred, since what all texts share says nothing, and of one scale whatever the teacher's.
    private static Tensor Targets(ITextEncoder teacher, IReadOnlyList<string> texts)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var vectors = cat([.. texts.Chunk(BatchSize).Select(batch => Vectors(teacher, batch))]);
        vectors = vectors - vectors.mean([0], keepdim: true);
        return scope.MoveToOuter(vectors / vectors.pow(Whole(2)).mean().sqrt().clamp_min(Real(1e-12)));
    }

    private static Tensor Vectors(ITextEncoder teacher, IReadOnlyList<string> texts)
    {
        using var encoding = teacher.Encode(texts);
        return (encoding.Pooled ?? encoding.Context.mean([1])).to(ScalarType.Float32, copy: true);
    }
}
