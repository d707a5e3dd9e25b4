using LdmMl.Torch.Models.Autoencoders;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Models.Autoencoders;

public class VectorQuantizerTests
{
    [Theory]
    [InlineData(UnknownIndexPolicy.Extra, 20)]
    [InlineData(UnknownIndexPolicy.Fixed, 7)]
    public void Unused_entries_get_the_index_of_the_policy(UnknownIndexPolicy policy, long expected)
    {
        using var scope = NewDisposeScope();
        using var network = new VqAutoencoder(SmallModels.Vq with { UsedEntries = 20, UnknownIndexPolicy = policy, UnknownIndex = 7 });
        var codebook = network.state_dict()["quantize.embedding.weight"];
        var latents = codebook[TensorIndex.Tensor(tensor(new long[] { 3, 25, 19, 31 }))].t().reshape(1, 3, 2, 2);

        using var codes = network.Quantize(latents);

        Assert.Equal([3, expected, 19, expected], codes.Indices.data<long>().ToArray());
        Assert.Equal([4, 1], codes.Indices.shape);
    }

    [Fact]
    public void Random_indices_of_unused_entries_come_from_the_given_generator()
    {
        using var scope = NewDisposeScope();
        using var network = new VqAutoencoder(SmallModels.Vq with { UsedEntries = 20 });
        var latents = network.state_dict()["quantize.embedding.weight"].t().reshape(1, 3, 4, 8);
        var draws = new ulong[] { 1, 1, 2 }.Select(seed =>
        {
            using var generator = new Generator(seed, CPU);
            using var codes = network.Quantize(latents, generator);
            return codes.Indices.data<long>().ToArray();
        }).ToArray();

        Assert.Equal(draws[0], draws[1]);
        Assert.NotEqual(draws[0], draws[2]);
        Assert.All(draws, draw => Assert.All(draw, index => Assert.InRange(index, 0, 19)));
        Assert.Contains("pass a generator", Assert.Throws<ArgumentException>(() => network.Quantize(latents)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_extra_index_looks_up_the_first_used_entry()
    {
        using var scope = NewDisposeScope();
        using var network = new VqAutoencoder(SmallModels.Vq with { UsedEntries = 20, UnknownIndexPolicy = UnknownIndexPolicy.Extra });
        var codebook = network.state_dict()["quantize.embedding.weight"];

        var found = network.Lookup(tensor(new long[] { 5, 20 }), 1, 1, 2, 3);

        Assert.True(found.select(3, 0).flatten().equal(codebook[5]).all().item<bool>());
        Assert.True(found.select(3, 1).flatten().equal(codebook[0]).all().item<bool>());
    }
}
