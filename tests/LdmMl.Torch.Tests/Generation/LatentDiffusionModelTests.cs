using LdmMl.Torch.Diffusion;
using LdmMl.Torch.Generation;
using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Generation;

/// <summary>One opened model: labels and guidance, handles, threads, progress, formats.</summary>
public class LatentDiffusionModelTests
{
    private static readonly GenerationBatch Batch = new() { Seeds = [1, 2] };

    [Fact]
    public void The_first_state_of_a_row_is_drawn_by_the_generator_of_its_seed()
    {
        using var scope = NewDisposeScope();
        using var autoencoder = AutoencoderModel.Create(SmallDiffusion.FirstStage, seed: 1);
        using var model = LatentDiffusionModel.Create(autoencoder, SmallDiffusion.Variants["unconditional"], seed: 2);   // predicts 0

        var latents = model.GenerateLatents(Batch, new GenerationSettings { Sampling = new SamplingSettings { Steps = 1 } });

        using var generator = new Generator(2, CPU);
        var drawn = randn([1, 4, 8, 8], generator: generator);
        var schedule = new NoiseSchedule(model.Config.Schedule);
        var step = new SamplingSettings { Steps = 1 }.CreatePlan(schedule).Steps[0];
        Assert.True(allclose(latents.narrow(0, 1, 1), drawn * Real(step.To.Alpha / step.From.Alpha), atol: 1e-6));
    }

    [Theory]
    [InlineData("labels")]
    [InlineData("label tokens")]
    public void Labels_change_the_image_and_no_labels_means_the_null_label(string kind)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create(kind);

        var cat = model.Generate(Batch with { Labels = [0, 0] });
        var dog = model.Generate(Batch with { Labels = [1, 1] });
        var any = model.Generate(Batch with { Labels = [3, 3] });
        var none = model.Generate(Batch);

        Assert.False(cat.bytes.SequenceEqual(dog.bytes));
        Assert.False(cat.bytes.SequenceEqual(any.bytes));
        Assert.True(any.bytes.SequenceEqual(none.bytes));
    }

    [Fact]
    public void Rows_of_different_labels_share_a_batch()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("labels");
        var settings = new GenerationSettings { GuidanceScale = 3, GuidanceRescale = 0.5 };

        var together = model.Generate(new GenerationBatch { Seeds = [5, 5, 5], Labels = [0, 2, 3] }, settings);

        for (var row = 0; row < 3; row++)
        {
            var alone = model.Generate(new GenerationBatch { Seeds = [5], Labels = [new[] { 0, 2, 3 }[row]] }, settings);
            Assert.True(alone.bytes.SequenceEqual(together[row].bytes), $"row {row}");
        }
    }

    [Theory]
    [InlineData("labels")]
    [InlineData("context")]
    [InlineData("inpainting with context")]
    public void A_guidance_scale_of_1_means_no_guidance_and_0_no_condition(string kind)
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create(kind);
        var batch = SmallDiffusion.Batch(model.Config, 1, 2);
        var unconditional = kind == "labels" ? batch with { Labels = null } : batch with { Context = batch.UnconditionalContext!.expand(2, -1, -1) };

        Tensor At(double scale) => model.GenerateLatents(batch, new GenerationSettings { GuidanceScale = scale });

        // A scale of 1 by another formula: e + (c - e).
        Assert.True(allclose(At(1), At(1 + 1e-9), atol: 1e-4));
        Assert.True(allclose(At(0), model.GenerateLatents(unconditional), atol: 1e-4));
        Assert.False(allclose(At(1), At(3), atol: 1e-2));
    }

    [Fact]
    public void Threads_share_a_model_and_get_the_images_of_their_seeds()
    {
        using var model = SmallDiffusion.Create("labels");
        byte[] Image(long seed)
        {
            using var images = model.Generate(SmallDiffusion.Batch(model.Config, seed));
            return images.bytes.ToArray();
        }

        var alone = Enumerable.Range(0, 6).Select(seed => Image(seed)).ToArray();
        var together = new byte[6][];
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 3 }, seed => together[seed] = Image(seed));

        Assert.Equal(alone, together);
    }

    [Fact]
    public void A_handle_outlives_the_one_it_was_opened_from()
    {
        using var scope = NewDisposeScope();
        var model = SmallDiffusion.Create();
        var expected = model.Generate(Batch);
        using var shared = model.Share();
        model.Dispose();
        model.Dispose();

        Assert.True(expected.bytes.SequenceEqual(shared.Generate(Batch).bytes));
        Assert.Throws<ObjectDisposedException>(() => model.Generate(Batch));
    }

    [Fact]
    public void The_given_first_stage_is_still_owned_by_the_caller()
    {
        using var scope = NewDisposeScope();
        var autoencoder = AutoencoderModel.Create(SmallDiffusion.FirstStage, seed: 1);
        using var model = LatentDiffusionModel.Create(autoencoder, SmallDiffusion.Variants["unconditional"], seed: 2);
        autoencoder.Dispose();

        using var images = model.Generate(Batch);
        Assert.Equal([2, 3, 16, 16], images.shape);
    }

    [Fact]
    public void Half_precision_gives_nearly_the_same_latents_and_independent_rows()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create("labels");
        using var half = model.To(CPU, ModelPrecision.BFloat16);
        var batch = SmallDiffusion.Batch(model.Config, 1, 2, 3);

        var exact = model.GenerateLatents(batch);
        var near = half.GenerateLatents(batch);

        Assert.Equal(ModelPrecision.BFloat16, half.Precision);
        Assert.Equal(ModelPrecision.BFloat16, half.Autoencoder.Precision);
        Assert.InRange((exact - near).abs().max().item<float>(), 1e-6, 0.1);
        Assert.True(near[1].bytes.SequenceEqual(half.GenerateLatents(SmallDiffusion.Batch(model.Config, 2)).bytes));
    }

    [Fact]
    public void Images_and_latents_can_take_part_in_training()
    {
        using var scope = NewDisposeScope();
        using var model = SmallDiffusion.Create();
        var weight = ones(1, requires_grad: true);

        (model.Generate(Batch) * weight).sum().backward();
        (model.GenerateLatents(Batch) * weight).sum().backward();

        Assert.NotNull(weight.grad);
    }

    [Fact]
    public void Equal_seeds_give_equal_models()
    {
        using var scope = NewDisposeScope();
        using var autoencoder = AutoencoderModel.Create(SmallDiffusion.FirstStage, seed: 1);
        var config = SmallDiffusion.Variants["label tokens"];
        using var first = LatentDiffusionModel.Create(autoencoder, config, seed: 2);
        using var again = LatentDiffusionModel.Create(autoencoder, config, seed: 2);
        using var other = LatentDiffusionModel.Create(autoencoder, config, seed: 3);

        Assert.True(Weights(first).SequenceEqual(Weights(again)));
        Assert.False(Weights(first).SequenceEqual(Weights(other)));
        Assert.Equal("random weights, seed 2", first.Source);
        Assert.Equal(first.Denoiser.parameters().Sum(parameter => parameter.numel()) + autoencoder.ParameterCount, first.ParameterCount);
    }

    private static List<byte> Weights(LatentDiffusionModel model) =>
        [.. model.Denoiser.state_dict().OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value.bytes.ToArray())];
}
