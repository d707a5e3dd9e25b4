using System.Runtime.InteropServices;
using LdmMl.Torch.Native;

namespace LdmMl.Torch.Tests.Native;

public class NativePlatformTests
{
    private const string Supported = "TorchSharp and libtorch only have native libraries for linux-x64 (with glibc), win-x64 and osx-arm64";

    [Fact]
    public void This_machine_has_libraries() => Assert.Null(NativePlatform.Refusal());

    [Theory]
    [InlineData("linux-x64", Architecture.X64)]
    [InlineData("debian.12-x64", Architecture.X64)]
    [InlineData("win-x64", Architecture.X64)]
    [InlineData("osx-arm64", Architecture.Arm64)]
    public void Systems_with_libraries_are_accepted(string runtime, Architecture architecture) =>
        Assert.Null(NativePlatform.Refusal(runtime, architecture, _ => false));

    [Theory]
    [InlineData("linux-musl-x64", Architecture.X64, $"LdmMl does not run on linux-musl-x64: {Supported}. Use an image of Debian, Ubuntu or RHEL instead of Alpine.")]
    [InlineData("linux-musl-arm64", Architecture.Arm64, $"LdmMl does not run on linux-musl-arm64: {Supported}. Use an image of Debian, Ubuntu or RHEL instead of Alpine.")]
    [InlineData("linux-arm64", Architecture.Arm64, $"LdmMl does not run on linux-arm64: {Supported}. Use a machine, or a container, with a 64-bit x86 processor.")]
    [InlineData("osx-x64", Architecture.X64, $"LdmMl does not run on osx-x64: {Supported}. Use a Mac with Apple silicon.")]
    [InlineData("win-x86", Architecture.X86, $"LdmMl does not run on win-x86 as it is: {Supported}. Run the program as x64.")]
    [InlineData("win-arm64", Architecture.Arm64, $"LdmMl does not run on win-arm64 as it is: {Supported}. Run the program as x64, or add the package libtorch-cpu-win-arm64, which is untested.")]
    public void Systems_without_libraries_are_refused_with_advice(string runtime, Architecture architecture, string sentence) =>
        Assert.Equal(sentence, NativePlatform.Refusal(runtime, architecture, _ => false));

    [Fact]
    public void Windows_on_Arm_is_accepted_if_the_program_has_its_library() =>
        Assert.Null(NativePlatform.Refusal("win-arm64", Architecture.Arm64, name => name == "torch_cpu.dll"));
}
