using LdmMl.Torch.Diffusion;

namespace LdmMl.Torch.Tests.Diffusion;

public class TimestepsTests
{
    public static TheoryData<TimestepSpacing> Spacings => [.. Enum.GetValues<TimestepSpacing>()];

    [Theory]
    [MemberData(nameof(Spacings))]
    public void Every_step_count_gives_decreasing_timesteps_within_the_schedule(TimestepSpacing spacing) =>
        Assert.All([1, 2, 50, 997, 1000], steps => Assert.All(Enumerable.Range(1, steps), count =>
        {
            var timesteps = Timesteps.Choose(steps, count, spacing, offset: 1);

            Assert.InRange(timesteps[0], timesteps[^1], steps - 1);
            Assert.InRange(timesteps[^1], 0, steps - 1);
            // The reference's quadratic list has duplicates, and its own strides give more steps than requested.
            Assert.True(spacing == TimestepSpacing.Quadratic || timesteps.Zip(timesteps.Skip(1)).All(pair => pair.First > pair.Second), $"{count}");
            Assert.True(spacing == TimestepSpacing.UniformStride || timesteps.Length == count, $"{count}");
        }));

    [Fact]
    public void The_references_strides_are_used_where_they_stay_within_the_schedule()
    {
        var left = Enumerable.Range(1, 1000).Where(count => Timesteps.Strided(1000, count)[^1] >= 1000).ToArray();

        Assert.Equal(599, left.Length);
        Assert.All(Enumerable.Range(1, 1000), count => Assert.Equal(
            Timesteps.Strided(1000, count).Where(step => step < 1000), Timesteps.Choose(1000, count, TimestepSpacing.UniformStride).Reverse()));
    }

    [Fact]
    public void Uniform_steps_equal_the_references_where_the_count_divides_the_schedule() =>
        Assert.All(Enumerable.Range(1, 999).Where(count => 1000 % count == 0), count => Assert.Equal(
            Timesteps.Choose(1000, count, TimestepSpacing.UniformStride), Timesteps.Choose(1000, count, TimestepSpacing.Uniform)));

    [Fact]
    public void As_many_steps_as_the_schedule_has_visit_all() =>
        Assert.All([TimestepSpacing.Uniform, TimestepSpacing.Leading, TimestepSpacing.Trailing, TimestepSpacing.Linspace], spacing =>
            Assert.Equal(Enumerable.Range(0, 1000).Reverse(), Timesteps.Choose(1000, 1000, spacing, offset: 1)));

    [Fact]
    public void An_offset_shifts_leading_timesteps_within_the_schedule() =>
        Assert.All(Enumerable.Range(1, 1000), count =>
        {
            var plain = Timesteps.Choose(1000, count, TimestepSpacing.Leading);
            var moved = Timesteps.Choose(1000, count, TimestepSpacing.Leading, offset: 3);
            var offset = Math.Min(3, 999 - plain[0]);
            Assert.Equal(plain.Select(step => step + offset), moved);
        });

    [Fact]
    public void Trailing_and_linspace_begin_at_the_last_step() =>
        Assert.All(Enumerable.Range(1, 1000), count =>
        {
            Assert.Equal(999, Timesteps.Choose(1000, count, TimestepSpacing.Trailing)[0]);
            Assert.Equal(999, Timesteps.Choose(1000, count, TimestepSpacing.Linspace)[0]);
        });
}
