using System.Runtime.InteropServices;
using LdmMl.Torch.Tensors;
using static TorchSharp.torch;

namespace LdmMl.Torch.Layers.Rows;

/// <summary>Which rows of a result are computed from a strip.</summary>
/// <param name="First">The first row of the result.</param>
/// <param name="End">The row after the last.</param>
/// <param name="Height">The rows of the whole result.</param>
/// <param name="Above">How many rows the strip begins above the pixels of the result; 0 at the top of the map.</param>
/// <param name="Below">How many it ends below; 0 at the bottom of the map.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RowWindow(long First, long End, long Height, long Above, long Below)
{
    /// <summary>Cuts the rows out of the result of a whole strip, which a layer has padded at the top and at the bottom.</summary>
    /// <param name="owned">The result of the strip; freed.</param>
    /// <param name="skip">How many of its rows lie above.</param>
    public Tensor Cut(Tensor owned, long skip)
    {
        if (owned.shape[2] == End - First)
            return owned;
        using (owned)
        {
            var rows = owned.narrow(2, skip, End - First);
            if (rows.IsChannelsLast())
                return rows;
            using (rows)
                return rows.contiguous();
        }
    }
}
