using LdmMl.Torch.Training;

namespace LdmMl.Torch.Tests.Training;

public class LearningRateScheduleTests
{
    [Fact]
    public void The_rate_rises_to_its_peak_and_stays()
    {
        var schedule = new LearningRateSchedule(1.0, warmupSteps: 4, LearningRateDecay.None, steps: 8);
        Assert.Equal([0.25, 0.5, 0.75, 1, 1, 1, 1, 1], Enumerable.Range(1, 8).Select(schedule.At));
    }

    [Fact]
    public void The_cosine_falls_from_the_peak_towards_zero()
    {
        var schedule = new LearningRateSchedule(1.0, warmupSteps: 2, LearningRateDecay.Cosine, steps: 102);
        var rates = Enumerable.Range(3, 100).Select(schedule.At).ToArray();
        Assert.Equal(1.0, rates[0]);
        Assert.Equal(rates.OrderDescending(), rates);
        Assert.InRange(rates[^1], 0, 0.001);
    }
}
