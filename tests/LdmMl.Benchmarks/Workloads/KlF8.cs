using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>Decodes and encodes one 256x256 image with the published kl-f8 architecture (random weights: the time does not depend on them).</summary>
internal static class KlF8
{
    private const int Side = 256, Seed = 1;

    public static IWorkload Decode(ModelPrecision precision) =>
        new Library(precision, (model, _, latents) => model.Decode(latents));

    public static IWorkload Encode(ModelPrecision precision) =>
        new Library(precision, (model, images, _) => model.Encode(images));

    public static IWorkload NaiveDecode() => new Naive((network, _, latents) => network.Decode(latents));

    public static IWorkload NaiveEncode() => new Naive((network, images, _) => network.Encode(images));

    /// <summary>Creates the model whose weights every workload uses.</summary>
    public static AutoencoderModel Create() => AutoencoderModel.Create(KlAutoencoderConfig.KlF8, Seed);

    /// <summary>Creates the latents [1, 4, 32, 32] that every workload decodes.</summary>
    public static Tensor Latents() => Noise(3, 1, 4, Side / 8, Side / 8);

    /// <summary>Creates the images [1, 3, 256, 256] that every workload encodes.</summary>
    public static Tensor Images() => Noise(2, 1, 3, Side, Side).tanh_();

    /// <summary>Draws standard normal numbers.</summary>
    public static Tensor Noise(long seed, params long[] shape)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return randn(shape, generator: generator);
    }

    /// <summary>The library's model, as in a program that follows the README.</summary>
    private sealed class Library : IWorkload
    {
        private readonly AutoencoderModel exact, model;
        private readonly Tensor images = Images(), latents = Latents();
        private readonly Func<AutoencoderModel, Tensor, Tensor, Tensor> call;

        public Library(ModelPrecision precision, Func<AutoencoderModel, Tensor, Tensor, Tensor> call)
        {
            TorchRuntime.KeepFreedMemory();
            exact = Create();
            model = exact.To(CPU, precision);
            this.call = call;
        }

        public string? Remark => model.Precision == ModelPrecision.Float32 ? null : $"{PsnrToFloat32():F1} dB compared with float32";

        public void Run() => call(model, images, latents).Dispose();

        public void Dispose()
        {
            model.Dispose();
            exact.Dispose();
            images.Dispose();
            latents.Dispose();
        }

        // Over the range of the float32 output.
        private double PsnrToFloat32()
        {
            using var scope = NewDisposeScope();
            var reference = call(exact, images, latents);
            var range = (reference.max() - reference.min()).item<float>();
            var error = (call(model, images, latents) - reference).pow(Whole(2)).mean().item<float>();
            return 10 * Math.Log10(range * range / error);
        }
    }

    /// <summary>The same weights in the naive forward pass, with the system's default allocator settings.</summary>
    private sealed class Naive : IWorkload
    {
        private readonly AutoencoderModel model = Create();
        private readonly Tensor images = Images(), latents = Latents();
        private readonly NaiveKlAutoencoder network;
        private readonly Func<NaiveKlAutoencoder, Tensor, Tensor, Tensor> call;

        public Naive(Func<NaiveKlAutoencoder, Tensor, Tensor, Tensor> call)
        {
            network = new NaiveKlAutoencoder(model.Network.state_dict(), KlAutoencoderConfig.KlF8.ChannelMultipliers.Count, KlAutoencoderConfig.KlF8.ResidualBlocks);
            this.call = call;
        }

        public string Remark => $"differs from the library by {Difference():G2}";

        public void Run()
        {
            using var _ = inference_mode();
            call(network, images, latents).Dispose();
        }

        public void Dispose()
        {
            model.Dispose();
            images.Dispose();
            latents.Dispose();
        }

        // The peer must compute the same, or its time says nothing.
        private double Difference()
        {
            using var scope = NewDisposeScope();
            using var _ = inference_mode();
            var scaled = latents * Real(model.Config.LatentScale);
            var naive = network.Decode(latents).clamp(Real(-1), Real(1));
            return (model.Decode(scaled) - naive).abs().max().item<float>();
        }
    }
}
