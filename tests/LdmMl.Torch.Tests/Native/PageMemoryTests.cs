using System.Runtime.CompilerServices;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tests.Kernels;

namespace LdmMl.Torch.Tests.Native;

[Collection(WholeProcess.Name)]
public unsafe class PageMemoryTests
{
    private const long Page = 4096, HugePage = 2 << 20;

    [Theory]
    [InlineData(1, Page)]
    [InlineData(5000, Page)]
    [InlineData(HugePage - 1, Page)]
    [InlineData(HugePage, HugePage)]
    [InlineData((3 * HugePage) + 5, HugePage)]
    public void It_is_page_aligned_and_keeps_every_byte(long bytes, long boundary)
    {
        using var memory = new PageMemory(bytes);
        var all = new Span<byte>(memory.Numbers, (int)bytes);
        all.Fill(7);

        Assert.Equal(bytes, memory.Bytes);
        if (OperatingSystem.IsLinux())
            Assert.Equal(0, (long)memory.Numbers % boundary);
        Assert.Equal(-1, all.IndexOfAnyExcept((byte)7));
    }

    [Fact]
    public void Freed_memory_returns_to_the_system()
    {
        const long Size = 256L << 20, Most = Size * 3 / 4;       // the rest allows for other activity of the process
        var before = Environment.WorkingSet;
        var memory = new PageMemory(Size);
        new Span<byte>(memory.Numbers, (int)Size).Fill(1);
        var touched = Environment.WorkingSet;
        memory.Dispose();

        Assert.InRange(touched - before, Most, long.MaxValue);
        Assert.InRange(touched - Environment.WorkingSet, Most, long.MaxValue);
    }

    [Fact]
    public void Held_memory_is_counted_until_it_is_freed()
    {
        var before = HeldPages.Count();
        var (small, large) = (new PageMemory(100), new PageMemory(HugePage));

        Assert.Equal(before + 100 + HugePage, PageMemory.InUse);
        large.Dispose();
        large.Dispose();
        Assert.Equal(before + 100, PageMemory.InUse);
        small.Dispose();
        Assert.Equal(before, PageMemory.InUse);
    }

    [Fact]
    public void Undisposed_memory_is_freed_by_the_finalizer()
    {
        var before = HeldPages.Count();
        Forget();

        Assert.Equal(before, HeldPages.Count());

        [MethodImpl(MethodImplOptions.NoInlining)]            // so that no reference stays on the stack
        static void Forget() => Assert.Equal(HugePage, new PageMemory(HugePage).Bytes);
    }

    [Fact]
    public void Too_large_requests_are_refused() => Assert.Throws<OutOfMemoryException>(() => new PageMemory(1L << 60));
}
