using System.Runtime.InteropServices;

namespace LdmMl.Torch.Kernels.Winograd;

/// <summary>The filters of a 3x3 convolution where they lie, [Cout, Cin, 3, 3].</summary>
/// <param name="Start">The address of the first.</param>
/// <param name="IsHalf">Whether they are float16 instead of float32.</param>
/// <param name="InChannels">Cin.</param>
/// <param name="OutChannels">Cout.</param>
/// <param name="IsTurned">Whether they are read as those of the convolution that carries gradients back to the input: turned by 180 degrees, and with
/// input and output channels exchanged. They lie as [Cin, Cout, 3, 3] then, in float32.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe record struct FilterBank(nint Start, bool IsHalf, int InChannels, int OutChannels, bool IsTurned = false)
{
    /// <summary>The values of a filter.</summary>
    public const int Taps = 9;

    /// <summary>Reads neighbouring filters of one output channel as float32.</summary>
    /// <param name="outChannel">The output channel.</param>
    /// <param name="inChannel">The first input channel.</param>
    /// <param name="values">How many values.</param>
    /// <param name="room">Where they are written if they have to be widened.</param>
    /// <returns>Where they are.</returns>
    public float* Read(int outChannel, int inChannel, int values, float* room)
    {
        var first = (((nint)outChannel * InChannels) + inChannel) * Taps;
        if (!IsHalf)
            return (float*)Start + first;
        Float16Values.Widen((ushort*)Start + first, room, values);
        return room;
    }

    /// <summary>The address of neighbouring turned filters of one input channel, [output channel][9].</summary>
    public float* Turned(int inChannel, int outChannel) => (float*)Start + ((((nint)inChannel * OutChannels) + outChannel) * Taps);
}
