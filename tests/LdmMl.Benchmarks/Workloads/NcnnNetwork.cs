using System.Globalization;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>Describes a network in ncnn's own format (a .param file): a line for each layer, with its inputs, outputs and numbered settings.</summary>
internal sealed class NcnnNetwork
{
    private const string Magic = "7767517";

    private readonly List<(string Kind, string[] Inputs, string Output, string Settings)> layers = [("Input", [], "in", "")];

    /// <summary>Gets the name of the input.</summary>
    public string Input => layers[0].Output;

    /// <summary>Adds a convolution. Where it halves, it pads right and below, as the encoder of kl-f8 does.</summary>
    public string Convolve(string x, int inputs, int outputs, int kernel = 3, bool halves = false, bool rectifies = false)
    {
        var padding = halves ? "3=2 4=0 14=0 15=1 16=1" : $"3=1 4={kernel / 2}";
        return Add("Convolution", $"0={outputs} 1={kernel} 2=1 {padding} 5=1 6={inputs * outputs * kernel * kernel}{(rectifies ? " 9=1" : "")}", x);
    }

    /// <summary>Adds a group normalisation with 32 groups, and SiLU.</summary>
    public string Activate(string x, int channels) => Add("Swish", "", Normalize(x, channels));

    /// <summary>Adds a group normalisation with 32 groups.</summary>
    public string Normalize(string x, int channels) => Add("GroupNorm", $"0=32 1={channels} 2=1e-6 3=1", x);

    /// <summary>Adds a sum.</summary>
    public string Sum(string x, string y) => Add("BinaryOp", "0=0", x, y);

    /// <summary>Adds a layer of any kind.</summary>
    public string Add(string kind, string settings, params string[] inputs)
    {
        var output = string.Create(CultureInfo.InvariantCulture, $"blob{layers.Count}");
        layers.Add((kind, inputs, output, settings));
        return output;
    }

    /// <summary>Writes the description.</summary>
    public void Save(string path)
    {
        // Who reads a blob that others read too gets a copy of its own, which a Split makes.
        var readers = layers.SelectMany(layer => layer.Inputs).GroupBy(blob => blob).ToDictionary(group => group.Key, group => group.Count());
        var next = new Dictionary<string, int>();
        var lines = new List<string>();
        var blobs = 0;
        foreach (var (kind, inputs, output, settings) in layers)
        {
            string[] taken = [.. inputs.Select(blob => readers[blob] == 1 ? blob : $"{blob}_{next[blob]++}")];
            lines.Add($"{kind} layer{lines.Count} {taken.Length} 1 {string.Join(' ', [.. taken, output, settings])}");
            blobs++;
            if (readers.GetValueOrDefault(output) <= 1)
                continue;
            next[output] = 0;
            var copies = Enumerable.Range(0, readers[output]).Select(copy => $"{output}_{copy}").ToArray();
            lines.Add($"Split layer{lines.Count} 1 {copies.Length} {output} {string.Join(' ', copies)}");
            blobs += copies.Length;
        }

        File.WriteAllLines(path, [Magic, $"{lines.Count} {blobs}", .. lines]);
    }
}
