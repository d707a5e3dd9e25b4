namespace LdmMl.Packages.Tests;

/// <summary>All tests of the packages use the same ones, packed once.</summary>
[CollectionDefinition(Name)]
public sealed class SharedPackages : ICollectionFixture<PackageFeed>
{
    public const string Name = "packages";
}
