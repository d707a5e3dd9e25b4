using LdmMl.Torch.Kernels;
using LdmMl.Torch.Kernels.ChannelsLast;
using LdmMl.Torch.Native;
using LdmMl.Torch.Tensors;
using LdmMl.Torch.Tests.Kernels.Winograd;
using TorchSharp;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Kernels;

[Collection(WholeProcess.Name)]
public unsafe class ScratchMemoryTests
{
    private readonly long before = HeldPages.Count();

    [Fact]
    public void Returned_memory_is_reused_and_trimming_frees_it()
    {
        var first = ScratchMemory.Rent(1000);
        var (address, held) = ((nint)first.Numbers, PageMemory.InUse);
        first.Dispose();
        using (var second = ScratchMemory.Rent(900))
            Assert.Equal(address, (nint)second.Numbers);

        Assert.Equal(held, PageMemory.InUse);
        ScratchMemory.Trim();
        Assert.Equal(before, PageMemory.InUse);
    }

    [Fact]
    public void The_smallest_sufficient_buffer_is_used()
    {
        ScratchMemory large = ScratchMemory.Rent(100_000), small = ScratchMemory.Rent(1000);
        var address = (nint)small.Numbers;
        large.Dispose();
        small.Dispose();
        using var again = ScratchMemory.Rent(800);

        Assert.Equal(address, (nint)again.Numbers);
    }

    [Fact]
    public void A_larger_buffer_takes_the_place_of_one_that_is_too_small()
    {
        for (var count = 1000; count <= 16_000; count *= 2)
            ScratchMemory.Rent(count).Dispose();

        Assert.Equal(before + (16_000 * sizeof(float)), PageMemory.InUse);
    }

    [Fact]
    public void Buffers_in_use_are_never_shared()
    {
        using ScratchMemory first = ScratchMemory.Rent(5000), second = ScratchMemory.Rent(5000), empty = ScratchMemory.Rent(0);
        new Span<float>(first.Numbers, 5000).Fill(1);
        new Span<float>(second.Numbers, 5000).Fill(2);

        Assert.Equal(-1, new Span<float>(first.Numbers, 5000).IndexOfAnyExcept(1));
        Assert.True(empty.Numbers != null);
    }

    [Fact]
    public void Trimming_keeps_buffers_in_use()
    {
        using var memory = ScratchMemory.Rent(5000);
        new Span<float>(memory.Numbers, 5000).Fill(1);
        ScratchMemory.Trim();

        Assert.Equal(-1, new Span<float>(memory.Numbers, 5000).IndexOfAnyExcept(1));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 64)]
    [InlineData(64, 64)]
    [InlineData(65, 128)]
    public void Addresses_are_aligned_to_the_next_cache_line(long address, long expected) =>
        Assert.Equal(expected, (long)ScratchMemory.Align((float*)address));

    [Fact]
    public void Many_mixed_calls_hold_about_as_much_memory_as_the_first_and_no_tensor()
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = WinogradCases.Layer(32, 32);
        var convolutions = WinogradCases.Names.Select(kernel => WinogradCases.Create(kernel, weight, bias)).ToArray();
        Tensor[] images = [WinogradCases.Activations(1, 32, 9, 7), WinogradCases.Activations(4, 32, 40, 33), WinogradCases.Activations(2, 32, 17, 25)];
        var affine = new ChannelAffine(null, ones(32), zeros(32));
        void Call(int i)
        {
            var input = images[i % images.Length];
            convolutions[i % convolutions.Length].Convolve(input).Dispose();
            PixelGroupActivation.Run(input, affine, groups: 8, 1e-6, withSilu: true).Dispose();
        }

        for (var i = 0; i < 50; i++)
            Call(i);
        var (held, tensors) = (PageMemory.InUse, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        for (var i = 0; i < 200; i++)
            Call(i);

        Assert.Equal(tensors, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        Assert.InRange(PageMemory.InUse, 0, 2 * held);        // the number of threads that hold scratch memory at the same time is random
        Array.ForEach(convolutions, convolution => convolution.Dispose());
    }
}
