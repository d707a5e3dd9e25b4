using System.Diagnostics;
using LdmMl.Torch.Kernels;
using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>Where the time of a training step goes: its phases, and single 3x3 convolutions and normalisations with their gradients.</summary>
internal static class TrainingProfile
{
    private static readonly (int Batch, int In, int Out, int Side)[] Layers =
    [
        (2, 128, 128, 256), (2, 256, 256, 128), (2, 512, 512, 64), (2, 512, 512, 32), (16, 32, 32, 64), (16, 64, 64, 32),
        (16, 64, 64, 16), (16, 128, 128, 8), (16, 256, 256, 4), (1, 224, 224, 64), (1, 448, 448, 32), (1, 672, 672, 16), (1, 896, 896, 8),
    ];

    /// <summary>Prints the medians of some rounds, in milliseconds, libtorch's first.</summary>
    public static void Print(int rounds, TextWriter output)
    {
        TorchRuntime.KeepFreedMemory();
        Phases("U-Net of 64 channels, 16 latents of 16x16", UNetStep.Small, rows: 16, side: 16, rounds, output);
        Phases("U-Net of celebahq256, one latent of 64x64", UNetConfig.CelebaHq256, rows: 1, side: 64, rounds: 3, output);
        foreach (var (batch, inChannels, outChannels, side) in Layers)
            Layer(batch, inChannels, outChannels, side, rounds, output);
    }

    private static void Phases(string title, UNetConfig config, int rows, int side, int rounds, TextWriter output)
    {
        foreach (var mode in new[] { ConvolutionMode.Direct, ConvolutionMode.Auto })
        {
            using var network = UNetStep.Create(config);
            using var optimizer = new AdamOptimizer(network.parameters())
            {
                Schedule = new LearningRateSchedule(1e-4, 1000, 0, LearningRateDecay.None), Beta1 = 0.9, Beta2 = 0.999, ClipNorm = 1,
            };
            using var average = new EmaWeights(network.parameters());
            using var states = randn(rows, config.InputChannels, side, side);
            using var times = full([rows], Real(500));
            var watches = Enumerable.Range(0, 5).Select(_ => new List<double>()).ToArray();
            for (var round = 0; round <= rounds; round++)
            {
                using var scope = NewDisposeScope();
                optimizer.ClearGradients();
                Tensor? loss = null;
                double[] spent =
                [
                    Time(() => loss = Forward(network, states, times, mode)), Time(() => loss!.backward()), Time(() => optimizer.Clip()),
                    Time(() => optimizer.Step(round + 1)), Time(average.Update),
                ];
                for (var phase = 0; round > 0 && phase < spent.Length; phase++)
                    watches[phase].Add(spent[phase]);
            }

            var medians = watches.Select(Median).ToArray();
            output.WriteLine(
                $"{title}, {mode}: forward {medians[0]:F0}, backward {medians[1]:F0}, norm {medians[2]:F0}, Adam {medians[3]:F0}, average {medians[4]:F0}");
        }
    }

    private static Tensor Forward(UNet network, Tensor states, Tensor times, ConvolutionMode mode)
    {
        using var training = new ConvolutionScope(mode, trains: true);
        return network.Predict(states, times, UNetConditions.None).pow(Whole(2)).mean();
    }

    private static void Layer(int batch, int inChannels, int outChannels, int side, int rounds, TextWriter output)
    {
        using var scope = NewDisposeScope();
        var (plain, gradient) = (randn(batch, inChannels, side, side), randn(batch, outChannels, side, side));
        var (weight, affine) = (randn(outChannels, inChannels, 3, 3), new ChannelAffine(null, ones(outChannels), zeros(outChannels)));
        var (images, gradients) = (plain.ToChannelsLast(), gradient.ToChannelsLast());
        var plan = ConvolutionChoice.PlanTraining(
            ConvolutionMode.Auto, inChannels, outChannels, plain.shape,
            ConvolutionChoice.Choose(ConvolutionMode.Auto, inChannels, outChannels, side, side, doubles: false) ?? WinogradTile.F2, doubles: false)!;
        var (x, w) = (plain.clone().requires_grad_(), weight.clone().requires_grad_());
        var y = nn.functional.conv2d(x, w, null, padding: [1, 1]);
        var (normal, normalFast) = (gradient.clone().requires_grad_(), gradients.clone().requires_grad_());
        var direct = nn.functional.silu(nn.functional.group_norm(normal, 32));
        var fast = TrainedNormalization.Run(normalFast, affine, 32, 1e-5, withSilu: true);
        (string Name, Func<Tensor> Direct, Func<Tensor> Fast)[] pairs =
        [
            ("forward", () => nn.functional.conv2d(plain, weight, null, padding: [1, 1]), () => TrainedConvolution.Run(images, weight, null, null, plan)),
            ($"input {plan.OfInput}", () => autograd.grad([y], [x], [gradient], retain_graph: true)[0], () => WinogradGradient.OfInput(plan.OfInput, gradients, weight)),
            ($"weight {plan.OfWeight}", () => autograd.grad([y], [w], [gradient], retain_graph: true)[0], () => WinogradGradient.OfWeight(plan.OfWeight, images, gradients)),
            ("norm and SiLU", () => nn.functional.silu(nn.functional.group_norm(normal.detach(), 32)),
                () => LdmMl.Torch.Kernels.ChannelsLast.PixelGroupActivation.Run(gradients, affine, 32, 1e-5, withSilu: true)),
            ("their gradient", () => autograd.grad([direct], [normal], [gradient], retain_graph: true)[0],
                () => autograd.grad([fast], [normalFast], [gradients], retain_graph: true)[0]),
        ];
        output.WriteLine($"{batch} x {inChannels} -> {outChannels}, {side}x{side}: " + string.Join(", ", pairs.Select(pair =>
        {
            var (before, now) = (new List<double>(), new List<double>());
            for (var round = 0; round <= rounds; round++)
            {
                before.Add(Time(() => pair.Direct().Dispose()));
                now.Add(Time(() => pair.Fast().Dispose()));
            }

            return $"{pair.Name} {Median(before):F2} / {Median(now):F2}";
        })));
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
