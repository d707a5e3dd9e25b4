using System.Runtime.InteropServices;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Text;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Training;

namespace EmojiFromText;

/// <summary>Teaches a small U-Net and a text encoder, jointly, to draw emoji from words, in the latent space of the shipped first stage.</summary>
internal static class TextTraining
{
    private const int TextWidth = 128;
    private const long LargestFile = 8 << 20;

    /// <summary>
    /// Trains and writes the model; when cancelled, as by Ctrl-C, what has been learned so far. Called again, it continues from there.
    /// </summary>
    public static void Run(EmojiFolder emoji, Annotations annotations, string folder, int steps, int seed)
    {
        // What the model of labels knows of latents and edges need not be learned again.
        using var initial = LatentDiffusionModel.Load(ExampleFiles.LabelModel);
        var (training, validation) = (Captioned(emoji.Training, annotations), Captioned(emoji.HeldOut, annotations));
        Console.WriteLine($"{training.Images.Count} images to learn with {training.Captions!.Sum(wordings => wordings.Distinct().Count())} wordings, "
            + $"{validation.Images.Count} held out, {steps} steps.");
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;   // the process lives on: it finishes its step and writes
            stop.Cancel();
        }

        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var teacher = new SentenceTeacher();
        var trainer = new DiffusionTrainer(initial.Autoencoder, Options(steps, seed, folder + ".state", teacher) with { InitialModel = initial });
        using var trained = trainer.Train(training, validation, new TrainingReport(folder + ".previews"), stop.Token);
        if (trained.Steps == 0)
        {
            Console.WriteLine("Stopped before the first step; nothing is written.");
            return;
        }

        trained.Model.Save(folder, StorageFormat.Float16, LargestFile);
        Console.WriteLine($"{trained.Model.ParameterCount:N0} parameters: {folder}");
    }

    private static DiffusionTrainingOptions Options(int steps, int seed, string state, ITextEncoder teacher) => new()
    {
        UNet = new UNetConfig
        {
            InputChannels = 4, OutputChannels = 4, BaseChannels = 64, ChannelMultipliers = [1, 1, 2], ResidualBlocks = 1,
            AttentionFactors = [2, 4], HeadChannels = 32, ContextDimension = TextWidth, ContextPoolingHeads = 4,
        },
        TextEncoder = new TextEncoderTrainingOptions
        {
            Width = TextWidth, Layers = 3, Heads = 4, Tokens = 16, VocabularySize = 6000,
            Teacher = teacher, TeacherTexts = SentenceTeacher.Words(), LearningRateFactor = 0.1,
        },
        Schedule = new NoiseScheduleConfig { Curve = BetaCurve.Cosine },
        Loss = new DiffusionLossOptions { Prediction = Prediction.Velocity },
        Sampling = new SamplingSettings
        {
            Sampler = new DpmSolverPlusPlus2MSampler(),
            Steps = 25,
            Details = new SchedulerDetails { Grid = SamplingGrid.Timesteps, End = SamplingEnd.Clean },   // as diffusers has it, so that it draws the same
        },
        KeepLatentScale = true,   // of the latents that the first weights know
        Steps = steps, BatchSize = 16, Seed = seed,
        LearningRate = 1e-3, WarmupSteps = 200, Decay = LearningRateDecay.Cosine, EmaDecay = 0.999,
        ValidationInterval = 1000, PreviewInterval = 500, StateFolder = state, SavePeriod = TimeSpan.FromMinutes(5), Resume = Directory.Exists(state),
    };

    private static LabeledImages Captioned(IReadOnlyList<Emoji> emoji, Annotations annotations) =>
        new(EmojiImages.Read(emoji)) { Captions = [.. emoji.Select(one => Captions.Of(one, annotations))] };
}
