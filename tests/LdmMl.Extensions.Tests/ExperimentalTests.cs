using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.AI;

namespace LdmMl.Extensions.Tests;

public class ExperimentalTests
{
    [Fact]
    public void Members_that_expose_the_experimental_interface_are_marked_and_no_others()
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
