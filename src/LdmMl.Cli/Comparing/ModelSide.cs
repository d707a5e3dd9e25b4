using LdmMl.Cli.Output;
using LdmMl.Torch.Models.Autoencoders;

namespace LdmMl.Cli.Comparing;

/// <summary>One of the two models, as the report names it.</summary>
/// <param name="Letter">A or B.</param>
/// <param name="Path">As the user gave it.</param>
/// <param name="Info">Its facts.</param>
/// <param name="WeightHash">The SHA-256 of its weights, whatever kind of file they came from.</param>
internal sealed record ModelSide(string Letter, string Path, ModelInfo Info, string WeightHash)
{
    public static ModelSide Of(string letter, string path, AutoencoderModel model) =>
        new(letter, path, ModelInfo.Of(model), model.ComputeWeightHash());
}
