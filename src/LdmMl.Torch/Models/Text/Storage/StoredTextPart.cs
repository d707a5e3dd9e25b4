using LdmMl.Torch.Checkpoints;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>A text encoder as read from files. Owns its weights.</summary>
/// <param name="Part">The description of the encoder.</param>
/// <param name="Weights">Its weights, with this library's keys.</param>
internal sealed record StoredTextPart(TextPart Part, StateDictionary Weights) : IDisposable
{
    public void Dispose() => Weights.Dispose();
}
