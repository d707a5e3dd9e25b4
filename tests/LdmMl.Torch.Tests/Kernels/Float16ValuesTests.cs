using LdmMl.Torch.Kernels;

namespace LdmMl.Torch.Tests.Kernels;

public unsafe class Float16ValuesTests
{
    [Fact]
    public void Every_value_is_widened_to_the_same_number()
    {
        var halves = Enumerable.Range(0, ushort.MaxValue + 1).Select(bits => (ushort)bits).ToArray();
        var wide = new float[halves.Length];
        fixed (ushort* from = halves)
        fixed (float* to = wide)
            Float16Values.Widen(from, to, halves.Length);

        Assert.All(halves.Zip(wide), pair =>
        {
            var expected = (float)BitConverter.UInt16BitsToHalf(pair.First);
            Assert.True(float.IsNaN(expected) ? float.IsNaN(pair.Second) : Bits(expected) == Bits(pair.Second), $"{pair.First:X4}");
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(9)]
    public void Only_as_many_are_written_as_asked_for(int count)
    {
        var halves = stackalloc ushort[16];
        var wide = stackalloc float[16];
        new Span<ushort>(halves, 16).Fill(BitConverter.HalfToUInt16Bits((Half)2));
        new Span<float>(wide, 16).Fill(-1);
        Float16Values.Widen(halves, wide, count);

        Assert.Equal(count, new Span<float>(wide, 16).Count(2f));
        Assert.Equal(16 - count, new Span<float>(wide, 16).Count(-1f));
    }

    private static int Bits(float value) => BitConverter.SingleToInt32Bits(value);
}
