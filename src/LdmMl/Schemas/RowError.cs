using LdmMl.Torch.Arguments;

namespace LdmMl.Schemas;

/// <summary>
/// Errors in a row of data. Programs that identify rows in another way get the parts of the message: <c>Data["Row"]</c> is the
/// number of the row, from 0, and the wording says what is wrong with it.
/// </summary>
internal static class RowError
{
    /// <summary>Creates an error.</summary>
    /// <param name="row">The number of the row, from 0.</param>
    /// <param name="problem">What is wrong, with a full stop.</param>
    /// <param name="cause">The underlying exception, if any.</param>
    public static InvalidDataException Of(long row, Wording problem, Exception? cause = null)
    {
        var error = WordedException.Of(problem, text => new InvalidDataException($"Row {row}: {text}", cause));
        error.Data["Row"] = row;
        return error;
    }
}
