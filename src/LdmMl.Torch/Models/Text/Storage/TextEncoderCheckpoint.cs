using LdmMl.Torch.Checkpoints;
using LdmMl.Torch.Layers;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>All text encoders of a model as read from files. Owns them.</summary>
/// <param name="Parts">The encoders, in the order in which their contexts are concatenated.</param>
/// <param name="Source">The file or folder, for messages.</param>
internal sealed record TextEncoderCheckpoint(IReadOnlyList<StoredTextPart> Parts, string Source) : IDisposable
{
    /// <summary>Builds the networks and loads their weights.</summary>
    /// <exception cref="CheckpointException">No network can be built from a configuration, or the weights do not fit it.</exception>
    public (TextNetworks Networks, LoadReport Report) Load()
    {
        var networks = new List<Networks.TextNetwork>();
        try
        {
            var reports = new List<LoadReport>();
            foreach (var (part, weights) in Parts)
            {
                CheckpointErrors.Translate(Source, () =>
                {
                    part.Validate();
                    return part;
                });
                networks.Add(Build(part));
                reports.Add(ModuleWeights.TakeOver(networks[^1], weights, $"{Source}: {part.Name}"));
            }

            return (new TextNetworks(networks), new LoadReport([], [.. reports.SelectMany(report => report.Unexpected)], []));
        }
        catch
        {
            networks.ForEach(network => network.Dispose());
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var part in Parts)
            part.Dispose();
    }

    private Networks.TextNetwork Build(TextPart part)
    {
        try
        {
            using var replaced = InitialValues.Skip();
            return TextNetworks.Build(part.Config);
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException($"{Source}: {part.Name}", error.Message, error);
        }
    }
}
