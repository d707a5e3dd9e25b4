using TorchSharp;

namespace LdmMl.Torch.Tests;

/// <summary>The number of threads of libtorch. It is a setting of the whole process, so these tests belong to <see cref="WholeProcess"/>.</summary>
internal static class LibtorchThreads
{
    /// <summary>Runs a function with each number of threads, and restores the number.</summary>
    public static IReadOnlyList<T> Each<T>(IReadOnlyList<int> counts, Func<T> run)
    {
        var before = torch.get_num_threads();
        try
        {
            return [.. counts.Select(count =>
            {
                torch.set_num_threads(count);
                return run();
            })];
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }
}
