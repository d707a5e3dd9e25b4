namespace LdmMl.Schemas;

/// <summary>
/// Errors of a row of data. Beside the sentence they carry its parts, for programs that know rows by other names: <c>Data["Row"]</c> is the
/// number of the row, from 0, and <c>Data["Problem"]</c> what is wrong with it.
/// </summary>
internal static class RowError
{
    /// <summary>Makes an error.</summary>
    /// <param name="row">The number of the row, from 0.</param>
    /// <param name="problem">What is wrong, with a full stop.</param>
    /// <param name="cause">What was thrown underneath, if anything.</param>
    public static InvalidDataException Of(long row, string problem, Exception? cause = null)
    {
        var error = new InvalidDataException($"Row {row}: {problem}", cause);
        (error.Data["Row"], error.Data["Problem"]) = (row, problem);
        return error;
    }
}
