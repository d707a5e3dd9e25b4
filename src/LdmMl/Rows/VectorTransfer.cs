using Microsoft.ML.Data;

namespace LdmMl.Rows;

/// <summary>Copies vectors to the destination of a getter.</summary>
internal static class VectorTransfer
{
    /// <summary>Copies the values; without any, the vector is missing: NaN.</summary>
    /// <param name="destination">Receives them; its memory is reused.</param>
    /// <param name="values">The values; empty if they are missing.</param>
    /// <param name="missingLength">How many values a missing vector has.</param>
    public static void Give(ref VBuffer<float> destination, ReadOnlySpan<float> values, int missingLength)
    {
        var missing = values.IsEmpty;
        var editor = VBufferEditor.Create(ref destination, missing ? missingLength : values.Length);
        if (missing)
            editor.Values.Fill(float.NaN);
        else
            values.CopyTo(editor.Values);
        destination = editor.Commit();
    }
}
