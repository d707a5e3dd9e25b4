using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace OnnxOnly;

/// <summary>
/// A model of labels that <c>ldmml export</c> wrote, run by ONNX Runtime alone: DDIM with guidance, for a model that predicts v with the cosine
/// schedule, as emoji-ldm does.
/// </summary>
internal sealed class ExportedModel : IDisposable
{
    private readonly InferenceSession unet;
    private readonly InferenceSession decoder;
    private readonly double[] alphaBar;
    private readonly string[] labels;

    /// <summary>Opens the folder.</summary>
    public ExportedModel(string folder)
    {
        unet = new InferenceSession(Path.Combine(folder, "unet", "model.onnx"));
        decoder = new InferenceSession(Path.Combine(folder, "vae_decoder", "model.onnx"));
        using var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "model_index.json")));
        labels = [.. index.RootElement.GetProperty("_ldmml").GetProperty("labels").EnumerateArray().Select(name => name.GetString()!)];
        using var scheduler = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "scheduler", "scheduler_config.json")));
        var settings = scheduler.RootElement;
        if (settings.GetProperty("beta_schedule").GetString() != "squaredcos_cap_v2" || settings.GetProperty("prediction_type").GetString() != "v_prediction")
            throw new NotSupportedException("This example runs models that predict v with the cosine schedule.");
        alphaBar = Cosine(settings.GetProperty("num_train_timesteps").GetInt32());
    }

    /// <summary>Gets the numbers of one latent, channels, height and width, as the model was trained.</summary>
    public int[] LatentShape { get; } = [4, 16, 16];

    /// <summary>Gets the labels.</summary>
    public IReadOnlyList<string> Labels => labels;

    /// <summary>Draws one image.</summary>
    /// <param name="label">One of <see cref="Labels"/>.</param>
    /// <param name="noise">Standard normal numbers, as many as <see cref="LatentShape"/> says.</param>
    /// <param name="steps">A divisor of the schedule's 1000 steps.</param>
    /// <param name="guidance">How strongly the label counts; 1 for as it was trained.</param>
    /// <returns>The image, channel by channel, in [-1, 1].</returns>
    public float[] Draw(string label, float[] noise, int steps = 25, float guidance = 2)
    {
        var (state, stride) = (noise.ToArray(), alphaBar.Length / steps);
        long[] classes = [Array.IndexOf(labels, label), labels.Length];     // the last class is "any label"
        for (var t = alphaBar.Length - 1; t >= 0; t -= stride)
        {
            var v = Predict(state, t, classes, guidance);
            var (now, next) = (alphaBar[t], t >= stride ? alphaBar[t - stride] : 1);
            for (var i = 0; i < state.Length; i++)
            {
                var start = (Math.Sqrt(now) * state[i]) - (Math.Sqrt(1 - now) * v[i]);
                var epsilon = (Math.Sqrt(1 - now) * state[i]) + (Math.Sqrt(now) * v[i]);
                state[i] = (float)((Math.Sqrt(next) * start) + (Math.Sqrt(1 - next) * epsilon));
            }
        }

        return Decode(state);
    }

    public void Dispose()
    {
        unet.Dispose();
        decoder.Dispose();
    }

    // Both rows, with the label and with any, go through the network together.
    private float[] Predict(float[] state, int time, long[] classes, float guidance)
    {
        using var sample = OrtValue.CreateTensorValueFromMemory<float>([.. state, .. state], [2, .. LatentShape.Select(length => (long)length)]);
        using var timestep = OrtValue.CreateTensorValueFromMemory<float>([time], [1]);
        using var labelled = OrtValue.CreateTensorValueFromMemory(classes, [2]);
        var both = Run(unet, "out_sample", ("sample", sample), ("timestep", timestep), ("class_labels", labelled));
        return [.. Enumerable.Range(0, state.Length).Select(i => both[state.Length + i] + (guidance * (both[i] - both[state.Length + i])))];
    }

    private float[] Decode(float[] latent)
    {
        var told = decoder.ModelMetadata.CustomMetadataMap;
        var (scale, shift) = (Number(told["scaling_factor"]), Number(told["shift_factor"]));
        float[] raw = [.. latent.Select(value => (value / scale) + shift)];
        using var given = OrtValue.CreateTensorValueFromMemory(raw, [1, .. LatentShape.Select(length => (long)length)]);
        return [.. Run(decoder, "sample", ("latent_sample", given)).Select(value => Math.Clamp(value, -1, 1))];
    }

    private static float[] Run(InferenceSession session, string output, params (string Name, OrtValue Value)[] inputs)
    {
        using var options = new RunOptions();
        using var results = session.Run(options, inputs.ToDictionary(input => input.Name, input => input.Value), [output]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static float Number(string text) => float.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    // Nichol and Dhariwal 2021, eq. 17, with betas of at most 0.999.
    private static double[] Cosine(int steps)
    {
        double Signal(double t) => Math.Pow(Math.Cos(((t / steps) + 0.008) / 1.008 * Math.PI / 2), 2);
        var (left, product) = (new double[steps], 1.0);
        for (var t = 0; t < steps; t++)
            left[t] = product *= 1 - Math.Min(1 - (Signal(t + 1) / Signal(t)), 0.999);
        return left;
    }
}
