namespace LdmMl.Torch.Tests;

/// <summary>Tests that change or measure what the whole process shares, such as its threads and its memory: no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeProcess
{
    public const string Name = "whole process";
}
