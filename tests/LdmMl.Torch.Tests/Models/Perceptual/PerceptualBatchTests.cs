using LdmMl.Torch.Models.Autoencoders;
using LdmMl.Torch.Models.Perceptual;
using LdmMl.Torch.Models;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Perceptual;

/// <summary>A pair's distance depends neither on what is measured with it nor on how it is measured.</summary>
public sealed class PerceptualBatchTests : IDisposable
{
    private readonly PerceptualFilesOfTests files = new();

    public static TheoryData<string, int, int, ModelPrecision> Shapes() => new()
    {
        { "vgg16", 16, 16, ModelPrecision.Float32 },
        { "vgg16", 40, 23, ModelPrecision.BFloat16 },
        { "alexnet", 31, 31, ModelPrecision.Float32 },
        { "alexnet", 64, 90, ModelPrecision.Float32 },
        { "squeezenet", 17, 17, ModelPrecision.Float32 },
        { "squeezenet", 65, 40, ModelPrecision.Float32 },
        { "squeezenet", 64, 64, ModelPrecision.BFloat16 },
        { "small", 4, 4, ModelPrecision.Float32 },
        { "small", 33, 64, ModelPrecision.Float32 },
        { "small", 128, 128, ModelPrecision.Float32 },
    };

    public void Dispose() => files.Dispose();

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_pair_has_the_same_bits_alone_and_in_a_batch(string trunk, int height, int width, ModelPrecision precision)
    {
        using var scope = NewDisposeScope();
        using var model = Open(trunk, precision);
        var (images, others) = (PerceptualFilesOfTests.Images(1, 5, 3, height, width), PerceptualFilesOfTests.Images(2, 5, 3, height, width));

        var batch = model.Distance(images, others, PixelRange.ZeroToOne).data<float>().ToArray();

        using var references = model.Features(images, PixelRange.ZeroToOne);
        Assert.Equal(batch, model.Distance(references, others, PixelRange.ZeroToOne).data<float>().ToArray());
        for (var row = 0; row < batch.Length; row++)
        {
            var (image, other) = (images.narrow(0, row, 1), others.narrow(0, row, 1));
            using var reference = model.Features(image, PixelRange.ZeroToOne);
            Assert.Equal(batch[row], model.Distance(image, other, PixelRange.ZeroToOne).item<float>());
            Assert.Equal(batch[row], model.Distance(reference, other, PixelRange.ZeroToOne).item<float>());
        }
    }

    [Theory]
    [InlineData("small", 32)]
    [InlineData("squeezenet", 64)]
    [InlineData("alexnet", 64)]
    public void The_distance_to_itself_is_0_and_distances_are_symmetric(string trunk, int side)
    {
        using var scope = NewDisposeScope();
        using var model = Open(trunk, ModelPrecision.Float32);
        var (images, others) = (PerceptualFilesOfTests.Images(1, 3, 3, side, side), PerceptualFilesOfTests.Images(2, 3, 3, side, side));

        var there = model.Distance(images, others, PixelRange.ZeroToOne).data<float>().ToArray();
        var back = model.Distance(others, images, PixelRange.ZeroToOne).data<float>().ToArray();

        Assert.Equal([0f, 0f, 0f], model.Distance(images, images, PixelRange.ZeroToOne).data<float>().ToArray());
        Assert.Equal(there, back);
        Assert.All(there, distance => Assert.True(distance > 0));
    }

    [Fact]
    public void One_reference_is_compared_with_every_candidate()
    {
        using var scope = NewDisposeScope();
        using var model = files.Small();
        var (image, candidates) = (PerceptualFilesOfTests.Images(1, 1, 3, 24, 24), PerceptualFilesOfTests.Images(2, 4, 3, 24, 24));
        using var reference = model.Features(image, PixelRange.ZeroToOne);

        using var cached = model.Distances(reference, candidates, PixelRange.ZeroToOne, spatial: true);
        using var direct = model.Distances(image.expand(4, -1, -1, -1), candidates, PixelRange.ZeroToOne, spatial: true);

        Assert.Equal(direct.Total.data<float>().ToArray(), cached.Total.data<float>().ToArray());
        Assert.Equal(direct.Map!.data<float>().ToArray(), cached.Map!.data<float>().ToArray());
        using var together = model.Distances(image, candidates, PixelRange.ZeroToOne, spatial: true);
        Assert.Equal(direct.Total.data<float>().ToArray(), together.Total.data<float>().ToArray());
        Assert.Equal(direct.Map!.data<float>().ToArray(), together.Map!.data<float>().ToArray());
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void One_image_and_many_candidates_have_the_gradients_of_pairs(bool imageLearns, bool candidatesLearn)
    {
        using var scope = NewDisposeScope();
        using var model = files.Small();

        (float[] Image, float[] Candidates) Gradients(bool repeat)
        {
            var image = PerceptualFilesOfTests.Images(1, 1, 3, 24, 24).requires_grad_(imageLearns);
            var candidates = PerceptualFilesOfTests.Images(2, 4, 3, 24, 24).requires_grad_(candidatesLearn);
            model.Distance(repeat ? image.expand(4, -1, -1, -1) : image, candidates, PixelRange.ZeroToOne).sum().backward();
            return (image.grad?.data<float>().ToArray() ?? [], candidates.grad?.data<float>().ToArray() ?? []);
        }

        var (wanted, given) = (Gradients(repeat: true), Gradients(repeat: false));
        Assert.Equal(wanted.Image.Length, given.Image.Length);
        Assert.All(wanted.Image.Zip(given.Image), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Equal(wanted.Candidates.Length, given.Candidates.Length);
        Assert.All(wanted.Candidates.Zip(given.Candidates), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void The_total_is_the_sum_of_the_layers_and_the_map_has_the_size_of_the_images()
    {
        using var scope = NewDisposeScope();
        using var model = files.Small();
        using var distances = model.Distances(PerceptualFilesOfTests.Images(1, 2, 3, 21, 34), PerceptualFilesOfTests.Images(2, 2, 3, 21, 34), PixelRange.ZeroToOne, spatial: true);

        Assert.Equal<long>([2, 1, 21, 34], distances.Map!.shape);
        Assert.Equal(model.LayerNames.Count, distances.Layers.Count);
        var sum = stack(distances.Layers.ToArray()).to(ScalarType.Float64).sum(dim: 0);
        Assert.True((sum - distances.Total.to(ScalarType.Float64)).abs().max().item<double>() < 1e-6);
    }

    [Theory]
    [InlineData("small")]
    [InlineData("squeezenet")]
    public void Both_pixel_ranges_give_the_same_distance(string trunk)
    {
        using var scope = NewDisposeScope();
        using var model = Open(trunk, ModelPrecision.Float32);
        var (images, others) = (PerceptualFilesOfTests.Images(1, 2, 3, 32, 32), PerceptualFilesOfTests.Images(2, 2, 3, 32, 32));

        var unit = model.Distance(images, others, PixelRange.ZeroToOne);
        var signed = model.Distance((Real(2) * images) - Real(1), (Real(2) * others) - Real(1), PixelRange.MinusOneToOne);

        Assert.Equal(unit.data<float>().ToArray(), signed.data<float>().ToArray());
    }

    private PerceptualModel Open(string trunk, ModelPrecision precision)
    {
        using var exact = trunk switch
        {
            "vgg16" => files.Lpips(PerceptualTrunkConfig.Vgg16),
            "alexnet" => files.Lpips(PerceptualTrunkConfig.AlexNet),
            "squeezenet" => files.Lpips(PerceptualTrunkConfig.SqueezeNet),
            _ => files.Small(),
        };
        return exact.To(CPU, precision);
    }
}
