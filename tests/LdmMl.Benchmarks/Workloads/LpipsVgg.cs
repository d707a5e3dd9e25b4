using LdmMl.Benchmarks.Measuring;
using LdmMl.Torch.Models;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>Scores pairs with LPIPS over VGG-16.</summary>
internal static class LpipsVgg
{
    public static IWorkload Library(long pairs, long side, ModelPrecision precision) => new Scored(pairs, side, precision);

    public static IWorkload Naive(long pairs, long side) => new Eager(pairs, side);

    /// <summary>Scores one reference and several candidates; the reference's activations are computed once, or again for each candidate.</summary>
    public static IWorkload Candidates(long count, long side, bool cached) => new OneReference(count, side, cached);

    private sealed class Scored : IWorkload
    {
        private readonly PerceptualModel exact, model;
        private readonly Tensor images, others;

        public Scored(long pairs, long side, ModelPrecision precision)
        {
            TorchRuntime.KeepFreedMemory();
            exact = LpipsWeights.Open(PerceptualTrunkConfig.Vgg16);
            model = exact.To(CPU, precision);
            (images, others) = LpipsWeights.Pairs(pairs, side);
        }

        public string? Remark => model.Precision == ModelPrecision.Float32 ? null : $"largest relative deviation of a score from float32: {Deviation():P2}";

        public void Run() => model.Distance(images, others, PixelRange.MinusOneToOne).Dispose();

        public void Dispose()
        {
            model.Dispose();
            exact.Dispose();
            images.Dispose();
            others.Dispose();
        }

        private double Deviation()
        {
            using var scope = NewDisposeScope();
            var reference = exact.Distance(images, others, PixelRange.MinusOneToOne);
            return ((model.Distance(images, others, PixelRange.MinusOneToOne) - reference) / reference).abs().max().item<float>();
        }
    }

    /// <summary>The same weights in the naive forward pass, with the system's default allocator settings.</summary>
    private sealed class Eager : IWorkload
    {
        private readonly PerceptualModel model = LpipsWeights.Open(PerceptualTrunkConfig.Vgg16);
        private readonly Tensor images, others;
        private readonly NaiveLpips naive;

        public Eager(long pairs, long side)
        {
            (images, others) = LpipsWeights.Pairs(pairs, side);
            naive = new NaiveLpips(model.Network.state_dict());
        }

        // The peer must compute the same, or its time says nothing.
        public string Remark
        {
            get
            {
                using var scope = NewDisposeScope();
                using var _ = inference_mode();
                var own = model.Distance(images, others, PixelRange.MinusOneToOne);
                return $"differs from the library by {((naive.Distance(images, others) - own) / own).abs().max().item<float>():G2} of a score";
            }
        }

        public void Run()
        {
            using var _ = inference_mode();
            naive.Distance(images, others).Dispose();
        }

        public void Dispose()
        {
            model.Dispose();
            images.Dispose();
            others.Dispose();
        }
    }

    private sealed class OneReference : IWorkload
    {
        private readonly PerceptualModel model = LpipsWeights.Open(PerceptualTrunkConfig.Vgg16);
        private readonly Tensor image, repeated, candidates;
        private readonly bool cached;

        public OneReference(long count, long side, bool cached)
        {
            TorchRuntime.KeepFreedMemory();
            this.cached = cached;
            var (images, others) = LpipsWeights.Pairs(count, side);
            using (images)
                image = images.narrow(0, 0, 1).clone();
            repeated = image.expand(count, -1, -1, -1);
            candidates = others;
        }

        public void Run() => model.Distance(cached ? image : repeated, candidates, PixelRange.MinusOneToOne).Dispose();

        public void Dispose()
        {
            model.Dispose();
            image.Dispose();
            repeated.Dispose();
            candidates.Dispose();
        }
    }
}
