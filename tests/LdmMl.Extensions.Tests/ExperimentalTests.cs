using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.AI;

namespace LdmMl.Extensions.Tests;

public class ExperimentalTests
{
    [Fact]
    public void What_shows_the_experimental_interface_carries_its_mark_and_nothing_else_does()
    {
        var given = typeof(IImageGenerator).GetCustomAttribute<ExperimentalAttribute>()!.DiagnosticId;
        var marked = typeof(LatentDiffusionOptions).Assembly.GetExportedTypes()
            .ToDictionary(type => type, type => type.GetCustomAttribute<ExperimentalAttribute>()?.DiagnosticId);

        Assert.Equal(given, marked[typeof(LatentDiffusionImageGenerator)]);
        Assert.Equal(given, marked[typeof(LatentDiffusionServices)]);
        Assert.Null(marked[typeof(LatentDiffusionOptions)]);
        Assert.Null(marked[typeof(LoraFile)]);
    }
}
