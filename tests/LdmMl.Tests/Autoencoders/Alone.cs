namespace LdmMl.Tests.Autoencoders;

[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
