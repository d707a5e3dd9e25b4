using System.Runtime.InteropServices;

namespace LdmMl.Torch.Native;

/// <summary>How long the threads of libgomp, with which libtorch computes, spin before they sleep.</summary>
internal static partial class WaitingThreads
{
    private const string Spins = "GOMP_SPINCOUNT", Policy = "OMP_WAIT_POLICY";

    /// <summary>
    /// Makes them sleep soon, unless the user has set a policy. The default of 300,000 spins makes programs that share a machine wait for each other:
    /// two trainings at once took 39 s each instead of 13.5 s, and alone a training takes the same time (3.0 and 3.1 s).
    /// </summary>
    /// <remarks>libgomp reads this while it is loaded, from the C environment, which
    /// <see cref="Environment.SetEnvironmentVariable(string, string?)"/> does not reach.</remarks>
    public static void SleepSoon()
    {
        if (Environment.GetEnvironmentVariable(Spins) is null && Environment.GetEnvironmentVariable(Policy) is null)
            _ = SetVariable(Spins, "1000", overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
