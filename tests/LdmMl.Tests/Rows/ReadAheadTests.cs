using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Rows;

public class ReadAheadTests
{
    private readonly MLContext context = new(seed: 1);

    [Fact]
    public void The_next_batch_is_read_while_one_is_computed()
    {
        using var nextBatchIsRead = new ManualResetEventSlim();
        var overlapped = false;
        var transformer = new SumTransformer(context, 4, prefetch: true)
        {
            OnRead = row =>
            {
                if (row == 8)
                    nextBatchIsRead.Set();
            },
            OnCompute = () => overlapped |= nextBatchIsRead.Wait(TimeSpan.FromSeconds(10)),
        };
        Assert.Equal(0.5f, transformer.Transform(BatchRows.Load(context)).GetColumn<float>("Sum").First());
        Assert.True(overlapped);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_error_of_the_reader_reaches_the_consumer_every_time(bool prefetch)
    {
        var transformer = new SumTransformer(context, 4, prefetch) { OnRead = row => ThrowAt(row, 7) };
        var output = transformer.Transform(BatchRows.Load(context));
        using var cursor = output.GetRowCursor(output.Schema);
        var sum = cursor.GetGetter<float>(output.Schema["Sum"]);
        float value = 0;
        for (var i = 0; i < 4; i++)
        {
            Assert.True(cursor.MoveNext());
            sum(ref value);
            Assert.Equal(i + 0.5f, value);
        }

        Assert.Equal("row 7 is bad", Assert.Throws<InvalidDataException>(() => cursor.MoveNext()).Message);
        Assert.Equal("row 7 is bad", Assert.Throws<InvalidDataException>(() => cursor.MoveNext()).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_error_in_the_first_batch_comes_with_the_first_value_every_time(bool prefetch)
    {
        var transformer = new SumTransformer(context, 4, prefetch) { OnRead = row => ThrowAt(row, 2) };
        var output = transformer.Transform(BatchRows.Load(context));
        using var cursor = output.GetRowCursor(output.Schema);
        var sum = cursor.GetGetter<float>(output.Schema["Sum"]);
        Assert.True(cursor.MoveNext());
        float value = 0;
        Assert.Throws<InvalidDataException>(() => sum(ref value));
        Assert.Throws<InvalidDataException>(() => sum(ref value));
    }

    [Fact]
    public async Task Disposing_in_the_middle_stops_the_reader_and_frees_everything()
    {
        using var reading = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        var transformer = new SumTransformer(context, 4, prefetch: true)
        {
            OnRead = row =>
            {
                if (row != 6)
                    return;
                reading.Set();
                mayGoOn.Wait(TimeSpan.FromSeconds(10));
            },
        };
        var output = transformer.Transform(BatchRows.Load(context));
        var cursor = output.GetRowCursor(output.Schema);
        Assert.True(cursor.MoveNext());
        float value = 0;
        cursor.GetGetter<float>(output.Schema["Sum"])(ref value);
        Assert.True(reading.Wait(TimeSpan.FromSeconds(10)));
        var dispose = Task.Run(cursor.Dispose);
        await Task.Delay(20);
        mayGoOn.Set();
        await dispose.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((0, true), (transformer.OpenRunners, transformer.RowsRead <= 8));
        Assert.False(cursor.MoveNext());
    }

    [Fact]
    public void Cancelling_the_context_stops_between_batches()
    {
        var context = new MLContext();
        var output = new SumTransformer(context, 4, prefetch: true).Transform(BatchRows.Load(context));
        var rows = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var _ in output.GetColumn<float>("Sum"))
            {
                if (++rows == 6)
                    Cancel(context);
            }
        });
        Assert.Equal(8, rows);
    }

    [Fact]
    public void Transformers_in_a_row_read_ahead_of_each_other()
    {
        var view = BatchRows.Load(context);
        for (var i = 0; i < 6; i++)
            view = new SumTransformer(context, 3 + i, prefetch: true).Transform(view);
        Assert.Equal(Enumerable.Range(0, BatchRows.Count).Select(i => i + 0.5f), view.GetColumn<float>("Sum"));
    }

    private static void ThrowAt(int row, int bad)
    {
        if (row == bad)
            throw new InvalidDataException($"row {row} is bad");
    }

    /// <summary>Internal in ML.NET; AutoML calls it when its time is up.</summary>
    private static void Cancel(MLContext context) =>
        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(context, null);
}
