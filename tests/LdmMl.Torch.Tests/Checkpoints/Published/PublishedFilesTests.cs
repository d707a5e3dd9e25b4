using LdmMl.Torch.Checkpoints.Published;

namespace LdmMl.Torch.Tests.Checkpoints.Published;

public class PublishedFilesTests
{
    public static TheoryData<string> Names => [.. PublishedFiles.All.Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_file_has_an_https_address_and_a_full_hash(string name)
    {
        var file = PublishedFiles.All.Single(file => file.Name == name);

        Assert.Equal("https", file.Address.Scheme);
        Assert.Matches("^[0-9a-f]{64}$", file.Sha256);
        Assert.Equal(file.FileName, Path.GetFileName(file.FileName));
        Assert.InRange(file.Length, 1000, 1_000_000_000);
    }

    [Theory]
    [InlineData("vgg16")]
    [InlineData("alexnet")]
    [InlineData("squeezenet1_1")]
    [InlineData("inception")]
    public void The_hash_begins_with_the_prefix_in_the_authors_file_name(string name)
    {
        var file = PublishedFiles.All.Single(file => file.Name == name);

        Assert.EndsWith($"-{file.Sha256[..8]}.pth", file.Address.AbsolutePath, StringComparison.Ordinal);
        Assert.EndsWith($"/{file.FileName}", file.Address.AbsolutePath, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_unique()
    {
        Assert.Distinct(PublishedFiles.All.Select(file => file.Name));
        Assert.Distinct(PublishedFiles.All.Select(file => file.FileName));
    }
}
