using CsCheck;
using LdmMl.Torch.Kernels.Winograd;
using LdmMl.Torch.Layers;

namespace LdmMl.Torch.Tests.Layers;

public class ConvolutionChoiceTests
{
    // Widths that fit any vectors, and any sizes of maps.
    private static readonly Gen<(long In, long Out, long Height, long Width, bool Doubles)> Layers = Gen.Select(
        Gen.Long[1, 32], Gen.Long[1, 32], Gen.Long[1, 80], Gen.Long[1, 80], Gen.Bool, (a, b, height, width, doubles) => (32 * a, 32 * b, height, width, doubles));

    [Fact]
    public void Direct_is_always_direct() => Layers.Sample(layer => Choose(ConvolutionMode.Direct, layer) is null);

    [Fact]
    public void Exact_never_takes_large_tiles() => Layers.Sample(layer => Choose(ConvolutionMode.Exact, layer) is null or WinogradTile.F2);

    [Fact]
    public void Auto_finds_a_tile_wherever_Exact_does() =>
        Layers.Sample(layer => Choose(ConvolutionMode.Exact, layer) is null || Choose(ConvolutionMode.Auto, layer) is not null);

    // On small maps wider layers can lead back: reading transformed weights that do not fit into a cache then takes longer than multiplying.
    [Fact]
    public void More_channels_never_lead_back_to_direct_convolution_on_large_maps() => Layers
        .Select(layer => layer with { Height = layer.Height + 32, Width = layer.Width + 32 })
        .Sample(layer => Modes().All(mode => Choose(mode, layer) is null || Choose(mode, layer with { In = layer.In * 2, Out = layer.Out * 2 }) is not null));

    // Twice as many whole tiles leave no more borders than before.
    [Fact]
    public void Larger_maps_never_lead_back_to_direct_convolution() => Layers.Sample(layer =>
        Modes().All(mode => Choose(mode, layer) is null || Choose(mode, layer with { Height = layer.Height * 4, Width = layer.Width * 4 }) is not null));

    [Fact]
    public void Rows_and_columns_are_treated_alike() => Layers.Sample(layer =>
        Modes().All(mode => Choose(mode, layer) == Choose(mode, layer with { Height = layer.Width, Width = layer.Height })));

    [FastConvolutionsFact]
    public void Wide_layers_on_large_maps_take_large_tiles_and_single_pixels_none()
    {
        Assert.Equal(WinogradTile.F4, ConvolutionChoice.Choose(ConvolutionMode.Auto, 512, 512, 64, 64, doubles: false));
        Assert.Equal(WinogradTile.F2, ConvolutionChoice.Choose(ConvolutionMode.Exact, 512, 512, 64, 64, doubles: false));
        Assert.Null(ConvolutionChoice.Choose(ConvolutionMode.Auto, 512, 512, 1, 1, doubles: false));
    }

    [Theory]
    [InlineData(3, 128)]
    [InlineData(128, 3)]
    [InlineData(100, 128)]
    public void Widths_that_do_not_fit_are_convolved_directly(long inChannels, long outChannels) =>
        Assert.All(Modes(), mode => Assert.Null(ConvolutionChoice.Choose(mode, inChannels, outChannels, 64, 64, doubles: false)));

    private static ConvolutionMode[] Modes() => [ConvolutionMode.Auto, ConvolutionMode.Exact];

    private static WinogradTile? Choose(ConvolutionMode mode, (long In, long Out, long Height, long Width, bool Doubles) layer) =>
        ConvolutionChoice.Choose(mode, layer.In, layer.Out, layer.Height, layer.Width, layer.Doubles);
}
