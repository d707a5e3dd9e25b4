using System.Text;
using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Checkpoints.Diffusers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Checkpoints;

/// <summary>The names of weight files in published folders, and their precedence.</summary>
public sealed class WeightFilesTests : IDisposable
{
    private const string Stem = "diffusion_pytorch_model";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("fp16")]
    [InlineData("bf16")]
    [InlineData("non_ema")]
    [InlineData("ema")]
    public void Variants_are_read_if_there_is_nothing_else(string variant)
    {
        Write($"{Stem}.{variant}.safetensors", ("x", 3));

        Assert.Equal(3, Read()["x"]);
    }

    [Theory]
    [InlineData(".safetensors", ".bin")]
    [InlineData(".bin", ".fp16.safetensors")]
    [InlineData(".bin", ".bf16.safetensors")]
    [InlineData(".ema.safetensors", ".non_ema.safetensors")]
    [InlineData(".ema.safetensors", ".fp16.safetensors")]
    public void Full_precision_precedes_half_precision_and_averages_precede_trained_weights(string first, string second)
    {
        Write(Stem + first, ("x", 1));
        Write(Stem + second, ("x", 2));

        Assert.Equal(1, Read()["x"]);
    }

    [Theory]
    [InlineData("diffusion_pytorch_model.safetensors.index.json")]
    [InlineData("diffusion_pytorch_model.safetensors.index.fp16.json")]
    [InlineData("diffusion_pytorch_model.fp16.safetensors.index.json")]
    public void Shards_are_read_by_their_index(string index)
    {
        Write("part-1.safetensors", ("a", 1), ("b", 2));
        Write("part-2.safetensors", ("c", 3));
        WriteText(index, """{ "metadata": {}, "weight_map": { "a": "part-1.safetensors", "b": "part-1.safetensors", "c": "part-2.safetensors" } }""");

        var read = Read();

        Assert.Equal([("a", 1f), ("b", 2f), ("c", 3f)], read.Select(pair => (pair.Key, pair.Value)));
    }

    [Theory]
    [InlineData("""{ "weight_map": {} }""", "it has no 'weight_map', which names the file of each weight.")]
    [InlineData("""{ "weight_map": { "a": "../secret.safetensors" } }""", "its 'weight_map' names '../secret.safetensors', which is not a file next to it.")]
    [InlineData("""{ "weight_map": { "a": 5, "b": ".." } }""", "its 'weight_map' names '..', which is not a file next to it.")]
    [InlineData("""{ "weight_map": { "a": "x\u0000y.safetensors" } }""", "its 'weight_map' names 'x?y.safetensors', which is not a file next to it.")]
    [InlineData("[]", "it is not a JSON object.")]
    public void An_index_that_names_files_elsewhere_is_refused(string json, string reason)
    {
        WriteText($"{Stem}.safetensors.index.json", json);

        Assert.Equal(reason, Refusal().Reason);
    }

    [Fact]
    public void A_weight_in_two_shards_is_refused()
    {
        Write("part-1.safetensors", ("a", 1));
        Write("part-2.safetensors", ("a", 1));
        WriteText($"{Stem}.safetensors.index.json", """{ "weight_map": { "a": "part-1.safetensors", "b": "part-2.safetensors" } }""");

        Assert.Equal("'a' is in two of the files that it names; the second is 'part-2.safetensors'.", Refusal().Reason);
    }

    [Fact]
    public void A_missing_shard_is_named()
    {
        WriteText($"{Stem}.safetensors.index.json", """{ "weight_map": { "a": "part-1.safetensors" } }""");

        var error = Refusal();

        Assert.Equal((folder.File("part-1.safetensors"), "there is no such file."), (error.Path, error.Reason));
    }

    [Fact]
    public void A_Git_LFS_pointer_is_recognised()
    {
        WriteText($"{Stem}.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n");

        Assert.Equal(
            "it is a Git LFS pointer: the file itself was not downloaded. Run 'git lfs pull' in its repository.", Refusal().Reason);
    }

    private CheckpointException Refusal() => Assert.Throws<CheckpointException>(() => WeightFiles.Read(folder.Path).Dispose());

    private Dictionary<string, float> Read()
    {
        using var weights = WeightFiles.Read(folder.Path);
        return weights.ToDictionary(pair => pair.Key, pair => pair.Value.item<float>());
    }

    // A file is recognised by its content, not its name, so shards of a .bin may be safetensors here.
    private void Write(string name, params (string Key, float Value)[] weights)
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(folder.File(name), weights.Select(weight => KeyValuePair.Create(weight.Key, tensor(weight.Value))));
    }

    private void WriteText(string name, string text) => folder.Write(name, Encoding.UTF8.GetBytes(text));
}
