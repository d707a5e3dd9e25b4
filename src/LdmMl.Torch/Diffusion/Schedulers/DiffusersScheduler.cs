using System.Text.Json;
using System.Text.Json.Nodes;
using LdmMl.Torch.Checkpoints.Diffusers;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>
/// What a <c>scheduler_config.json</c> of diffusers says (version 0.21.4, and keys of later ones): the schedule, what the network predicts, and how
/// to sample. Read settings repeat that scheduler's steps exactly; the number of steps and eta are not in such files. Written files open in
/// diffusers: with the same steps where it has the sampler, else with the nearest one, and everything it cannot say stands beside under
/// <c>_ldmml</c>, which it ignores.
/// </summary>
/// <remarks>
/// Where a scheduler of theirs is off, this library does what was meant: one single step of linspace spacing begins at pure noise, not at the last
/// step of all; sigmas that are linear in the logarithm (<c>log_linear</c>) end at 0; PLMS with linspace or trailing spacing begins at its own
/// first timestep; a last step of no width is left out of the solvers' divisions.
/// </remarks>
/// <param name="Schedule">The schedule.</param>
/// <param name="Prediction">What the network predicts.</param>
/// <param name="Sampling">How to sample.</param>
internal sealed record DiffusersScheduler(NoiseScheduleConfig Schedule, Prediction Prediction, SamplingSettings Sampling)
{
    private const string ScheduleKey = "schedule";
    private const string SamplingKey = "sampling";

    /// <summary>Reads a <c>scheduler_config.json</c>.</summary>
    /// <exception cref="InvalidDataException">It is no JSON, a class that this library has not, or has a value outside its range.</exception>
    public static DiffusersScheduler Read(Stream stream)
    {
        var config = DiffusersJson.ReadScheduler(stream);
        try
        {
            var plain = SchedulerReading.Read(config);
            var scheduler = WithExtras(plain, config);
            scheduler.Schedule.Validate();
            scheduler.Sampling.Validate();
            return scheduler;
        }
        catch (Exception error) when (error is ArgumentException or JsonException)
        {
            throw new InvalidDataException(error.Message, error);
        }
    }

    /// <summary>Writes a <c>scheduler_config.json</c>.</summary>
    public void Write(Stream stream) => DiffusersJson.WriteScheduler(stream, ToConfig());

    private DiffusersSchedulerConfig ToConfig()
    {
        var config = SchedulerWriting.Write(this);
        var plain = SchedulerReading.Read(config);
        var extras = new JsonObject();
        if (!SamplingSettingsJson.AreEqual(plain.Schedule, Schedule))
            extras.Add(ScheduleKey, SamplingSettingsJson.Write(Schedule));
        if (!SamplingSettingsJson.AreEqual(plain.Sampling, Sampling))
            extras.Add(SamplingKey, SamplingSettingsJson.Write(Sampling));
        return extras.Count == 0 ? config : config with { Extras = extras };
    }

    // Whoever changes the scheduler in Python keeps our key in the file: it counts only while the file is what we would write for it.
    private static DiffusersScheduler WithExtras(DiffusersScheduler plain, DiffusersSchedulerConfig config)
    {
        if (config.Extras is null)
            return plain;
        var whole = plain with
        {
            Schedule = config.Extras[ScheduleKey] is { } schedule ? SamplingSettingsJson.Read<NoiseScheduleConfig>(schedule) : plain.Schedule,
            Sampling = config.Extras[SamplingKey] is { } sampling ? SamplingSettingsJson.Read<SamplingSettings>(sampling) : plain.Sampling,
        };
        whole.Schedule.Validate();
        whole.Sampling.Validate();
        var written = SchedulerReading.Read(SchedulerWriting.Write(whole));
        return SamplingSettingsJson.AreEqual(written.Schedule, plain.Schedule) && SamplingSettingsJson.AreEqual(written.Sampling, plain.Sampling)
            ? whole
            : plain;
    }
}
