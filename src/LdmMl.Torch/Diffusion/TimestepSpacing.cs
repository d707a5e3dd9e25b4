namespace LdmMl.Torch.Diffusion;

/// <summary>Which of a schedule's T forward steps a sampler with S steps visits.</summary>
public enum TimestepSpacing
{
    /// <summary>
    /// Every (T / S)-th, rounded down and shifted by one: exactly S steps over the whole schedule. As in the reference's DDIM if S divides T; if
    /// it does not, the reference takes more than S, and fails for 599 of the counts up to 1000, including 1000. There the shift is omitted
    /// if it would leave the schedule.
    /// </summary>
    Uniform,

    /// <summary>As <see cref="Uniform"/>, with the reference's integer stride and its count: more than S steps if S does not divide T.</summary>
    UniformStride,

    /// <summary>Quadratically growing, shifted by one, up to 0.8 T (Song et al. 2021, appendix D.2): more steps at low noise.</summary>
    Quadratic,

    /// <summary>
    /// i (T / S) with an integer stride and an offset, from 0 (diffusers <c>leading</c>): if S does not divide T, it starts up to half a schedule
    /// below pure noise.
    /// </summary>
    Leading,

    /// <summary>T - 1 and every T / S below it (diffusers <c>trailing</c>): starts at pure noise, as zero terminal SNR requires.</summary>
    Trailing,

    /// <summary>Evenly from 0 to T - 1, both included (diffusers <c>linspace</c>).</summary>
    Linspace,
}
