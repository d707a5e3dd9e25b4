using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LdmMl.Tests.Rows;

/// <summary>Properties of the rows of every transform, however they are read.</summary>
public sealed class EveryTransformTests : IDisposable
{
    private const int Count = 8;

    private readonly MLContext context = new(seed: 1);
    private readonly TransformCases cases;
    private readonly IDataView rows;

    public EveryTransformTests()
    {
        cases = new TransformCases(context);
        rows = cases.Load(TransformCases.CreateRows(Count));
    }

    public static TheoryData<string> Names => TransformCases.Names;

    public void Dispose() => cases.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Two_passes_give_the_same_values_and_every_row_has_one(string name)
    {
        (var output, var columns) = Transform(name);
        var values = Values(output, columns);
        Assert.Equal(Enumerable.Range(0, Count), values.Keys.Order());
        Assert.Equal(values, Values(output, columns));
        Assert.NotEqual(values[0], values[1]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_empty_view_gives_an_empty_view_with_the_same_columns(string name)
    {
        var none = cases.Load([]);
        var transformer = cases.Fit(name, none);
        var output = transformer.Transform(none);
        Assert.Empty(Values(output, TransformCases.Appended(transformer, none)));
        Assert.Equal(
            transformer.GetOutputSchema(rows.Schema).Select(column => $"{column.Name} {column.Type}"),
            output.Schema.Select(column => $"{column.Name} {column.Type}"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Rows_after_take_and_skip_equal_those_of_the_whole(string name)
    {
        (var output, var columns) = Transform(name);
        var whole = Values(output, columns);
        var parts = Values(context.Data.TakeRows(output, 5), columns).Concat(Values(context.Data.SkipRows(output, 5), columns));
        Assert.Equal(whole.OrderBy(row => row.Key), parts.OrderBy(row => row.Key));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Rows_in_another_order_have_the_same_values(string name)
    {
        (var output, var columns) = Transform(name);
        var order = TransformCases.CreateRows(Count);
        new Random(5).Shuffle(order);
        var shuffled = cases.Load(order);
        Assert.Equal(Values(output, columns).OrderBy(row => row.Key), Values(cases.Fit(name, shuffled).Transform(shuffled), columns).OrderBy(row => row.Key));
    }

    [Theory]
    [InlineData("DecodeLatents")]
    [InlineData("InterpolateLatents")]
    [InlineData("GenerateImages")]
    public void ShuffleRows_before_a_transform_keeps_the_columns_of_a_row_together(string name)
    {
        (var output, var columns) = Transform(name);
        var shuffled = context.Data.ShuffleRows(rows, seed: 3);   // ML.NET omits image columns
        Assert.Equal(Values(output, columns).OrderBy(row => row.Key), Values(cases.Fit(name, rows).Transform(shuffled), columns).OrderBy(row => row.Key));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_column_has_the_same_values_with_and_without_the_others(string name)
    {
        (var output, var columns) = Transform(name);
        foreach (var column in columns)
            Assert.Equal(Values(output, columns, only: column), Values(output, [column]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_row_mapper_of_prediction_engines_gives_the_same_values_as_a_cursor(string name)
    {
        var transformer = cases.Fit(name, rows);
        var columns = TransformCases.Appended(transformer, rows);
        var mapper = transformer.GetRowToRowMapper(rows.Schema);
        var needed = mapper.OutputSchema.Where(column => columns.Contains(column.Name) || column.Name == "Number").ToArray();
        using var cursor = rows.GetRowCursor(mapper.GetDependencies(needed));
        using var row = mapper.GetRow(cursor, needed);
        var readers = columns.Select(column => Reader(row, mapper.OutputSchema[column])).ToArray();
        var number = row.GetGetter<int>(mapper.OutputSchema["Number"]);
        var values = new SortedDictionary<int, string>();
        while (cursor.MoveNext())
        {
            var key = 0;
            number(ref key);
            values.Add(key, string.Join(' ', readers.Select(read => read())));
        }

        Assert.Equal(Values(transformer.Transform(rows), columns).OrderBy(pair => pair.Key), values);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Folds_of_cross_validation_have_the_values_of_the_whole(string name)
    {
        (var output, var columns) = Transform(name);
        var whole = Values(output, columns);
        var folds = context.Data.CrossValidationSplit(rows, numberOfFolds: 3, seed: 2);
        var held = folds.SelectMany(fold => Values(cases.Fit(name, fold.TrainSet).Transform(fold.TestSet), columns));
        Assert.Equal(whole.OrderBy(row => row.Key), held.OrderBy(row => row.Key));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Threads_that_share_a_transformer_read_the_same_values(string name)
    {
        (var output, var columns) = Transform(name);
        var wanted = Values(output, columns);
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => Values(output, columns)));
        Assert.All(await Task.WhenAll(readers), values => Assert.Equal(wanted, values));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_cancellation_token_in_the_options_ends_the_reading(string name)
    {
        using var source = new CancellationTokenSource();
        var transformer = cases.Fit(name, rows, source.Token);
        var output = transformer.Transform(rows);
        var columns = TransformCases.Appended(transformer, rows);
        Assert.Equal(Count, Values(output, columns).Count);
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => Values(output, columns));
    }

    private (IDataView Output, string[] Columns) Transform(string name)
    {
        var transformer = cases.Fit(name, rows);
        return (transformer.Transform(rows), TransformCases.Appended(transformer, rows));
    }

    /// <summary>The values of some columns of every row, by the row's number; of only one column if it is named.</summary>
    private static Dictionary<int, string> Values(IDataView view, IReadOnlyList<string> columns, string? only = null)
    {
        var result = new Dictionary<int, string>();
        using var cursor = view.GetRowCursor([view.Schema["Number"], .. columns.Select(column => view.Schema[column])]);
        var readers = columns.Select(column => (column, Read: Reader(cursor, view.Schema[column]))).ToArray();
        var number = cursor.GetGetter<int>(view.Schema["Number"]);
        while (cursor.MoveNext())
        {
            var key = 0;
            number(ref key);
            result.Add(key, string.Join(' ', readers.Select(reader => (reader.column, Value: reader.Read())).Where(value => only is null || value.column == only).Select(value => value.Value)));
        }

        return result;
    }

    private static Func<string> Reader(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        VectorDataViewType => Reader<VBuffer<float>>(row, column, vector => Hash(System.Runtime.InteropServices.MemoryMarshal.AsBytes(vector.GetValues()))),
        NumberDataViewType => Reader<float>(row, column, number => BitConverter.SingleToInt32Bits(number).ToString()),
        _ => Reader<MLImage>(row, column, image => image is null ? "null" : $"{image.Width}x{image.Height} {Hash(image.Pixels)}"),
    };

    private static Func<string> Reader<T>(DataViewRow row, DataViewSchema.Column column, Func<T, string> text)
    {
        var getter = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return text(value);
        };
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));
}
