namespace LdmMl.Torch.Tests;

/// <summary>
/// Tests that change or measure something of the whole process, such as its threads and its memory: no other test runs at the same time.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeProcess
{
    public const string Name = "whole process";
}
