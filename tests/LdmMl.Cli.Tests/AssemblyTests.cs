namespace LdmMl.Cli.Tests;

public class AssemblyTests
{
    [Fact]
    public void Libtorch_loads() => LdmMl.Torch.Native.TorchRuntime.EnsureLoaded();
}
