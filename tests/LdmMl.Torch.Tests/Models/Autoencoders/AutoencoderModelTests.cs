using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Autoencoders;

public class AutoencoderModelTests
{
    public static TheoryData<string> Kinds() => ["kl", "vq", "tiny"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Encodes_to_the_latent_shape_and_decodes_to_the_image_shape_within_the_pixel_range(string kind)
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create(kind);
        var factor = model.Config.DownsampleFactor;
        var images = SmallModels.Images(3, 6 * factor, 4 * factor);

        var latents = model.Encode(images);
        var decoded = model.Decode(latents);

        Assert.Equal([3, model.Config.LatentChannels, 6, 4], latents.shape);
        Assert.Equal(images.shape, decoded.shape);
        Assert.Equal((ScalarType.Float32, ScalarType.Float32), (latents.dtype, decoded.dtype));
        Assert.True(decoded.min().item<float>() >= (kind == "tiny" ? 0 : -1) && decoded.max().item<float>() <= 1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_row_has_the_same_bits_alone_and_in_every_batch(string kind)
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create(kind);
        var images = SmallModels.Images(5, 32, 32);
        var latents = model.Encode(images);
        var decoded = model.Decode(latents);

        foreach (var (start, count) in new[] { (0, 1), (4, 1), (1, 2), (2, 3) })
        {
            Assert.True(model.Encode(images.narrow(0, start, count)).equal(latents.narrow(0, start, count)).all().item<bool>());
            Assert.True(model.Decode(latents.narrow(0, start, count)).equal(decoded.narrow(0, start, count)).all().item<bool>());
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Only_the_result_of_a_call_remains_alive(string kind)
    {
        using var model = SmallModels.Create(kind);
        using var images = SmallModels.Images(1, 32, 32);
        model.Reconstruct(images).Dispose();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        for (var i = 0; i < 5; i++)
            model.Reconstruct(images).Dispose();

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Four_threads_get_the_results_of_one(string kind)
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create(kind);
        var images = SmallModels.Images(2, 16, 24);
        var expected = model.Reconstruct(images).data<float>().ToArray();

        var results = new float[4][];
        var threads = Enumerable.Range(0, 4).Select(i => new Thread(() =>
        {
            using var inner = NewDisposeScope();
            for (var round = 0; round < 3; round++)
                results[i] = model.Reconstruct(images).data<float>().ToArray();
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.All(results, result => Assert.Equal(expected, result));
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_seed_others()
    {
        using var scope = NewDisposeScope();
        var images = SmallModels.Images(2, 16, 16);
        var runs = new long[] { 7, 7, 8 }.Select(seed =>
        {
            using var model = AutoencoderModel.Create(SmallModels.Kl, seed);
            return model.Encode(images).data<float>().ToArray();
        }).ToArray();

        Assert.Equal(runs[0], runs[1]);
        Assert.NotEqual(runs[0], runs[2]);
    }

    [Fact]
    public void Handles_share_weights_until_the_last_is_disposed()
    {
        using var scope = NewDisposeScope();
        var images = SmallModels.Images(2, 16, 16);
        var first = SmallModels.Create("kl");
        var second = first.Share();
        first.Dispose();
        first.Dispose();

        Assert.Equal(4, second.Encode(images).shape[1]);
        Assert.Throws<ObjectDisposedException>(() => first.Encode(images));
        second.Dispose();
        Assert.Throws<ObjectDisposedException>(() => second.Share());
    }

    [Fact]
    public void The_scale_is_applied_to_latents_in_both_directions()
    {
        using var scope = NewDisposeScope();
        using var plain = AutoencoderModel.Create(SmallModels.Kl, 3);
        using var scaled = plain.WithLatentScale(0.5, shift: 0.25);
        var images = SmallModels.Images(2, 16, 16);

        var raw = plain.Encode(images);
        var latents = scaled.Encode(images);

        Assert.True(latents.allclose((raw - Real(0.25)) * Real(0.5)));
        Assert.True(scaled.Decode(latents).allclose(plain.Decode(raw), atol: 1e-5));
    }

    [Fact]
    public void A_mean_and_a_deviation_scale_each_channel_in_both_directions()
    {
        using var scope = NewDisposeScope();
        using var plain = AutoencoderModel.Create(SmallModels.Kl, 3);
        using var scaled = AutoencoderModel.Create(
            SmallModels.Kl with { LatentScale = 0.5, LatentMeans = [0.5, -1, 0.25, 0], LatentDeviations = [2, 0.5, 1.5, 1] }, 3);
        var images = SmallModels.Images(2, 16, 16);
        var (means, deviations) = (tensor([0.5f, -1, 0.25f, 0]).reshape(1, 4, 1, 1), tensor([2f, 0.5f, 1.5f, 1]).reshape(1, 4, 1, 1));

        var raw = plain.EncodePosterior(images);
        var latents = scaled.EncodePosterior(images);

        Assert.True(latents.Mean.allclose((raw.Mean - means) * Real(0.5) / deviations, atol: 1e-6));
        Assert.True(latents.Deviation!.allclose(raw.Deviation! * Real(0.5) / deviations, atol: 1e-6));
        Assert.True(scaled.Encode(images).allclose(latents.Mean, atol: 1e-6));
        Assert.True(scaled.Decode(latents.Mean).allclose(plain.Decode(raw.Mean), atol: 1e-5));
    }

    [Fact]
    public void A_sample_is_the_mean_plus_scaled_noise()
    {
        using var scope = NewDisposeScope();
        using var model = AutoencoderModel.Create(SmallModels.Kl, 3);
        var images = SmallModels.Images(2, 16, 16);
        var mean = model.Encode(images);

        Assert.True(model.Encode(images, zeros_like(mean)).equal(mean).all().item<bool>());
        Assert.False(model.Encode(images, ones_like(mean)).allclose(mean));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Half_precision_takes_and_returns_float32_and_stays_close_to_it(string kind)
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create(kind);
        using var half = model.To(CPU, ModelPrecision.BFloat16);
        var images = SmallModels.Images(2, 32, 32);
        var latents = model.Encode(images);
        var decoded = model.Decode(latents);

        var halfLatents = half.Encode(images);
        var halfDecoded = half.Decode(latents);

        Assert.Equal((ScalarType.Float32, ScalarType.Float32), (halfLatents.dtype, halfDecoded.dtype));
        Assert.True((halfLatents - latents).abs().max().item<float>() < 0.05 * (latents.max() - latents.min()).item<float>());
        Assert.True((halfDecoded - decoded).abs().max().item<float>() < 0.05 * (decoded.max() - decoded.min()).item<float>());
        Assert.True(half.Decode(latents.narrow(0, 1, 1)).equal(halfDecoded.narrow(0, 1, 1)).all().item<bool>());
    }

    [Fact]
    public void Moving_to_the_same_device_shares_the_weights()
    {
        using var model = SmallModels.Create("kl");
        using var same = model.To(CPU, ModelPrecision.Float32);
        using var half = model.To(CPU, ModelPrecision.BFloat16);

        Assert.Same(model.Network, same.Network);
        Assert.NotSame(model.Network, half.Network);
        Assert.Equal((ModelPrecision.BFloat16, model.ParameterCount), (half.Precision, half.ParameterCount));
    }

    [Fact]
    public void Disposing_the_last_handle_frees_every_tensor()
    {
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        var model = SmallModels.Create("vq");
        var other = model.Share();

        model.Dispose();
        other.Dispose();

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_model_outlives_the_dispose_scope_in_which_it_was_created(string kind)
    {
        AutoencoderModel model, half;
        using (NewDisposeScope())
        {
            model = SmallModels.Create(kind);
            half = model.To(CPU, ModelPrecision.BFloat16);
        }

        using (model)
        using (half)
        using (var images = SmallModels.Images(1, 16, 16))
        {
            model.Reconstruct(images).Dispose();
            half.Reconstruct(images).Dispose();
        }
    }

    [Fact]
    public void Latents_can_take_part_in_training()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create("kl");
        using var layer = nn.Conv2d(4, 4, 3);

        layer.call(model.Encode(SmallModels.Images(1, 16, 16))).pow(Whole(2)).mean().backward();

        Assert.NotNull(layer.weight.grad);
    }
}
