using LdmMl.Torch.Arguments;
using LdmMl.Torch.Training;

namespace LdmMl.Torch.Tests.Training;

public class LearningRateScheduleTests
{
    [Fact]
    public void The_rate_rises_to_its_peak_and_stays()
    {
        var schedule = new LearningRateSchedule(1.0, steps: 8, warmupSteps: 4);
        Assert.Equal([0.25, 0.5, 0.75, 1, 1, 1, 1, 1], Enumerable.Range(1, 8).Select(schedule.At));
    }

    [Fact]
    public void The_cosine_falls_from_the_peak_towards_zero()
    {
        var schedule = new LearningRateSchedule(1.0, steps: 102, warmupSteps: 2, LearningRateDecay.Cosine);
        var rates = Enumerable.Range(3, 100).Select(schedule.At).ToArray();
        Assert.Equal(1.0, rates[0]);
        Assert.Equal(rates.OrderDescending(), rates);
        Assert.InRange(rates[^1], 0, 0.001);
    }

    [Fact]
    public void The_linear_decay_ends_one_step_above_zero()
    {
        var schedule = new LearningRateSchedule(1.0, steps: 5, warmupSteps: 1, LearningRateDecay.Linear);
        Assert.Equal([1, 1, 0.75, 0.5, 0.25], Enumerable.Range(1, 5).Select(schedule.At));
    }

    [Fact]
    public void A_rate_of_zero_is_refused() =>
        Assert.Equal("peak is 0; it must be above 0.", Assert.Throws<OptionException>(() => new LearningRateSchedule(0, steps: 5)).Message);
}
