using System.Diagnostics;
using Spectre.Console;

namespace LdmMl.Cli.Output;

/// <summary>Shows how far long work is: a moving bar on a terminal, a plain line now and then elsewhere. Both go to standard error.</summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    /// <summary>Runs work that reports its progress.</summary>
    /// <param name="title">What is being done.</param>
    /// <param name="work">Gets a function that takes the done share (0 to 1) and what to say about it.</param>
    public static void Run(string title, Action<Action<double, string>> work)
    {
        if (Terminal.IsInteractive)
            RunWithBar(title, work);
        else
            RunWithLines(title, work);
    }

    private static void RunWithBar(string title, Action<Action<double, string>> work) =>
        Terminal.Messages.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: 1);
                work((share, text) =>
                {
                    task.Value = share;
                    task.Description = Markup.Escape($"{title}  {text}");
                });
            });

    private static void RunWithLines(string title, Action<Action<double, string>> work)
    {
        var (sinceStart, sinceLine) = (Stopwatch.StartNew(), Stopwatch.StartNew());
        work((share, text) =>
        {
            if (sinceLine.Elapsed < BetweenLines)
                return;
            sinceLine.Restart();
            var left = share is > 0 and < 1 ? $", about {Duration.Of(sinceStart.Elapsed * ((1 - share) / share))} left" : "";
            Terminal.Message($"{title}: {share:P0}, {text}{left}");
        });
    }
}
