using System.Runtime.InteropServices;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Losses;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Training;

namespace EmojiGeneration;

/// <summary>Trains a small U-Net to draw the emoji of some categories in the latent space of the shipped first stage.</summary>
internal static class DiffusionTraining
{
    // Three categories whose emoji are similar within each; the other six have a thousand subjects with a handful of images each.
    private static readonly string[] Categories = ["Smileys & Emotion", "Flags", "People & Body"];

    /// <summary>
    /// Trains and writes the model; when cancelled, for example by Ctrl-C, in its current state. Called again, it resumes from there.
    /// </summary>
    public static void Run(EmojiFolder emoji, string folder, int steps, int seed)
    {
        using var autoencoder = AutoencoderModel.Load(ExampleFiles.FirstStage);
        var (training, validation) = (Labelled(emoji.Training), Labelled(emoji.HeldOut));
        Console.WriteLine($"{training.Images.Count} training images, {validation.Images.Count} held out, {steps} steps.");
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;   // do not end the process: it finishes its step and writes the model
            stop.Cancel();
        }
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var trainer = new DiffusionTrainer(autoencoder, Options(steps, seed, folder + ".state"));
        using var trained = trainer.Train(training, validation, new TrainingReport(), stop.Token);
        if (trained.Steps == 0)
        {
            Console.WriteLine("Stopped before the first step; nothing is written.");
            return;
        }

        trained.Model.Save(folder, StorageFormat.Float16);
        Console.WriteLine($"{trained.Model.ParameterCount:N0} parameters: {folder}");
    }

    private static DiffusionTrainingOptions Options(int steps, int seed, string state) => new()
    {
        UNet = new UNetConfig
        {
            InputChannels = 4, OutputChannels = 4, BaseChannels = 64, ChannelMultipliers = [1, 1, 2], ResidualBlocks = 1,
            AttentionFactors = [2, 4], HeadChannels = 32,
        },
        Schedule = new NoiseScheduleConfig { Curve = BetaCurve.Cosine },
        Loss = new DiffusionLossOptions { Prediction = Prediction.Velocity },
        Sampling = new SamplingSettings
        {
            Sampler = new DpmSolverPlusPlus2MSampler(),
            Steps = 25,
            Details = new SchedulerDetails { Grid = SamplingGrid.Timesteps, End = SamplingEnd.Clean },   // as in diffusers, so that both draw the same
        },
        Steps = steps, BatchSize = 16, Seed = seed, HorizontalFlips = true,
        LearningRate = 1e-3, WarmupSteps = 200, Decay = LearningRateDecay.Cosine, EmaDecay = 0.999,
        ValidationInterval = 500, StateFolder = state, Resume = Directory.Exists(state),
    };

    private static LabeledImages Labelled(EmojiImages images)
    {
        var own = images.Of(Categories);
        return new LabeledImages(own.Images, [.. own.Categories.Select(category => Array.IndexOf(Categories, category))], Categories);
    }
}
