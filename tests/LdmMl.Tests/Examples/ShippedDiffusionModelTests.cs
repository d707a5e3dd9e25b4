using TorchSharp;

namespace LdmMl.Tests.Examples;

/// <summary>Basic properties of the shipped latent diffusion model. Its quality is judged with real emoji by examples/EmojiGeneration.</summary>
public sealed class ShippedDiffusionModelTests(ShippedDiffusionModel shipped) : IClassFixture<ShippedDiffusionModel>
{
    public static TheoryData<string> Labels => ["Smileys & Emotion", "Flags", "People & Body"];

    [Fact]
    public void The_model_is_small_and_knows_its_labels_by_name()
    {
        var files = new DirectoryInfo(ShippedDiffusionModel.Folder).GetFiles("*", SearchOption.AllDirectories);

        Assert.InRange(files.Sum(file => file.Length), 1, 8 << 20);
        Assert.Equal([.. Labels], shipped.Labels.Names);
        Assert.True(shipped.Labels.HasNullLabel);
        Assert.Equal((64, 64), (shipped.Model.DefaultWidth, shipped.Model.DefaultHeight));
        Assert.Empty(shipped.Model.LoadReport.Missing);
    }

    [Theory]
    [MemberData(nameof(Labels))]
    public void Every_label_gives_different_pictures_on_white(string label)
    {
        using var scope = torch.NewDisposeScope();
        var images = shipped.Images(label);

        Assert.Equal([ShippedDiffusionModel.ImagesPerLabel, 3, 64, 64], images.shape);
        Assert.True(images.isfinite().all().item<bool>());
        Assert.True(images.narrow(2, 0, 3).mean().item<float>() > 0.75, "The top rows are not white.");
        Assert.True(images.narrow(2, 24, 16).narrow(3, 24, 16).mean().item<float>() < 0.6, "The middle is empty.");
        var spread = images.std(0).mean().item<float>();
        Assert.True(spread > 0.1, $"The images hardly differ: {spread}.");
    }

    [Fact]
    public void The_label_determines_what_the_noise_becomes()
    {
        using var scope = torch.NewDisposeScope();

        // Faces reach further up than flags, and a person's shoulders further down; and faces are yellow.
        Assert.True(WhiteOfTop("Smileys & Emotion") < WhiteOfTop("Flags") - 0.3f);
        Assert.True(WhiteOfBottom("People & Body") < WhiteOfBottom("Flags") - 0.3f);
        Assert.True(Yellow("Smileys & Emotion") > Yellow("Flags") + 0.5f);
    }

    [Fact]
    public void A_seed_gives_the_same_picture_by_itself()
    {
        using var alone = shipped.Generate([2], "Flags");
        using var among = shipped.Images("Flags").narrow(0, 1, 1).contiguous();

        Assert.Equal(among.data<float>().ToArray(), alone.data<float>().ToArray());
    }

    private float WhiteOfTop(string label) => shipped.Images(label).narrow(2, 5, 5).narrow(3, 26, 12).mean().item<float>();

    private float WhiteOfBottom(string label) => shipped.Images(label).narrow(2, 56, 6).narrow(3, 20, 24).mean().item<float>();

    private float Yellow(string label)
    {
        var colors = shipped.Images(label).narrow(2, 20, 24).narrow(3, 20, 24).mean([0, 2, 3]);
        return Math.Min(colors[0].item<float>(), colors[1].item<float>()) - colors[2].item<float>();
    }
}
