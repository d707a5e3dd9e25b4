using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers;

/// <summary>The one place where this library creates group normalisations.</summary>
internal static class GroupNormalization
{
    /// <summary>The epsilon of every autoencoder here; U-Nets use 1e-5.</summary>
    public const double AutoencoderEpsilon = 1e-6;

    /// <summary>Creates a group normalisation with weight 1 and bias 0.</summary>
    public static GroupNorm Create(int groups, int channels, double epsilon, Device? device)
    {
        if (channels % groups != 0)
        {
            throw new ArgumentException(
                $"{channels} channels cannot be normalised in {groups} groups; choose a width that {groups} divides, or other groups.");
        }

        var norm = nn.GroupNorm(groups, channels, epsilon, device: device);

        // TorchSharp leaves these two as uninitialised memory.
        nn.init.ones_(norm.weight!);
        nn.init.zeros_(norm.bias!);
        return norm;
    }
}
