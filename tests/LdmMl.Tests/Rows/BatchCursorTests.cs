using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Rows;

public class BatchCursorTests
{
    private readonly MLContext context = new(seed: 1);

    public static TheoryData<int, bool> BatchSizes => new() { { 1, false }, { 1, true }, { 4, false }, { 4, true }, { 16, true }, { 37, true }, { 64, false }, { 64, true } };

    [Theory]
    [MemberData(nameof(BatchSizes))]
    public void Every_column_of_every_row_is_right_for_every_batch_size(int batchSize, bool prefetch)
    {
        var transformer = new SumTransformer(context, batchSize, prefetch);
        var output = transformer.Transform(BatchRows.Load(context));
        BatchRows.SummedRow[] rows = [.. context.Data.CreateEnumerable<BatchRows.SummedRow>(output, reuseRowObject: false)];
        Assert.Equal(BatchRows.Count, rows.Length);
        Assert.All(rows, (row, i) => Assert.True(row.IsRow(i), $"row {i}"));
        Assert.Equal((BatchRows.Count + batchSize - 1) / batchSize, transformer.Computed);
        Assert.Equal(0, transformer.OpenRunners);
    }

    [Fact]
    public void Nothing_is_computed_or_read_ahead_if_no_output_is_requested()
    {
        var produced = 0;
        var transformer = new SumTransformer(context, 8, prefetch: true);
        var output = transformer.Transform(BatchRows.LoadLazily(context, _ => produced++));
        using var cursor = output.GetRowCursor([output.Schema["Number"]]);
        Assert.True(cursor.MoveNext());
        Assert.Equal(1, produced);
        Assert.Equal(0, transformer.RowsRead);
    }

    [Fact]
    public void Nothing_is_computed_or_read_ahead_until_an_active_output_is_fetched()
    {
        var produced = 0;
        var transformer = new SumTransformer(context, 8, prefetch: true);
        var output = transformer.Transform(BatchRows.LoadLazily(context, _ => Interlocked.Increment(ref produced)));
        using var cursor = output.GetRowCursor(output.Schema);
        var sum = cursor.GetGetter<float>(output.Schema["Sum"]);
        var number = cursor.GetGetter<int>(output.Schema["Number"]);
        for (var i = 0; i < 5; i++)
            Assert.True(cursor.MoveNext());
        var at = -1;
        number(ref at);
        Assert.Equal((4, 5, 0), (at, produced, transformer.RowsRead));

        float value = 0;
        sum(ref value);
        number(ref at);
        Assert.Equal((4, 4.5f, 1), (at, value, transformer.Computed));
        Assert.True(cursor.MoveNext());
        number(ref at);
        sum(ref value);
        Assert.Equal((5, 5.5f, 1), (at, value, transformer.Computed));
    }

    [Fact]
    public void A_batch_whose_outputs_nobody_fetches_is_not_computed()
    {
        var transformer = new SumTransformer(context, 10, prefetch: true);
        var output = transformer.Transform(BatchRows.Load(context));
        using var cursor = output.GetRowCursor(output.Schema);
        var sum = cursor.GetGetter<float>(output.Schema["Sum"]);
        float value = 0;
        while (cursor.MoveNext())
        {
            if (cursor.Position is 0 or 35)
                sum(ref value);
        }

        Assert.Equal((2, 35.5f), (transformer.Computed, value));
    }

    [Fact]
    public void Ids_and_positions_equal_those_of_the_source()
    {
        var input = BatchRows.Load(context);
        var output = new SumTransformer(context, 5, prefetch: true).Transform(input);
        using var source = input.GetRowCursor(input.Schema);
        using var cursor = output.GetRowCursor(output.Schema);
        (var wanted, var given) = (source.GetIdGetter(), cursor.GetIdGetter());
        var sum = cursor.GetGetter<float>(output.Schema["Sum"]);
        DataViewRowId first = default, second = default;
        float value = 0;
        while (source.MoveNext())
        {
            Assert.True(cursor.MoveNext());
            sum(ref value);
            wanted(ref first);
            given(ref second);
            Assert.Equal((first, source.Position, source.Batch), (second, cursor.Position, cursor.Batch));
        }

        Assert.False(cursor.MoveNext());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Shuffled_rows_keep_their_columns_together(bool prefetch)
    {
        var shuffled = context.Data.ShuffleRows(BatchRows.Load(context), seed: 3);
        var output = new SumTransformer(context, 4, prefetch).Transform(shuffled);
        BatchRows.SummedRow[] rows = [.. context.Data.CreateEnumerable<BatchRows.SummedRow>(output, reuseRowObject: true).Select(Keep)];
        Assert.Equal(BatchRows.Count, rows.Length);
        Assert.All(rows, row => Assert.Equal(row.Number + 0.5f, row.Sum));
        Assert.NotEqual(rows.Select(row => row.Number), rows.Select(row => row.Number).Order());
    }

    [Fact]
    public void Take_skip_cache_and_preview_give_the_same_rows()
    {
        var output = new SumTransformer(context, 8, prefetch: true).Transform(BatchRows.Load(context));
        Assert.Equal([0.5f, 1.5f, 2.5f], Sums(context.Data.TakeRows(output, 3)));
        Assert.Equal(BatchRows.Count - 30, Sums(context.Data.SkipRows(output, 30)).Length);
        var cached = context.Data.Cache(output, "Sum");
        Assert.Equal(Sums(output), Sums(cached));
        Assert.Equal(Sums(output), Sums(cached));
        Assert.Equal(5, output.Preview(5).RowView.Length);
    }

    [Fact]
    public void A_cursor_set_that_computes_is_one_cursor()
    {
        var output = new SumTransformer(context, 8, prefetch: true).Transform(BatchRows.Load(context));
        var cursors = output.GetRowCursorSet(output.Schema, 4);
        using var only = Assert.Single(cursors);
        float value = 0;
        var sum = only.GetGetter<float>(output.Schema["Sum"]);
        for (var i = 0; only.MoveNext(); i++)
        {
            sum(ref value);
            Assert.Equal(i + 0.5f, value);
        }
    }

    [Fact]
    public void A_cursor_set_that_computes_nothing_is_that_of_the_source()
    {
        var input = BatchRows.Load(context);
        var output = new SumTransformer(context, 8, prefetch: true).Transform(input);
        var cursors = output.GetRowCursorSet([output.Schema["Number"]], 3);
        var wanted = input.GetRowCursorSet([input.Schema["Number"]], 3);
        Assert.Equal(wanted.Length, cursors.Length);
        Array.ForEach([.. cursors, .. wanted], cursor => cursor.Dispose());
    }

    [Fact]
    public async Task Four_threads_read_one_transformer()
    {
        var output = new SumTransformer(context, 4, prefetch: true).Transform(BatchRows.Load(context));
        var wanted = Sums(output);
        Task<float[]>[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => Sums(output)))];
        Assert.All(await Task.WhenAll(readers), sums => Assert.Equal(wanted, sums));
    }

    [Fact]
    public void A_column_that_is_not_active_is_refused_by_name()
    {
        var output = new SumTransformer(context, 4, prefetch: true).Transform(BatchRows.Load(context));
        using var cursor = output.GetRowCursor([output.Schema["Sum"]]);
        var exception = Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<int>(output.Schema["Number"]));
        Assert.Equal("Column 'Number' is not active: name it among the columns needed when the cursor is opened.", exception.Message);
    }

    [Fact]
    public void A_getter_of_the_wrong_type_is_refused_by_name()
    {
        var output = new SumTransformer(context, 4, prefetch: true).Transform(BatchRows.Load(context));
        using var cursor = output.GetRowCursor(output.Schema);
        var exception = Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<double>(output.Schema["Sum"]));
        Assert.Equal("Column 'Sum' holds System.Single, not System.Double.", exception.Message);
    }

    [Fact]
    public void A_value_before_the_first_row_is_refused()
    {
        var output = new SumTransformer(context, 4, prefetch: true).Transform(BatchRows.Load(context));
        using var cursor = output.GetRowCursor(output.Schema);
        var sum = cursor.GetGetter<float>(output.Schema["Sum"]);
        float value = 0;
        Assert.StartsWith("The cursor is not on a row", Assert.Throws<InvalidOperationException>(() => sum(ref value)).Message);
    }

    private static float[] Sums(IDataView view) => [.. view.GetColumn<float>("Sum")];

    private static BatchRows.SummedRow Keep(BatchRows.SummedRow row) => new() { Number = row.Number, Sum = row.Sum };
}
