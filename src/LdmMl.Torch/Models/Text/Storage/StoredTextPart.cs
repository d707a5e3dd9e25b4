using LdmMl.Torch.Checkpoints;

namespace LdmMl.Torch.Models.Text.Storage;

/// <summary>A text encoder as files hold it. Owns its weights.</summary>
/// <param name="Part">What describes it.</param>
/// <param name="Weights">Its weights under this library's keys.</param>
internal sealed record StoredTextPart(TextPart Part, StateDictionary Weights) : IDisposable
{
    public void Dispose() => Weights.Dispose();
}
