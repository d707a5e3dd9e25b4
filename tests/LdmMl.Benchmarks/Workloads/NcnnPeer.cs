using System.Diagnostics;

namespace LdmMl.Benchmarks.Workloads;

/// <summary>The networks of the comparisons with ncnn, and its program (Peers/ncnn_peer.cpp).</summary>
internal static class NcnnPeer
{
    /// <summary>What the name of a workload begins with that this program runs.</summary>
    public const string Prefix = "ncnn:";

    private const int Side = 256, LatentSide = Side / 8;

    private static readonly Dictionary<string, (Action<NcnnNetwork> Build, int Channels, int Side, int Images)> Networks = new()
    {
        ["decode"] = (BuildDecoder, 4, LatentSide, 1), ["encode"] = (BuildEncoder, 3, Side, 1),
        ["vgg"] = (BuildTrunk, 3, Side, 8), ["tiny"] = (BuildTinyDecoder, 4, LatentSide, 1),
    };

    /// <summary>Gets what the comparisons lack; null if nothing.</summary>
    public static string? Missing => Program is not null ? null
        : "The comparison with ncnn needs the program of Peers/ncnn_peer.cpp, which says how to build it: name it in LDMML_NCNN.";

    private static string? Program => Environment.GetEnvironmentVariable("LDMML_NCNN") is { Length: > 0 } path ? path : null;

    /// <summary>Describes how to start the program; the file of the network is temporary.</summary>
    public static ProcessStartInfo Start(string workload)
    {
        var (build, channels, side, images) = Networks[workload[Prefix.Length..]];
        var network = new NcnnNetwork();
        build(network);
        var file = Path.Combine(Path.GetTempPath(), $"ldmml-{Environment.ProcessId}-{workload[Prefix.Length..]}.param");
        network.Save(file);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(file);
        return new ProcessStartInfo(Program!, [file, $"{channels}", $"{side}", $"{images}"])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
        };
    }

    private static void BuildDecoder(NcnnNetwork net)
    {
        var (x, width) = (net.Convolve(net.Convolve(net.Input, 4, 4, kernel: 1), 4, 512), 512);
        x = Middle(net, x);
        foreach (var (level, channels) in new[] { 512, 512, 256, 128 }.Index())
        {
            for (var block = 0; block < 3; block++, width = channels)
                x = Residual(net, x, width, channels);
            if (level < 3)
                x = net.Convolve(net.Add("Interp", "0=1 1=2.0 2=2.0", x), channels, channels);
        }

        net.Convolve(net.Activate(x, 128), 128, 3);
    }

    private static void BuildEncoder(NcnnNetwork net)
    {
        var (x, width) = (net.Convolve(net.Input, 3, 128), 128);
        foreach (var (level, channels) in new[] { 128, 256, 512, 512 }.Index())
        {
            for (var block = 0; block < 2; block++, width = channels)
                x = Residual(net, x, width, channels);
            if (level < 3)
                x = net.Convolve(x, channels, channels, halves: true);
        }

        net.Convolve(net.Convolve(net.Activate(Middle(net, x), 512), 512, 8), 8, 8, kernel: 1);
    }

    private static void BuildTrunk(NcnnNetwork net)
    {
        var (x, width) = (net.Input, 3);
        foreach (var (stage, (channels, layers)) in new[] { (64, 2), (128, 2), (256, 3), (512, 3), (512, 3) }.Index())
        {
            if (stage > 0)
                x = net.Add("Pooling", "0=0 1=2 2=2", x);
            for (var layer = 0; layer < layers; layer++, width = channels)
                x = net.Convolve(x, width, channels, rectifies: true);
        }
    }

    private static void BuildTinyDecoder(NcnnNetwork net)
    {
        var x = net.Convolve(net.Input, 4, 64, rectifies: true);
        for (var level = 0; level < 4; level++)
        {
            for (var block = 0; block < (level < 3 ? 3 : 1); block++)
            {
                var inner = net.Convolve(net.Convolve(x, 64, 64, rectifies: true), 64, 64, rectifies: true);
                x = net.Add("ReLU", "", net.Sum(net.Convolve(inner, 64, 64), x));
            }

            x = level < 3 ? net.Convolve(net.Add("Interp", "0=1 1=2.0 2=2.0", x), 64, 64) : net.Convolve(x, 64, 3);
        }
    }

    private static string Middle(NcnnNetwork net, string x)
    {
        x = Residual(net, x, 512, 512);
        return Residual(net, Attend(net, x, 512), 512, 512);
    }

    private static string Residual(NcnnNetwork net, string x, int inputs, int outputs)
    {
        var h = net.Convolve(net.Activate(x, inputs), inputs, outputs);
        h = net.Convolve(net.Activate(h, outputs), outputs, outputs);
        return net.Sum(inputs == outputs ? x : net.Convolve(x, inputs, outputs, kernel: 1), h);
    }

    private static string Attend(NcnnNetwork net, string x, int channels)
    {
        const int pixels = LatentSide * LatentSide;
        var h = net.Normalize(x, channels);
        string Flat() => net.Add("Reshape", $"0={pixels} 1={channels}", net.Convolve(h, channels, channels, kernel: 1));
        var (queries, keys, values) = (Flat(), Flat(), Flat());
        var scores = net.Add("Softmax", "0=1 1=1", net.Add("MatMul", "", net.Add("Permute", "0=1", queries), keys));
        var mixed = net.Add("MatMul", "", values, net.Add("Permute", "0=1", scores));
        return net.Sum(x, net.Convolve(net.Add("Reshape", $"0={LatentSide} 1={LatentSide} 2={channels}", mixed), channels, channels, kernel: 1));
    }
}
