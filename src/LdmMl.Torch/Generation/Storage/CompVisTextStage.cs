using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Models.Text.Storage;

namespace LdmMl.Torch.Generation.Storage;

/// <summary>A text encoder as the YAML of a checkpoint names it.</summary>
/// <param name="PythonClass">Its class.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Prefix">What the keys of its weights begin with.</param>
/// <param name="Name">What diffusers' folders call it.</param>
internal sealed record CompVisTextStage(string PythonClass, ConfigMap Parameters, string Prefix, string Name)
{
    private const string OnlyPrefix = "cond_stage_model.";

    /// <summary>Gets whether it is the second of two, which pads otherwise.</summary>
    public bool IsSecond => Name == TextEncoderReading.Second;

    /// <summary>Says whether a key of a checkpoint is of a text encoder.</summary>
    public static bool Owns(string key) =>
        key.StartsWith(OnlyPrefix, StringComparison.Ordinal) || key.StartsWith(SgmConditioner.Prefix, StringComparison.Ordinal);

    /// <summary>Lists those of a model, in the order in which their contexts stand.</summary>
    /// <param name="model">The mapping <c>model.params</c>.</param>
    public static IReadOnlyList<CompVisTextStage> Of(ConfigMap model)
    {
        if (SgmDiffusion.Describes(model))
        {
            return
            [
                .. new SgmConditioner(model).Texts.Select((text, place) => new CompVisTextStage(
                    text.PythonClass, text.Parameters, text.Prefix, place == 0 ? TextEncoderReading.First : TextEncoderReading.Second)),
            ];
        }

        return model.Map("cond_stage_config") is not { } stage ? []
            : [new(stage.NeededText("target").Split('.')[^1], stage.Map("params") ?? new ConfigMap([]), OnlyPrefix, TextEncoderReading.First)];
    }
}
