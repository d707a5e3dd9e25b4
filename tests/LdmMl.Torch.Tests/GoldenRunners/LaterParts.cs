using System.IO.Enumeration;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>
/// What the goldens hold and this library does not have yet: the one list of what is left out.
/// It shrinks to nothing; a case or an output that is neither supported nor listed here fails.
/// </summary>
internal static class LaterParts
{
    private static readonly string[] Groups = [];

    // group/case/output, with * for any text.
    private static readonly string[] Outputs = [];

    public static bool HasGroup(string group) => Groups.Contains(group);

    public static bool HasOutput(string group, string name, string output) =>
        Outputs.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, $"{group}/{name}/{output}", ignoreCase: false));
}
