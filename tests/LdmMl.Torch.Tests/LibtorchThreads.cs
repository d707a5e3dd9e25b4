using TorchSharp;

namespace LdmMl.Torch.Tests;

/// <summary>How many threads libtorch computes with. It is a number of the whole process: such tests belong to <see cref="WholeProcess"/>.</summary>
internal static class LibtorchThreads
{
    /// <summary>Runs the same with each number of threads; the number is put back.</summary>
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
