using LdmMl.Torch.Arguments;
using LdmMl.Torch.Diffusion;
using static TorchSharp.torch;

namespace LdmMl.Torch.Generation;

/// <summary>
/// Noise that a super-resolution model adds to the small image; its level is a condition of the model (Ho et al. 2022, cascaded diffusion;
/// Stable Diffusion's x4 upscaler).
/// </summary>
public sealed record NoiseAugmentation
{
    private const int UsualLevel = 20;

    /// <summary>Gets the number of levels that the network knows (<c>num_class_embeds</c>): 0 to this - 1.</summary>
    public required int Levels { get; init; }

    /// <summary>Gets the schedule of this noise (<c>low_res_scheduler</c>).</summary>
    public required NoiseScheduleConfig Schedule { get; init; }

    /// <summary>Gets the largest level that was trained (<c>max_noise_level</c>).</summary>
    /// <value>Default: 350, the published upscaler's.</value>
    public int Maximum { get; init; } = 350;

    /// <summary>Gets the largest level that can be requested.</summary>
    internal int Largest => Math.Min(Math.Min(Maximum, Levels - 1), Schedule.Steps - 1);

    /// <summary>Returns the level that the settings request.</summary>
    internal int LevelOf(GenerationSettings settings) => settings.NoiseLevel ?? Math.Min(UsualLevel, Largest);

    /// <summary>Adds noise to small images.</summary>
    /// <param name="images">The images, [B, C, h, w].</param>
    /// <param name="level">The noise level, 0 to <see cref="Largest"/>.</param>
    /// <param name="noises">The source of the noise.</param>
    internal Tensor AddTo(Tensor images, int level, INoiseSource noises)
    {
        using var scope = NewDisposeScope();
        var steps = Enumerable.Repeat((long)level, (int)images.shape[0]).ToArray();
        return scope.MoveToOuter(new GaussianDiffusion(new NoiseSchedule(Schedule)).AddNoise(images, steps, noises.Draw(images)));
    }

    internal void Validate()
    {
        Check.AtLeast(Levels, 1);
        Check.AtLeast(Maximum, 0);
        Schedule.Validate();
    }
}
