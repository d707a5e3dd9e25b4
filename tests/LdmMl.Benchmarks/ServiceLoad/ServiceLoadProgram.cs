using System.Globalization;

namespace LdmMl.Benchmarks.ServiceLoad;

/// <summary>
/// Puts the service under load: <c>service throughput | soak | abuse | crowd [--steps N] [--requests N] [--seconds N]</c>. Each starts a service of
/// its own; the exit code says whether what it promises held.
/// </summary>
internal static class ServiceLoadProgram
{
    public const string Verb = "service";

    private static readonly string[] Names = ["--steps", "--requests", "--seconds"];

    public static async Task<int> Run(string[] arguments, TextWriter output)
    {
        var numbers = new Dictionary<string, int>();
        for (var index = 1; index < arguments.Length; index += 2)
        {
            if (!Names.Contains(arguments[index]) || index + 1 == arguments.Length
                || !int.TryParse(arguments[index + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
            {
                await Console.Error.WriteLineAsync(
                    $"'{arguments[index]}' is not understood; give {string.Join(", ", Names)}, each with a number of at least 1.");
                return 2;
            }

            numbers[arguments[index]] = number;
        }

        int Number(string name, int usual) => numbers.GetValueOrDefault(name, usual);
        switch (arguments.FirstOrDefault())
        {
            case "throughput":
                return await Throughput.Run(Number("--steps", 25), Number("--requests", 160), output) ? 0 : 1;
            case "soak":
                return await MemorySoak.Run(Number("--steps", 1), Number("--requests", 10_000), output) ? 0 : 1;
            case "abuse":
                return await Abuse.Run(Number("--steps", 2), Number("--requests", 1_000), output) ? 0 : 1;
            case "crowd":
                return await Crowd.Run(Number("--steps", 2), Number("--seconds", 120), output) ? 0 : 1;
            default:
                await Console.Error.WriteLineAsync("Say what to do with the service: throughput, soak, abuse or crowd.");
                return 2;
        }
    }
}
