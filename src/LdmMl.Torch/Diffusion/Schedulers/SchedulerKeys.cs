using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LdmMl.Torch.Diffusion.Schedulers;

/// <summary>
/// A <c>scheduler_config.json</c> that records which of its keys were read, so that none is ignored: an unread key with
/// a value is refused by name.
/// </summary>
internal sealed class SchedulerKeys
{
    private const string ClassKey = "_class_name";

    // Keys that another scheduler class may have left behind: a scheduler created from another keeps its keys and ignores them.
    private static readonly HashSet<string> KeysOfOtherClasses =
    [
        "algorithm_type", "base_image_seq_len", "base_shift", "beta_end", "beta_schedule", "beta_start", "clip_sample", "clip_sample_range",
        "denoised_timesteps", "disable_corrector", "dynamic_thresholding_ratio", "euler_at_final", "final_sigmas_type", "flow_shift", "gamma",
        "interpolation_type", "invert_sigmas", "lambda_min_clipped", "lower_order_final", "max_image_seq_len", "max_shift", "num_train_timesteps",
        "original_inference_steps", "predict_x0", "prediction_type", "predictor_order", "corrector_order", "rescale_betas_zero_snr", "rho",
        "s_churn", "s_noise", "s_tmax", "s_tmin", "sample_max_value", "set_alpha_to_one", "set_alpha_to_zero", "shift", "shift_terminal",
        "sigma_data", "sigma_max", "sigma_min", "sigma_schedule", "skip_prk_steps", "snr", "snr_shift_scale", "solver_order", "solver_p",
        "solver_type", "steps_offset", "stochastic_sampling", "tau_func", "thresholding", "time_shift_type", "timestep_scaling", "timestep_spacing",
        "timestep_type", "trained_betas", "use_beta_sigmas", "use_dynamic_shifting", "use_exponential_sigmas", "use_flow_sigmas",
        "use_karras_sigmas", "use_lu_lambdas", "use_static_shifting", "variance_type",
    ];

    private readonly JsonObject json;
    private readonly HashSet<string> read = [];

    /// <exception cref="InvalidDataException">No class is named.</exception>
    public SchedulerKeys(JsonObject json)
    {
        this.json = json;
        ClassName = Text(ClassKey) ?? throw new InvalidDataException($"it has no '{ClassKey}', so it is not the file of a scheduler.");
        var version = Text("_diffusers_version") ?? "";
        var numbers = version.Split('.').TakeWhile(part => part.All(char.IsAsciiDigit)).Take(3).ToArray();
        DiffusersVersion = numbers.Length > 1 && Version.TryParse(string.Join('.', numbers), out var parsed) ? parsed : null;
    }

    /// <summary>Gets the name of the class in Python.</summary>
    public string ClassName { get; }

    /// <summary>Gets the version of diffusers that wrote the file; null if the file does not say.</summary>
    public Version? DiffusersVersion { get; }

    /// <summary>Gets this library's additions in the file.</summary>
    public JsonObject? Extras => json["_ldmml"] as JsonObject;

    /// <summary>Determines whether the file was written by a version of diffusers in which the class computed something different.</summary>
    /// <param name="change">The version of the change.</param>
    /// <param name="since">The version that introduced the class.</param>
    public bool IsOlderThan(Version change, Version since) => DiffusersVersion is { } version && version >= since && version < change;

    /// <summary>Determines whether the file has a key with a value.</summary>
    public bool Has(string name) => json[name] is not null;

    /// <summary>Reads a boolean; null is false, as in Python.</summary>
    public bool Flag(string name, bool missing) =>
        Node(name) is { } node ? Value<bool>(name, node, "true or false") : missing && !json.ContainsKey(name);

    /// <summary>Reads an integer.</summary>
    public int? Whole(string name) => Node(name) is { } node ? Value<int>(name, node, "a whole number") : null;

    /// <summary>Reads a number.</summary>
    public double? Number(string name)
    {
        if (Node(name) is not { } node)
            return null;
        if (node.GetValueKind() == JsonValueKind.String
            && double.TryParse(node.GetValue<string>(), NumberStyles.Float, CultureInfo.InvariantCulture, out var named))
        {
            return named;
        }

        return Value<double>(name, node, "a number");
    }

    /// <summary>Reads a string.</summary>
    public string? Text(string name) => Node(name) is { } node ? Value<string>(name, node, "a string") : null;

    /// <summary>Reads a list of numbers.</summary>
    public T[]? List<T>(string name) => Node(name) switch
    {
        null => null,
        JsonArray array => [.. array.Select(item => Value<T>(name, item, "a list of numbers"))],
        var node => throw Wrong(name, node, "a list of numbers"),
    };

    /// <summary>Reads one of several words.</summary>
    /// <exception cref="NotSupportedException">It is none of them.</exception>
    public T Choice<T>(string name, string missing, params (string Word, T Value)[] choices)
    {
        var word = Text(name) ?? missing;
        foreach (var choice in choices)
        {
            if (choice.Word == word)
                return choice.Value;
        }

        throw NotSupported(name, $"supported are {string.Join(", ", choices.Select(choice => choice.Word).Distinct())}");
    }

    /// <summary>Refuses a key that is enabled.</summary>
    /// <exception cref="NotSupportedException">The key is enabled.</exception>
    public void RefuseFlag(string name)
    {
        if (Flag(name, missing: false))
            throw NotSupported(name, "this library does not support it");
    }

    /// <summary>Ignores keys that have no effect given those that were read.</summary>
    public void Ignore(params string[] names) => read.UnionWith(names);

    /// <summary>Refuses unread keys with a value.</summary>
    /// <exception cref="NotSupportedException">There is such a key; the message names it.</exception>
    public void RequireAllRead()
    {
        foreach (var (name, value) in json)
        {
            if (!name.StartsWith('_') && !read.Contains(name) && !KeysOfOtherClasses.Contains(name)
                && value is not null && value.GetValueKind() != JsonValueKind.False)
            {
                throw NotSupported(name, "no known scheduler has this key");
            }
        }
    }

    /// <summary>Creates the error for a value that this library does not support.</summary>
    public NotSupportedException NotSupported(string name, string why) => new($"its '{name}' is {Shown(json[name])}; {why}.");

    private static string Shown(JsonNode? node) =>
        node is JsonValue && node.GetValueKind() == JsonValueKind.String ? $"'{node.GetValue<string>()}'" : node?.ToJsonString() ?? "missing";

    private static T Value<T>(string name, JsonNode? node, string what)
    {
        try
        {
            return node!.GetValue<T>();
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or NullReferenceException)
        {
            throw Wrong(name, node, what);
        }
    }

    private static InvalidDataException Wrong(string name, JsonNode? node, string what) => new($"its '{name}' is {Shown(node)}; it must be {what}.");

    private JsonNode? Node(string name)
    {
        read.Add(name);
        return json[name];
    }
}
