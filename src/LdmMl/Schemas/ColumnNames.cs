using System.Runtime.CompilerServices;
using LdmMl.Torch.Arguments;

namespace LdmMl.Schemas;

/// <summary>Checks the names of columns that options give.</summary>
internal static class ColumnNames
{
    /// <exception cref="OptionException">The name is null or empty.</exception>
    public static void Require(string? name, [CallerArgumentExpression(nameof(name))] string member = "") =>
        Check.That(!string.IsNullOrEmpty(name), name, "it must be the name of a column", member);

    /// <exception cref="OptionException">The name is empty.</exception>
    public static void Optional(string? name, [CallerArgumentExpression(nameof(name))] string member = "") =>
        Check.That(name is not "", name, $"it must be the name of a column, or {Wording.Nothing} for none", member);

    /// <exception cref="OptionException">Two columns to append have the same name.</exception>
    public static void Distinct(params IEnumerable<(string Member, string? Name)> columns)
    {
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((var member, var name) in columns)
        {
            if (name is not null && !taken.TryAdd(name, member))
                throw Check.Refuse(member, name, $"{Wording.Member(taken[name])} already has that name, so give this column a different one");
        }
    }
}
