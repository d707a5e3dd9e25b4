using LdmMl.Torch.Arguments;

namespace LdmMl.Schemas;

/// <summary>
/// Errors of a row of data. Beside the sentence they carry its parts, for programs that know rows by other names: <c>Data["Row"]</c> is the
/// number of the row, from 0, and their wording what is wrong with it.
/// </summary>
internal static class RowError
{
    /// <summary>Creates an error.</summary>
    /// <param name="row">The number of the row, from 0.</param>
    /// <param name="problem">What is wrong, with a full stop.</param>
    /// <param name="cause">What was thrown underneath, if anything.</param>
    public static InvalidDataException Of(long row, Wording problem, Exception? cause = null)
    {
        var error = WordedException.Of(problem, text => new InvalidDataException($"Row {row}: {text}", cause));
        error.Data["Row"] = row;
        return error;
    }
}
