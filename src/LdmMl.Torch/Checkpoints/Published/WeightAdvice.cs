namespace LdmMl.Torch.Checkpoints.Published;

/// <summary>Advice for a missing file.</summary>
internal static class WeightAdvice
{
    public static string Get(PublishedFile file) =>
        $"Run 'ldmml weights download {file.Name}', or, without a connection, {Elsewhere(file)}";

    public static string WithoutConnection(PublishedFile file) => $"Without a connection: {Elsewhere(file)}";

    private static string Elsewhere(PublishedFile file) =>
        $"download {file.Address} on another machine, put the file into a folder here and run 'ldmml weights import FOLDER'.";
}
