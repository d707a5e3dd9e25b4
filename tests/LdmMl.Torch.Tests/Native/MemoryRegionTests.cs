using LdmMl.Torch.Native;
using LdmMl.Torch.Tests.Kernels;

namespace LdmMl.Torch.Tests.Native;

[Collection(WholeProcess.Name)]
public unsafe class MemoryRegionTests
{
    private const long Room = 1L << 30, Large = 64 << 20;

    private readonly MemoryRegion? region = OperatingSystem.IsLinux() ? MemoryRegion.TryReserve(Room) : null;

    [Fact]
    public void Blocks_never_overlap_and_keep_every_byte()
    {
        if (region is null)
            return;
        var random = new Random(1);
        var blocks = new List<(nint Start, int Bytes, byte Mark)>();
        for (var round = 0; round < 400; round++)
        {
            if (blocks.Count > 0 && random.Next(5) < 2)
            {
                var (start, bytes, mark) = blocks[random.Next(blocks.Count)];
                Assert.Equal(-1, new Span<byte>((void*)start, bytes).IndexOfAnyExcept(mark));
                region.Return(start);
                blocks.RemoveAll(block => block.Start == start);
            }
            else
            {
                var bytes = random.Next(1, 300_000);
                var start = region.TryTake(bytes);
                Assert.Equal(0, start % 64);
                new Span<byte>((void*)start, bytes).Fill((byte)round);
                blocks.Add((start, bytes, (byte)round));
            }

            if (round % 50 == 0)
                region.Trim();
        }

        Assert.All(blocks, block => Assert.Equal(-1, new Span<byte>((void*)block.Start, block.Bytes).IndexOfAnyExcept(block.Mark)));
        blocks.ForEach(block => region.Return(block.Start));
        Assert.Equal(0, region.InUse);
    }

    [Fact]
    public void A_large_block_fits_where_small_neighbours_were()
    {
        if (region is null)
            return;
        nint[] small = [.. Enumerable.Range(0, 8).Select(_ => region.TryTake(1 << 20))];
        foreach (var number in (int[])[3, 0, 7, 4, 2, 1, 6, 5])
            region.Return(small[number]);

        Assert.Equal(small[0], region.TryTake(8 << 20));
    }

    [Fact]
    public void The_lowest_place_that_fits_is_taken()
    {
        if (region is null)
            return;
        nint first = region.TryTake(1 << 20), second = region.TryTake(1000), third = region.TryTake(2 << 20), last = region.TryTake(1000);
        region.Return(third);
        region.Return(first);

        Assert.Equal(first, region.TryTake(1 << 19));
        Assert.Equal(third, region.TryTake(2 << 20));
        Assert.True(second < third && third < last);
    }

    [Fact]
    public void Pages_stay_for_the_next_block_until_they_are_trimmed()
    {
        if (region is null)
            return;
        var before = Environment.WorkingSet;
        var block = region.TryTake(Large);
        new Span<byte>((void*)block, (int)Large).Fill(1);
        region.Return(block);

        Assert.InRange(Environment.WorkingSet - before, Large * 3 / 4, long.MaxValue);
        region.Trim();
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, Large / 4);
    }

    [Fact]
    public void A_block_that_does_not_fit_is_refused()
    {
        if (region is null)
            return;
        Assert.Equal(0, region.TryTake(Room));
        Assert.NotEqual(0, region.TryTake(Room / 2));
        Assert.Equal(0, region.TryTake(Room / 2));
        Assert.Throws<ArgumentException>(() => region.Return(64));
    }
}
