using LdmMl.Torch.Kernels.Threads;
using LdmMl.Torch.Native;

namespace LdmMl.Torch.Tests.Kernels.Threads;

public class OpenMpTeamTests
{
    public OpenMpTeamTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void On_Linux_work_runs_on_the_threads_of_libtorch()
    {
        if (OperatingSystem.IsLinux())
            Assert.True(OpenMpTeam.IsOfLibtorch);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_thread_of_a_team_runs_the_work_once(int threads)
    {
        var done = new int[threads];

        for (var round = 0; round < 20; round++)
            OpenMpTeam.Run(threads, thread => Interlocked.Increment(ref done[thread]));

        Assert.All(done, count => Assert.Equal(20, count));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(3, 2)]
    public void An_exception_on_any_thread_reaches_the_caller_and_the_team_stays_usable(int threads, int failing)
    {
        var error = Assert.Throws<InvalidDataException>(() => OpenMpTeam.Run(threads, thread =>
        {
            if (thread == failing)
                throw new InvalidDataException($"thread {thread} gave up");
        }));

        Assert.Equal($"thread {failing} gave up", error.Message);
        Every_thread_of_a_team_runs_the_work_once(threads);
    }

    [Fact]
    public void The_other_threads_finish_before_an_exception_reaches_the_caller()
    {
        var finished = 0;

        Assert.Throws<InvalidDataException>(() => OpenMpTeam.Run(3, thread =>
        {
            if (thread == 1)
                throw new InvalidDataException();
            Thread.Sleep(20);
            Interlocked.Increment(ref finished);
        }));

        Assert.Equal(2, finished);
    }

    [Fact]
    public void When_all_threads_fail_one_exception_reaches_the_caller()
    {
        var error = Assert.Throws<InvalidDataException>(() => OpenMpTeam.Run(3, thread => throw new InvalidDataException($"thread {thread}")));

        Assert.Matches("^thread [0-2]$", error.Message);
    }

    [Fact]
    public void Every_item_of_a_list_is_taken_once()
    {
        const int Pieces = 1000;
        var list = new WorkList(Pieces);
        var taken = new int[Pieces];

        OpenMpTeam.Run(4, _ =>
        {
            while (list.TryTake(out var piece))
                Interlocked.Increment(ref taken[piece]);
        });

        Assert.All(taken, count => Assert.Equal(1, count));
    }
}
