using System.Text.Json;
using System.Text.Json.Nodes;
using LdmMl.Torch.Arguments;
using LdmMl.Torch.Checkpoints.Configs;
using LdmMl.Torch.Checkpoints.Diffusers;
using LdmMl.Torch.Diffusion.Samplers;
using LdmMl.Torch.Diffusion.Storage;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>
/// The content of diffusers' <c>scheduler_config.json</c>: schedule, prediction type and sampling settings. Settings that were read reproduce that
/// scheduler's steps exactly; the number of steps and eta are not in these files. Written files open in diffusers: with the same steps if it has
/// the sampler, otherwise with the nearest one. Everything that diffusers cannot express is stored under <c>_ldmml</c>, which it ignores.
/// </summary>
/// <remarks>
/// Files are read as diffusers 0.40 reads them, except those of older versions (<see cref="SchedulerVersions"/>). Where diffusers'
/// schedulers have faults, this library does what was meant: a single step of linspace spacing starts at pure noise, not at the last step of the
/// schedule; solvers do not divide by the width of a last step that has none; and there are as many timesteps as were requested, each once, and none
/// outside the schedule, whatever rounding and offsets make of them.
/// </remarks>
/// <param name="Schedule">The schedule.</param>
/// <param name="Prediction">The prediction type.</param>
/// <param name="Sampling">The sampling settings.</param>
internal sealed record DiffusersScheduler(NoiseScheduleConfig Schedule, Prediction Prediction, SamplingSettings Sampling)
{
    private const string ExtrasKey = "_ldmml";
    private const string ScheduleKey = "schedule";
    private const string SamplingKey = "sampling";
    private const string ClassKey = "_class_name";
    private const string VersionKey = "_diffusers_version";

    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>Gets the class that is written.</summary>
    public string ClassName => ToJson()[ClassKey]!.GetValue<string>();

    /// <summary>Reads a <c>scheduler_config.json</c>.</summary>
    /// <exception cref="InvalidDataException">It is not JSON, not of a scheduler, or has a value outside its range.</exception>
    public static DiffusersScheduler Read(Stream stream)
    {
        var json = JsonFile.Read(stream);
        try
        {
            var scheduler = WithExtras(ReadPlain(json), json);
            scheduler.Validate();
            return scheduler;
        }
        catch (Exception error) when (error is ArgumentException or JsonException or NotSupportedException)
        {
            throw new InvalidDataException(error.Message, error);
        }
    }

    /// <summary>Writes a <c>scheduler_config.json</c>.</summary>
    /// <exception cref="OptionException">The sampler is not one of this library's.</exception>
    public void Write(Stream stream)
    {
        using var writer = new Utf8JsonWriter(stream, Indented);
        ToJson().WriteTo(writer);
    }

    private static DiffusersScheduler ReadPlain(JsonObject json)
    {
        var keys = new SchedulerKeys(json);
        var format = SamplerRegistry.Formats.FirstOrDefault(candidate => candidate.Names.Contains(keys.ClassName));
        if (format is null && !keys.Has("beta_schedule") && !keys.Has("trained_betas"))
        {
            var known = SamplerRegistry.Formats.SelectMany(candidate => candidate.Names);
            throw new NotSupportedException($"its '{ClassKey}' is '{keys.ClassName}'; supported are {string.Join(", ", known)}.");
        }

        var prediction = ReadPrediction(keys);
        var schedule = SchedulerBetas.Read(keys, format);
        if (schedule is { ZeroTerminalSnr: true, TerminalAlphaBar: 0 } && prediction == Prediction.Epsilon)
            throw keys.NotSupported("rescale_betas_zero_snr", "at its last step a predicted epsilon says nothing about the image");
        return new DiffusersScheduler(schedule, prediction, ReadSampling(keys, format, prediction, json));
    }

    // The schedule and the prediction type belong to the network; unsupported sampling settings can be replaced by others.
    private static SamplingSettings ReadSampling(SchedulerKeys keys, SchedulerFormat? format, Prediction prediction, JsonObject json)
    {
        try
        {
            if (format is null)
                throw new NotSupportedException("this library does not support that class.");
            var sampling = format.Read(keys, prediction);
            keys.RequireAllRead();
            return sampling;
        }
        catch (NotSupportedException error)
        {
            return new SamplingSettings { Sampler = new UnsupportedSampler(keys.ClassName, error.Message, json) };
        }
    }

    private static Prediction ReadPrediction(SchedulerKeys keys) => keys.Choice(
        "prediction_type", "epsilon",
        ("epsilon", Prediction.Epsilon), ("sample", Prediction.Start), ("original_sample", Prediction.Start), ("v_prediction", Prediction.Velocity));

    private static string Name(Prediction prediction) => prediction switch
    {
        Prediction.Epsilon => "epsilon",
        Prediction.Start => "sample",
        _ => "v_prediction",
    };

    // Changing the scheduler in Python keeps our key in the file, so it counts only if the file is what we would write for it.
    private static DiffusersScheduler WithExtras(DiffusersScheduler plain, JsonObject json)
    {
        if (json[ExtrasKey] is not JsonObject extras || plain.Sampling.Sampler is UnsupportedSampler)
            return plain;
        var whole = plain with
        {
            Schedule = extras[ScheduleKey] is JsonObject schedule ? RecordJson.Read(new NoiseScheduleConfig(), schedule, []) : plain.Schedule,
            Sampling = extras[SamplingKey] is JsonObject sampling ? StoredSampling.Read(sampling) : plain.Sampling,
        };
        whole.Validate();
        var written = ReadPlain(whole.ToPlainJson(json[VersionKey]?.ToString() ?? SchedulerVersions.Earlier));
        return StoredSampling.AreEqual(written.Sampling, plain.Sampling) && RecordJson.AreEqual(written.Schedule, plain.Schedule) ? whole : plain;
    }

    private JsonObject ToJson()
    {
        if (Sampling.Sampler is UnsupportedSampler unsupported)
            return unsupported.Json;
        var json = ToPlainJson(SchedulerVersions.Written);
        var plain = ReadPlain(json);
        var extras = new JsonObject();
        if (!RecordJson.AreEqual(plain.Schedule, Schedule))
            extras.Add(ScheduleKey, RecordJson.Write(Schedule));
        if (!StoredSampling.AreEqual(plain.Sampling, Sampling))
            extras.Add(SamplingKey, StoredSampling.Write(Sampling));
        if (extras.Count > 0)
            json[ExtrasKey] = extras;
        return json;
    }

    private JsonObject ToPlainJson(string version)
    {
        var format = SamplerRegistry.FormatOf(Sampling.Sampler);
        if (format is null)
            StoredSampling.Write(Sampling);                             // throws, with the reason
        var json = new JsonObject
        {
            [ClassKey] = format!.Names[0], [VersionKey] = version, ["prediction_type"] = Name(Prediction),
        };
        SchedulerBetas.Write(Schedule, json, new SchedulerKeys(json).DiffusersVersion >= format.RescalesSince);
        format.Write(Sampling, json);
        return json;
    }

    private void Validate()
    {
        Schedule.Validate();
        if (Sampling.Sampler is not UnsupportedSampler)
            Sampling.Validate();
    }
}
