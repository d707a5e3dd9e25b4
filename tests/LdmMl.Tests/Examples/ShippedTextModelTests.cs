using LdmMl.Torch.Generation;
using TorchSharp;

namespace LdmMl.Tests.Examples;

/// <summary>What the shipped model of sentences is and draws. How well it draws, examples/EmojiFromText judges with real emoji.</summary>
public sealed class ShippedTextModelTests : IDisposable
{
    private static readonly string Folder = Path.Combine(RealData.Repository, "examples", "models", "emoji-text");

    private readonly LatentDiffusionModel model = LatentDiffusionModel.Load(Folder);

    public void Dispose() => model.Dispose();

    [Fact]
    public void The_model_is_small_in_small_files_and_has_its_own_text_encoder()
    {
        var files = new DirectoryInfo(Folder).GetFiles("*", SearchOption.AllDirectories);

        Assert.InRange(files.Sum(file => file.Length), 1, 16 << 20);
        Assert.All(files, file => Assert.InRange(file.Length, 1, 8 << 20));
        Assert.Equal((16, 128), (model.TextEncoder!.Tokens, model.TextEncoder.Width));
        Assert.Equal((64, 64), (model.DefaultWidth, model.DefaultHeight));
        Assert.Empty(model.LoadReport.Missing);
    }

    [Fact]
    public void The_sentence_decides_what_the_noise_becomes()
    {
        using var scope = torch.NewDisposeScope();
        var (faces, flags, hearts) = (Images("grinning face"), Images("flag of Germany"), Images("red heart"));

        // Faces reach further up than flags, and are yellow; a heart is red, and ends in a point.
        Assert.True(WhiteOfTop(faces) < WhiteOfTop(flags) - 0.2f, $"{WhiteOfTop(faces)}, {WhiteOfTop(flags)}");
        Assert.True(WhiteOfCorners(hearts) > WhiteOfCorners(faces) + 0.2f, $"{WhiteOfCorners(hearts)}, {WhiteOfCorners(faces)}");
        Assert.True(Yellow(faces) > Yellow(flags) + 0.3f, $"{Yellow(faces)}, {Yellow(flags)}");
        Assert.True(Red(hearts) > Red(faces) + 0.3f, $"{Red(hearts)}, {Red(faces)}");
    }

    [Fact]
    public void A_sentence_with_words_that_it_has_never_seen_is_read_by_its_letters()
    {
        using var scope = torch.NewDisposeScope();
        using var encoding = model.TextEncoder!.Encode(["a zyxwvut", "a zyxwvu"]);

        Assert.False(encoding.Context[0].equal(encoding.Context[1]).all().item<bool>());
    }

    private torch.Tensor Images(string sentence) => model.Generate(
        new GenerationBatch { Seeds = [1, 2, 3, 4], Prompts = [sentence] },
        new GenerationSettings { GuidanceScale = 3, Sampling = model.Config.Sampling with { Steps = 8 } });

    private static float WhiteOfTop(torch.Tensor images) => images.narrow(2, 5, 5).narrow(3, 26, 12).mean().item<float>();

    private static float WhiteOfCorners(torch.Tensor images) => images.narrow(2, 46, 8).narrow(3, 8, 8).mean().item<float>();

    private static float Red(torch.Tensor images)
    {
        var middle = images.narrow(2, 16, 32).narrow(3, 16, 32);
        return (middle.narrow(1, 0, 1).mean() - middle.narrow(1, 1, 1).mean()).item<float>();
    }

    // Red and green without blue.
    private static float Yellow(torch.Tensor images)
    {
        var middle = images.narrow(2, 16, 32).narrow(3, 16, 32);
        return (middle.narrow(1, 0, 2).mean() - middle.narrow(1, 2, 1).mean()).item<float>();
    }
}
