using System.Text.Json.Nodes;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>One scheduler class of diffusers: the mapping between its keys and this library's settings.</summary>
/// <param name="names">The class' names in Python; the first is written.</param>
internal abstract class SchedulerFormat(params string[] names)
{
    /// <summary>Gets the class' names in Python; the first is written.</summary>
    public IReadOnlyList<string> Names { get; } = names;

    /// <summary>Gets the default first and last beta.</summary>
    public virtual (double First, double Last) UsualBetas => (1e-4, 0.02);

    /// <summary>Gets the first version of diffusers in which the class has <c>rescale_betas_zero_snr</c>; null if it has none.</summary>
    public virtual Version? RescalesSince => null;

    /// <summary>Gets the last alphaBar of a rescaled schedule.</summary>
    public virtual double TerminalAlphaBar => 0;

    /// <summary>Reads the sampling settings. Missing keys have the defaults of the class.</summary>
    /// <exception cref="NotSupportedException">It needs something that this library does not support; the message names the key.</exception>
    /// <exception cref="InvalidDataException">A value has the wrong type.</exception>
    public abstract SamplingSettings Read(SchedulerKeys keys, Prediction prediction);

    /// <summary>Writes the sampling settings, as closely as the class can express them.</summary>
    public abstract void Write(SamplingSettings settings, JsonObject json);
}
