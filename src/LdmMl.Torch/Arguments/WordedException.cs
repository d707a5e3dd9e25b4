namespace LdmMl.Torch.Arguments;

/// <summary>Exceptions with a message in which C# names are marked; see <see cref="Wording"/>.</summary>
internal static class WordedException
{
    private const string Key = "Wording";

    /// <summary>Creates an exception that carries the wording of its message, or of the part of it that follows a file's name.</summary>
    public static T Of<T>(Wording wording, Func<string, T> create)
        where T : Exception
    {
        var error = create(wording.ToString());
        error.Data[Key] = wording;
        return error;
    }

    /// <summary>Gets the wording that an exception carries; null for none.</summary>
    public static Wording? WordingOf(Exception error) => error.Data[Key] as Wording;
}
