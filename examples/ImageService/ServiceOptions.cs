namespace ImageService;

/// <summary>
/// The limits of the service, from the section <c>Service</c> of its configuration. The model's own are in the section <c>LatentDiffusion</c>.
/// </summary>
internal sealed class ServiceOptions
{
    public const string Section = "Service";

    /// <summary>Gets or sets how many requests may wait; when there are more, the answer is 429. At least 1.</summary>
    public int QueueCapacity { get; set; } = 256;

    /// <summary>Gets or sets the most steps of a request, at least 1.</summary>
    public int MaximumSteps { get; set; } = 100;

    /// <summary>Gets or sets the most previews of a request, at least 0.</summary>
    public int MaximumPreviews { get; set; } = 10;

    /// <summary>Gets or sets the largest body of a request with images in bytes, from 1 KiB to 1 GiB; that of a request without is 64 KiB.</summary>
    public int MaximumBodyBytes { get; set; } = 8 << 20;

    /// <summary>
    /// Gets or sets for how many milliseconds a batch that is not full waits for the requests of those whose images are just finished, 0 to 1000.
    /// </summary>
    public int JoinMilliseconds { get; set; } = 5;

    /// <summary>Gets or sets the file of the network that <c>POST /score</c> measures perceptual distances with; null for none.</summary>
    public string? PerceptualModel { get; set; }

    /// <summary>Describes everything that is wrong with the options.</summary>
    public IEnumerable<string> Faults()
    {
        if (QueueCapacity < 1)
            yield return $"{nameof(QueueCapacity)} is {QueueCapacity}; it must be at least 1.";
        if (MaximumSteps < 1)
            yield return $"{nameof(MaximumSteps)} is {MaximumSteps}; it must be at least 1.";
        if (MaximumPreviews < 0)
            yield return $"{nameof(MaximumPreviews)} is {MaximumPreviews}; it must be at least 0.";
        if (MaximumBodyBytes is < 1024 or > 1 << 30)
            yield return $"{nameof(MaximumBodyBytes)} is {MaximumBodyBytes}; it must be from 1024 to {1 << 30}.";
        if (JoinMilliseconds is < 0 or > 1000)
            yield return $"{nameof(JoinMilliseconds)} is {JoinMilliseconds}; it must be from 0 to 1000.";
        if (PerceptualModel is not null && !File.Exists(PerceptualModel))
            yield return $"{nameof(PerceptualModel)} is '{PerceptualModel}'; there is no such file.";
    }
}
