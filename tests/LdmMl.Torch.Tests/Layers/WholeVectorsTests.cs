using CsCheck;
using LdmMl.Torch.Layers;
using static TorchSharp.torch;

namespace LdmMl.Torch.Tests.Layers;

public class WholeVectorsTests
{
    [Fact]
    public void A_row_has_the_same_bits_alone_and_in_a_batch_whatever_its_length() => Gen.Select(Gen.Int[1, 700], Gen.Int[2, 70], Gen.Bool).Sample(
        (length, rows, half) =>
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            var values = randn(rows, length).to(half ? ScalarType.BFloat16 : ScalarType.Float32);
            var last = WholeVectors.Silu(values[rows - 1].clone());
            var all = WholeVectors.Silu(values.clone());
            Assert.True(last.bytes.SequenceEqual(all[rows - 1].bytes), $"{rows} rows of {length}");
        },
        iter: 60);

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(32769)]
    [InlineData(1000001)]
    public void Little_padding_is_added(long count) => Assert.InRange(WholeVectors.Whole(count), count, count + (128L * get_num_threads()));
}
