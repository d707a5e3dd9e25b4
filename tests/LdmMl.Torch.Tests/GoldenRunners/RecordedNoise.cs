using LdmMl.Torch.Diffusion;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.GoldenRunners;

/// <summary>Gives a sampler the noise that the reference drew, draw after draw; several recordings take turns.</summary>
internal sealed class RecordedNoise(params Tensor[] recordings) : INoiseSource
{
    public int Draws { get; private set; }

    public Tensor Draw(Tensor state)
    {
        var recording = recordings[Draws % recordings.Length];
        return recording[Draws++ / recordings.Length].clone();
    }
}
