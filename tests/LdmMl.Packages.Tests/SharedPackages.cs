namespace LdmMl.Packages.Tests;

/// <summary>All tests of the packages share them, so that they are packed once.</summary>
[CollectionDefinition(Name)]
public sealed class SharedPackages : ICollectionFixture<PackageFeed>
{
    public const string Name = "packages";
}
