using System.Globalization;
using System.Text;
using LdmMl.Torch.Distributed;

namespace LdmMl.Cli.Output;

/// <summary>A training by several processes that <c>mpirun</c> or <c>mpiexec</c> started: the first speaks and writes for all.</summary>
internal static class TrainingTogether
{
    /// <summary>Trains; an error in one process ends all, and is said by the one that has it.</summary>
    public static int Run(Func<int> train)
    {
        if (!Launcher.HasOthers)
            return train();
        MpiProcesses? processes = null;
        try
        {
            processes = (MpiProcesses)Launcher.Processes;
            Terminal.IsQuiet = processes.Rank > 0;
            foreach (var name in processes.Gather(Encoding.UTF8.GetBytes($"{processes}")).Select(Encoding.UTF8.GetString))
                Terminal.Message(name);
            var exitCode = train();
            processes.Leave();
            return exitCode;
        }
        catch (Exception error) when (processes is not null)
        {
            Terminal.Error(string.Create(CultureInfo.InvariantCulture, $"The {processes} ends the training of all: {Tool.Sentence(error)}"));
            processes.Abort();
            throw;
        }
    }

    /// <summary>Returns once every process has called it.</summary>
    public static void Wait()
    {
        if (Launcher.HasOthers)
            Launcher.Processes.Wait();
    }
}
