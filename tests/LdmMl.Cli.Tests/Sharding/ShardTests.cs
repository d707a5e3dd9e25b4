using CsCheck;
using LdmMl.Cli.Sharding;

namespace LdmMl.Cli.Tests.Sharding;

public class ShardTests
{
    [Fact]
    public void Shards_cover_every_number_exactly_once() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[0, 100]).Sample((count, numbers) =>
        {
            var shards = Enumerable.Range(0, count).Select(index => Shard.Parse($"{index}/{count}")).ToArray();
            return Enumerable.Range(0, numbers).All(number => shards.Count(shard => shard.Has(number)) == 1);
        });

    [Fact]
    public void Shards_of_a_shard_cover_every_number_too() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 5]).Sample((outer, inner) =>
        {
            var shards = from first in Enumerable.Range(0, outer)
                         from second in Enumerable.Range(0, inner)
                         select new Shard(first, outer).Then(new(second, inner));
            return shards.Order(Comparer<Shard>.Create((left, right) => left.Index - right.Index))
                .SequenceEqual(Enumerable.Range(0, outer * inner).Select(index => new Shard(index, outer * inner)));
        });

    [Theory]
    [InlineData("1", "--shard is '1'; it must be i/n, such as 0/4 for the first of four.")]
    [InlineData("a/b", "--shard is 'a/b'; it must be i/n, such as 0/4 for the first of four.")]
    [InlineData("-1/4", "--shard is '-1/4'; it must be i/n, such as 0/4 for the first of four.")]
    [InlineData("4/4", "--shard is 4/4; shards are counted from 0, so of 4 the last is 3/4.")]
    [InlineData("0/0", "--shard is 0/0; there must be at least 1 shard.")]
    public void Other_values_are_refused_with_an_explanation(string text, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<ArgumentException>(() => Shard.Parse(text)).Message);
}
