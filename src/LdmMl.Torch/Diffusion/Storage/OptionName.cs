using System.Reflection;

namespace LdmMl.Torch.Diffusion.Storage;

/// <summary>Compares names as people write them: <c>EulerAncestral</c>, <c>euler-ancestral</c> and <c>euler_ancestral</c> are the same.</summary>
internal static class OptionName
{
    /// <summary>Normalises a name for comparison: letters and digits in lower case, with p for +.</summary>
    public static string Normalize(string name) =>
        string.Concat(name.Select(letter => letter == '+' ? 'p' : char.ToLowerInvariant(letter)).Where(char.IsAsciiLetterOrDigit));

    /// <summary>Determines whether two names are equal.</summary>
    public static bool AreSame(string one, string other) => Normalize(one) == Normalize(other);

    /// <summary>Determines whether a name refers to a member: its own name or one of its other names.</summary>
    public static bool Means(string name, MemberInfo member) =>
        AreSame(name, member.Name) || (member.GetCustomAttribute<KnownAsAttribute>()?.Names.Any(other => AreSame(name, other)) ?? false);
}
