using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Training;

/// <summary>A text encoder that learns from another one before it is trained jointly with a U-Net.</summary>
public sealed class TextTeacherTests : IDisposable
{
    private static readonly string[] Known = ["crimson", "azure"];

    private readonly Teacher teacher = new();
    private readonly AutoencoderModel autoencoder = TinyModels.Kl();
    private readonly TemporaryFolder temporary = new();

    private DiffusionTrainingOptions Short => new()
    {
        UNet = TinyModels.UNetConfig with { ContextDimension = 16, ContextPoolingHeads = 2 },
        Steps = 4, BatchSize = 4, LearningRate = 2e-3, WarmupSteps = 0, EmaDecay = 0.9,
        TextEncoder = new TextEncoderTrainingOptions
        {
            Width = 16, Layers = 2, Heads = 2, Tokens = 8, Teacher = teacher, TeacherTexts = Known, TeacherSteps = 5, LearningRateFactor = 0.5,
        },
    };

    private static LabeledImages Captioned => new(RedAndBlue()) { Captions = [.. Enumerable.Range(0, 16).Select(image => image % 2 == 0 ? new[] { "red" } : ["blue"])] };

    public void Dispose()
    {
        autoencoder.Dispose();
        temporary.Dispose();
    }

    [Fact]
    public void A_model_follows_words_that_were_in_no_caption_but_that_the_teacher_knows()
    {
        var options = Short with
        {
            Steps = 100, BatchSize = 16, LearningRate = 5e-3, EmaDecay = 0.95, LatentVariation = LatentVariation.Mean,
            TextEncoder = Short.TextEncoder with { TeacherSteps = 150, LearningRateFactor = 0 },
            Loss = new DiffusionLossOptions { Prediction = Prediction.Velocity },
        };
        using var trained = new DiffusionTrainer(autoencoder, options).Train(Captioned);
        using var both = BatchReader.Read(Captioned.Images, autoencoder.Config.PixelRange, [0, 1]);
        using var wanted = trained.Model.Autoencoder.Encode(both);
        using var drawn = trained.Model.GenerateLatents(
            new GenerationBatch { Seeds = [1, 2, 3, 4], Prompts = ["red", "blue", "crimson", "azure"] }, new GenerationSettings { Sampling = new() { Steps = 10 } });
        using var distances = cdist(drawn.flatten(1), wanted.flatten(1));

        Assert.Equal([0, 1, 0, 1], distances.argmin(1).data<long>().ToArray());
    }

    [Fact]
    public void A_factor_of_zero_keeps_the_encoder_as_the_teacher_left_it()
    {
        using var taught = Train(Short with { Steps = 1, LearningRate = 1e-30 });
        using var kept = Train(Short with { TextEncoder = Short.TextEncoder with { LearningRateFactor = 0 } });
        using var changed = Train(Short);
        using var untaught = Train(Short with { Steps = 1, LearningRate = 1e-30, TextEncoder = Short.TextEncoder with { Teacher = null, TeacherTexts = [] } });

        Assert.Equal(Weights(taught), Weights(kept));
        Assert.NotEqual(Weights(taught), Weights(changed));
        Assert.NotEqual(Weights(taught), Weights(untaught));
    }

    [Fact]
    public void A_resumed_training_does_not_ask_the_teacher_again_and_ends_with_the_same_bits()
    {
        var options = Short with { StateFolder = Path.Combine(temporary.Path, "state") };
        using var whole = Train(Short);
        using var cancel = new CancellationTokenSource();
        new DiffusionTrainer(autoencoder, options)
            .Train(Captioned, progress: new Steps(step => { if (step.Step == 2) cancel.Cancel(); }), cancellationToken: cancel.Token).Dispose();
        var asked = teacher.Calls;
        using var resumed = Train(options with { Resume = true });

        Assert.Equal(asked, teacher.Calls);
        Assert.Equal(whole.Model.ComputeWeightHash(), resumed.Model.ComputeWeightHash());
        Assert.Contains("Teacher was", Refusal(options with { TextEncoder = options.TextEncoder with { TeacherTexts = ["other"] } }), StringComparison.Ordinal);
    }

    [Fact]
    public void Learning_from_a_teacher_leaks_no_tensor()
    {
        Train(Short).Dispose();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Train(Short).Dispose();

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData("factor", "LearningRateFactor is 1.5; it must be at least 0 and at most 1.")]
    [InlineData("steps", "TeacherSteps is 0; it must be at least 1.")]
    [InlineData("texts", "TeacherTexts is 2; they must be texts, and need a Teacher to learn them from.")]
    public void Options_that_make_no_sense_are_refused_by_name(string what, string message)
    {
        var encoder = what switch
        {
            "factor" => Short.TextEncoder with { LearningRateFactor = 1.5 },
            "steps" => Short.TextEncoder with { TeacherSteps = 0 },
            _ => Short.TextEncoder with { Teacher = null },
        };

        Assert.Equal(message, Assert.Throws<OptionException>(() => new DiffusionTrainer(autoencoder, Short with { TextEncoder = encoder })).Message);
    }

    private static ImageSet RedAndBlue()
    {
        var images = new ImageSet(16, 16);
        var colours = new[] { new byte[] { 255, 0, 0 }, [0, 0, 255] };
        for (var image = 0; image < 16; image++)
            images.Add([.. Enumerable.Repeat(colours[image % 2], 16 * 16).SelectMany(colour => colour)], PixelLayout.Rgb24);
        return images;
    }

    private static string Weights(TrainingResult<LatentDiffusionModel> trained) => Convert.ToHexString(
        System.Security.Cryptography.SHA256.HashData([.. trained.Model.OwnEncoder!.Networks.parameters().SelectMany(weight => weight.bytes.ToArray())]));

    private TrainingResult<LatentDiffusionModel> Train(DiffusionTrainingOptions options) => new DiffusionTrainer(autoencoder, options).Train(Captioned);

    private string Refusal(DiffusionTrainingOptions options) => Assert.Throws<CheckpointException>(() => Train(options with { Resume = true })).Reason;

    // Knows that two words mean red and two mean blue.
    private sealed class Teacher : ITextEncoder
    {
        public int Calls { get; private set; }

        public int Tokens => 1;

        public int Width => 2;

        public int? PooledWidth => 2;

        public TextEncoding Encode(IReadOnlyList<string> texts)
        {
            Calls++;
            var pooled = tensor([.. texts.SelectMany(text => text is "red" or "crimson" ? new float[] { 1, 0 } : [0, 1])], [texts.Count, Width]);
            return new TextEncoding(pooled.unsqueeze(1), pooled);
        }

        public void Dispose()
        {
        }
    }
}
