namespace LdmMl.Packages.Tests;

/// <summary>A folder outside the repository in which the packages are used; it is deleted after the test.</summary>
internal sealed class PackageUser : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly PackageFeed feed;

    public PackageUser(PackageFeed feed)
    {
        this.feed = feed;
        Write("nuget.config", $"""
            <configuration>
              <packageSources>
                <add key="packages of the test" value="{feed.Folder}" />
              </packageSources>
            </configuration>
            """);
    }

    public string Folder => folder.Path;

    /// <summary>Writes a file, in which <c>$VERSION</c> and <c>$TORCH</c> are replaced by the versions of the packages.</summary>
    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
        File.WriteAllText(folder.File(name), text.Replace("$VERSION", feed.Version).Replace("$TORCH", PackageFeed.TorchVersion));
    }

    /// <summary>Copies a program from this project's Programs folder.</summary>
    public void WriteProgram(string program, string name) =>
        Write(name, File.ReadAllText(Path.Combine(RealData.Repository, "tests", "LdmMl.Packages.Tests", "Programs", program)));

    /// <summary>Writes a project that references the packages and TorchSharp's native libraries.</summary>
    /// <param name="path">The path of the project file.</param>
    /// <param name="sdk">The SDK.</param>
    /// <param name="properties">Further properties, as XML.</param>
    /// <param name="items">Further items, as XML.</param>
    public void WriteProject(string path, string sdk = "Microsoft.NET.Sdk", string properties = "", string items = "") => Write(path, $"""
        <Project Sdk="{sdk}">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            {properties}
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="LdmMl" Version="$VERSION" />
            <PackageReference Include="LdmMl.Models.Emoji" Version="$VERSION" />
            <PackageReference Include="TorchSharp-cpu" Version="$TORCH" />
            {items}
          </ItemGroup>
        </Project>
        """);

    public string Run(string program, params string[] arguments) => CommandLine.Run(Folder, program, arguments);

    public string Dotnet(params string[] arguments) => Run("dotnet", arguments);

    public void Dispose() => folder.Dispose();
}
