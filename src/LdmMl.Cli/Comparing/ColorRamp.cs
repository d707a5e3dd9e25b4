namespace LdmMl.Cli.Comparing;

/// <summary>
/// Colours of a difference map. Lightness falls with the difference, so that neither colour blindness nor grey print takes it away, and paper stays
/// white where nothing differs; of the two sides of a signed map one is blue and dark, the other orange and lighter.
/// </summary>
internal sealed class ColorRamp
{
    private readonly (byte Red, byte Green, byte Blue)[] anchors;

    private ColorRamp(params (byte Red, byte Green, byte Blue)[] anchors) => this.anchors = anchors;

    /// <summary>Gets the ramp of errors: nothing is white, the largest nearly black.</summary>
    public static ColorRamp Error { get; } = new((255, 255, 255), (253, 219, 144), (238, 134, 66), (172, 40, 88), (52, 8, 70));

    /// <summary>Gets the ramp of changes: B closer to the original is blue, equal is white, B farther away is orange.</summary>
    public static ColorRamp Change { get; } = new((12, 44, 132), (92, 142, 204), (255, 255, 255), (250, 168, 80), (196, 84, 0));

    /// <summary>The colour at a share from 0 to 1; beyond them that of the end.</summary>
    public (byte Red, byte Green, byte Blue) At(double share)
    {
        var position = Math.Clamp(share, 0, 1) * (anchors.Length - 1);
        var below = Math.Min((int)position, anchors.Length - 2);
        var (from, to, part) = (anchors[below], anchors[below + 1], position - below);
        return (Mix(from.Red, to.Red), Mix(from.Green, to.Green), Mix(from.Blue, to.Blue));

        byte Mix(byte a, byte b) => (byte)Math.Round(a + part * (b - a));
    }

    /// <summary>The ramp as a background of CSS, from left to right.</summary>
    public string ToCss() => $"linear-gradient(to right,{string.Join(',', anchors.Select(color => $"rgb({color.Red} {color.Green} {color.Blue})"))})";
}
