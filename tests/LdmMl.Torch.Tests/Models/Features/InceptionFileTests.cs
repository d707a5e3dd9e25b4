using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Models.Features;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Tests.Checkpoints;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Features;

public sealed class InceptionFileTests(RandomInception random) : IClassFixture<RandomInception>
{
    [Fact]
    public void An_unverified_file_opens_with_a_warning()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("inception.safetensors");
        using (var weights = RandomInception.Weights(counters: true))
            SafetensorsFile.Write(path, weights);
        using var images = RandomInception.Images(1, 20, 20);

        using var model = InceptionFeatureModel.Load(path);

        using var features = model.Features(images, PixelRange.ZeroToOne);
        using var expected = random.Model.Features(images, PixelRange.ZeroToOne);
        Assert.Equal(expected.data<float>().ToArray(), features.data<float>().ToArray());
        Assert.Equal(random.Model.Fingerprint, model.Fingerprint);
        Assert.Equal(64, model.Fingerprint.Length);
        Assert.False(model.IsPublishedFile);
        Assert.Contains("not verified to be the published ones", model.Caution, StringComparison.Ordinal);
        Assert.True(model.IsInception);
    }

    [Fact]
    public void A_file_with_the_published_hash_gives_no_warning()
    {
        using var weights = RandomInception.Weights();
        using var model = InceptionFeatureModel.Create(weights, "file", "6726825d00000000");

        Assert.True(model.IsPublishedFile);
        Assert.Null(model.Caution);
    }

    [Fact]
    public void Missing_and_unexpected_keys_are_listed_under_their_published_names()
    {
        using var complete = RandomInception.Weights();
        using var weights = complete.Rename(key => key switch
        {
            "Mixed_6c.branch7x7_2.bn.running_var" => null,
            "fc.bias" => "classifier.bias",
            _ => key,
        });

        var error = Assert.Throws<CheckpointException>(() => InceptionFeatureModel.Create(weights, "some.pth", "00000000"));

        Assert.Equal(
            "Checkpoint 'some.pth': its keys are not those of the model. Missing (2): Mixed_6c.branch7x7_2.bn.running_var; fc.bias. Unexpected (1): classifier.bias.",
            error.Message);
    }

    [Fact]
    public void Torchvisions_classifier_is_refused_with_the_name_of_the_right_file()
    {
        using var complete = RandomInception.Weights();
        using var weights = complete.Rename(key => key);
        weights.Add("AuxLogits.fc.bias", zeros(1000));

        var error = Assert.Throws<CheckpointException>(() => InceptionFeatureModel.Create(weights, "inception_v3.pth", "00000000"));

        Assert.Contains("torchvision's Inception classifier", error.Message, StringComparison.Ordinal);
        Assert.Contains("pt_inception-2015-12-05-6726825d.pth", error.Message, StringComparison.Ordinal);
    }
}
