using System.Runtime.InteropServices;

namespace LdmMl.Packages.Tests;

/// <summary>Programs of every kind, each in a separate folder outside the repository, with only the packages.</summary>
[Collection(SharedPackages.Name)]
public sealed class PackageUseTests(PackageFeed feed) : IDisposable
{
    private const string Executable = "<OutputType>Exe</OutputType>";
    private static readonly string WithIdentifier = $"<RuntimeIdentifier>{RuntimeInformation.RuntimeIdentifier}</RuntimeIdentifier><SelfContained>false</SelfContained>";
    private readonly PackageUser user = new(feed);

    public void Dispose() => user.Dispose();

    [Fact]
    public void A_console_program_generates_reconstructs_trains_and_loads_its_model_in_another_process()
    {
        WriteConsole(Executable);
        user.Dotnet("build");
        AssertJourney("dotnet", ["run", "--no-build", "--"]);
    }

    [Fact]
    public void A_console_program_with_a_runtime_identifier_works_even_if_it_uses_TorchSharp_first()
    {
        WriteConsole(Executable + WithIdentifier);
        user.Dotnet("build");
        AssertJourney("dotnet", ["run", "--no-build", "--"]);
        foreach (var place in new[] { "here", "in another method", "in a static field" })
            Assert.StartsWith("touched 6", user.Dotnet("run", "--no-build", "--", "touch", place), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_based_program_needs_two_lines_that_name_the_packages_and_nothing_else()
    {
        user.WriteProgram("Script/app.cs", "app.cs");

        Assert.Contains("latents [2, 4, 8, 8], RowEstimator", user.Dotnet("run", "app.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_library_is_tested_by_a_test_project()
    {
        user.WriteProject("library/library.csproj");
        user.WriteProgram("Journey.cs", "library/Journey.cs");
        user.WriteProgram("Library/Pictures.cs", "library/Pictures.cs");
        user.WriteProject("tests/tests.csproj", properties: WithIdentifier, items: """
            <PackageReference Include="Microsoft.NET.Test.Sdk" Version="18.0.1" />
            <PackageReference Include="xunit" Version="2.9.3" />
            <PackageReference Include="xunit.runner.visualstudio" Version="3.1.5" />
            <ProjectReference Include="../library/library.csproj" />
            """);
        user.WriteProgram("Library/DrawingTests.cs", "tests/DrawingTests.cs");

        Assert.Contains("Passed!  - Failed:     0, Passed:     1", user.Dotnet("test", "tests"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_web_server_answers_concurrent_requests()
    {
        user.WriteProject("web.csproj", "Microsoft.NET.Sdk.Web", WithIdentifier);
        user.WriteProgram("Web/Program.cs", "Program.cs");

        Assert.Contains("served True", user.Dotnet("run"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_web_server_with_the_model_as_a_service_answers_concurrent_requests()
    {
        user.WriteProject("service.csproj", "Microsoft.NET.Sdk.Web", WithIdentifier + "<NoWarn>$(NoWarn);MEAI001</NoWarn>", """
            <PackageReference Include="LdmMl.Extensions" Version="$VERSION" />
            <PackageReference Include="Microsoft.Extensions.AI" Version="10.11.0" />
            """);
        user.WriteProgram("Service/Program.cs", "Program.cs");

        Assert.Contains("same True, other True", user.Dotnet("run"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_plugin_works_in_a_host_that_does_not_reference_the_packages()
    {
        user.WriteProject("plugin/plugin.csproj", properties: WithIdentifier + "<EnableDynamicLoading>true</EnableDynamicLoading>");
        user.WriteProgram("Journey.cs", "plugin/Journey.cs");
        user.Write("host/host.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                {Executable}
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
            </Project>
            """);
        user.WriteProgram("Plugin/Host.cs", "host/Host.cs");
        user.Dotnet("build", "plugin", "-o", "built");
        user.Dotnet("build", "host", "-o", "run");
        var plugin = Path.Combine(user.Folder, "built", "plugin.dll");

        var made = Images(user.Dotnet("run/host.dll", plugin, "Run", "model.zip"));
        Assert.Equal(made, Images(user.Dotnet("run/host.dll", plugin, "Open", "model.zip")));
    }

    [Fact]
    public void The_template_creates_a_program_that_generates_scores_and_trains()
    {
        var package = Path.Combine(feed.Folder, $"LdmMl.Templates.{feed.Version}.nupkg");
        var hive = Path.Combine(user.Folder, "hive");            // the user's own templates are not changed
        user.Dotnet("new", "install", package, "--debug:custom-hive", hive);
        user.Dotnet("new", "ldmml", "-o", "Pictures", "--LdmMlVersion", feed.Version, "--debug:custom-hive", hive);
        user.Dotnet("build", "Pictures");
        var images = Directory.CreateDirectory(Path.Combine(user.Folder, "images")).FullName;
        foreach (var image in Directory.EnumerateFiles(Path.Combine(RealData.Repository, "examples", "data", "emoji")).Order(StringComparer.Ordinal).Take(2))
            File.Copy(image, Path.Combine(images, Path.GetFileName(image)));

        string Start(params string[] arguments) => user.Dotnet(["run", "--no-build", "--project", "Pictures", "--", .. arguments]);
        Assert.Contains("generated.png", Start("generate"), StringComparison.Ordinal);
        Assert.Contains(" dB", Start("score", images), StringComparison.Ordinal);
        Assert.Contains("model.zip", Start("train", images, "1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux-musl-x64")]
    [InlineData("linux-arm64")]
    public void Building_for_a_system_without_native_libraries_gives_a_warning(string runtime)
    {
        WriteConsole($"{Executable}<RuntimeIdentifier>{runtime}</RuntimeIdentifier><SelfContained>false</SelfContained><UseAppHost>false</UseAppHost>");

        Assert.Contains($"LDMML001: LdmMl does not run on {runtime}: TorchSharp and libtorch only have native libraries", user.Dotnet("build"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_packages_have_no_vulnerable_dependencies()
    {
        WriteConsole(Executable + WithIdentifier);
        user.Dotnet("restore");

        Assert.Contains("has no vulnerable packages", user.Dotnet("list", "package", "--vulnerable", "--include-transitive"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_tool_installs_and_runs_from_a_feed()
    {
        user.Dotnet("tool", "install", "LdmMl.Cli", "--tool-path", "tool", "--version", feed.Version, "--add-source", feed.Folder);
        Assert.Contains("LdmMl works here.", user.Run(Path.Combine(user.Folder, "tool", "ldmml"), "doctor"), StringComparison.Ordinal);

        var size = Directory.EnumerateFiles(Path.Combine(user.Folder, "tool"), "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        Assert.InRange(size, 1, LargestTool);
    }

    [Fact]
    public void The_tool_runs_from_a_feed_without_being_installed() => Assert.Contains(
        "LdmMl works here.", user.Dotnet("dnx", $"LdmMl.Cli@{feed.Version}", "--yes", "--add-source", feed.Folder, "doctor"), StringComparison.Ordinal);

    // libtorch_cpu.so is 440 MiB, and the SDK keeps two copies of the package (155 MiB, including 26 MiB of emoji models) in addition to its content.
    private const long LargestTool = 810L << 20;

    private void WriteConsole(string properties)
    {
        user.WriteProject("console.csproj", properties: properties);
        user.WriteProgram("Console/Program.cs", "Program.cs");
        user.WriteProgram("Journey.cs", "Journey.cs");
    }

    private void AssertJourney(string program, string[] arguments)
    {
        var run = user.Run(program, [.. arguments, "run", "model.zip"]);
        Assert.Contains("trained", run, StringComparison.Ordinal);
        Assert.Equal(Images(run), Images(user.Run(program, [.. arguments, "open", "model.zip"])));
    }

    private static string Images(string output) => Assert.Single(output.Split('\n'), line => line.StartsWith("images ", StringComparison.Ordinal));
}
