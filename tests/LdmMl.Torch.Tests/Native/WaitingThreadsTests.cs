using System.Runtime.InteropServices;
using LdmMl.Torch.Native;

namespace LdmMl.Torch.Tests.Native;

public partial class WaitingThreadsTests
{
    [Fact]
    public void Threads_of_libgomp_sleep_soon_unless_the_user_set_a_policy()
    {
        TorchRuntime.EnsureLoaded();
        var decided = Environment.GetEnvironmentVariable("GOMP_SPINCOUNT")
            ?? (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null ? "1000" : null);

        Assert.Equal(decided, Marshal.PtrToStringUTF8(NativeVariable("GOMP_SPINCOUNT")));
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint NativeVariable(string name);
}
