using System.Globalization;
using System.Text;

namespace LdmMl.Torch.Distributed;

/// <summary>What processes tell each other besides sums.</summary>
internal static class ProcessMessages
{
    /// <summary>Returns whether a condition holds in any process; the same answer in all.</summary>
    public static bool Any(this IProcesses processes, bool condition) =>
        processes.Count == 1 ? condition : processes.Gather([(byte)(condition ? 1 : 0)]).Any(message => message[0] != 0);

    /// <summary>Returns once every process has called it.</summary>
    public static void Wait(this IProcesses processes) => _ = processes.Any(false);

    /// <summary>Requires that a fact is the same in all processes.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="what">The fact, for the message: "the number of threads".</param>
    /// <param name="fact">Its value here.</param>
    /// <param name="cure">What to do about a difference, a sentence.</param>
    /// <exception cref="InvalidOperationException">It differs; every process throws.</exception>
    public static void RequireSame(this IProcesses processes, string what, string fact, string cure)
    {
        if (processes.Count == 1)
            return;
        var facts = processes.Gather(Encoding.UTF8.GetBytes(fact)).Select(Encoding.UTF8.GetString).ToArray();
        if (Array.FindIndex(facts, other => other != facts[0]) is > 0 and var rank)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"{what} is {Shown(facts[0])} in process 0 and {Shown(facts[rank])} in process {rank}. {cure}"));
        }
    }

    private static string Shown(string fact) => fact.Length <= 200 ? fact : fact[..200] + "…";
}
