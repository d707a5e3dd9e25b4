using System.Text.Json.Nodes;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>One scheduler class of diffusers: how its keys and this library's settings say the same.</summary>
/// <param name="names">The class' names in Python, the one that is written first.</param>
internal abstract class SchedulerFormat(params string[] names)
{
    /// <summary>Gets the class' names in Python, the one that is written first.</summary>
    public IReadOnlyList<string> Names { get; } = names;

    /// <summary>Gets the first and last beta of a file that does not say.</summary>
    public virtual (double First, double Last) UsualBetas => (1e-4, 0.02);

    /// <summary>Gets the version of diffusers since which the class has <c>rescale_betas_zero_snr</c>; null where it has none.</summary>
    public virtual Version? RescalesSince => null;

    /// <summary>Gets what a rescaled schedule keeps of the image at its last step.</summary>
    public virtual double TerminalAlphaBar => 0;

    /// <summary>Reads how to sample. What a file leaves out is the default of its class.</summary>
    /// <exception cref="NotSupportedException">It asks for something that this library does not have; the message names the key.</exception>
    /// <exception cref="InvalidDataException">A value is of another type.</exception>
    public abstract SamplingSettings Read(SchedulerKeys keys, Prediction prediction);

    /// <summary>Writes how to sample, as near as the class comes.</summary>
    public abstract void Write(SamplingSettings settings, JsonObject json);
}
