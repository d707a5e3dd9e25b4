using System.Runtime.InteropServices;

namespace LdmMl.Torch.Checkpoints;

/// <summary>
/// Translates what readers throw into <see cref="CheckpointException"/>. Readers say what is wrong (<see cref="InvalidDataException"/>)
/// without knowing where the bytes come from; here the file's name is added.
/// </summary>
internal static class CheckpointErrors
{
    private const int LongestReason = 1000;   // characters

    public static T Translate<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException error)
        {
            throw new CheckpointException(path, Printable(error.Message), error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CheckpointException(path, "there is no such file.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new CheckpointException(path, $"it cannot be read: {error.Message}", error);
        }
        catch (Exception error) when (error is ExternalException or OutOfMemoryException)
        {
            throw new CheckpointException(
                path, $"there is not enough memory for its tensors, or libtorch refuses their shape: {FirstLine(error)}", error);
        }
    }

    // Names in the message come from the file: they may be endless, or hold control characters that a terminal obeys.
    private static string Printable(string message)
    {
        var part = message.Length <= LongestReason ? message : $"{message.AsSpan(0, LongestReason)}...";
        return string.Create(part.Length, part, (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
                target[i] = char.IsControl(source[i]) ? '?' : source[i];
        });
    }

    // libtorch appends a C++ stack trace.
    private static string FirstLine(Exception error) => error.Message.Split('\n', 2)[0];
}
