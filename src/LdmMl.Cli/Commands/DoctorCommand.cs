using System.CommandLine;
using LdmMl.Cli.Arguments;
using LdmMl.Cli.Output;
using LdmMl.Torch.Native;
using Spectre.Console;

namespace LdmMl.Cli.Commands;

/// <summary><c>ldmml doctor</c>: what the machine offers, and what to do about each thing that is wrong.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var output = new OutputOptions();
        var command = new ToolCommand("doctor", "Shows whether libtorch works on this machine, and how to fix problems.")
        {
            Examples = ["ldmml doctor"],
        };
        command.With("Output", output.All).SetHandler((parsed, _) => Run(parsed, output));
        return command;
    }

    private static int Run(ParseResult parsed, OutputOptions output)
    {
        output.Check(parsed);
        var findings = MachineReport.Collect();
        Terminal.Write(Table(findings));
        foreach (var finding in findings.Where(finding => finding.Cure is not null))
            Terminal.WriteLine($"{(finding.IsFailure ? "wrong" : "note")}: {finding.Subject}: {finding.Cure}");

        var healthy = !findings.Any(finding => finding.IsFailure);
        Terminal.WriteLine(healthy ? "LdmMl works here." : "LdmMl does not work here.");
        output.Write(parsed, new { healthy, findings });
        return healthy ? ExitCode.Success : ExitCode.CheckFailed;
    }

    private static Table Table(IEnumerable<Finding> findings)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("subject", "value");
        foreach (var finding in findings)
        {
            var mark = finding.IsFailure ? "[red]x[/]" : finding.Cure is null ? "[green]ok[/]" : "[yellow]--[/]";
            table.AddRow(new Markup($"{mark} {Markup.Escape(finding.Subject)}"), new Text(finding.Value));
        }
        return table;
    }
}
