using LdmMl.Torch.Native;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers.Rows;

/// <summary>Runs a network over whole maps, one image after the other, as layers that are computed strip by strip.</summary>
internal static class RowPass
{
    /// <summary>Runs it.</summary>
    /// <param name="images">Images [B, C, H, W]; still owned by the caller.</param>
    /// <param name="suits">The result of <see cref="InferenceLayout.Suits"/> for the network.</param>
    /// <param name="format">The number format that most of the network computes in.</param>
    /// <param name="memory">What may be stored in between.</param>
    /// <param name="network">The network.</param>
    /// <returns>The results [B, C', H', W'], in plain order. The caller disposes them.</returns>
    public static Tensor Run(Tensor images, bool suits, ScalarType format, RowMemory memory, Func<RowMap, RowMap> network)
    {
        using var scope = NewDisposeScope();
        using var blocks = new StripMemory(memory.SpareBytes);
        Tensor? results = null;
        for (var image = 0; image < images.shape[0]; image++)
        {
            using var one = images.narrow(0, image, 1);
            try
            {
                var map = network(new GivenRows(one, suits, format, memory));
                results ??= empty([images.shape[0], map.Channels, map.Height, map.Width], dtype: format);
                using var target = results.narrow(0, image, 1);
                Collect(map, target);
            }
            finally
            {
                memory.Clear();
            }
        }

        return scope.MoveToOuter(results!);
    }

    private static void Collect(RowMap map, Tensor target)
    {
        var at = 0L;
        foreach (var strip in map.Read(0, last: true))
        {
            using var rows = strip;
            using var place = target.narrow(2, at, rows.shape[2]);
            place.copy_(rows);
            at += rows.shape[2];
        }
    }
}
