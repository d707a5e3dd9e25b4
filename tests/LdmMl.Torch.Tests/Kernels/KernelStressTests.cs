using System.Collections.Concurrent;
using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Kernels;
using LdmMl.Torch.Kernels.ChannelsLast;
using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Layers;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.UNets;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Tests.Generation;
using LdmMl.Torch.Tests.Kernels.Winograd;
using LdmMl.Torch.Tests.Models.Autoencoders;
using LdmMl.Torch.Tests.Models.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels;

/// <summary>Many threads, garbage collections, disposals and cancellations while kernels run.</summary>
[Collection(WholeProcess.Name)]
public class KernelStressTests
{
    private const int Threads = 8, CallsOfThread = 125;

    // Wide enough for fast convolutions.
    private static readonly KlAutoencoderConfig Autoencoder = SmallModels.Kl with { BaseChannels = 64, ChannelMultipliers = [1, 1] };

    [Fact]
    public void Concurrent_calls_during_garbage_collections_are_bit_identical_to_single_calls()
    {
        using var scope = NewDisposeScope();
        using var models = new Models();
        var (weight, bias) = WinogradCases.Layer(32, 32);
        var convolutions = WinogradCases.Names.Select(kernel => WinogradCases.Create(kernel, weight, bias)).ToArray();
        var calls = Kernels(convolutions).Concat(models.Calls()).ToArray();
        var expected = calls.Select(call => call()).ToArray();
        using var stop = new CancellationTokenSource();
        var wrong = new int[calls.Length];
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
                Thread.Sleep(5);
            }
        });

        collector.Start();
        OnThreads(Threads, thread =>
        {
            for (var i = 0; i < CallsOfThread; i++)
            {
                using var inner = NewDisposeScope();
                var index = (thread + (i * 7)) % calls.Length;
                if (!Drawn.Same(calls[index](), expected[index]))
                    Interlocked.Increment(ref wrong[index]);
            }
        });
        stop.Cancel();
        collector.Join();
        Array.ForEach(convolutions, convolution => convolution.Dispose());

        Assert.All(wrong, count => Assert.Equal(0, count));
    }

    [Fact]
    public void A_model_that_is_disposed_during_a_call_finishes_it()
    {
        using var scope = NewDisposeScope();
        var latents = Drawn.Normal(1, 1, 4, 8, 8);
        var model = AutoencoderModel.Create(Autoencoder, seed: 1);
        var expected = model.Decode(latents);
        using ManualResetEventSlim entered = new(), disposed = new();
        foreach (var layer in model.Network.modules().OfType<nn.Module<Tensor, Tensor>>())
        {
            layer.register_forward_hook((_, _, output) =>
            {
                entered.Set();
                disposed.Wait();
                return output;
            });
        }

        var same = false;
        OnThreads(2, thread =>
        {
            if (thread == 0)
            {
                using var inner = NewDisposeScope();
                same = Drawn.Same(model.Decode(latents), expected);
                return;
            }

            entered.Wait();
            model.Dispose();
            disposed.Set();
        });

        Assert.True(same);
        Assert.Throws<ObjectDisposedException>(() => model.Decode(latents));
    }

    [Fact]
    public void A_generation_that_was_cancelled_leaves_the_kernels_usable()
    {
        using var scope = NewDisposeScope();
        var narrow = SmallDiffusion.Variants["unconditional"];
        using var model = SmallDiffusion.Create(narrow with { UNet = narrow.UNet with { BaseChannels = 64 } });
        var batch = new GenerationBatch { Seeds = [1, 2] };
        var expected = model.GenerateLatents(batch);
        for (var stopped = 1; stopped <= 3; stopped++)
        {
            using var source = new CancellationTokenSource();
            void StopAt(SamplingProgress progress)
            {
                if (progress.Step == stopped)
                    source.Cancel();
            }

            Assert.Throws<OperationCanceledException>(() => model.GenerateLatents(batch, progress: new StepProgress(StopAt), cancellationToken: source.Token));
            Assert.True(Drawn.Same(model.GenerateLatents(batch), expected));
        }
    }

    private static IEnumerable<Func<Tensor>> Kernels(WinogradConvolution[] convolutions)
    {
        var (small, large) = (WinogradCases.Activations(2, 32, 17, 9), WinogradCases.Activations(3, 32, 40, 33));
        var addend = Drawn.Normal(3, 3, 32, 40, 33).ToChannelsLast();
        foreach (var convolution in convolutions)
        {
            yield return () => convolution.Convolve(small, doubles: true, rectifies: true);
            yield return () => convolution.Convolve(large, addend: addend);
        }

        var affine = new ChannelAffine(Drawn.Normal(4, 4, 64), Drawn.Normal(5, 64), Drawn.Normal(6, 64));
        var (few, many) = (Drawn.Normal(7, 4, 64, 9, 7).ToChannelsLast(), Drawn.Normal(8, 4, 64, 30, 29).ToChannelsLast());
        yield return () => PixelGroupActivation.Run(few, affine, 32, 1e-6, withSilu: true);
        yield return () => PixelGroupActivation.Run(many, affine, 32, 1e-6, withSilu: false);
    }

    private static void OnThreads(int count, Action<int> work)
    {
        var failures = new ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, count).Select(number => new Thread(() =>
        {
            try
            {
                work(number);
            }
            catch (Exception failure)
            {
                failures.Enqueue(failure);
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Empty(failures);
    }

    /// <summary>An autoencoder and a U-Net, each called in every mode.</summary>
    private sealed class Models : IDisposable
    {
        private readonly AutoencoderModel[] handles;
        private readonly UNet network = SmallUNets.Build("plain");

        public Models()
        {
            var model = AutoencoderModel.Create(Autoencoder, seed: 1);
            handles = [model, model.With(ConvolutionMode.Exact), model.With(ConvolutionMode.Direct), model.Share()];
        }

        public IEnumerable<Func<Tensor>> Calls()
        {
            var latents = Drawn.Normal(1, 1, 4, 6, 5);
            foreach (var handle in handles)
                yield return () => handle.Decode(latents);
            var (states, times, conditions) = SmallUNets.Inputs(network.Config, [0, 1], 8, 8);
            foreach (var mode in Enum.GetValues<ConvolutionMode>())
            {
                yield return () =>
                {
                    using var inference = inference_mode();
                    using var convolutions = new ConvolutionScope(mode);
                    return network.Predict(states, times, conditions);
                };
            }
        }

        public void Dispose()
        {
            Array.ForEach(handles, handle => handle.Dispose());
            network.Dispose();
        }
    }
}
