using System.Globalization;
using LdmMl.Torch.Native;
using TorchSharp;

namespace LdmMl.Cli.Arguments;

/// <summary>A place to compute, as the command line names it: <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
/// <param name="Gpu">The number of the GPU, from 0; null for the CPU.</param>
internal sealed record DeviceName(int? Gpu)
{
    public static DeviceName Cpu { get; } = new((int?)null);

    /// <summary>Reads a name; null if it is none.</summary>
    public static DeviceName? Find(string text) => text.ToLowerInvariant().Split(':') switch
    {
        ["cpu"] => Cpu,
        ["cuda"] => new(0),
        ["cuda", var number] when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var gpu) => new(gpu),
        _ => null,
    };

    /// <summary>Gets the device.</summary>
    /// <exception cref="InvalidOperationException">There is no such GPU, or none can be used.</exception>
    public torch.Device Find()
    {
        TorchRuntime.EnsureLoaded();
        if (Gpu is not { } gpu)
            return torch.CPU;
        var count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        if (gpu < count)
            return new torch.Device(DeviceType.CUDA, gpu);
        throw new InvalidOperationException(count == 0
            ? $"--device is {this}, but no GPU can be used here; 'ldmml doctor' says why. Leave --device out to compute on the CPU."
            : $"--device is {this}, but the last of the {count} GPUs here is cuda:{count - 1}: they are counted from 0.");
    }

    /// <inheritdoc/>
    public override string ToString() => Gpu is { } gpu ? $"cuda:{gpu}" : "cpu";
}
